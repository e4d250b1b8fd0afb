-- What the life of an incident follows from (model/incident/life.ts): when each revision could be known here, on which revision an
-- officer acted, and in what role. The type has no CHECK: what the log holds must never be refused by an older table.
ALTER TABLE incident ADD COLUMN standing jsonb;
UPDATE incident SET standing = jsonb_build_object('fromMs', (body ->> 'confirmedMs')::float8);
GRANT SELECT (standing) ON incident TO gelang_api;
ALTER TABLE incident_revision ADD COLUMN known_at timestamptz;
GRANT SELECT (known_at) ON incident_revision TO gelang_api;

ALTER TABLE officer_act
  -- Absent: written by an older version.
  ADD COLUMN revision integer CHECK (revision >= 1),
  ADD COLUMN officer_role text,
  -- The act whose finding this resolution changes; both stay.
  ADD COLUMN changes bigint REFERENCES officer_act,
  -- Whom an escalation was to reach: the level, and its recipients.
  ADD COLUMN escalated_to jsonb CHECK (pg_column_size(escalated_to) <= 4096),
  ADD CHECK (changes IS NULL OR action = 'resolve'),
  ADD CHECK (escalated_to IS NULL OR action = 'escalate');

-- Whose finding weighs more: at least the rank of who made it may change it.
CREATE FUNCTION officer_rank(role text) RETURNS integer LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_position(ARRAY['pk', 'kasubsi', 'kepala_bapas', 'kanwil', 'ditjenpas'], role), 1)
$$;
REVOKE EXECUTE ON FUNCTION officer_rank FROM PUBLIC;

-- As before; and a colleague's finding is not overwritten: another one needs the act that it changes (GF001), a reason (GF003), and
-- at least the rank of who made it (GF002). The lock lets only one of two acts at the same moment see no finding.
CREATE OR REPLACE FUNCTION check_act() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  found officer_act;
  signs_known integer;
BEGIN
  PERFORM pg_advisory_xact_lock(7103, hashtext(NEW.incident_id::text));
  SELECT o.name, o.role INTO NEW.officer_name, NEW.officer_role FROM officer o WHERE o.id = NEW.officer_id;
  IF EXISTS (SELECT FROM incident
    WHERE id = NEW.incident_id AND (wearer_id IS DISTINCT FROM NEW.wearer_id OR unit_path IS DISTINCT FROM NEW.unit_path)) THEN
    RAISE EXCEPTION 'incident % is not of wearer %', NEW.incident_id, NEW.wearer_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.action = 'resolve' THEN
    SELECT greatest(NEW.signs, max(coalesce((body ->> 'signs')::int, 1))) INTO signs_known FROM incident WHERE id = NEW.incident_id;
    SELECT * INTO found FROM officer_act
      WHERE incident_id = NEW.incident_id AND action = 'resolve' AND signs >= signs_known ORDER BY act_id DESC LIMIT 1;
    IF NEW.changes IS DISTINCT FROM found.act_id AND (NEW.changes IS NOT NULL OR found.resolution <> NEW.resolution) THEN
      RAISE EXCEPTION 'incident % has another finding', NEW.incident_id USING ERRCODE = 'GF001';
    ELSIF NEW.changes IS NOT NULL AND officer_rank(NEW.officer_role) < officer_rank(found.officer_role) THEN
      RAISE EXCEPTION 'a finding is changed by no lower rank' USING ERRCODE = 'GF002';
    ELSIF NEW.changes IS NOT NULL AND coalesce(btrim(NEW.note), '') = '' THEN
      RAISE EXCEPTION 'a finding is changed with a reason only' USING ERRCODE = 'GF003';
    END IF;
    UPDATE incident SET resolved_at = NEW.at
    WHERE id = NEW.incident_id AND resolved_at IS NULL AND coalesce((body ->> 'signs')::int, 1) <= NEW.signs;
  END IF;
  RETURN NEW;
END $$;

-- For the process itself, as `acts_on`: what the life of an older incident follows from.
CREATE FUNCTION standings_of(incident_ids uuid[], OUT body jsonb, OUT standing jsonb) RETURNS SETOF record
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT i.body, i.standing FROM incident i WHERE acting_officer_id() IS NULL AND i.id = ANY (incident_ids)
$$;
GRANT EXECUTE ON FUNCTION standings_of TO gelang_api;
