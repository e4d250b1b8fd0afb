-- Kanwil and Ditjenpas see figures first and persons with a written reason. An incident's evidence says where somebody was, so
-- they see that part of it like the track: with a grant. All read the body through these views alone.
CREATE FUNCTION without_places(body jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT jsonb_set(body, '{evidence}', coalesce(
    (SELECT jsonb_agg(one - 'latE7' - 'lonE7' ORDER BY n) FROM jsonb_array_elements(body -> 'evidence') WITH ORDINALITY AS e (one, n)),
    '[]'))
$$;
GRANT EXECUTE ON FUNCTION without_places TO gelang_api;

-- Whom the acting officer sees, and whether also where they were. Granted to nobody: for the views below, which run as its owner.
CREATE VIEW sight AS
  SELECT w.id AS wearer_id,
    (SELECT acting_role()) NOT IN ('kanwil', 'ditjenpas') OR w.id IN (SELECT granted_wearer_ids()) AS places
  FROM wearer w
  WHERE w.unit_path <@ (SELECT acting_unit())
    AND CASE
      WHEN (SELECT acting_role()) IN ('kasubsi', 'kepala_bapas', 'operator', 'kanwil', 'ditjenpas') THEN true
      WHEN (SELECT acting_role()) IN ('pk', 'asisten_pk') THEN
        (SELECT acting_officer_id()) IN (w.pk_officer_id, w.asisten_officer_id) OR w.id IN (SELECT granted_wearer_ids())
      ELSE false
    END;

CREATE VIEW seen_incident WITH (security_barrier) AS
  SELECT i.id, i.wearer_id, CASE WHEN s.places THEN i.body ELSE without_places(i.body) END AS body
  FROM incident i JOIN sight s ON s.wearer_id = i.wearer_id;
CREATE VIEW seen_revision WITH (security_barrier) AS
  SELECT r.incident_id, r.revision, r.wearer_id, CASE WHEN s.places THEN r.body ELSE without_places(r.body) END AS body
  FROM incident_revision r JOIN sight s ON s.wearer_id = r.wearer_id;
GRANT SELECT ON seen_incident, seen_revision TO gelang_api;

REVOKE SELECT ON incident, incident_revision FROM gelang_api;
GRANT SELECT (id, revision, type, severity, wearer_id, condition_id, start_at, end_at, withdrawn, resolved_at)
  ON incident TO gelang_api;
GRANT SELECT (incident_id, revision, wearer_id) ON incident_revision TO gelang_api;
