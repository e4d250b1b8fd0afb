-- Kanwil and Ditjenpas oversee: figures first, a person for a written reason that stands now, and no act on an incident.
-- Who may do what stands in model/access/rights.ts; a test compares the two.
DROP POLICY in_sight ON wearer;
CREATE POLICY in_sight ON wearer FOR SELECT TO gelang_api USING (
  unit_path <@ (SELECT acting_unit())
  AND CASE
    WHEN (SELECT acting_role()) IN ('kasubsi', 'kepala_bapas', 'operator') THEN true
    WHEN (SELECT acting_role()) IN ('pk', 'asisten_pk') THEN
      (SELECT acting_officer_id()) IN (pk_officer_id, asisten_officer_id) OR id IN (SELECT granted_wearer_ids())
    WHEN (SELECT acting_role()) IN ('kanwil', 'ditjenpas') THEN id IN (SELECT granted_wearer_ids())
    ELSE false
  END);

CREATE OR REPLACE VIEW sight AS
  SELECT w.id AS wearer_id, true AS places
  FROM wearer w
  WHERE w.unit_path <@ (SELECT acting_unit())
    AND CASE
      WHEN (SELECT acting_role()) IN ('kasubsi', 'kepala_bapas', 'operator') THEN true
      WHEN (SELECT acting_role()) IN ('pk', 'asisten_pk') THEN
        (SELECT acting_officer_id()) IN (w.pk_officer_id, w.asisten_officer_id) OR w.id IN (SELECT granted_wearer_ids())
      WHEN (SELECT acting_role()) IN ('kanwil', 'ditjenpas') THEN w.id IN (SELECT granted_wearer_ids())
      ELSE false
    END;

DROP POLICY act ON officer_act;
CREATE POLICY act ON officer_act FOR INSERT TO gelang_api WITH CHECK (
  officer_id = (SELECT acting_officer_id()) AND EXISTS (SELECT FROM wearer w WHERE w.id = wearer_id)
  AND (SELECT acting_role()) IN ('pk', 'asisten_pk', 'kasubsi', 'kepala_bapas', 'operator'));
DROP POLICY act_on_unit ON officer_act;
CREATE POLICY act_on_unit ON officer_act FOR INSERT TO gelang_api WITH CHECK (
  officer_id = (SELECT acting_officer_id()) AND unit_path IN (SELECT path FROM units_in_sight())
  AND (SELECT acting_role()) IN ('pk', 'asisten_pk', 'kasubsi', 'kepala_bapas', 'operator'));

-- What can be known of units without knowing a person. Each unit counts those below it; a PK counts their own klien.
CREATE FUNCTION unit_figures(OUT path text, OUT name text, OUT kind text, OUT klien integer, OUT kritis_open integer,
  OUT serius_open integer, OUT informasi_open integer, OUT raised_week integer, OUT resolved_week integer, OUT false_week integer)
  RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH people AS MATERIALIZED (
    SELECT w.id, w.unit_path FROM wearer w
    WHERE w.unit_path <@ acting_unit() AND CASE
      WHEN acting_role() IN ('kanwil', 'ditjenpas', 'kepala_bapas', 'kasubsi') THEN true
      WHEN acting_role() IN ('pk', 'asisten_pk') THEN acting_officer_id() IN (w.pk_officer_id, w.asisten_officer_id)
      ELSE false END
  ), counted AS (
    SELECT p.unit_path, count(*) AS klien, 0 AS kritis, 0 AS serius, 0 AS informasi, 0 AS raised, 0 AS resolved, 0 AS not_true
      FROM people p WHERE EXISTS (SELECT FROM supervision s WHERE s.wearer_id = p.id AND s.during @> now()) GROUP BY p.unit_path
    UNION ALL
    SELECT p.unit_path, 0, count(*) FILTER (WHERE i.severity = 'kritis'), count(*) FILTER (WHERE i.severity = 'serius'),
        count(*) FILTER (WHERE i.severity = 'informasi'), 0, 0, 0
      FROM incident i JOIN people p ON p.id = i.wearer_id
      WHERE NOT i.withdrawn AND i.resolved_at IS NULL AND (i.end_at IS NULL OR i.severity <> 'informasi') GROUP BY p.unit_path
    UNION ALL
    SELECT p.unit_path, 0, 0, 0, 0, count(*), count(i.resolved_at),
        count(*) FILTER (WHERE EXISTS (SELECT FROM officer_act a WHERE a.incident_id = i.id AND a.resolution = 'alarm_palsu'))
      FROM incident i JOIN people p ON p.id = i.wearer_id
      WHERE i.start_at > now() - interval '7 days' AND NOT i.withdrawn GROUP BY p.unit_path
  )
  SELECT u.path::text, u.name, u.kind, coalesce(sum(c.klien), 0)::integer, coalesce(sum(c.kritis), 0)::integer,
    coalesce(sum(c.serius), 0)::integer, coalesce(sum(c.informasi), 0)::integer, coalesce(sum(c.raised), 0)::integer,
    coalesce(sum(c.resolved), 0)::integer, coalesce(sum(c.not_true), 0)::integer
  FROM unit u LEFT JOIN counted c ON c.unit_path <@ u.path
  WHERE u.path <@ acting_unit()
    AND acting_role() IN ('kanwil', 'ditjenpas', 'kepala_bapas', 'kasubsi', 'pk', 'asisten_pk')
  GROUP BY u.path, u.name, u.kind ORDER BY u.path
$$;
GRANT EXECUTE ON FUNCTION unit_figures TO gelang_api;
