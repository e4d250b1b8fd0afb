-- The audit takes no free text from a server role any more: one function for each kind of act, and the officer is the acting one.
-- The role that verifies. Where the owner may not create roles, the server's administrator has created it before.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gelang_audit') THEN
    CREATE ROLE gelang_audit NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL; -- another database created it in this moment
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'the role gelang_audit is missing, and % may not create it: CREATE ROLE gelang_audit NOLOGIN', current_user;
END $$;
GRANT USAGE ON SCHEMA public TO gelang_audit;

-- The chain's one writer. The last row is found by the index: within a transaction of thousands of rows, one row that is updated as
-- often would be slower with each. The lock is held to the commit.
CREATE FUNCTION write_audit(action text, subject text, wearer_id integer, unit_path ltree, reason text, detail jsonb) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  last audit;
  added audit;
  as_role text := nullif(current_setting('role'), 'none');
BEGIN
  PERFORM pg_advisory_xact_lock(7102);
  SELECT a.* INTO last FROM audit a ORDER BY a.id DESC LIMIT 1;
  added.id := coalesce(last.id, 0) + 1;
  added.at := clock_timestamp();
  -- A login that has taken another role is named with it.
  added.actor := CASE WHEN as_role IS NULL OR as_role = session_user THEN session_user ELSE as_role || ' (' || session_user || ')' END;
  added.officer_id := acting_officer_id();
  added.unit_path := coalesce((SELECT w.unit_path FROM wearer w WHERE w.id = write_audit.wearer_id), write_audit.unit_path, acting_unit());
  added.action := write_audit.action;
  added.subject := write_audit.subject;
  added.wearer_id := write_audit.wearer_id;
  added.reason := write_audit.reason;
  added.detail := write_audit.detail;
  added.previous_hash := coalesce(last.hash, sha256('gelang audit'::bytea));
  added.hash := audit_hash(added);
  INSERT INTO audit SELECT added.*;
  RETURN added.id;
END $$;

-- audit_head is written once, at the commit.
CREATE FUNCTION note_audit_head() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.id = (SELECT max(id) FROM audit) THEN
    UPDATE audit_head SET id = NEW.id, hash = NEW.hash;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER note_head AFTER INSERT ON audit DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION note_audit_head();

CREATE OR REPLACE FUNCTION append_audit(action text, subject text, wearer_id integer, reason text, detail jsonb) RETURNS bigint
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
  $$ SELECT write_audit(action, subject, wearer_id, NULL, reason, detail) $$;
REVOKE EXECUTE ON FUNCTION append_audit FROM gelang_api, gelang_record, gelang_auth;

-- What every kind below has in common: an active officer acts, and what they add is short.
CREATE FUNCTION check_audit_entry(reason text, detail jsonb) RETURNS void
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF acting_role() IS NULL THEN
    RAISE EXCEPTION 'no active officer acts' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF length(reason) > 2000 OR pg_column_size(detail) > 8192 OR jsonb_typeof(detail) <> 'object' THEN
    RAISE EXCEPTION 'an audit entry has a reason of at most 2000 characters and a detail of at most 8 KiB' USING ERRCODE = 'check_violation';
  END IF;
END $$;

-- Something that shows where a person in sight is, was or may be.
CREATE FUNCTION audit_reading(kind text, wearer_id integer, reason text, detail jsonb) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  found_uuid uuid;
BEGIN
  PERFORM check_audit_entry(reason, detail);
  IF kind NOT IN ('track', 'position', 'evidence', 'zones', 'export') THEN
    RAISE EXCEPTION 'no such kind of reading: %', kind USING ERRCODE = 'check_violation';
  END IF;
  SELECT w.uuid INTO found_uuid FROM sight s JOIN wearer w ON w.id = s.wearer_id WHERE s.wearer_id = audit_reading.wearer_id;
  IF found_uuid IS NULL THEN
    RAISE EXCEPTION 'wearer % is not in sight', wearer_id USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN write_audit(kind || '.read', 'wearer:' || found_uuid, wearer_id, NULL, reason, detail);
END $$;

