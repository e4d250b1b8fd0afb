-- The audit: append-only, each row's hash over the one before it and its own content. audit_head holds the end of the
-- chain, so that rows cut off at the end are missed too; whoever notes the head elsewhere can prove that nobody rewrote both.
CREATE TABLE audit (
  id bigint PRIMARY KEY,
  at timestamptz NOT NULL,
  -- The role that spoke, and for which officer; none where the server acted by itself.
  actor text NOT NULL,
  officer_id uuid,
  unit_path ltree,
  action text NOT NULL CHECK (btrim(action) <> ''),
  subject text NOT NULL,
  wearer_id integer,
  reason text,
  detail jsonb,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL
);
CREATE INDEX ON audit (wearer_id, id);
CREATE TABLE audit_head (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  id bigint NOT NULL,
  hash bytea NOT NULL
);
INSERT INTO audit_head (id, hash) VALUES (0, sha256('gelang audit'::bytea));

CREATE FUNCTION audit_hash(a audit) RETURNS bytea LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT sha256(a.previous_hash || convert_to(jsonb_build_array(a.id, to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    a.actor, a.officer_id, a.unit_path::text, a.action, a.subject, a.wearer_id, a.reason, a.detail)::text, 'UTF8'))
$$;

CREATE FUNCTION append_audit(action text, subject text, wearer_id integer, reason text, detail jsonb) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  head audit_head;
  added audit;
BEGIN
  PERFORM pg_advisory_xact_lock(7102);
  SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
  added.id := head.id + 1;
  added.at := clock_timestamp();
  added.actor := coalesce(nullif(current_setting('role'), 'none'), session_user);
  added.officer_id := acting_officer_id();
  added.unit_path := coalesce((SELECT w.unit_path FROM wearer w WHERE w.id = append_audit.wearer_id), acting_unit());
  added.action := append_audit.action;
  added.subject := append_audit.subject;
  added.wearer_id := append_audit.wearer_id;
  added.reason := append_audit.reason;
  added.detail := append_audit.detail;
  added.previous_hash := head.hash;
  added.hash := audit_hash(added);
  INSERT INTO audit SELECT added.*;
  UPDATE audit_head SET id = added.id, hash = added.hash;
  RETURN added.id;
END $$;
GRANT EXECUTE ON FUNCTION append_audit TO gelang_api, gelang_record, gelang_auth;

-- Walks the chain: how many rows, the head, and the first row at which it does not hold (one past the last when rows are missing
-- there). With a head noted earlier it also finds a chain that was rewritten whole.
CREATE FUNCTION verify_audit(noted_id bigint, noted_hash bytea, OUT row_count bigint, OUT head_id bigint, OUT head_hash bytea, OUT broken_at bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  expected_id bigint := 0;
  expected bytea := sha256('gelang audit'::bytea);
  a audit;
BEGIN
  row_count := 0;
  SELECT h.id, h.hash INTO STRICT head_id, head_hash FROM audit_head h;
  FOR a IN SELECT * FROM audit ORDER BY id LOOP
    row_count := row_count + 1;
    expected_id := expected_id + 1;
    IF a.id <> expected_id OR a.previous_hash <> expected OR a.hash <> audit_hash(a)
      OR a.id = noted_id AND a.hash <> noted_hash THEN
      broken_at := expected_id;
      RETURN;
    END IF;
    expected := a.hash;
  END LOOP;
  IF head_id <> expected_id OR head_hash <> expected OR noted_id > expected_id THEN
    broken_at := expected_id + 1;
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION verify_audit TO gelang_api;

-- ALWAYS: not even session_replication_role = replica goes past it.
CREATE TRIGGER add_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER add_only_all BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE audit ENABLE ALWAYS TRIGGER add_only, ENABLE ALWAYS TRIGGER add_only_all;

ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON audit TO gelang_api;
CREATE POLICY auditor ON audit FOR SELECT TO gelang_api USING (
  (SELECT acting_role()) = 'auditor' AND (unit_path <@ (SELECT acting_unit()) OR unit_path IS NULL AND (SELECT nlevel(acting_unit())) = 1));
ALTER TABLE audit_head ENABLE ROW LEVEL SECURITY;

-- The full NIK of a wearer in sight. The writing down and the reading are one transaction.
CREATE FUNCTION reveal_nik(wearer uuid, reason text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  found_id integer;
  found_nik text;
BEGIN
  IF length(btrim(coalesce(reason, ''))) < 5 THEN
    RAISE EXCEPTION 'a NIK is shown for a written reason only' USING ERRCODE = 'check_violation';
  END IF;
  SELECT w.id, w.nik INTO found_id, found_nik FROM wearer w
    WHERE w.uuid = reveal_nik.wearer AND w.unit_path <@ acting_unit() AND (
      acting_role() IN ('kasubsi', 'kepala_bapas', 'operator', 'kanwil', 'ditjenpas')
      OR acting_role() IN ('pk', 'asisten_pk')
        AND (acting_officer_id() IN (w.pk_officer_id, w.asisten_officer_id) OR w.id IN (SELECT granted_wearer_ids())));
  IF found_id IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM append_audit('nik.reveal', 'wearer:' || wearer, found_id, btrim(reason), NULL);
  RETURN found_nik;
END $$;

-- Access to a wearer of one's own unit or below, for a reason and a time; what a PK writes to see another PK's klien.
CREATE FUNCTION grant_access(wearer uuid, reason text, seconds float8) RETURNS timestamptz
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  found_id integer;
  until timestamptz := now() + make_interval(secs => seconds);
BEGIN
  IF seconds <= 0 OR seconds > 31 * 86400 THEN
    RAISE EXCEPTION 'access is granted for at most 31 days' USING ERRCODE = 'check_violation';
  END IF;
  SELECT w.id INTO found_id FROM wearer w WHERE w.uuid = grant_access.wearer AND w.unit_path <@ acting_unit()
    AND acting_role() IN ('pk', 'asisten_pk', 'kasubsi', 'kepala_bapas', 'operator', 'kanwil', 'ditjenpas');
  IF found_id IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO access_grant (officer_id, wearer_id, reason, during)
    VALUES (acting_officer_id(), found_id, btrim(reason), tstzrange(now(), until));
  PERFORM append_audit('access.grant', 'wearer:' || wearer, found_id, btrim(reason),
    jsonb_build_object('until', to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')));
  RETURN until;
END $$;
GRANT EXECUTE ON FUNCTION reveal_nik, grant_access TO gelang_api;

-- At sign-in there is no acting officer yet: account → officer.
CREATE FUNCTION officer_of_account(account text, OUT officer_id uuid, OUT name text, OUT role text, OUT unit_path ltree,
  OUT unit_name text, OUT time_zone text) RETURNS SETOF record
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT o.id, o.name, o.role, o.unit_path, u.name, u.time_zone
  FROM officer o JOIN unit u ON u.path = o.unit_path WHERE o.auth_user_id = account AND o.active
$$;
GRANT EXECUTE ON FUNCTION officer_of_account TO gelang_api;
