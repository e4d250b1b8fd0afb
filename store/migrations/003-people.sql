-- Units, officers, wearers, supervisions, grants of access; who an acting officer is and whom they see.
CREATE TABLE unit (
  path ltree PRIMARY KEY,
  -- The whole tree exists above every unit.
  parent ltree GENERATED ALWAYS AS (CASE WHEN nlevel(path) > 1 THEN subpath(path, 0, -1) END) STORED REFERENCES unit,
  name text NOT NULL CHECK (btrim(name) <> ''),
  kind text NOT NULL CHECK (kind IN ('ditjenpas', 'kanwil', 'bapas', 'pos')),
  time_zone text NOT NULL CHECK (time_zone IN ('Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura')),
  CHECK (nlevel(path) BETWEEN 1 AND 8)
);
CREATE INDEX unit_path_gist ON unit USING gist (path);

CREATE TABLE officer (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL CHECK (btrim(name) <> ''),
  role text NOT NULL CHECK (role IN ('pk', 'asisten_pk', 'kasubsi', 'kepala_bapas', 'operator', 'kanwil', 'ditjenpas',
    'auditor', 'admin_ti')),
  unit_path ltree NOT NULL REFERENCES unit,
  auth_user_id text UNIQUE REFERENCES auth."user" ON DELETE SET NULL,
  -- One who has left sees nothing; the row stays, for the acts that bear the name.
  active boolean NOT NULL DEFAULT true
);
CREATE INDEX ON officer USING gist (unit_path);

CREATE TABLE wearer (
  -- The number inside: in the log, in fixes, in the live feed. `uuid` is the name outside.
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uuid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  name text NOT NULL CHECK (btrim(name) <> ''),
  -- Never granted to a server role: reveal_nik() gives it, for a reason, and writes that down.
  nik text NOT NULL UNIQUE CHECK (nik ~ '^[0-9]{16}$'),
  nik_masked text NOT NULL GENERATED ALWAYS AS ('************' || right(nik, 4)) STORED,
  unit_path ltree NOT NULL REFERENCES unit,
  pk_officer_id uuid REFERENCES officer,
  asisten_officer_id uuid REFERENCES officer,
  report_interval_ms integer NOT NULL DEFAULT 60000 CHECK (report_interval_ms > 0),
  silence_grace_ms integer NOT NULL DEFAULT 900000 CHECK (silence_grace_ms >= 0),
  -- When the two numbers above were last changed.
  plan_changed_at timestamptz NOT NULL DEFAULT '-infinity'
);
CREATE INDEX ON wearer USING gist (unit_path);
CREATE INDEX ON wearer (pk_officer_id);
CREATE INDEX ON wearer (asisten_officer_id);
CREATE INDEX ON wearer (name, id);

CREATE TABLE supervision (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  wearer_id integer NOT NULL REFERENCES wearer,
  programme text NOT NULL CHECK (programme IN ('PB', 'CB', 'CMB', 'CMK', 'asimilasi', 'pidana_pengawasan', 'kerja_sosial')),
  sk_number text NOT NULL CHECK (btrim(sk_number) <> ''),
  during tstzrange NOT NULL CHECK (is_span(during) AND NOT upper_inf(during)),
  made_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  CHECK (changed_at >= made_at),
  CONSTRAINT supervision_one_at_a_time EXCLUDE USING gist (wearer_id WITH =, during WITH &&)
);

CREATE TABLE access_grant (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  officer_id uuid NOT NULL REFERENCES officer,
  wearer_id integer NOT NULL REFERENCES wearer,
  reason text NOT NULL CHECK (length(btrim(reason)) >= 5),
  during tstzrange NOT NULL CHECK (is_span(during) AND NOT upper_inf(during))
);
CREATE INDEX ON access_grant (officer_id, wearer_id);

-- Who acts. Nobody when gelang.officer_id is not set, and then every policy below gives no row.
CREATE FUNCTION acting_officer_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('gelang.officer_id', true), '')::uuid;
CREATE FUNCTION acting_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS
  $$ SELECT role FROM officer WHERE id = acting_officer_id() AND active $$;
CREATE FUNCTION acting_unit() RETURNS ltree LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS
  $$ SELECT unit_path FROM officer WHERE id = acting_officer_id() AND active $$;
CREATE FUNCTION granted_wearer_ids() RETURNS SETOF integer LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS
  $$ SELECT wearer_id FROM access_grant WHERE officer_id = acting_officer_id() AND during @> now() $$;
GRANT EXECUTE ON FUNCTION acting_officer_id, acting_role, acting_unit, granted_wearer_ids TO gelang_api;

ALTER TABLE unit ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON unit TO gelang_api;
CREATE POLICY at_or_below ON unit FOR SELECT TO gelang_api USING (path <@ (SELECT acting_unit()));

ALTER TABLE officer ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON officer TO gelang_api;
CREATE POLICY at_or_below ON officer FOR SELECT TO gelang_api USING (unit_path <@ (SELECT acting_unit()));

ALTER TABLE wearer ENABLE ROW LEVEL SECURITY;
GRANT SELECT (id, uuid, name, nik_masked, unit_path, pk_officer_id, asisten_officer_id, report_interval_ms,
  silence_grace_ms) ON wearer TO gelang_api;
CREATE POLICY in_sight ON wearer FOR SELECT TO gelang_api USING (
  unit_path <@ (SELECT acting_unit())
  AND CASE
    WHEN (SELECT acting_role()) IN ('kasubsi', 'kepala_bapas', 'operator', 'kanwil', 'ditjenpas') THEN true
    WHEN (SELECT acting_role()) IN ('pk', 'asisten_pk') THEN
      (SELECT acting_officer_id()) IN (pk_officer_id, asisten_officer_id) OR id IN (SELECT granted_wearer_ids())
    ELSE false
  END
);
GRANT SELECT (id, unit_path, report_interval_ms, silence_grace_ms, plan_changed_at) ON wearer TO gelang_record;
CREATE POLICY all_rows ON wearer FOR SELECT TO gelang_record USING (true);

ALTER TABLE supervision ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON supervision TO gelang_api;
CREATE POLICY of_wearer_in_sight ON supervision FOR SELECT TO gelang_api
  USING (EXISTS (SELECT FROM wearer w WHERE w.id = wearer_id));
GRANT SELECT (id, wearer_id, during, made_at, changed_at) ON supervision TO gelang_record;
CREATE POLICY all_rows ON supervision FOR SELECT TO gelang_record USING (true);

ALTER TABLE access_grant ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON access_grant TO gelang_api;
CREATE POLICY own_or_auditor ON access_grant FOR SELECT TO gelang_api USING (
  officer_id = (SELECT acting_officer_id()) AND (SELECT acting_role()) IS NOT NULL
  OR (SELECT acting_role()) = 'auditor' AND EXISTS (SELECT FROM officer o WHERE o.id = officer_id)
);
