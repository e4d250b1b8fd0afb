-- What a klien's file holds besides: where else they live, which police post knows them, risk, health; the decree's date and issuer.
-- The file's versions hold the supervision too, so that its correction and its end are among them.
ALTER TABLE wearer
  ADD domicile text CHECK (length(domicile) <= 300),
  ADD polsek_name text CHECK (length(polsek_name) <= 120),
  ADD polsek_phone text CHECK (polsek_phone ~ '^[0-9+() -]{3,30}$'),
  ADD risk text CHECK (risk IN ('rendah', 'sedang', 'tinggi')),
  ADD health text CHECK (length(health) <= 500),
  ADD needs text[] CHECK (needs <@ ARRAY['hamil', 'sakit', 'disabilitas', 'lansia']);
ALTER TABLE supervision
  ADD sk_date date,
  ADD sk_issuer text CHECK (length(sk_issuer) <= 120);
DROP TRIGGER a_audit_insert ON wearer;
DROP TRIGGER a_audit_update ON wearer;
DROP TRIGGER a_audit_delete ON wearer;
DROP TRIGGER a_never_emptied ON wearer;
SELECT audit_changes_of('wearer', 'uuid', 'id', 'name,nik,nik_masked,birth_date,phone,address,domicile,guarantor_name,guarantor_phone,'
  'sdp_number,polsek_name,polsek_phone,risk,health,needs', '', '');

GRANT SELECT (domicile, polsek_name, polsek_phone, risk, health, needs),
  INSERT (domicile, polsek_name, polsek_phone, risk, health, needs),
  UPDATE (domicile, polsek_name, polsek_phone, risk, health, needs) ON wearer TO gelang_api;
GRANT INSERT (sk_date, sk_issuer), UPDATE (programme, sk_number, sk_date, sk_issuer) ON supervision TO gelang_api;

-- Whoever keeps the klien corrects what the decree is called; only Kasubsi and Kepala end a supervision.
CREATE POLICY correct ON supervision FOR UPDATE TO gelang_api USING (keeps_wearer(wearer_id));
CREATE OR REPLACE FUNCTION check_supervision() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF current_user <> 'gelang_api' THEN
    RETURN NEW;
  ELSIF TG_OP = 'INSERT' THEN
    IF upper(NEW.during) <= now() THEN
      RAISE EXCEPTION 'the supervision is over already' USING ERRCODE = 'check_violation', CONSTRAINT = 'supervision_over';
    END IF;
    RETURN NEW;
  END IF;
  IF lower(NEW.during) <> lower(OLD.during) OR upper(NEW.during) > upper(OLD.during) THEN
    RAISE EXCEPTION 'a supervision is not prolonged here' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'never_prolonged';
  ELSIF (NEW.during, NEW.end_kind, NEW.end_reason, NEW.ended_by) IS DISTINCT FROM (OLD.during, OLD.end_kind, OLD.end_reason, OLD.ended_by) THEN
    IF acting_role() NOT IN ('kasubsi', 'kepala_bapas') OR NEW.ended_by IS DISTINCT FROM acting_officer_id() OR NEW.end_kind IS NULL
      OR reason_has_content(NEW.end_reason) IS NOT TRUE THEN
      RAISE EXCEPTION 'Kasubsi and Kepala end a supervision, with a kind and a reason'
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'end_supervision';
    END IF;
  ELSIF reason_has_content(current_setting('gelang.reason', true)) IS NOT TRUE THEN
    RAISE EXCEPTION 'a file is changed with a reason' USING ERRCODE = 'check_violation', CONSTRAINT = 'wearer_reason';
  END IF;
  RETURN NEW;
END $$;

-- A file as its versions keep it: never the number of identity.
CREATE FUNCTION wearer_body(shown wearer) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT jsonb_strip_nulls(to_jsonb(shown) - '{id,uuid,nik,nik_masked,report_interval_ms,silence_grace_ms,plan_changed_at}'::text[]
    || jsonb_build_object('supervision', (
      SELECT jsonb_build_object('programme', s.programme, 'sk_number', s.sk_number, 'sk_date', s.sk_date, 'sk_issuer', s.sk_issuer,
        'from_ms', utc_ms(lower(s.during)), 'to_ms', utc_ms(upper(s.during)), 'end_kind', s.end_kind)
      FROM supervision s WHERE s.wearer_id = shown.id ORDER BY s.during @> now() DESC, lower(s.during) DESC LIMIT 1)))
$$;
CREATE FUNCTION add_wearer_version(wearer_number integer, why text) RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
  INSERT INTO wearer_version (wearer_id, version, author_id, reason, body)
    SELECT w.id, last.version + 1, acting_officer_id(), why, written.body
    FROM wearer w
      CROSS JOIN LATERAL (SELECT coalesce(max(v.version), 0) AS version FROM wearer_version v WHERE v.wearer_id = w.id) last
      CROSS JOIN LATERAL (SELECT wearer_body(w) AS body) written
    WHERE w.id = wearer_number AND NOT EXISTS (
      SELECT FROM wearer_version v WHERE v.wearer_id = w.id AND v.version = last.version AND v.body = written.body)
$$;
CREATE OR REPLACE FUNCTION keep_wearer_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF acting_officer_id() IS NOT NULL THEN
    PERFORM add_wearer_version(NEW.id, coalesce(nullif(current_setting('gelang.reason', true), ''),
      CASE TG_OP WHEN 'INSERT' THEN 'pencatatan awal' ELSE 'serah terima klien' END));
  END IF;
  RETURN NULL;
END $$;
-- The first version is written with the supervision, which follows the person.
DROP TRIGGER keep_version ON wearer;
CREATE TRIGGER keep_version AFTER UPDATE ON wearer FOR EACH ROW EXECUTE FUNCTION keep_wearer_version();
CREATE FUNCTION keep_supervision_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF acting_officer_id() IS NOT NULL THEN
    PERFORM add_wearer_version(NEW.wearer_id, CASE
      WHEN TG_OP = 'UPDATE' AND NEW.end_kind IS NOT NULL AND NEW.end_kind IS DISTINCT FROM OLD.end_kind THEN NEW.end_reason
      ELSE coalesce(nullif(current_setting('gelang.reason', true), ''), 'pencatatan awal') END);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_version AFTER INSERT OR UPDATE ON supervision FOR EACH ROW EXECUTE FUNCTION keep_supervision_version();
