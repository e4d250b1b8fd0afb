-- Whom a unit's alerts reach. The ways (addresses, telephone numbers, secrets of webhooks) are encrypted by the API with a key that the
-- database does not hold, and bound to unit, level and language: whoever writes here below the API makes a recipient that notify refuses.
CREATE TABLE recipient (
  id uuid PRIMARY KEY,
  unit_path ltree NOT NULL REFERENCES unit (path),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  level text NOT NULL CHECK (level IN ('petugas', 'kasubsi', 'kepala_bapas')),
  language text NOT NULL CHECK (language IN ('id', 'en')),
  sealed_ways text NOT NULL CHECK (length(sealed_ways) <= 16384),
  active boolean NOT NULL DEFAULT true
);
CREATE INDEX ON recipient (unit_path);
SELECT audit_changes_of('recipient', 'id', '', 'name,sealed_ways', '', '');
ALTER TABLE recipient ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT (id, unit_path, name, level, language, sealed_ways),
  UPDATE (name, level, language, sealed_ways, active) ON recipient TO gelang_api;
GRANT SELECT ON recipient TO gelang_record;
CREATE POLICY all_rows ON recipient FOR SELECT TO gelang_record USING (true);
CREATE POLICY of_unit ON recipient FOR SELECT TO gelang_api USING (
  (SELECT acting_role()) IN ('admin_ti', 'kepala_bapas') AND unit_path <@ (SELECT acting_unit()));
CREATE POLICY add ON recipient FOR INSERT TO gelang_api WITH CHECK (
  (SELECT acting_role()) IN ('admin_ti', 'kepala_bapas') AND unit_path <@ (SELECT acting_unit()));
CREATE POLICY change ON recipient FOR UPDATE TO gelang_api USING (
  (SELECT acting_role()) IN ('admin_ti', 'kepala_bapas') AND unit_path <@ (SELECT acting_unit()));

-- More would make one alert a flood of messages.
CREATE FUNCTION recipients_per_unit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (SELECT count(*) FROM recipient r WHERE r.unit_path = NEW.unit_path AND r.active) > 50 THEN
    RAISE EXCEPTION 'a unit has at most fifty recipients' USING ERRCODE = 'check_violation', CONSTRAINT = 'recipient_max';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER recipients_per_unit AFTER INSERT OR UPDATE ON recipient FOR EACH ROW EXECUTE FUNCTION recipients_per_unit();

CREATE TRIGGER announce_change AFTER INSERT OR UPDATE OR DELETE ON recipient FOR EACH STATEMENT EXECUTE FUNCTION announce_directory();
