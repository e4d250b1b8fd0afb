-- What was not let in, to be looked at: of one's own bracelets; of senders whom nobody knows by the Admin TI of the whole tree alone.
-- Bytes that a bracelet sent may hold where the person was who wears it, or who wore it last, for it sends what it kept also after it
-- was taken off: they are shown to whoever may read that person's track, and that is written down.
CREATE INDEX quarantine_device ON quarantine (device_id, received_at DESC);
CREATE FUNCTION quarantine_in_sight(device text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT acting_role() IN ('admin_ti', 'kasubsi') AND coalesce(
    (SELECT b.unit_path <@ acting_unit() FROM bracelet b WHERE b.device_id = device),
    acting_role() = 'admin_ti' AND nlevel(acting_unit()) = 1)
$$;
CREATE FUNCTION list_quarantine(device text, why text, before timestamptz, count_max integer, OUT entry json)
  RETURNS SETOF json LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT json_strip_nulls(json_build_object('receivedMs', utc_ms(q.received_at), 'sourceId', q.source_id, 'protocol', q.protocol,
    'reason', q.reason, 'detail', q.detail, 'deviceId', q.device_id, 'bytes', length(q.raw), 'cut', q.cut))
  FROM quarantine q
  WHERE (device IS NULL OR q.device_id = device) AND (why IS NULL OR q.reason = why) AND q.received_at > now() - interval '31 days'
    AND (before IS NULL OR q.received_at < before) AND quarantine_in_sight(q.device_id)
  ORDER BY q.received_at DESC, q.source_id DESC LIMIT least(count_max, 201)
$$;
-- The refusals of one bracelet in sight within a day, by reason: its health says them to whoever keeps devices.
CREATE FUNCTION refusals_of(bracelet_number integer, OUT reason text, OUT detail text, OUT reports bigint, OUT last_at timestamptz)
  RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT q.reason, (array_agg(q.detail ORDER BY q.received_at DESC))[1], count(*), max(q.received_at)
  FROM bracelet b JOIN quarantine q ON q.device_id = b.device_id AND q.received_at > now() - interval '1 day'
  WHERE b.id = bracelet_number AND acting_role() IS NOT NULL
    AND (b.unit_path <@ acting_unit() AND acting_role() <> 'auditor'
      OR EXISTS (SELECT FROM assignment a WHERE a.bracelet_id = b.id AND keeps_wearer(a.wearer_id)))
  GROUP BY q.reason ORDER BY max(q.received_at) DESC LIMIT 20
$$;
CREATE FUNCTION open_quarantined(received timestamptz, source text, OUT raw bytea, OUT wearer_id integer, OUT hidden boolean)
  RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN may.see THEN q.raw END, worn.wearer_id, NOT may.see
  FROM quarantine q
    LEFT JOIN LATERAL (SELECT a.wearer_id FROM bracelet b JOIN assignment a ON a.bracelet_id = b.id
      WHERE b.device_id = q.device_id AND lower(a.during) <= q.received_at ORDER BY lower(a.during) DESC LIMIT 1) worn ON true
    CROSS JOIN LATERAL (SELECT worn.wearer_id IS NULL OR acting_role() = 'kasubsi' AND EXISTS (
      SELECT FROM wearer w WHERE w.id = worn.wearer_id AND w.unit_path <@ acting_unit()) AS see) may
  WHERE q.received_at = received AND q.source_id = source AND quarantine_in_sight(q.device_id)
$$;
GRANT EXECUTE ON FUNCTION quarantine_in_sight, list_quarantine, refusals_of, open_quarantined TO gelang_api;
