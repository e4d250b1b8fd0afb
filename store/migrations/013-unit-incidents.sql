-- Incidents of a whole unit (many bracelets silent at once): they name a unit instead of a wearer.
ALTER TABLE incident ALTER wearer_id DROP NOT NULL, ADD unit_path ltree, ADD CHECK (num_nonnulls(wearer_id, unit_path) = 1);
ALTER TABLE incident_revision ALTER wearer_id DROP NOT NULL, ADD unit_path ltree, ADD CHECK (num_nonnulls(wearer_id, unit_path) = 1);
ALTER TABLE officer_act ALTER wearer_id DROP NOT NULL, ADD unit_path ltree, ADD CHECK (num_nonnulls(wearer_id, unit_path) = 1);

-- Units whose incidents the acting officer sees: those at or below their own, and the Bapas that a Pos belongs to, whose outage is
-- why nobody of the Pos is missed one by one.
CREATE FUNCTION units_in_sight(OUT path ltree, OUT name text) RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT u.path, u.name FROM unit u
  WHERE acting_role() IN ('pk', 'asisten_pk', 'kasubsi', 'kepala_bapas', 'operator', 'kanwil', 'ditjenpas', 'admin_ti')
    AND (u.path <@ acting_unit() OR u.kind = 'bapas' AND u.path @> acting_unit())
$$;
GRANT EXECUTE ON FUNCTION units_in_sight TO gelang_api;

CREATE POLICY of_unit_in_sight ON incident FOR SELECT TO gelang_api USING (unit_path IN (SELECT path FROM units_in_sight()));
CREATE POLICY of_unit_in_sight ON incident_revision FOR SELECT TO gelang_api USING (unit_path IN (SELECT path FROM units_in_sight()));
CREATE POLICY of_unit_in_sight ON officer_act FOR SELECT TO gelang_api USING (unit_path IN (SELECT path FROM units_in_sight()));
CREATE POLICY act_on_unit ON officer_act FOR INSERT TO gelang_api WITH CHECK (
  officer_id = (SELECT acting_officer_id()) AND (SELECT acting_role()) <> 'admin_ti' AND unit_path IN (SELECT path FROM units_in_sight()));

GRANT SELECT (unit_path) ON incident, incident_revision TO gelang_api;

-- Bodies as before; a unit's holds no place.
CREATE OR REPLACE VIEW seen_incident WITH (security_barrier) AS
  SELECT i.id, i.wearer_id, CASE WHEN s.places THEN i.body ELSE without_places(i.body) END AS body
  FROM incident i JOIN sight s ON s.wearer_id = i.wearer_id
  UNION ALL
  SELECT i.id, i.wearer_id, i.body FROM incident i WHERE i.unit_path IN (SELECT path FROM units_in_sight());
CREATE OR REPLACE VIEW seen_revision WITH (security_barrier) AS
  SELECT r.incident_id, r.revision, r.wearer_id, CASE WHEN s.places THEN r.body ELSE without_places(r.body) END AS body
  FROM incident_revision r JOIN sight s ON s.wearer_id = r.wearer_id
  UNION ALL
  SELECT r.incident_id, r.revision, r.wearer_id, r.body FROM incident_revision r
  WHERE r.unit_path IN (SELECT path FROM units_in_sight());

-- As before, and the unit is the incident's too.
CREATE OR REPLACE FUNCTION check_act() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7103, hashtext(NEW.incident_id::text));
  NEW.officer_name := (SELECT name FROM officer WHERE id = NEW.officer_id);
  IF EXISTS (SELECT FROM incident
    WHERE id = NEW.incident_id AND (wearer_id IS DISTINCT FROM NEW.wearer_id OR unit_path IS DISTINCT FROM NEW.unit_path)) THEN
    RAISE EXCEPTION 'incident % is not of wearer %', NEW.incident_id, NEW.wearer_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.action = 'resolve' THEN
    UPDATE incident SET resolved_at = NEW.at
    WHERE id = NEW.incident_id AND resolved_at IS NULL AND coalesce((body ->> 'signs')::int, 1) <= NEW.signs;
  END IF;
  RETURN NEW;
END $$;

-- Which Bapas a wearer is counted in.
GRANT SELECT (path, kind) ON unit TO gelang_record;
CREATE POLICY all_rows ON unit FOR SELECT TO gelang_record USING (true);
