-- Why somebody looks at a person: a kind, and words that say something. The auditor reads each and judges it.

-- Three different words of two letters or more, six different letters: "aaaaa" says nothing. The same as model/access/reason.ts.
CREATE FUNCTION reason_has_content(reason text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT count(DISTINCT lower(word[1])) >= 3 FROM regexp_matches(reason, '[A-Za-z]{2,}', 'g') AS word
  HAVING (SELECT count(DISTINCT lower(letter[1])) >= 6 FROM regexp_matches(reason, '[A-Za-z]', 'g') AS letter)
$$;
CREATE FUNCTION reason_kinds() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT ARRAY['menggantikan_rekan', 'pengaduan', 'pemeriksaan', 'penyusunan_laporan', 'keadaan_darurat', 'permintaan_aparat',
    'permintaan_klien', 'gangguan_alat', 'lainnya']
$$;
GRANT EXECUTE ON FUNCTION reason_has_content, reason_kinds TO gelang_api;

ALTER TABLE access_grant ADD kind text NOT NULL DEFAULT 'lainnya' CHECK (kind = ANY (reason_kinds()));
ALTER TABLE access_grant ADD CONSTRAINT access_grant_reason_says_something CHECK (reason_has_content(reason) IS TRUE) NOT VALID;

CREATE FUNCTION check_reason(kind text, reason text) RETURNS void LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF kind <> ALL (reason_kinds()) OR kind IS NULL OR reason_has_content(reason) IS NOT TRUE THEN
    RAISE EXCEPTION 'a person is shown for a written reason: its kind, and words that say something' USING ERRCODE = 'check_violation';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION audit_grant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM write_audit('access.grant', 'wearer:' || (SELECT uuid FROM wearer WHERE id = NEW.wearer_id), NEW.wearer_id, NULL, NEW.reason,
    jsonb_build_object('to', NEW.officer_id, 'kind', NEW.kind,
      'until', to_char(upper(NEW.during) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')));
  RETURN NULL;
END $$;

DROP FUNCTION grant_access(uuid, text, float8);
CREATE FUNCTION grant_access(wearer uuid, kind text, reason text, seconds float8) RETURNS timestamptz
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  found_id integer;
  until timestamptz := now() + make_interval(secs => seconds);
BEGIN
  IF seconds <= 0 OR seconds > 31 * 86400 THEN
    RAISE EXCEPTION 'access is granted for at most 31 days' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM check_reason(kind, reason);
  SELECT w.id INTO found_id FROM wearer w WHERE w.uuid = grant_access.wearer AND w.unit_path <@ acting_unit()
    AND acting_role() IN ('pk', 'asisten_pk', 'kanwil', 'ditjenpas');
  IF found_id IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO access_grant (officer_id, wearer_id, kind, reason, during)
    VALUES (acting_officer_id(), found_id, grant_access.kind, btrim(reason), tstzrange(now(), until));
  RETURN until;
END $$;

DROP FUNCTION reveal_nik(uuid, text);
CREATE FUNCTION reveal_nik(wearer uuid, kind text, reason text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  found_id integer;
  found_nik text;
BEGIN
  PERFORM check_reason(kind, reason);
  SELECT w.id, w.nik INTO found_id, found_nik FROM wearer w
    WHERE w.uuid = reveal_nik.wearer AND w.unit_path <@ acting_unit() AND (
      acting_role() IN ('kasubsi', 'kepala_bapas')
      OR acting_role() = 'pk' AND (acting_officer_id() = w.pk_officer_id OR w.id IN (SELECT granted_wearer_ids())));
  IF found_id IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM write_audit('nik.reveal', 'wearer:' || wearer, found_id, NULL, btrim(reason), jsonb_build_object('kind', reveal_nik.kind));
  RETURN found_nik;
END $$;

-- Whom an officer may ask for, found by a part of the name, an SK number or a device, for a reason: a name is personal data too.
CREATE FUNCTION find_persons(part text, kind text, reason text, OUT id uuid, OUT name text, OUT unit_path text, OUT programme text)
  RETURNS SETOF record LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  pattern text := '%' || replace(replace(replace(btrim(part), '\', '\\'), '%', '\%'), '_', '\_') || '%';
BEGIN
  PERFORM check_reason(kind, reason);
  IF acting_role() IS NULL OR acting_role() NOT IN ('pk', 'asisten_pk', 'kanwil', 'ditjenpas') THEN
    RETURN;
  END IF;
  IF length(btrim(part)) < 3 THEN
    RAISE EXCEPTION 'persons are looked for by three characters or more' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM write_audit('person.find', 'unit:' || acting_unit()::text, NULL, acting_unit(), btrim(reason), jsonb_build_object('kind', find_persons.kind));
  RETURN QUERY
    SELECT w.uuid, w.name, w.unit_path::text, s.programme
    FROM wearer w JOIN LATERAL (
      SELECT v.programme, v.sk_number FROM supervision v WHERE v.wearer_id = w.id
      ORDER BY v.during @> now() DESC, lower(v.during) DESC LIMIT 1) s ON true
    WHERE w.unit_path <@ acting_unit()
      AND (w.name ILIKE pattern OR s.sk_number ILIKE pattern OR EXISTS (
        SELECT FROM assignment a JOIN bracelet b ON b.id = a.bracelet_id
        WHERE a.wearer_id = w.id AND a.during @> now() AND b.device_id ILIKE pattern))
    ORDER BY w.name, w.id LIMIT 20;
END $$;

-- Whose incident it is that somebody was told of and does not see: for those who may ask.
CREATE FUNCTION wearer_to_ask_for(incident_id uuid) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT w.uuid FROM incident i JOIN wearer w ON w.id = i.wearer_id
  WHERE i.id = incident_id AND w.unit_path <@ acting_unit() AND acting_role() IN ('pk', 'asisten_pk', 'kanwil', 'ditjenpas')
$$;
GRANT EXECUTE ON FUNCTION grant_access, reveal_nik, find_persons, wearer_to_ask_for TO gelang_api;

-- What the auditor makes of a reason. Written once.
CREATE TABLE reason_review (
  audit_id bigint PRIMARY KEY,
  reviewer_id uuid NOT NULL REFERENCES officer,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  verdict text NOT NULL CHECK (verdict IN ('layak', 'perlu_penjelasan', 'tidak_layak')),
  note text CHECK (length(note) <= 1000)
);
CREATE TRIGGER add_only BEFORE UPDATE OR DELETE ON reason_review FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER add_only_all BEFORE TRUNCATE ON reason_review FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE reason_review ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON reason_review TO gelang_api;
CREATE POLICY auditor ON reason_review FOR SELECT TO gelang_api USING (EXISTS (SELECT FROM audit a WHERE a.id = audit_id));

-- A reason that does not hold ends the access that was taken for it. False where there is no such reason, or it was judged before.
CREATE FUNCTION review_reason(reason_id bigint, verdict text, note text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  asked audit;
BEGIN
  SELECT a.* INTO asked FROM audit a WHERE a.id = reason_id AND a.action IN ('access.grant', 'nik.reveal', 'person.find')
    AND acting_role() = 'auditor' AND a.unit_path <@ acting_unit();
  IF asked.id IS NULL THEN
    RETURN false;
  END IF;
  INSERT INTO reason_review (audit_id, reviewer_id, verdict, note)
    VALUES (reason_id, acting_officer_id(), review_reason.verdict, nullif(btrim(review_reason.note), '')) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  IF review_reason.verdict = 'tidak_layak' THEN
    UPDATE access_grant g SET during = tstzrange(lower(g.during), greatest(clock_timestamp(), lower(g.during) + interval '1 microsecond'))
    WHERE g.officer_id = asked.officer_id AND g.wearer_id = asked.wearer_id AND g.during @> clock_timestamp();
  END IF;
  PERFORM write_audit('reason.review', 'audit:' || reason_id, asked.wearer_id, asked.unit_path, NULL,
    jsonb_build_object('verdict', review_reason.verdict));
  RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION review_reason TO gelang_api;
