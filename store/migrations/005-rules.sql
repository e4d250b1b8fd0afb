-- Zones, conditions and permits: what a wearer is held to, with its legal basis, author and approver.
CREATE TABLE zone (
  -- Names one version; a changed zone is a new id in the same lineage.
  id text PRIMARY KEY DEFAULT gen_random_uuid()::text CHECK (length(id) BETWEEN 1 AND 64),
  lineage uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  unit_path ltree NOT NULL REFERENCES unit,
  shape jsonb NOT NULL CHECK (shape ->> 'type' IN ('Circle', 'Polygon', 'MultiPolygon', 'Corridor')),
  -- A place for all (a kabupaten, a mosque, the Bapas itself), not one person's home.
  shared boolean NOT NULL DEFAULT false,
  author_id uuid NOT NULL REFERENCES officer,
  made_at timestamptz NOT NULL,
  retired_at timestamptz
);
CREATE INDEX ON zone USING gist (unit_path);
CREATE INDEX ON zone (lineage);

CREATE FUNCTION keep_zone_shape() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.id, NEW.lineage, NEW.name, NEW.unit_path, NEW.shape, NEW.shared, NEW.author_id, NEW.made_at)
    IS DISTINCT FROM (OLD.id, OLD.lineage, OLD.name, OLD.unit_path, OLD.shape, OLD.shared, OLD.author_id, OLD.made_at) THEN
    RAISE EXCEPTION 'zone % names one version for ever: a changed zone is a new zone of the same lineage', OLD.id
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_shape BEFORE UPDATE OR DELETE ON zone FOR EACH ROW EXECUTE FUNCTION keep_zone_shape();

CREATE TABLE condition (
  version_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- What the versions share, and what incidents name.
  id text NOT NULL DEFAULT gen_random_uuid()::text CHECK (length(id) BETWEEN 1 AND 64),
  wearer_id integer NOT NULL REFERENCES wearer,
  kind text NOT NULL CHECK (kind IN ('required', 'avoided', 'corridor', 'region', 'neutral')),
  zone_id text NOT NULL REFERENCES zone,
  during tstzrange NOT NULL CHECK (is_span(during)),
  time_zone text NOT NULL,
  windows jsonb CHECK (jsonb_typeof(windows) = 'array'),
  severity text CHECK (severity IN ('informasi', 'serius', 'kritis')),
  parameters jsonb CHECK (jsonb_typeof(parameters) = 'object'),
  legal_basis text NOT NULL CHECK (btrim(legal_basis) <> ''),
  author_id uuid NOT NULL REFERENCES officer,
  approver_id uuid NOT NULL REFERENCES officer,
  made_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  -- A version that was replaced before it came into force.
  cancelled_at timestamptz,
  CONSTRAINT condition_never_backwards CHECK (lower(during) >= made_at AND changed_at >= made_at),
  CONSTRAINT condition_one_version_at_a_time EXCLUDE USING gist (id WITH =, during WITH &&) WHERE (cancelled_at IS NULL)
);
CREATE INDEX ON condition (id, lower(during));
CREATE INDEX ON condition (wearer_id);
CREATE INDEX ON condition (zone_id);

-- Of a version in force only its end may move, and never into the past of the change itself.
CREATE FUNCTION keep_condition_version() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.version_id, NEW.id, NEW.wearer_id, NEW.kind, NEW.zone_id, NEW.time_zone, NEW.windows, NEW.severity,
      NEW.parameters, NEW.legal_basis, NEW.author_id, NEW.approver_id, NEW.made_at, lower(NEW.during))
    IS DISTINCT FROM (OLD.version_id, OLD.id, OLD.wearer_id, OLD.kind, OLD.zone_id, OLD.time_zone, OLD.windows, OLD.severity,
      OLD.parameters, OLD.legal_basis, OLD.author_id, OLD.approver_id, OLD.made_at, lower(OLD.during))
    OR NEW.changed_at < OLD.changed_at OR OLD.cancelled_at IS NOT NULL
    OR upper(NEW.during) IS DISTINCT FROM upper(OLD.during) AND
      (upper(OLD.during) < NEW.changed_at OR upper(NEW.during) < NEW.changed_at) THEN
    RAISE EXCEPTION 'a version of condition % stands as it was decided: end it or open the next one', OLD.id
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_version BEFORE UPDATE OR DELETE ON condition FOR EACH ROW EXECUTE FUNCTION keep_condition_version();

CREATE TABLE permit (
  id text PRIMARY KEY DEFAULT gen_random_uuid()::text CHECK (length(id) BETWEEN 1 AND 64),
  wearer_id integer NOT NULL REFERENCES wearer,
  during tstzrange NOT NULL CHECK (is_span(during) AND NOT upper_inf(during)),
  condition_ids text[] CHECK (cardinality(condition_ids) > 0),
  zone_id text REFERENCES zone,
  decided_at timestamptz NOT NULL,
  legal_basis text NOT NULL CHECK (btrim(legal_basis) <> ''),
  author_id uuid NOT NULL REFERENCES officer,
  approver_id uuid NOT NULL REFERENCES officer,
  changed_at timestamptz NOT NULL,
  CHECK (changed_at >= decided_at),
  -- Withdrawn before it began.
  cancelled_at timestamptz
);
CREATE INDEX ON permit (wearer_id);
CREATE INDEX ON permit (zone_id);

