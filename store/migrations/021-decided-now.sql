-- Rules are made when the database says so, by two, and never for the past. Below the API: whoever has a login meets this too.

-- Only the schema's owner may take over decisions that were made elsewhere, with their own times, and has to say why in
-- gelang.take_over: every row of the audit that comes of it carries that. Asked as the caller, not as a definer.
CREATE FUNCTION taking_over(relation oid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(current_setting('gelang.take_over', true), '') <> ''
    AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = relation), 'USAGE')
$$;
GRANT EXECUTE ON FUNCTION taking_over TO gelang_api;

-- The time of a decision: the transaction's, so that what is changed in one transaction holds from one moment. A transaction that was
-- kept open would date it back. In whole milliseconds, like every time outside of PostgreSQL.
CREATE FUNCTION decision_time(began timestamptz DEFAULT now()) RETURNS timestamptz LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF clock_timestamp() > began + interval '1 minute' THEN
    RAISE EXCEPTION 'a rule is decided now; this transaction began more than a minute ago' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN date_trunc('milliseconds', began);
END $$;
GRANT EXECUTE ON FUNCTION decision_time TO gelang_api;

-- Proposed by one and approved by another, both active, both with the wearer in their units. An avoided zone and a permit are the
-- Kepala's to approve, the rest the Kasubsi's too. Asked as the owner, because an officer does not see every colleague.
CREATE FUNCTION check_two_decide(author uuid, approver uuid, wearer_number integer, needs_kepala boolean, checked boolean) RETURNS void
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  of_wearer ltree := (SELECT unit_path FROM wearer WHERE id = wearer_number);
BEGIN
  IF author IS NULL OR approver IS NULL OR author = approver THEN
    RAISE EXCEPTION 'nobody approves what they proposed' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'two_decide';
  END IF;
  IF checked AND NOT (
    EXISTS (SELECT FROM officer WHERE id = author AND active AND of_wearer <@ unit_path
      AND role IN ('pk', 'asisten_pk', 'operator', 'kasubsi', 'kepala_bapas'))
    AND EXISTS (SELECT FROM officer WHERE id = approver AND active AND of_wearer <@ unit_path
      AND (role = 'kepala_bapas' OR role = 'kasubsi' AND NOT needs_kepala))) THEN
    RAISE EXCEPTION 'not theirs to propose, or not theirs to approve' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'two_decide';
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION check_two_decide TO gelang_api;

-- Ending a rule is a decision too.
ALTER TABLE condition ADD end_author_id uuid REFERENCES officer, ADD end_approver_id uuid REFERENCES officer;
ALTER TABLE permit ADD end_author_id uuid REFERENCES officer, ADD end_approver_id uuid REFERENCES officer;
GRANT UPDATE (end_author_id, end_approver_id) ON condition, permit TO gelang_api;
DROP POLICY approve_end ON condition;
CREATE POLICY approve_end ON condition FOR UPDATE TO gelang_api
  USING (EXISTS (SELECT FROM wearer w WHERE w.id = wearer_id)
    AND ((SELECT acting_role()) = 'kepala_bapas' OR (SELECT acting_role()) = 'kasubsi' AND kind <> 'avoided'))
  WITH CHECK (end_approver_id = (SELECT acting_officer_id()));
DROP POLICY approve_end ON permit;
CREATE POLICY approve_end ON permit FOR UPDATE TO gelang_api
  USING (EXISTS (SELECT FROM wearer w WHERE w.id = wearer_id) AND (SELECT acting_role()) = 'kepala_bapas')
  WITH CHECK (end_approver_id = (SELECT acting_officer_id()));

CREATE FUNCTION decide_condition() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  checked boolean := NOT taking_over(TG_RELID);
  moment timestamptz;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a version of condition % stands as it was decided: end it or open the next one', OLD.id
      USING ERRCODE = 'restrict_violation';
  END IF;
  moment := CASE WHEN checked THEN decision_time() ELSE NEW.changed_at END;
  NEW.changed_at := moment;
  IF TG_OP = 'INSERT' THEN
    IF checked THEN
      NEW.made_at := moment;
    END IF;
    NEW.cancelled_at := NULL;
    NEW.end_author_id := NULL;
    NEW.end_approver_id := NULL;
    PERFORM check_two_decide(NEW.author_id, NEW.approver_id, NEW.wearer_id, NEW.kind = 'avoided', checked);
    RETURN NEW;
  END IF;
  IF (NEW.version_id, NEW.id, NEW.wearer_id, NEW.kind, NEW.zone_id, NEW.time_zone, NEW.windows, NEW.severity,
      NEW.parameters, NEW.legal_basis, NEW.author_id, NEW.approver_id, NEW.made_at, lower(NEW.during))
    IS DISTINCT FROM (OLD.version_id, OLD.id, OLD.wearer_id, OLD.kind, OLD.zone_id, OLD.time_zone, OLD.windows, OLD.severity,
      OLD.parameters, OLD.legal_basis, OLD.author_id, OLD.approver_id, OLD.made_at, lower(OLD.during))
    OR NEW.changed_at < OLD.changed_at OR OLD.cancelled_at IS NOT NULL THEN
    RAISE EXCEPTION 'a version of condition % stands as it was decided: end it or open the next one', OLD.id
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.cancelled_at IS NOT NULL THEN
    NEW.cancelled_at := moment;
  END IF;
  PERFORM check_end('condition', OLD.id, OLD.during, NEW.during, NEW.cancelled_at IS NOT NULL, moment);
  PERFORM check_two_decide(NEW.end_author_id, NEW.end_approver_id, NEW.wearer_id, NEW.kind = 'avoided', checked);
  RETURN NEW;
END $$;

