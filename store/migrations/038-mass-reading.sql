-- Reading many people is noticed. How many are usual, by role; a Kepala Bapas or Admin TI who finds it too few changes the row.
CREATE TABLE reading_limit (
  role text NOT NULL,
  -- persons: different people whose place was shown one by one. niks: full NIK. reasons: accesses taken and persons looked for.
  what text NOT NULL CHECK (what IN ('persons', 'niks', 'reasons')),
  per text NOT NULL CHECK (per IN ('hour', 'day')),
  allowed integer NOT NULL CHECK (allowed >= 0),
  PRIMARY KEY (role, what, per)
);
INSERT INTO reading_limit (role, what, per, allowed)
  SELECT role, what, per, allowed FROM (VALUES
    ('pk', 60, 200, 5, 20, 5, 20), ('asisten_pk', 60, 200, 0, 0, 5, 20), ('kasubsi', 100, 400, 10, 30, 0, 0),
    ('kepala_bapas', 100, 400, 10, 30, 0, 0), ('operator', 120, 600, 0, 0, 0, 0),
    ('kanwil', 10, 30, 0, 0, 10, 30), ('ditjenpas', 10, 30, 0, 0, 10, 30)
  ) AS r (role, persons_hour, persons_day, niks_hour, niks_day, reasons_hour, reasons_day)
  CROSS JOIN LATERAL (VALUES
    ('persons', 'hour', persons_hour), ('persons', 'day', persons_day), ('niks', 'hour', niks_hour), ('niks', 'day', niks_day),
    ('reasons', 'hour', reasons_hour), ('reasons', 'day', reasons_day)
  ) AS l (what, per, allowed);
SELECT audit_changes_of('reading_limit', 'role', '', '', '', '');

CREATE TABLE reading_alarm (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  officer_id uuid NOT NULL REFERENCES officer,
  unit_path ltree NOT NULL,
  what text NOT NULL,
  per text NOT NULL,
  found integer NOT NULL,
  allowed integer NOT NULL
);
CREATE INDEX ON reading_alarm (officer_id, at);
CREATE INDEX ON audit (officer_id, at);
CREATE TRIGGER add_only BEFORE UPDATE OR DELETE ON reading_alarm FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER add_only_all BEFORE TRUNCATE ON reading_alarm FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE reading_limit ENABLE ROW LEVEL SECURITY;
ALTER TABLE reading_alarm ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON reading_limit, reading_alarm TO gelang_api;
CREATE POLICY watch ON reading_limit FOR SELECT TO gelang_api USING ((SELECT acting_role()) IN ('auditor', 'admin_ti'));
CREATE POLICY watch ON reading_alarm FOR SELECT TO gelang_api USING (
  (SELECT acting_role()) IN ('auditor', 'admin_ti') AND unit_path <@ (SELECT acting_unit()));

-- Counts what the acting officer has read, and raises what is beyond the limit: once in each hour, or day. Back-tests read many
-- tracks, show no place, and are not counted.
CREATE FUNCTION raise_reading_alarms(OUT what text, OUT per text, OUT readings integer, OUT allowed integer) RETURNS SETOF record
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  l record;
BEGIN
  FOR l IN
    WITH read AS MATERIALIZED (
      SELECT a.action, a.wearer_id, a.at > now() - interval '1 hour' AS this_hour FROM audit a
      WHERE a.officer_id = acting_officer_id() AND a.at > now() - interval '1 day'
        AND a.action IN ('track.read', 'position.read', 'evidence.read', 'zones.read', 'export.read', 'nik.reveal', 'access.grant', 'person.find')
        AND NOT coalesce(a.detail ? 'backtest', false)
    ), counted AS (
      SELECT 'persons' AS what, count(DISTINCT r.wearer_id) FILTER (WHERE r.this_hour) AS hour, count(DISTINCT r.wearer_id) AS day
        FROM read r WHERE r.action LIKE '%.read'
      UNION ALL
      SELECT 'niks', count(*) FILTER (WHERE r.this_hour), count(*) FROM read r WHERE r.action = 'nik.reveal'
      UNION ALL
      SELECT 'reasons', count(*) FILTER (WHERE r.this_hour), count(*) FROM read r WHERE r.action IN ('access.grant', 'person.find')
    )
    SELECT m.what, m.per, m.allowed, CASE m.per WHEN 'hour' THEN c.hour ELSE c.day END AS found
    FROM reading_limit m JOIN counted c ON c.what = m.what WHERE m.role = acting_role()
  LOOP
    CONTINUE WHEN l.found <= l.allowed OR EXISTS (
      SELECT FROM reading_alarm a WHERE a.officer_id = acting_officer_id() AND a.what = l.what AND a.per = l.per
        AND a.at > now() - ('1 ' || l.per)::interval);
    INSERT INTO reading_alarm (officer_id, unit_path, what, per, found, allowed)
      VALUES (acting_officer_id(), acting_unit(), l.what, l.per, l.found, l.allowed);
    PERFORM write_audit('alarm.mass_reading', 'officer:' || acting_officer_id(), NULL, acting_unit(), NULL,
      jsonb_build_object('what', l.what, 'per', l.per, 'found', l.found, 'allowed', l.allowed));
    what := l.what; per := l.per; readings := l.found; allowed := l.allowed;
    RETURN NEXT;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION raise_reading_alarms TO gelang_api;
