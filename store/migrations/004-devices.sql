-- Bracelets, gateways, and who wore which bracelet when. Secrets' hashes are for the directory (gelang_record) only.
CREATE TABLE bracelet (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- As the device names itself on the wire.
  device_id text NOT NULL UNIQUE CHECK (length(device_id) BETWEEN 1 AND 64),
  model text NOT NULL,
  unit_path ltree NOT NULL REFERENCES unit,
  secret_sha256 text CHECK (secret_sha256 ~ '^[0-9a-f]{64}$'),
  id_suffices boolean NOT NULL DEFAULT false,
  revoked_at timestamptz,
  settings jsonb CHECK (jsonb_typeof(settings) = 'object')
);
CREATE INDEX ON bracelet USING gist (unit_path);

CREATE TABLE gateway (
  id text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9._-]{1,64}$'),
  unit_path ltree NOT NULL REFERENCES unit,
  secret_sha256 text NOT NULL CHECK (secret_sha256 ~ '^[0-9a-f]{64}$'),
  revoked_at timestamptz
);

CREATE TABLE assignment (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bracelet_id integer NOT NULL REFERENCES bracelet,
  wearer_id integer NOT NULL REFERENCES wearer,
  during tstzrange NOT NULL CHECK (is_span(during)),
  -- A wearer may have two bracelets for the minutes of a swap; a bracelet never has two wearers.
  CONSTRAINT assignment_one_wearer_at_a_time EXCLUDE USING gist (bracelet_id WITH =, during WITH &&)
);
CREATE INDEX ON assignment (wearer_id);

ALTER TABLE bracelet ENABLE ROW LEVEL SECURITY;
GRANT SELECT (id, device_id, model, unit_path, id_suffices, revoked_at, settings) ON bracelet TO gelang_api;
CREATE POLICY at_or_below ON bracelet FOR SELECT TO gelang_api USING (
  unit_path <@ (SELECT acting_unit()) AND (SELECT acting_role()) IS DISTINCT FROM 'auditor');
-- A bracelet of another unit's stock, worn by somebody in sight.
CREATE POLICY worn_by_wearer_in_sight ON bracelet FOR SELECT TO gelang_api
  USING (EXISTS (SELECT FROM assignment a WHERE a.bracelet_id = bracelet.id));
GRANT SELECT ON bracelet TO gelang_record;
CREATE POLICY all_rows ON bracelet FOR SELECT TO gelang_record USING (true);

ALTER TABLE gateway ENABLE ROW LEVEL SECURITY;
GRANT SELECT (id, unit_path, revoked_at) ON gateway TO gelang_api;
CREATE POLICY at_or_below ON gateway FOR SELECT TO gelang_api
  USING (unit_path <@ (SELECT acting_unit()) AND (SELECT acting_role()) = 'admin_ti');
GRANT SELECT ON gateway TO gelang_record;
CREATE POLICY all_rows ON gateway FOR SELECT TO gelang_record USING (true);

ALTER TABLE assignment ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON assignment TO gelang_api;
CREATE POLICY of_wearer_in_sight ON assignment FOR SELECT TO gelang_api
  USING (EXISTS (SELECT FROM wearer w WHERE w.id = wearer_id));
GRANT SELECT ON assignment TO gelang_record;
CREATE POLICY all_rows ON assignment FOR SELECT TO gelang_record USING (true);
