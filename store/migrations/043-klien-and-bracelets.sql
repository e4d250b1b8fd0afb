-- Klien, supervision, bracelets and what is proposed about people are written through the API's role. What each role may write is in
-- model/access/rights.ts and model/access/approvals.ts; tests compare.
ALTER TABLE wearer
  ADD birth_date date,
  ADD phone text CHECK (phone ~ '^[0-9+() -]{3,30}$'),
  ADD address text CHECK (length(address) <= 300),
  ADD guarantor_name text CHECK (length(guarantor_name) <= 120),
  ADD guarantor_phone text CHECK (guarantor_phone ~ '^[0-9+() -]{3,30}$'),
  ADD sdp_number text CHECK (length(sdp_number) <= 64);
ALTER TABLE wearer ADD CONSTRAINT wearer_name_length CHECK (length(name) <= 120) NOT VALID;
DROP TRIGGER a_audit_insert ON wearer;
DROP TRIGGER a_audit_update ON wearer;
DROP TRIGGER a_audit_delete ON wearer;
DROP TRIGGER a_never_emptied ON wearer;
SELECT audit_changes_of('wearer', 'uuid', 'id',
  'name,nik,nik_masked,birth_date,phone,address,guarantor_name,guarantor_phone,sdp_number', '', '');

-- Whether the acting officer keeps this klien: a PK their own, Kasubsi and Kepala those of their units. A written reason shows a
-- klien and lets nobody change one.
CREATE FUNCTION keeps_wearer(wearer_number integer) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM wearer w WHERE w.id = wearer_number AND w.unit_path <@ acting_unit()
    AND (acting_role() IN ('kasubsi', 'kepala_bapas')
      OR acting_role() IN ('pk', 'asisten_pk') AND acting_officer_id() IN (w.pk_officer_id, w.asisten_officer_id)))
$$;
CREATE FUNCTION guides_in(officer uuid, as_role text, unit ltree) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM officer o WHERE o.id = guides_in.officer AND o.active AND o.role = as_role AND guides_in.unit <@ o.unit_path)
$$;
GRANT EXECUTE ON FUNCTION keeps_wearer, guides_in TO gelang_api;

GRANT SELECT (birth_date, phone, address, guarantor_name, guarantor_phone, sdp_number) ON wearer TO gelang_api;
GRANT INSERT (name, nik, unit_path, pk_officer_id, asisten_officer_id, birth_date, phone, address, guarantor_name, guarantor_phone, sdp_number),
  UPDATE (name, pk_officer_id, asisten_officer_id, birth_date, phone, address, guarantor_name, guarantor_phone, sdp_number)
  ON wearer TO gelang_api;
CREATE POLICY take_in ON wearer FOR INSERT TO gelang_api WITH CHECK (
  unit_path <@ (SELECT acting_unit()) AND guides_in(pk_officer_id, 'pk', unit_path)
  AND (asisten_officer_id IS NULL OR guides_in(asisten_officer_id, 'asisten_pk', unit_path))
  AND ((SELECT acting_role()) IN ('kasubsi', 'kepala_bapas')
    OR (SELECT acting_role()) IN ('pk', 'asisten_pk') AND (SELECT acting_officer_id()) IN (pk_officer_id, asisten_officer_id)));
CREATE POLICY edit ON wearer FOR UPDATE TO gelang_api USING (keeps_wearer(id)) WITH CHECK (
  unit_path <@ (SELECT acting_unit()) AND (pk_officer_id IS NULL OR guides_in(pk_officer_id, 'pk', unit_path))
  AND (asisten_officer_id IS NULL OR guides_in(asisten_officer_id, 'asisten_pk', unit_path)));

