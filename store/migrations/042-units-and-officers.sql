-- Units and officers are written by an Admin TI within their own units, through the API's role. Who may do what is in
-- model/access/rights.ts; a test compares the two.
ALTER TABLE unit
  ADD address text CHECK (length(address) <= 300),
  ADD phone text CHECK (phone ~ '^[0-9+() -]{3,30}$');
ALTER TABLE unit ADD CONSTRAINT unit_name_length CHECK (length(name) <= 120) NOT VALID;
ALTER TABLE officer
  ADD nip text UNIQUE CHECK (nip ~ '^[0-9]{18}$'),
  ADD phone text CHECK (phone ~ '^[0-9+() -]{3,30}$'),
  ADD email text CHECK (length(email) <= 254 AND email ~ '^[^@[:space:]]+@[^@[:space:]]+$');
ALTER TABLE officer ADD CONSTRAINT officer_name_length CHECK (length(name) <= 120) NOT VALID;

DROP TRIGGER a_audit_insert ON officer;
DROP TRIGGER a_audit_update ON officer;
DROP TRIGGER a_audit_delete ON officer;
DROP TRIGGER a_never_emptied ON officer;
SELECT audit_changes_of('officer', 'id', '', 'name,nip,phone,email', '', '');

-- A Kanwil belongs to Ditjenpas, a Bapas to a Kanwil, a Pos to a Bapas.
CREATE FUNCTION unit_fits(path ltree, kind text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT nlevel(path) > 1 AND EXISTS (SELECT FROM unit u WHERE u.path = subpath(unit_fits.path, 0, -1)
    AND (u.kind, unit_fits.kind) IN (('ditjenpas', 'kanwil'), ('kanwil', 'bapas'), ('bapas', 'pos')))
$$;
GRANT EXECUTE ON FUNCTION unit_fits TO gelang_api;
GRANT INSERT (path, name, kind, time_zone, address, phone), UPDATE (name, time_zone, address, phone) ON unit TO gelang_api;
CREATE POLICY add_below ON unit FOR INSERT TO gelang_api WITH CHECK (
  (SELECT acting_role()) = 'admin_ti' AND path <@ (SELECT acting_unit()) AND unit_fits(path, kind));
CREATE POLICY change ON unit FOR UPDATE TO gelang_api USING (
  (SELECT acting_role()) = 'admin_ti' AND path <@ (SELECT acting_unit()));

-- Nobody changes their own role, unit or standing: an Admin TI is changed by another one.
GRANT INSERT (name, role, unit_path, nip, phone, email), UPDATE (name, role, unit_path, active, nip, phone, email) ON officer
  TO gelang_api;
CREATE POLICY add ON officer FOR INSERT TO gelang_api WITH CHECK (
  (SELECT acting_role()) = 'admin_ti' AND unit_path <@ (SELECT acting_unit()));
CREATE POLICY change ON officer FOR UPDATE TO gelang_api USING (
  (SELECT acting_role()) = 'admin_ti' AND unit_path <@ (SELECT acting_unit()) AND id <> (SELECT acting_officer_id()));

-- How many klien under supervision an officer guides: for those who write officers, who see no klien.
CREATE FUNCTION klien_of_officer(officer uuid) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT count(*)::integer FROM wearer w
  WHERE klien_of_officer.officer IN (w.pk_officer_id, w.asisten_officer_id)
    AND EXISTS (SELECT FROM supervision s WHERE s.wearer_id = w.id AND upper(s.during) > now())
    AND acting_role() = 'admin_ti' AND w.unit_path <@ acting_unit()
$$;

-- Gives an officer's klien to a colleague of the same role who is active and whose unit contains theirs.
CREATE FUNCTION hand_over_klien(from_officer uuid, to_officer uuid) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  giver officer;
  taker officer;
  moved integer;
BEGIN
  SELECT * INTO giver FROM officer WHERE id = from_officer;
  SELECT * INTO taker FROM officer WHERE id = to_officer;
  IF acting_role() IS DISTINCT FROM 'admin_ti' OR NOT giver.unit_path <@ acting_unit() OR NOT taker.unit_path <@ acting_unit()
    OR taker.id IS NULL OR NOT taker.active OR taker.id = giver.id OR taker.role <> giver.role
    OR EXISTS (SELECT FROM wearer w WHERE from_officer IN (w.pk_officer_id, w.asisten_officer_id) AND NOT w.unit_path <@ taker.unit_path
      AND EXISTS (SELECT FROM supervision s WHERE s.wearer_id = w.id AND upper(s.during) > now())) THEN
    RAISE EXCEPTION 'klien are handed over to an active colleague of the same role and unit'
      USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'hand_over';
  END IF;
  UPDATE wearer w SET
    pk_officer_id = CASE WHEN w.pk_officer_id = from_officer THEN to_officer ELSE w.pk_officer_id END,
    asisten_officer_id = CASE WHEN w.asisten_officer_id = from_officer THEN to_officer ELSE w.asisten_officer_id END
  WHERE from_officer IN (w.pk_officer_id, w.asisten_officer_id)
    AND EXISTS (SELECT FROM supervision s WHERE s.wearer_id = w.id AND upper(s.during) > now());
  GET DIAGNOSTICS moved = ROW_COUNT;
  RETURN moved;
END $$;
GRANT EXECUTE ON FUNCTION klien_of_officer, hand_over_klien TO gelang_api;

-- A one-time link by which an officer sets a password. The token is with whoever got the link; here is its hash.
CREATE TABLE invitation (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  officer_id uuid NOT NULL REFERENCES officer,
  username text NOT NULL CHECK (username ~ '^[a-z0-9._-]{3,64}$'),
  token_sha256 text NOT NULL UNIQUE CHECK (token_sha256 ~ '^[0-9a-f]{64}$'),
  made_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  used_at timestamptz,
  -- Replaced by a newer one.
  revoked_at timestamptz
);
CREATE INDEX ON invitation (officer_id, id);
SELECT audit_changes_of('invitation', 'id', '', 'token_sha256', '', '');
ALTER TABLE invitation ENABLE ROW LEVEL SECURITY;
GRANT SELECT (id, officer_id, username, made_at, ends_at, used_at, revoked_at), INSERT (officer_id, username, token_sha256)
  ON invitation TO gelang_api;
CREATE POLICY of_officer_in_sight ON invitation FOR SELECT TO gelang_api USING (
  (SELECT acting_role()) = 'admin_ti' AND EXISTS (SELECT FROM officer o WHERE o.id = officer_id));
CREATE POLICY invite ON invitation FOR INSERT TO gelang_api WITH CHECK (
  (SELECT acting_role()) = 'admin_ti' AND officer_id <> (SELECT acting_officer_id())
  AND EXISTS (SELECT FROM officer o WHERE o.id = officer_id AND o.active));

-- Whoever writes the row: it holds for 72 hours from now, and an older link of the same officer no longer does.
CREATE FUNCTION begin_invitation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.made_at := now();
  NEW.ends_at := now() + interval '72 hours';
  NEW.used_at := NULL;
  NEW.revoked_at := NULL;
  -- Whoever has an account keeps its name.
  NEW.username := coalesce((SELECT u.username FROM officer o JOIN auth."user" u ON u.id = o.auth_user_id WHERE o.id = NEW.officer_id),
    NEW.username);
  IF EXISTS (SELECT FROM auth."user" u JOIN officer o ON o.auth_user_id = u.id WHERE u.username = NEW.username AND o.id <> NEW.officer_id)
    OR EXISTS (SELECT FROM invitation i WHERE i.username = NEW.username AND i.officer_id <> NEW.officer_id
      AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.ends_at > now()) THEN
    RAISE EXCEPTION 'the user name belongs to somebody else' USING ERRCODE = 'unique_violation', CONSTRAINT = 'invitation_username';
  END IF;
  UPDATE invitation SET revoked_at = now() WHERE officer_id = NEW.officer_id AND used_at IS NULL AND revoked_at IS NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER begin_invitation BEFORE INSERT ON invitation FOR EACH ROW EXECUTE FUNCTION begin_invitation();

-- Nobody is signed in yet. The row stays locked until the caller's transaction ends: two who use one link at once are one after
-- the other.
CREATE FUNCTION open_invitation(token text, OUT officer_name text, OUT username text, OUT account text)
  RETURNS SETOF record LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  found invitation;
BEGIN
  SELECT * INTO found FROM invitation i WHERE i.token_sha256 = token FOR UPDATE;
  IF found.id IS NULL OR found.used_at IS NOT NULL OR found.revoked_at IS NOT NULL OR found.ends_at <= clock_timestamp() THEN
    RETURN;
  END IF;
  RETURN QUERY SELECT o.name, found.username, o.auth_user_id FROM officer o WHERE o.id = found.officer_id AND o.active;
END $$;

-- Binds the account to the officer, ends the officer's sessions and uses the link up.
CREATE FUNCTION use_invitation(token text, account text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  found invitation;
BEGIN
  UPDATE invitation i SET used_at = clock_timestamp()
  WHERE i.token_sha256 = token AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.ends_at > clock_timestamp()
    AND EXISTS (SELECT FROM officer o WHERE o.id = i.officer_id AND o.active AND coalesce(o.auth_user_id, account) = account)
    AND EXISTS (SELECT FROM auth."user" u WHERE u.id = account AND u.username = i.username)
    AND NOT EXISTS (SELECT FROM officer o WHERE o.auth_user_id = account AND o.id <> i.officer_id)
  RETURNING * INTO found;
  IF found.id IS NULL THEN
    RETURN false;
  END IF;
  UPDATE officer SET auth_user_id = account WHERE id = found.officer_id AND auth_user_id IS NULL;
  DELETE FROM auth.session WHERE "userId" = account;
  RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION open_invitation, use_invitation TO gelang_api;

-- The answer to a write, for whoever sends it again with the same key. Kept with the write, for a day.
CREATE TABLE idempotency (
  officer_id uuid NOT NULL REFERENCES officer,
  key text NOT NULL CHECK (key ~ '^[A-Za-z0-9_-]{8,100}$'),
  request_sha256 text NOT NULL CHECK (request_sha256 ~ '^[0-9a-f]{64}$'),
  at timestamptz NOT NULL DEFAULT now(),
  -- Not jsonb: the same bytes again, in the same order.
  answer json,
  PRIMARY KEY (officer_id, key)
);
ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT (officer_id, key, request_sha256), UPDATE (answer), DELETE ON idempotency TO gelang_api;
CREATE POLICY own ON idempotency TO gelang_api USING (officer_id = (SELECT acting_officer_id()))
  WITH CHECK (officer_id = (SELECT acting_officer_id()));
