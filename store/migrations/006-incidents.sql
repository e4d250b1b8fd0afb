-- Incidents with all their revisions, what officers did about them, and what could not be taken in.
CREATE TABLE incident (
  id uuid PRIMARY KEY,
  revision integer NOT NULL CHECK (revision >= 1),
  type text NOT NULL,
  severity text NOT NULL CHECK (severity IN ('informasi', 'serius', 'kritis')),
  -- No foreign keys in what the recorder writes: the log is the truth, and a row must never be stuck in it.
  wearer_id integer NOT NULL,
  condition_id text,
  start_at timestamptz NOT NULL,
  end_at timestamptz,
  withdrawn boolean NOT NULL,
  -- The newest revision whole, as the engine wrote it.
  body jsonb NOT NULL,
  resolved_at timestamptz
);
CREATE INDEX incident_newest ON incident (start_at DESC, id DESC);
CREATE INDEX incident_open ON incident (start_at DESC, id DESC)
  WHERE NOT withdrawn AND resolved_at IS NULL AND (end_at IS NULL OR severity <> 'informasi');
CREATE INDEX ON incident (wearer_id, start_at DESC);

CREATE TABLE incident_revision (
  incident_id uuid NOT NULL,
  revision integer NOT NULL,
  wearer_id integer NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (incident_id, revision)
);
CREATE TRIGGER add_only BEFORE UPDATE OR DELETE ON incident_revision FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE officer_act (
  act_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- An act may come before the recorder has written the incident.
  incident_id uuid NOT NULL,
  wearer_id integer NOT NULL REFERENCES wearer,
  action text NOT NULL CHECK (action IN ('acknowledge', 'note', 'escalate', 'resolve')),
  officer_id uuid NOT NULL REFERENCES officer,
  officer_name text NOT NULL,
  at timestamptz NOT NULL,
  note text CHECK (length(note) <= 4000),
  resolution text CHECK (resolution IN ('pelanggaran', 'alasan_sah', 'alarm_palsu', 'gangguan_alat')),
  CHECK ((action = 'resolve') = (resolution IS NOT NULL)),
  CHECK (action <> 'note' OR btrim(note) <> '')
);
CREATE INDEX ON officer_act (incident_id, act_id);
CREATE TRIGGER add_only BEFORE UPDATE OR DELETE ON officer_act FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER add_only_all BEFORE TRUNCATE ON officer_act FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The name is the officer's own, the wearer is the incident's, and a resolution closes the incident. The lock is shared
-- with write_incidents(), so that of an act and a first revision at the same moment the later one sees the other.
CREATE FUNCTION check_act() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7103, hashtext(NEW.incident_id::text));
  NEW.officer_name := (SELECT name FROM officer WHERE id = NEW.officer_id);
  IF EXISTS (SELECT FROM incident WHERE id = NEW.incident_id AND wearer_id <> NEW.wearer_id) THEN
    RAISE EXCEPTION 'incident % is not of wearer %', NEW.incident_id, NEW.wearer_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.action = 'resolve' THEN
    UPDATE incident SET resolved_at = NEW.at WHERE id = NEW.incident_id AND resolved_at IS NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_act BEFORE INSERT ON officer_act FOR EACH ROW EXECUTE FUNCTION check_act();

CREATE TABLE quarantine (
  received_at timestamptz NOT NULL,
  -- Its id in the quarantine log: moving it here twice leaves one row.
  source_id text NOT NULL,
  protocol text NOT NULL,
  reason text NOT NULL,
  detail text NOT NULL,
  device_id text,
  raw bytea NOT NULL,
  cut boolean NOT NULL,
  UNIQUE (received_at, source_id)
);
SELECT create_hypertable('quarantine', by_range('received_at', INTERVAL '7 days'), create_default_indexes => false);

ALTER TABLE incident ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON incident TO gelang_api;
CREATE POLICY of_wearer_in_sight ON incident FOR SELECT TO gelang_api
  USING (EXISTS (SELECT FROM wearer w WHERE w.id = wearer_id));
GRANT SELECT, INSERT, UPDATE ON incident TO gelang_record;
CREATE POLICY all_rows ON incident TO gelang_record USING (true);

ALTER TABLE incident_revision ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON incident_revision TO gelang_api;
CREATE POLICY of_wearer_in_sight ON incident_revision FOR SELECT TO gelang_api
  USING (EXISTS (SELECT FROM wearer w WHERE w.id = wearer_id));
GRANT SELECT, INSERT ON incident_revision TO gelang_record;
CREATE POLICY all_rows ON incident_revision TO gelang_record USING (true);

ALTER TABLE officer_act ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON officer_act TO gelang_api;
CREATE POLICY of_wearer_in_sight ON officer_act FOR SELECT TO gelang_api
  USING (EXISTS (SELECT FROM wearer w WHERE w.id = wearer_id));
CREATE POLICY act ON officer_act FOR INSERT TO gelang_api WITH CHECK (
  officer_id = (SELECT acting_officer_id()) AND EXISTS (SELECT FROM wearer w WHERE w.id = wearer_id));
GRANT SELECT (incident_id, action, at) ON officer_act TO gelang_record;
CREATE POLICY all_rows ON officer_act FOR SELECT TO gelang_record USING (true);

-- The raw bytes hold positions; Admin TI, who looks after devices, sees what was wrong but not where somebody was.
ALTER TABLE quarantine ENABLE ROW LEVEL SECURITY;
GRANT SELECT (received_at, source_id, protocol, reason, detail, device_id, cut) ON quarantine TO gelang_api;
CREATE POLICY devices_in_sight ON quarantine FOR SELECT TO gelang_api USING (
  (SELECT acting_role()) = 'admin_ti'
  AND (EXISTS (SELECT FROM bracelet b WHERE b.device_id = quarantine.device_id) OR (SELECT nlevel(acting_unit())) = 1));
GRANT SELECT (received_at, source_id), INSERT ON quarantine TO gelang_record;
CREATE POLICY all_rows ON quarantine TO gelang_record USING (true);
