-- A late report can move the beginning of an incident, which then has another id: the withdrawn one and its successor are one matter.
-- Acts belong to the matter. The expression is the same as matterOf (model/incident/incident.ts).
ALTER TABLE incident
  ADD COLUMN matter_id uuid NOT NULL GENERATED ALWAYS AS (coalesce((body ->> 'matterId')::uuid, id)) STORED;
CREATE INDEX incident_matter ON incident (matter_id, revision DESC);
GRANT SELECT (matter_id) ON incident TO gelang_api;

-- Absent: written by an older version, on a matter of one incident.
ALTER TABLE officer_act ADD COLUMN matter_id uuid;
CREATE INDEX officer_act_matter ON officer_act ((coalesce(matter_id, incident_id)), act_id);
GRANT SELECT (matter_id) ON officer_act TO gelang_record;

-- As before, for all incidents of the matter. The API names the matter where the recorder has not written the incident yet.
CREATE OR REPLACE FUNCTION check_act() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  found officer_act;
  signs_known integer;
BEGIN
  NEW.matter_id := coalesce((SELECT matter_id FROM incident WHERE id = NEW.incident_id), NEW.matter_id, NEW.incident_id);
  PERFORM pg_advisory_xact_lock(7103, hashtext(NEW.matter_id::text));
  SELECT o.name, o.role INTO NEW.officer_name, NEW.officer_role FROM officer o WHERE o.id = NEW.officer_id;
  IF EXISTS (SELECT FROM incident
    WHERE (id = NEW.incident_id OR matter_id = NEW.matter_id)
      AND (wearer_id IS DISTINCT FROM NEW.wearer_id OR unit_path IS DISTINCT FROM NEW.unit_path)) THEN
    RAISE EXCEPTION 'incident % is not of wearer %', NEW.incident_id, NEW.wearer_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.action = 'resolve' THEN
    SELECT greatest(NEW.signs, max(coalesce((body ->> 'signs')::int, 1))) INTO signs_known FROM incident WHERE id = NEW.incident_id;
    SELECT * INTO found FROM officer_act
      WHERE coalesce(matter_id, incident_id) = NEW.matter_id AND action = 'resolve' AND signs >= signs_known ORDER BY act_id DESC LIMIT 1;
    IF NEW.changes IS DISTINCT FROM found.act_id AND (NEW.changes IS NOT NULL OR found.resolution <> NEW.resolution) THEN
      RAISE EXCEPTION 'incident % has another finding', NEW.incident_id USING ERRCODE = 'GF001';
    ELSIF NEW.changes IS NOT NULL AND officer_rank(NEW.officer_role) < officer_rank(found.officer_role) THEN
      RAISE EXCEPTION 'a finding is changed by no lower rank' USING ERRCODE = 'GF002';
    ELSIF NEW.changes IS NOT NULL AND coalesce(btrim(NEW.note), '') = '' THEN
      RAISE EXCEPTION 'a finding is changed with a reason only' USING ERRCODE = 'GF003';
    END IF;
    UPDATE incident SET resolved_at = NEW.at
    WHERE matter_id = NEW.matter_id AND resolved_at IS NULL AND coalesce((body ->> 'signs')::int, 1) <= NEW.signs;
  END IF;
  RETURN NEW;
END $$;

DROP FUNCTION acts_on(uuid[]), standings_of(uuid[]);
CREATE FUNCTION acts_on(matter_ids uuid[]) RETURNS SETOF officer_act LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.* FROM officer_act a
  WHERE acting_officer_id() IS NULL AND coalesce(a.matter_id, a.incident_id) = ANY (matter_ids)
$$;
-- The newest incident of each matter.
CREATE FUNCTION standings_of(matter_ids uuid[], OUT body jsonb, OUT standing jsonb) RETURNS SETOF record
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT DISTINCT ON (i.matter_id) i.body, i.standing FROM incident i
  WHERE acting_officer_id() IS NULL AND i.matter_id = ANY (matter_ids) ORDER BY i.matter_id, i.revision DESC
$$;
GRANT EXECUTE ON FUNCTION acts_on, standings_of TO gelang_api;