-- The live map of a unit in sight: once for each session and area.
CREATE FUNCTION audit_map(area ltree, detail jsonb) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM check_audit_entry(NULL, detail);
  IF NOT area <@ acting_unit() OR NOT EXISTS (SELECT FROM unit WHERE path = area) THEN
    RAISE EXCEPTION 'unit % is not in sight', area USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN write_audit('map.open', 'unit:' || area::text, NULL, area, NULL, detail);
END $$;

-- A session of the acting officer's own.
CREATE FUNCTION audit_session(event text, detail jsonb) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM check_audit_entry(NULL, detail);
  IF event NOT IN ('open', 'close', 'expire', 'revoke') THEN
    RAISE EXCEPTION 'no such event of a session: %', event USING ERRCODE = 'check_violation';
  END IF;
  RETURN write_audit('session.' || event, 'officer:' || acting_officer_id(), NULL, NULL, NULL, detail);
END $$;

-- The server refused the acting officer something.
CREATE FUNCTION audit_refusal(what text, wearer_id integer, detail jsonb) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM check_audit_entry(NULL, detail);
  IF what !~ '^[A-Za-z0-9/._: -]{1,120}$' THEN
    RAISE EXCEPTION 'what was refused is a route or a word' USING ERRCODE = 'check_violation';
  END IF;
  RETURN write_audit('refused', what, wearer_id, acting_unit(), NULL, detail);
END $$;

-- Nobody acts yet. The name that was tried may be a password typed into the wrong field: it is kept only where an account has it.
CREATE FUNCTION audit_failed_sign_in(tried_name text, why text, detail jsonb) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  found_id uuid;
  found_unit ltree;
  known boolean;
BEGIN
  IF acting_officer_id() IS NOT NULL OR why !~ '^[a-z_]{1,40}$' OR pg_column_size(detail) > 8192 THEN
    RAISE EXCEPTION 'a failed sign-in is nobody''s, for a reason in one word' USING ERRCODE = 'check_violation';
  END IF;
  SELECT true, o.id, o.unit_path INTO known, found_id, found_unit
    FROM auth."user" u LEFT JOIN officer o ON o.auth_user_id = u.id WHERE u.username = lower(tried_name);
  RETURN write_audit('session.refused',
    CASE WHEN found_id IS NOT NULL THEN 'officer:' || found_id WHEN known THEN 'account:' || lower(tried_name) ELSE 'account:unknown' END,
    NULL, found_unit, NULL, coalesce(detail, '{}') || jsonb_build_object('why', why));
END $$;
GRANT EXECUTE ON FUNCTION audit_reading, audit_map, audit_session, audit_refusal, audit_failed_sign_in TO gelang_api;

-- An officer's act on an incident writes its own row.
CREATE FUNCTION audit_act() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM write_audit('incident.' || NEW.action, 'incident:' || NEW.incident_id, NEW.wearer_id, NEW.unit_path, NULL,
    jsonb_strip_nulls(jsonb_build_object('actId', NEW.act_id, 'resolution', NEW.resolution)));
  RETURN NULL;
END $$;
CREATE TRIGGER audit_act AFTER INSERT ON officer_act FOR EACH ROW EXECUTE FUNCTION audit_act();

-- Acts happen when the database says so.
CREATE FUNCTION act_now() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.at := date_trunc('milliseconds', clock_timestamp());
  RETURN NEW;
END $$;
CREATE TRIGGER act_now BEFORE INSERT ON officer_act FOR EACH ROW EXECUTE FUNCTION act_now();

-- Verifying is done by a program that hashes for itself (`gelang audit verify`): a function here would be its owner's to replace.
DROP FUNCTION verify_audit(bigint, bytea);
GRANT SELECT ON audit, audit_head TO gelang_audit;
CREATE POLICY verifier ON audit FOR SELECT TO gelang_audit USING (true);
CREATE POLICY verifier ON audit_head FOR SELECT TO gelang_audit USING (true);
-- The record role signs the chain's end, and looks whether the row it signed last still has its hash.
GRANT SELECT (id, hash) ON audit, audit_head TO gelang_record;
CREATE POLICY signer ON audit FOR SELECT TO gelang_record USING (true);
CREATE POLICY signer ON audit_head FOR SELECT TO gelang_record USING (true);
