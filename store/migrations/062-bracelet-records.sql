-- What a Bapas keeps of a bracelet besides: the end of its SIM, its model's settings; who fitted it and who signed; gateways.
ALTER TABLE bracelet ADD sim_ends date;
GRANT SELECT (sim_ends), INSERT (sim_ends, settings), UPDATE (sim_ends) ON bracelet TO gelang_api;

-- One entry a fitting and a taking off: what its record (berita acara) says.
CREATE TABLE fitting (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  assignment_id integer NOT NULL REFERENCES assignment,
  act text NOT NULL CHECK (act IN ('pasang', 'lepas')),
  at timestamptz NOT NULL DEFAULT now(),
  officer_id uuid REFERENCES officer,
  -- By what the klien was recognised.
  identity text CHECK (identity IN ('ktp', 'kk', 'sk', 'foto', 'dikenal')),
  klien_signed text CHECK (length(klien_signed) BETWEEN 1 AND 120),
  officer_signed text CHECK (length(officer_signed) BETWEEN 1 AND 120),
  reason text CHECK (length(reason) <= 500),
  UNIQUE (assignment_id, act)
);
CREATE TRIGGER add_only BEFORE UPDATE OR DELETE ON fitting FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER add_only_all BEFORE TRUNCATE ON fitting FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
SELECT audit_changes_of('fitting', 'id', '', 'klien_signed,officer_signed', '', '');
ALTER TABLE fitting ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT (assignment_id, act, identity, klien_signed, officer_signed, reason) ON fitting TO gelang_api;
CREATE POLICY of_assignment_in_sight ON fitting FOR SELECT TO gelang_api USING (EXISTS (SELECT FROM assignment a WHERE a.id = assignment_id));
CREATE POLICY write_down ON fitting FOR INSERT TO gelang_api WITH CHECK (
  EXISTS (SELECT FROM assignment a WHERE a.id = assignment_id AND keeps_wearer(a.wearer_id)));
-- Of an assignment that the same statement's transaction began or ended: nothing is written down later or for another.
CREATE FUNCTION note_fitting() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  worn tstzrange := (SELECT a.during FROM assignment a WHERE a.id = NEW.assignment_id);
BEGIN
  NEW.at := CASE NEW.act WHEN 'pasang' THEN lower(worn) ELSE upper(worn) END;
  NEW.officer_id := acting_officer_id();
  IF NEW.at IS NULL OR NEW.at < now() - interval '1 minute' THEN
    RAISE EXCEPTION 'a fitting is written down when it is made' USING ERRCODE = 'check_violation', CONSTRAINT = 'fitting_now';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER note_fitting BEFORE INSERT ON fitting FOR EACH ROW EXECUTE FUNCTION note_fitting();

-- Gateways are added and revoked by the Admin TI of their unit; their secrets are never read.
GRANT INSERT (id, unit_path, secret_sha256), UPDATE (secret_sha256, revoked_at) ON gateway TO gelang_api;
CREATE POLICY add ON gateway FOR INSERT TO gelang_api WITH CHECK (
  unit_path <@ (SELECT acting_unit()) AND (SELECT acting_role()) = 'admin_ti');
CREATE POLICY keep ON gateway FOR UPDATE TO gelang_api USING (
  unit_path <@ (SELECT acting_unit()) AND (SELECT acting_role()) = 'admin_ti');
CREATE FUNCTION check_gateway() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NULL OR NEW.secret_sha256 <> OLD.secret_sha256) THEN
    RAISE EXCEPTION 'a revoked gateway stays revoked' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_gateway BEFORE UPDATE ON gateway FOR EACH ROW EXECUTE FUNCTION check_gateway();
