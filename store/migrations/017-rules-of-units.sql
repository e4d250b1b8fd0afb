-- What an open map shows is loaded anew when rules change. That is asked for every officer at every change anywhere, so each unit knows
-- of which version of the rules its own wearers' last change was, and a map is concerned by the units at or below its officer's.
ALTER TABLE unit ADD rules_version bigint NOT NULL DEFAULT 0;

-- As before, and noted with the wearers' units.
CREATE OR REPLACE FUNCTION announce_rules(directory boolean, wearers integer[]) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  now_version bigint;
BEGIN
  -- Once a transaction: a seed of thousands of statements must not leave thousands of versions of one row.
  IF current_setting('gelang.rules_counted_by', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
    UPDATE rules_version SET version = version + 1;
    PERFORM set_config('gelang.rules_counted_by', pg_current_xact_id()::text, true);
  END IF;
  SELECT version INTO now_version FROM rules_version;
  UPDATE unit SET rules_version = now_version
    WHERE path IN (SELECT w.unit_path FROM wearer w WHERE w.id = ANY (wearers)) AND rules_version <> now_version;
  PERFORM pg_notify('gelang_rules', jsonb_strip_nulls(jsonb_build_object('version', now_version, 'directory', directory,
    'wearers', CASE WHEN cardinality(wearers) <= 500 THEN to_jsonb(wearers) END))::text);
END $$;

-- A zone that is drawn or retired changes no plan, so nobody is judged otherwise; but it comes onto maps or leaves them: those of its
-- unit and of those whom it is used for.
CREATE FUNCTION announce_zones() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  now_version bigint;
BEGIN
  PERFORM announce_rules(false, ARRAY[]::integer[]);
  SELECT version INTO now_version FROM rules_version;
  UPDATE unit SET rules_version = now_version
    WHERE path IN (
      SELECT z.unit_path FROM new_rows z
      UNION SELECT w.unit_path FROM new_rows z JOIN condition c ON c.zone_id = z.id JOIN wearer w ON w.id = c.wearer_id
      UNION SELECT w.unit_path FROM new_rows z JOIN permit p ON p.zone_id = z.id JOIN wearer w ON w.id = p.wearer_id)
    AND rules_version <> now_version;
  RETURN NULL;
END $$;
CREATE TRIGGER announce_insert AFTER INSERT ON zone REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION announce_zones();
CREATE TRIGGER announce_update AFTER UPDATE ON zone REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION announce_zones();

-- Another text when rules at or below the acting officer's unit have changed, or the clock has ended one: what ended longer ago than an
-- hour is not looked for, and its text changes once more when that hour is over.
CREATE INDEX ON condition (upper(during));
CREATE INDEX ON permit (upper(during));
CREATE FUNCTION rules_in_sight() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT concat_ws(' ', acting_role(), acting_unit(),
    (SELECT max(u.rules_version) FROM unit u WHERE u.path <@ acting_unit()),
    (SELECT max(upper(c.during)) FROM condition c JOIN wearer w ON w.id = c.wearer_id
      WHERE upper(c.during) > now() - interval '1 hour' AND upper(c.during) <= now() AND w.unit_path <@ acting_unit()),
    '/',
    (SELECT max(upper(p.during)) FROM permit p JOIN wearer w ON w.id = p.wearer_id
      WHERE upper(p.during) > now() - interval '1 hour' AND upper(p.during) <= now() AND w.unit_path <@ acting_unit()))
$$;
GRANT EXECUTE ON FUNCTION rules_in_sight TO gelang_api;
