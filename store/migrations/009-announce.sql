-- A transaction that changes rules counts one number up, in the order of the commits, and says on gelang_rules what it was
-- about: {"version":7,"directory":true,"wearers":[12,13]}; wearers is absent when there are too many to name.
CREATE TABLE rules_version (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  version bigint NOT NULL
);
INSERT INTO rules_version (version) VALUES (1);
ALTER TABLE rules_version ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON rules_version TO gelang_api, gelang_record;
CREATE POLICY all_rows ON rules_version FOR SELECT TO gelang_api, gelang_record USING (true);

CREATE FUNCTION announce_rules(directory boolean, wearers integer[]) RETURNS void
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
  PERFORM pg_notify('gelang_rules', jsonb_strip_nulls(jsonb_build_object('version', now_version, 'directory', directory,
    'wearers', CASE WHEN cardinality(wearers) <= 500 THEN to_jsonb(wearers) END))::text);
END $$;

CREATE FUNCTION announce_plans() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  wearers integer[];
BEGIN
  IF TG_OP = 'DELETE' THEN
    wearers := ARRAY(SELECT DISTINCT wearer_id FROM old_rows);
  ELSE
    wearers := ARRAY(SELECT DISTINCT wearer_id FROM new_rows);
  END IF;
  IF cardinality(wearers) > 0 THEN
    PERFORM announce_rules(TG_TABLE_NAME = 'supervision', wearers);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION announce_directory() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM announce_rules(true, ARRAY[]::integer[]);
  RETURN NULL;
END $$;

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['supervision', 'condition', 'permit'] LOOP
    EXECUTE format('CREATE TRIGGER announce_insert AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION announce_plans()', t);
    EXECUTE format('CREATE TRIGGER announce_update AFTER UPDATE ON %I REFERENCING NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION announce_plans()', t);
    EXECUTE format('CREATE TRIGGER announce_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows
      FOR EACH STATEMENT EXECUTE FUNCTION announce_plans()', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['bracelet', 'gateway', 'assignment'] LOOP
    EXECUTE format('CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION announce_directory()', t);
  END LOOP;
END $$;

-- A wearer's reporting interval and grace are part of the plan; the rest of the row is not.
CREATE FUNCTION announce_interval() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM announce_rules(false, ARRAY[NEW.id]);
  RETURN NULL;
END $$;
CREATE TRIGGER announce_interval AFTER UPDATE OF report_interval_ms, silence_grace_ms ON wearer
  FOR EACH ROW WHEN ((OLD.report_interval_ms, OLD.silence_grace_ms) IS DISTINCT FROM (NEW.report_interval_ms, NEW.silence_grace_ms))
  EXECUTE FUNCTION announce_interval();
