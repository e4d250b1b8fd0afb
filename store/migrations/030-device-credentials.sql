-- By what a bracelet proves who it is, and from where it may speak (docs/device-trust.md).
ALTER TABLE bracelet
  -- The only protocol by which it speaks. Null: by any that carries a credential of its own, and by none without one.
  ADD protocol text CHECK (protocol IN
    ('own', 'gateway', 'osmand', 'megastek', 'gt06', 'owntracks', 'jt808', 'laipac', 'r16h', 'xexun3')),
  ADD requires_tls boolean NOT NULL DEFAULT false,
  ADD certificate_sha256 text CHECK (certificate_sha256 ~ '^[0-9a-f]{64}$'),
  ADD certificate_cn text CHECK (length(certificate_cn) BETWEEN 1 AND 64),
  ADD preshared_key boolean NOT NULL DEFAULT false,
  -- The private APN of its SIM; null: its unit's.
  ADD networks cidr[] CHECK (cardinality(networks) BETWEEN 1 AND 16);
ALTER TABLE unit ADD device_networks cidr[] CHECK (cardinality(device_networks) BETWEEN 1 AND 16);
GRANT SELECT (protocol, requires_tls, networks) ON bracelet TO gelang_api;

-- Bracelets from before are registered with the protocol of their newest stored report. One that never reported and has no
-- credential speaks by none until somebody registers its protocol.
UPDATE bracelet b SET protocol = CASE newest.protocol
    WHEN 1 THEN 'own' WHEN 2 THEN 'gateway' WHEN 3 THEN 'osmand' WHEN 4 THEN 'megastek' WHEN 5 THEN 'gt06'
    WHEN 6 THEN 'owntracks' WHEN 7 THEN 'jt808' WHEN 8 THEN 'laipac' WHEN 9 THEN 'r16h' WHEN 10 THEN 'xexun3' END
FROM (
  SELECT DISTINCT ON (a.bracelet_id) a.bracelet_id, f.protocol
  FROM assignment a CROSS JOIN LATERAL (
    SELECT f.protocol, f.time FROM fix f
    WHERE f.wearer_id = a.wearer_id AND f.bracelet_id = a.bracelet_id ORDER BY f.time DESC LIMIT 1) f
  ORDER BY a.bracelet_id, f.time DESC) newest
WHERE newest.bracelet_id = b.id;
-- Over HTTP an id alone is no longer enough.
UPDATE bracelet SET id_suffices = false WHERE id_suffices AND protocol IN ('own', 'gateway', 'osmand', 'owntracks');
ALTER TABLE bracelet ADD CONSTRAINT bracelet_id_never_suffices_over_http
  CHECK (NOT (id_suffices AND protocol IN ('own', 'gateway', 'osmand', 'owntracks')));

CREATE TRIGGER announce_networks AFTER UPDATE OF device_networks ON unit
  FOR EACH STATEMENT EXECUTE FUNCTION announce_directory();
GRANT SELECT (device_networks) ON unit TO gelang_record;