-- Every state of a klien's file, with who wrote it and why. The number of identity is not in it.
CREATE TABLE wearer_version (
  wearer_id integer NOT NULL REFERENCES wearer,
  version integer NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  author_id uuid NOT NULL REFERENCES officer,
  reason text NOT NULL CHECK (length(reason) <= 500),
  body jsonb NOT NULL,
  PRIMARY KEY (wearer_id, version)
);
CREATE TRIGGER add_only BEFORE UPDATE OR DELETE ON wearer_version FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER add_only_all BEFORE TRUNCATE ON wearer_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE wearer_version ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON wearer_version TO gelang_api;
CREATE POLICY of_wearer_in_sight ON wearer_version FOR SELECT TO gelang_api USING (EXISTS (SELECT FROM wearer w WHERE w.id = wearer_id));

-- The reason of a change is in gelang.reason of the transaction. Who guides a klien, Kasubsi and Kepala decide.
CREATE FUNCTION check_edit() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF current_user <> 'gelang_api' THEN
    RETURN NEW;
  END IF;
  IF reason_has_content(current_setting('gelang.reason', true)) IS NOT TRUE THEN
    RAISE EXCEPTION 'a file is changed with a reason' USING ERRCODE = 'check_violation', CONSTRAINT = 'wearer_reason';
  END IF;
  IF (NEW.pk_officer_id, NEW.asisten_officer_id) IS DISTINCT FROM (OLD.pk_officer_id, OLD.asisten_officer_id)
    AND acting_role() NOT IN ('kasubsi', 'kepala_bapas') THEN
    RAISE EXCEPTION 'Kasubsi and Kepala say who guides a klien' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'assign_pk';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_edit BEFORE UPDATE ON wearer FOR EACH ROW EXECUTE FUNCTION check_edit();
CREATE FUNCTION keep_wearer_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  written jsonb := to_jsonb(NEW) - '{id,uuid,nik,nik_masked,report_interval_ms,silence_grace_ms,plan_changed_at}'::text[];
BEGIN
  IF acting_officer_id() IS NOT NULL AND (TG_OP = 'INSERT' OR
    written <> to_jsonb(OLD) - '{id,uuid,nik,nik_masked,report_interval_ms,silence_grace_ms,plan_changed_at}'::text[]) THEN
    INSERT INTO wearer_version (wearer_id, version, author_id, reason, body)
      SELECT NEW.id, coalesce(max(v.version), 0) + 1, acting_officer_id(),
        coalesce(nullif(current_setting('gelang.reason', true), ''), CASE TG_OP WHEN 'INSERT' THEN 'pencatatan awal' ELSE 'serah terima klien' END),
        jsonb_strip_nulls(written)
      FROM wearer_version v WHERE v.wearer_id = NEW.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_version AFTER INSERT OR UPDATE ON wearer FOR EACH ROW EXECUTE FUNCTION keep_wearer_version();

-- Who may be the same person: by NIK everywhere, by name and birth in one's own units. Of a klien of another unit only the unit.
CREATE FUNCTION similar_wearers(nik text, name text, birth_date date, OUT id uuid, OUT by text, OUT unit_name text)
  RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN w.unit_path <@ acting_unit() THEN w.uuid END,
    CASE WHEN w.nik = similar_wearers.nik THEN 'nik' ELSE 'name_birth' END, u.name
  FROM wearer w JOIN unit u ON u.path = w.unit_path
  WHERE acting_role() IN ('pk', 'asisten_pk', 'kasubsi', 'kepala_bapas')
    AND (w.nik = similar_wearers.nik
      OR w.unit_path <@ acting_unit() AND lower(w.name) = lower(similar_wearers.name) AND w.birth_date = similar_wearers.birth_date)
  ORDER BY w.id LIMIT 20
$$;
GRANT EXECUTE ON FUNCTION similar_wearers TO gelang_api;

-- A supervision begins with its decree; Kasubsi and Kepala end it, at that moment. Longer is a proposal.
ALTER TABLE supervision
  ADD end_kind text CHECK (end_kind IN ('selesai', 'pencabutan', 'meninggal', 'lainnya')),
  ADD end_reason text CHECK (length(end_reason) <= 500),
  ADD ended_by uuid REFERENCES officer;
GRANT INSERT (wearer_id, programme, sk_number, during, made_at, changed_at), UPDATE (during, end_kind, end_reason, ended_by) ON supervision
  TO gelang_api;