-- What was decided may end earlier than decided, but not before now; what has not begun may be cancelled. Longer is a new decision.
CREATE FUNCTION check_end(what text, id text, was tstzrange, becomes tstzrange, cancelled boolean, moment timestamptz) RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF cancelled AND lower(was) < moment
    OR upper(becomes) IS DISTINCT FROM upper(was) AND (upper_inf(becomes) OR upper(becomes) > upper(was) OR upper(becomes) < moment) THEN
    RAISE EXCEPTION '% % stands as it was decided: it may end early, from now on, and is never made longer', what, id
      USING ERRCODE = 'restrict_violation';
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION check_end TO gelang_api;

DROP TRIGGER keep_version ON condition;
DROP FUNCTION keep_condition_version();
CREATE TRIGGER decide BEFORE INSERT OR UPDATE OR DELETE ON condition FOR EACH ROW EXECUTE FUNCTION decide_condition();

CREATE FUNCTION decide_permit() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  checked boolean := NOT taking_over(TG_RELID);
  moment timestamptz;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'permit % stands as it was decided: end it or decide another', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  moment := CASE WHEN checked THEN decision_time() ELSE NEW.changed_at END;
  NEW.changed_at := moment;
  IF TG_OP = 'INSERT' THEN
    IF checked THEN
      NEW.decided_at := moment;
    END IF;
    NEW.cancelled_at := NULL;
    NEW.end_author_id := NULL;
    NEW.end_approver_id := NULL;
    IF lower(NEW.during) < NEW.decided_at THEN
      RAISE EXCEPTION 'a permit does not begin before it is decided'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'permit_never_backwards';
    END IF;
    PERFORM check_two_decide(NEW.author_id, NEW.approver_id, NEW.wearer_id, true, checked);
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.wearer_id, NEW.condition_ids, NEW.zone_id, NEW.decided_at, NEW.legal_basis, NEW.author_id, NEW.approver_id,
      lower(NEW.during))
    IS DISTINCT FROM (OLD.id, OLD.wearer_id, OLD.condition_ids, OLD.zone_id, OLD.decided_at, OLD.legal_basis, OLD.author_id,
      OLD.approver_id, lower(OLD.during))
    OR NEW.changed_at < OLD.changed_at OR OLD.cancelled_at IS NOT NULL THEN
    RAISE EXCEPTION 'permit % stands as it was decided: end it or decide another', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.cancelled_at IS NOT NULL THEN
    NEW.cancelled_at := moment;
  END IF;
  PERFORM check_end('permit', OLD.id, OLD.during, NEW.during, NEW.cancelled_at IS NOT NULL, moment);
  PERFORM check_two_decide(NEW.end_author_id, NEW.end_approver_id, NEW.wearer_id, true, checked);
  RETURN NEW;
END $$;
CREATE TRIGGER decide BEFORE INSERT OR UPDATE OR DELETE ON permit FOR EACH ROW EXECUTE FUNCTION decide_permit();

-- A zone is drawn and retired now, and retired once.
CREATE FUNCTION decide_zone() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT taking_over(TG_RELID) THEN
      NEW.made_at := decision_time();
      NEW.retired_at := NULL;
    END IF;
  ELSIF OLD.retired_at IS NOT NULL THEN
    NEW.retired_at := OLD.retired_at;
  ELSIF NEW.retired_at IS NOT NULL THEN
    NEW.retired_at := decision_time();
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER decide BEFORE INSERT OR UPDATE ON zone FOR EACH ROW EXECUTE FUNCTION decide_zone();

-- A supervision is entered now; its decree may be older. Its end never moves to or from the past.
CREATE FUNCTION decide_supervision() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  moment timestamptz := CASE WHEN taking_over(TG_RELID) THEN NEW.changed_at ELSE decision_time() END;
BEGIN
  NEW.changed_at := moment;
  IF TG_OP = 'INSERT' THEN
    IF NOT taking_over(TG_RELID) THEN
      NEW.made_at := moment;
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.wearer_id, lower(NEW.during), NEW.made_at) IS DISTINCT FROM (OLD.id, OLD.wearer_id, lower(OLD.during), OLD.made_at)
    OR NEW.changed_at < OLD.changed_at
    OR upper(NEW.during) <> upper(OLD.during) AND (upper(OLD.during) < moment OR upper(NEW.during) < moment) THEN
    RAISE EXCEPTION 'supervision % may end earlier or later, from now on; nothing else of its time changes', OLD.id
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER decide BEFORE INSERT OR UPDATE ON supervision FOR EACH ROW EXECUTE FUNCTION decide_supervision();

-- A device is revoked now.
CREATE FUNCTION revoke_now() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.revoked_at IS NOT NULL AND OLD.revoked_at IS NULL AND NOT taking_over(TG_RELID) THEN
    NEW.revoked_at := date_trunc('milliseconds', now());
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER revoke_now BEFORE UPDATE ON bracelet FOR EACH ROW EXECUTE FUNCTION revoke_now();
CREATE TRIGGER revoke_now BEFORE UPDATE ON gateway FOR EACH ROW EXECUTE FUNCTION revoke_now();

-- How often somebody reports is part of the plan; a change of it holds from now on.
CREATE FUNCTION interval_now() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT taking_over(TG_RELID) THEN
    NEW.plan_changed_at := CASE
      WHEN (NEW.report_interval_ms, NEW.silence_grace_ms) IS DISTINCT FROM (OLD.report_interval_ms, OLD.silence_grace_ms) THEN date_trunc('milliseconds', now())
      ELSE OLD.plan_changed_at END;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER interval_now BEFORE UPDATE ON wearer FOR EACH ROW EXECUTE FUNCTION interval_now();
