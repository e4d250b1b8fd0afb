-- Alarms that no table knows: how often the bracelets have said them, and what an Admin TI has mapped them to. A mapping holds for
-- one model by one protocol, in a unit and the units below; of several the nearest unit's holds. It is looked up last, so that it
-- can never turn off what the tables know.
CREATE TABLE alarm_word_seen (
  bracelet_id integer NOT NULL REFERENCES bracelet,
  protocol text NOT NULL CHECK (length(protocol) <= 32),
  word text NOT NULL CHECK (length(word) BETWEEN 1 AND 40),
  reports bigint NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (bracelet_id, protocol, word)
);
ALTER TABLE alarm_word_seen ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON alarm_word_seen TO gelang_api;
CREATE POLICY of_bracelet_in_unit ON alarm_word_seen FOR SELECT TO gelang_api USING (
  (SELECT acting_role()) = 'admin_ti'
  AND EXISTS (SELECT FROM bracelet b WHERE b.id = bracelet_id AND b.unit_path <@ (SELECT acting_unit())));
GRANT SELECT, INSERT, UPDATE ON alarm_word_seen TO gelang_record;
CREATE POLICY all_rows ON alarm_word_seen TO gelang_record USING (true);

CREATE TABLE alarm_word (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  unit_path ltree NOT NULL REFERENCES unit,
  model text NOT NULL CHECK (length(model) BETWEEN 1 AND 120),
  -- Models are compared without case, blanks and punctuation.
  model_key text NOT NULL GENERATED ALWAYS AS (regexp_replace(lower(model), '[^a-z0-9]', '', 'g')) STORED,
  protocol text NOT NULL CHECK (length(protocol) <= 32),
  word text NOT NULL CHECK (length(word) BETWEEN 1 AND 40),
  meaning text NOT NULL CHECK (meaning IN ('none', 'unknown', 'strap=open', 'strap=closed', 'case=open', 'case=closed', 'sos', 'strapOpen',
    'caseOpen', 'tamper', 'batteryLow', 'powerCut', 'powerOff', 'jamming', 'gnssFault', 'vibration', 'fall', 'overspeed', 'zoneIn',
    'zoneOut', 'restart', 'movement', 'other')),
  reason text NOT NULL CHECK (length(reason) <= 500),
  officer_id uuid REFERENCES officer,
  mapped_at timestamptz NOT NULL,
  UNIQUE (unit_path, model_key, protocol, word)
);
SELECT audit_changes_of('alarm_word', 'id', '', '', '', '');
CREATE FUNCTION map_alarm_word() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.officer_id := acting_officer_id();
  NEW.mapped_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER map_alarm_word BEFORE INSERT OR UPDATE ON alarm_word FOR EACH ROW EXECUTE FUNCTION map_alarm_word();
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON alarm_word FOR EACH STATEMENT EXECUTE FUNCTION announce_directory();
ALTER TABLE alarm_word ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT (unit_path, model, protocol, word, meaning, reason), UPDATE (meaning, reason) ON alarm_word TO gelang_api;
CREATE POLICY holds_in_unit ON alarm_word FOR SELECT TO gelang_api USING (
  (SELECT acting_role()) = 'admin_ti' AND (unit_path <@ (SELECT acting_unit()) OR unit_path @> (SELECT acting_unit())));
CREATE POLICY map ON alarm_word FOR INSERT TO gelang_api WITH CHECK (
  (SELECT acting_role()) = 'admin_ti' AND unit_path <@ (SELECT acting_unit()));
CREATE POLICY map_anew ON alarm_word FOR UPDATE TO gelang_api USING (
  (SELECT acting_role()) = 'admin_ti' AND unit_path <@ (SELECT acting_unit()));
GRANT SELECT ON alarm_word TO gelang_record;
CREATE POLICY all_rows ON alarm_word FOR SELECT TO gelang_record USING (true);
