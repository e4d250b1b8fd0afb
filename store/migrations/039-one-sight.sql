-- Whoever sees a person sees where they were: since Kanwil and Ditjenpas see persons for a reason only, nothing is left to leave out of
-- what they see. One view says who is in sight.
DROP VIEW seen_incident, seen_revision, sight;
DROP FUNCTION without_places(jsonb);

-- Granted to nobody: for the views below and the audit, which run as its owner.
CREATE VIEW sight AS
  SELECT w.id AS wearer_id FROM wearer w
  WHERE w.unit_path <@ (SELECT acting_unit())
    AND CASE
      WHEN (SELECT acting_role()) IN ('kasubsi', 'kepala_bapas', 'operator') THEN true
      WHEN (SELECT acting_role()) IN ('pk', 'asisten_pk') THEN
        (SELECT acting_officer_id()) IN (w.pk_officer_id, w.asisten_officer_id) OR w.id IN (SELECT granted_wearer_ids())
      WHEN (SELECT acting_role()) IN ('kanwil', 'ditjenpas') THEN w.id IN (SELECT granted_wearer_ids())
      ELSE false
    END;
CREATE VIEW seen_incident WITH (security_barrier) AS
  SELECT i.id, i.wearer_id, i.body FROM incident i JOIN sight s ON s.wearer_id = i.wearer_id
  UNION ALL
  SELECT i.id, i.wearer_id, i.body FROM incident i WHERE i.unit_path IN (SELECT path FROM units_in_sight());
CREATE VIEW seen_revision WITH (security_barrier) AS
  SELECT r.incident_id, r.revision, r.wearer_id, r.body FROM incident_revision r JOIN sight s ON s.wearer_id = r.wearer_id
  UNION ALL
  SELECT r.incident_id, r.revision, r.wearer_id, r.body FROM incident_revision r
  WHERE r.unit_path IN (SELECT path FROM units_in_sight());
GRANT SELECT ON seen_incident, seen_revision TO gelang_api;

-- As before, and of whom something is open, and what of it nobody has taken.
DROP FUNCTION unit_figures();
CREATE FUNCTION unit_figures(OUT path text, OUT name text, OUT kind text, OUT klien integer, OUT concerned integer,
  OUT kritis_open integer, OUT serius_open integer, OUT informasi_open integer, OUT untaken integer,
  OUT raised_week integer, OUT resolved_week integer, OUT false_week integer)
  RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH people AS MATERIALIZED (
    SELECT w.id, w.unit_path FROM wearer w
    WHERE w.unit_path <@ acting_unit() AND CASE
      WHEN acting_role() IN ('kanwil', 'ditjenpas', 'kepala_bapas', 'kasubsi') THEN true
      WHEN acting_role() IN ('pk', 'asisten_pk') THEN acting_officer_id() IN (w.pk_officer_id, w.asisten_officer_id)
      ELSE false END
  ), counted AS (
    SELECT p.unit_path, count(*) AS klien, 0 AS concerned, 0 AS kritis, 0 AS serius, 0 AS informasi, 0 AS untaken,
        0 AS raised, 0 AS resolved, 0 AS not_true
      FROM people p WHERE EXISTS (SELECT FROM supervision s WHERE s.wearer_id = p.id AND s.during @> now()) GROUP BY p.unit_path
    UNION ALL
    SELECT p.unit_path, 0, count(DISTINCT i.wearer_id), count(*) FILTER (WHERE i.severity = 'kritis'),
        count(*) FILTER (WHERE i.severity = 'serius'), count(*) FILTER (WHERE i.severity = 'informasi'),
        count(*) FILTER (WHERE NOT EXISTS (SELECT FROM officer_act a
          WHERE a.incident_id = i.id AND a.action IN ('acknowledge', 'escalate') AND NOT EXISTS (SELECT FROM officer_act r
            WHERE r.incident_id = i.id AND r.action = 'resolve' AND r.act_id > a.act_id))), 0, 0, 0
      FROM incident i JOIN people p ON p.id = i.wearer_id
      WHERE NOT i.withdrawn AND i.resolved_at IS NULL AND (i.end_at IS NULL OR i.severity <> 'informasi') GROUP BY p.unit_path
    UNION ALL
    SELECT p.unit_path, 0, 0, 0, 0, 0, 0, count(*), count(i.resolved_at),
        count(*) FILTER (WHERE EXISTS (SELECT FROM officer_act a WHERE a.incident_id = i.id AND a.resolution = 'alarm_palsu'))
      FROM incident i JOIN people p ON p.id = i.wearer_id
      WHERE i.start_at > now() - interval '7 days' AND NOT i.withdrawn GROUP BY p.unit_path
  )
  SELECT u.path::text, u.name, u.kind, coalesce(sum(c.klien), 0)::integer, coalesce(sum(c.concerned), 0)::integer,
    coalesce(sum(c.kritis), 0)::integer, coalesce(sum(c.serius), 0)::integer, coalesce(sum(c.informasi), 0)::integer,
    coalesce(sum(c.untaken), 0)::integer, coalesce(sum(c.raised), 0)::integer, coalesce(sum(c.resolved), 0)::integer,
    coalesce(sum(c.not_true), 0)::integer
  FROM unit u LEFT JOIN counted c ON c.unit_path <@ u.path
  WHERE u.path <@ acting_unit()
    AND acting_role() IN ('kanwil', 'ditjenpas', 'kepala_bapas', 'kasubsi', 'pk', 'asisten_pk')
  GROUP BY u.path, u.name, u.kind ORDER BY u.path
$$;
GRANT EXECUTE ON FUNCTION unit_figures TO gelang_api;