CREATE POLICY take_in ON supervision FOR INSERT TO gelang_api WITH CHECK (keeps_wearer(wearer_id));
CREATE POLICY end_early ON supervision FOR UPDATE TO gelang_api
  USING (keeps_wearer(wearer_id) AND (SELECT acting_role()) IN ('kasubsi', 'kepala_bapas'))
  WITH CHECK (ended_by = (SELECT acting_officer_id()) AND end_kind IS NOT NULL AND reason_has_content(end_reason));
CREATE FUNCTION check_supervision() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF current_user = 'gelang_api' AND TG_OP = 'UPDATE' AND upper(NEW.during) > upper(OLD.during) THEN
    RAISE EXCEPTION 'a supervision is not prolonged here' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'never_prolonged';
  ELSIF current_user = 'gelang_api' AND TG_OP = 'INSERT' AND upper(NEW.during) <= now() THEN
    RAISE EXCEPTION 'the supervision is over already' USING ERRCODE = 'check_violation', CONSTRAINT = 'supervision_over';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_supervision BEFORE INSERT OR UPDATE ON supervision FOR EACH ROW EXECUTE FUNCTION check_supervision();

-- Where a bracelet is, and everywhere it was.
ALTER TABLE bracelet
  ADD custody text NOT NULL DEFAULT 'gudang' CHECK (custody IN ('gudang', 'dipakai', 'servis', 'hilang', 'rusak')),
  ADD sim_number text CHECK (sim_number ~ '^[0-9+]{5,25}$');
UPDATE bracelet b SET custody = 'dipakai' WHERE EXISTS (SELECT FROM assignment a WHERE a.bracelet_id = b.id AND a.during @> now());
CREATE TABLE custody_entry (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bracelet_id integer NOT NULL REFERENCES bracelet,
  at timestamptz NOT NULL DEFAULT now(),
  custody text NOT NULL,
  officer_id uuid REFERENCES officer,
  reason text
);
CREATE INDEX ON custody_entry (bracelet_id, id);
CREATE TRIGGER add_only BEFORE UPDATE OR DELETE ON custody_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER add_only_all BEFORE TRUNCATE ON custody_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE custody_entry ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON custody_entry TO gelang_api;
CREATE POLICY of_bracelet_in_sight ON custody_entry FOR SELECT TO gelang_api USING (EXISTS (SELECT FROM bracelet b WHERE b.id = bracelet_id));
CREATE FUNCTION note_custody() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.custody <> OLD.custody THEN
    INSERT INTO custody_entry (bracelet_id, custody, officer_id, reason)
      VALUES (NEW.id, NEW.custody, acting_officer_id(), nullif(current_setting('gelang.reason', true), ''));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER note_custody AFTER INSERT OR UPDATE ON bracelet FOR EACH ROW EXECUTE FUNCTION note_custody();

GRANT SELECT (custody, sim_number), INSERT (device_id, model, unit_path, protocol, secret_sha256, id_suffices, sim_number),
  UPDATE (custody, sim_number, secret_sha256, revoked_at) ON bracelet TO gelang_api;
CREATE POLICY register ON bracelet FOR INSERT TO gelang_api WITH CHECK (
  (SELECT acting_role()) IN ('kasubsi', 'admin_ti') AND unit_path <@ (SELECT acting_unit()));
CREATE POLICY keep ON bracelet FOR UPDATE TO gelang_api USING (
  (SELECT acting_role()) IN ('kasubsi', 'operator', 'admin_ti') AND unit_path <@ (SELECT acting_unit()));