-- As the caller sees it. A function, because the policies of zone and condition would otherwise contain one another.
CREATE FUNCTION sees_zone(zone_id text) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM zone z WHERE z.id = sees_zone.zone_id);
END $$;
GRANT EXECUTE ON FUNCTION sees_zone TO gelang_api;

ALTER TABLE condition ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE (during, changed_at, cancelled_at) ON condition TO gelang_api;
CREATE POLICY of_wearer_in_sight ON condition FOR SELECT TO gelang_api
  USING (EXISTS (SELECT FROM wearer w WHERE w.id = wearer_id));
-- An avoided zone is approved by the Kepala Bapas, the rest by the Kasubsi too; nobody signs for another.
CREATE POLICY approve ON condition FOR INSERT TO gelang_api WITH CHECK (
  EXISTS (SELECT FROM wearer w WHERE w.id = wearer_id)
  AND sees_zone(zone_id)
  AND approver_id = (SELECT acting_officer_id())
  AND ((SELECT acting_role()) = 'kepala_bapas' OR (SELECT acting_role()) = 'kasubsi' AND kind <> 'avoided'));
CREATE POLICY approve_end ON condition FOR UPDATE TO gelang_api
  USING (EXISTS (SELECT FROM wearer w WHERE w.id = wearer_id)
    AND ((SELECT acting_role()) = 'kepala_bapas' OR (SELECT acting_role()) = 'kasubsi' AND kind <> 'avoided'));
GRANT SELECT (version_id, id, wearer_id, kind, zone_id, during, time_zone, windows, severity, parameters, legal_basis,
  made_at, changed_at, cancelled_at) ON condition TO gelang_record;
CREATE POLICY all_rows ON condition FOR SELECT TO gelang_record USING (true);

ALTER TABLE permit ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE (during, changed_at, cancelled_at) ON permit TO gelang_api;
CREATE POLICY of_wearer_in_sight ON permit FOR SELECT TO gelang_api
  USING (EXISTS (SELECT FROM wearer w WHERE w.id = wearer_id));
CREATE POLICY approve ON permit FOR INSERT TO gelang_api WITH CHECK (
  EXISTS (SELECT FROM wearer w WHERE w.id = wearer_id)
  AND (zone_id IS NULL OR sees_zone(zone_id))
  AND approver_id = (SELECT acting_officer_id())
  AND (SELECT acting_role()) = 'kepala_bapas');
CREATE POLICY approve_end ON permit FOR UPDATE TO gelang_api
  USING (EXISTS (SELECT FROM wearer w WHERE w.id = wearer_id) AND (SELECT acting_role()) = 'kepala_bapas');
GRANT SELECT (id, wearer_id, during, condition_ids, zone_id, decided_at, legal_basis, changed_at, cancelled_at) ON permit
  TO gelang_record;
CREATE POLICY all_rows ON permit FOR SELECT TO gelang_record USING (true);

ALTER TABLE zone ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE (retired_at) ON zone TO gelang_api;
CREATE POLICY at_or_below ON zone FOR SELECT TO gelang_api USING (
  unit_path <@ (SELECT acting_unit())
  AND ((SELECT acting_role()) IN ('kasubsi', 'kepala_bapas', 'operator', 'kanwil', 'ditjenpas')
    OR (SELECT acting_role()) IN ('pk', 'asisten_pk') AND (shared OR author_id = (SELECT acting_officer_id()))));
-- Whoever sees the wearer sees the zones of the wearer's conditions and permits, whichever unit drew them.
CREATE POLICY of_wearer_in_sight ON zone FOR SELECT TO gelang_api USING (
  EXISTS (SELECT FROM condition c WHERE c.zone_id = zone.id) OR EXISTS (SELECT FROM permit p WHERE p.zone_id = zone.id));
CREATE POLICY draw ON zone FOR INSERT TO gelang_api WITH CHECK (
  unit_path <@ (SELECT acting_unit()) AND author_id = (SELECT acting_officer_id())
  AND (SELECT acting_role()) IN ('pk', 'asisten_pk', 'kasubsi', 'kepala_bapas'));
CREATE POLICY retire ON zone FOR UPDATE TO gelang_api USING (
  unit_path <@ (SELECT acting_unit()) AND (SELECT acting_role()) IN ('kasubsi', 'kepala_bapas'));
GRANT SELECT (id, name, shape, retired_at) ON zone TO gelang_record;
CREATE POLICY all_rows ON zone FOR SELECT TO gelang_record USING (true);
