-- The record of positions. One chunk a day: a day's track touches one or two, retention drops whole days, and at 15,000
-- bracelets a minute (21.6 million rows) the newest chunk's index still fits in memory.
CREATE TABLE fix (
  time timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  content_key bigint NOT NULL,
  wearer_id integer NOT NULL,
  bracelet_id integer NOT NULL,
  alarms integer NOT NULL,
  lat_e7 integer NOT NULL,
  lon_e7 integer NOT NULL,
  flags smallint NOT NULL,
  source smallint NOT NULL,
  protocol smallint NOT NULL,
  -- From here on: null is what the device did not say, and takes no room.
  battery_percent smallint,
  charging smallint,
  strap smallint,
  case_contact smallint,
  satellites smallint,
  battery_mv integer,
  accuracy_m real,
  speed_mps real,
  course_deg real,
  altitude_m real,
  hdop real,
  -- json, not jsonb: the text as it came; jsonb refuses some escapes, and a row refused for ever would stop its shard.
  attributes json
);
SELECT create_hypertable('fix', by_range('time', INTERVAL '1 day'), create_default_indexes => false);
-- The only index: it keeps duplicates out and answers a wearer's track in time order.
CREATE UNIQUE INDEX fix_once ON fix (wearer_id, time, content_key);

GRANT SELECT, INSERT ON fix TO gelang_record;

-- gelang_api reads positions through this view alone. Its condition is written out because the columnstore takes no
-- row-level security on a hypertable, and because whose name may be seen and whose track are two questions:
-- Kanwil and Ditjenpas read persons' tracks with a written reason (a grant) only.
CREATE VIEW track WITH (security_barrier) AS
  SELECT f.* FROM fix f
  WHERE EXISTS (
    SELECT FROM wearer w
    WHERE w.id = f.wearer_id
      AND w.unit_path <@ (SELECT acting_unit())
      AND CASE
        WHEN (SELECT acting_role()) IN ('kasubsi', 'kepala_bapas', 'operator') THEN true
        WHEN (SELECT acting_role()) IN ('pk', 'asisten_pk') THEN
          (SELECT acting_officer_id()) IN (w.pk_officer_id, w.asisten_officer_id) OR w.id IN (SELECT granted_wearer_ids())
        WHEN (SELECT acting_role()) IN ('kanwil', 'ditjenpas') THEN w.id IN (SELECT granted_wearer_ids())
        ELSE false
      END);
GRANT SELECT ON track TO gelang_api;

CREATE TABLE record_position (
  shard integer PRIMARY KEY,
  token bigint NOT NULL,
  last_id text NOT NULL CHECK (last_id ~ '^[0-9]+-[0-9]+$')
);
ALTER TABLE record_position ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON record_position TO gelang_record;
CREATE POLICY all_rows ON record_position TO gelang_record USING (true);