-- Worn or not, the assignment says; secrets are Admin TI's.
CREATE FUNCTION check_bracelet() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF current_user <> 'gelang_api' THEN
    RETURN NEW;
  END IF;
  IF NEW.custody <> OLD.custody AND 'dipakai' IN (NEW.custody, OLD.custody) THEN
    RAISE EXCEPTION 'a bracelet is fitted and taken off' USING ERRCODE = 'check_violation', CONSTRAINT = 'custody_by_assignment';
  ELSIF (NEW.secret_sha256, NEW.revoked_at) IS DISTINCT FROM (OLD.secret_sha256, OLD.revoked_at) AND acting_role() <> 'admin_ti' THEN
    RAISE EXCEPTION 'secrets are kept by Admin TI' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'bracelet_secret';
  ELSIF OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NULL OR NEW.secret_sha256 IS DISTINCT FROM OLD.secret_sha256) THEN
    RAISE EXCEPTION 'a revoked bracelet stays revoked' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_bracelet BEFORE UPDATE ON bracelet FOR EACH ROW EXECUTE FUNCTION check_bracelet();

-- Fitted and taken off now: by whoever keeps the klien, a bracelet of the officer's units that is in store.
CREATE FUNCTION may_be_fitted(bracelet_number integer) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM bracelet b WHERE b.id = bracelet_number AND b.unit_path <@ acting_unit() AND b.revoked_at IS NULL
    AND b.custody = 'gudang')
$$;
GRANT EXECUTE ON FUNCTION may_be_fitted TO gelang_api;
GRANT INSERT (bracelet_id, wearer_id, during), UPDATE (during) ON assignment TO gelang_api;
CREATE POLICY fit ON assignment FOR INSERT TO gelang_api WITH CHECK (keeps_wearer(wearer_id) AND may_be_fitted(bracelet_id));
CREATE POLICY take_off ON assignment FOR UPDATE TO gelang_api USING (keeps_wearer(wearer_id));
CREATE FUNCTION assign_now() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF current_user <> 'gelang_api' THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF NOT upper_inf(OLD.during) THEN
      RAISE EXCEPTION 'the bracelet was taken off already' USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.during := tstzrange(lower(OLD.during), decision_time(), '[)');
    RETURN NEW;
  END IF;
  IF NOT EXISTS (SELECT FROM supervision s WHERE s.wearer_id = NEW.wearer_id AND upper(s.during) > now()) THEN
    RAISE EXCEPTION 'the supervision is over' USING ERRCODE = 'check_violation', CONSTRAINT = 'supervision_over';
  END IF;
  NEW.during := tstzrange(decision_time(), NULL, '[)');
  RETURN NEW;
END $$;
CREATE TRIGGER assign_now BEFORE INSERT OR UPDATE ON assignment FOR EACH ROW EXECUTE FUNCTION assign_now();
CREATE FUNCTION follow_assignment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE bracelet b SET custody = CASE WHEN upper_inf(NEW.during) THEN 'dipakai' ELSE 'gudang' END
  WHERE b.id = NEW.bracelet_id AND b.custody IN ('gudang', 'dipakai')
    AND b.custody <> CASE WHEN upper_inf(NEW.during) THEN 'dipakai' ELSE 'gudang' END;
  RETURN NULL;
END $$;
CREATE TRIGGER follow_assignment AFTER INSERT OR UPDATE ON assignment FOR EACH ROW EXECUTE FUNCTION follow_assignment();

-- Who proposes and who approves: model/access/approvals.ts.
CREATE TABLE approval_rule (
  kind text NOT NULL,
  role text NOT NULL,
  does text NOT NULL CHECK (does IN ('proposes', 'approves')),
  PRIMARY KEY (kind, role, does)
);
INSERT INTO approval_rule (kind, role, does)
  SELECT k.kind, r.role, 'proposes' FROM unnest(ARRAY['condition', 'condition_avoided', 'permit_short', 'permit_out_of_town',
    'permit_abroad', 'transfer', 'accommodation', 'suspend_alerts', 'temporary_revocation', 'prolong_supervision']) AS k (kind)
    CROSS JOIN unnest(ARRAY['pk', 'asisten_pk', 'kasubsi', 'kepala_bapas']) AS r (role)
  UNION ALL SELECT * FROM (VALUES ('suspend_alerts', 'operator', 'proposes'), ('prolong_supervision', 'admin_ti', 'proposes')) AS v
  UNION ALL SELECT k.kind, 'kepala_bapas', 'approves' FROM unnest(ARRAY['condition', 'condition_avoided', 'permit_short',
    'permit_out_of_town', 'permit_abroad', 'transfer', 'accommodation', 'suspend_alerts', 'temporary_revocation', 'prolong_supervision'])
    AS k (kind)
  UNION ALL SELECT k.kind, 'kasubsi', 'approves' FROM unnest(ARRAY['condition', 'permit_short', 'accommodation', 'suspend_alerts',
    'prolong_supervision']) AS k (kind);
SELECT audit_changes_of('approval_rule', 'kind', '', '', '', '');
ALTER TABLE approval_rule ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON approval_rule TO gelang_api;
CREATE POLICY all_rows ON approval_rule FOR SELECT TO gelang_api USING (true);
CREATE FUNCTION acting_may(proposal_kind text, deed text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM approval_rule r WHERE r.kind = proposal_kind AND r.does = deed AND r.role = acting_role())
$$;
GRANT EXECUTE ON FUNCTION acting_may TO gelang_api;

CREATE TABLE proposal (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  wearer_id integer NOT NULL REFERENCES wearer,
  kind text NOT NULL CHECK (kind IN ('condition', 'condition_avoided', 'permit_short', 'permit_out_of_town', 'permit_abroad')),
  body jsonb NOT NULL CHECK (jsonb_typeof(body) = 'object' AND pg_column_size(body) <= 16384),
  author_id uuid NOT NULL REFERENCES officer,
  made_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'refused', 'returned', 'withdrawn')),
  decider_id uuid REFERENCES officer,
  decided_at timestamptz,
  reason text CHECK (length(reason) <= 500),
  -- The condition or permit that came of it.
  result_id text,
  CHECK ((state = 'pending') = (decided_at IS NULL)),
  CHECK (state NOT IN ('refused', 'returned') OR reason_has_content(reason) IS TRUE)
);
CREATE INDEX ON proposal (wearer_id);
CREATE INDEX ON proposal (made_at, id) WHERE state = 'pending';
SELECT audit_changes_of('proposal', 'id', 'wearer_id', '', 'body', '');
ALTER TABLE proposal ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT (wearer_id, kind, body, author_id), UPDATE (state, decider_id, reason, result_id) ON proposal TO gelang_api;
CREATE POLICY of_wearer_in_sight ON proposal FOR SELECT TO gelang_api USING (
  (SELECT acting_role()) IN ('pk', 'asisten_pk', 'kasubsi', 'kepala_bapas', 'operator') AND EXISTS (SELECT FROM wearer w WHERE w.id = wearer_id));
CREATE POLICY propose ON proposal FOR INSERT TO gelang_api WITH CHECK (
  author_id = (SELECT acting_officer_id()) AND acting_may(kind, 'proposes') AND keeps_wearer(wearer_id));
CREATE POLICY decide ON proposal FOR UPDATE TO gelang_api
  USING (EXISTS (SELECT FROM wearer w WHERE w.id = wearer_id))
  WITH CHECK (decider_id = (SELECT acting_officer_id()) AND CASE state
    WHEN 'withdrawn' THEN author_id = (SELECT acting_officer_id())
    ELSE author_id <> (SELECT acting_officer_id()) AND acting_may(kind, 'approves') AND keeps_wearer(wearer_id) END);
CREATE FUNCTION decide_proposal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.made_at := decision_time();
    IF (SELECT count(*) FROM proposal p WHERE p.wearer_id = NEW.wearer_id AND p.state = 'pending') >= 50 THEN
      RAISE EXCEPTION 'fifty proposals about one klien wait to be decided' USING ERRCODE = 'check_violation', CONSTRAINT = 'proposal_pending_max';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state <> 'pending' OR NEW.state = 'pending' THEN
    RAISE EXCEPTION 'proposal % was decided', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  NEW.decided_at := decision_time();
  RETURN NEW;
END $$;
CREATE TRIGGER decide BEFORE INSERT OR UPDATE ON proposal FOR EACH ROW EXECUTE FUNCTION decide_proposal();
