-- Wrong tries to sign in. A key is a keyed hash: who was tried from where is nobody's to read.
CREATE TABLE auth.sign_in_try (
  key text PRIMARY KEY,
  failed integer NOT NULL,
  since timestamptz NOT NULL
);
CREATE INDEX ON auth.sign_in_try (since);
GRANT SELECT, INSERT, UPDATE, DELETE ON auth.sign_in_try TO gelang_auth;

-- Counts a try under each key in turn. NULL: it may be made. Else the seconds until it may, and nothing of it stays counted.
CREATE FUNCTION auth.begin_sign_in(keys text[], failed_max integer[], window_s float8) RETURNS float8
  LANGUAGE plpgsql SET search_path = pg_catalog, auth, pg_temp AS $$
DECLARE
  span interval := make_interval(secs => window_s);
  now_failed integer;
  now_since timestamptz;
BEGIN
  DELETE FROM sign_in_try WHERE key IN (
    SELECT t.key FROM sign_in_try t WHERE t.since < clock_timestamp() - span LIMIT 100 FOR UPDATE SKIP LOCKED);
  FOR i IN 1 .. cardinality(keys) LOOP
    INSERT INTO sign_in_try AS t (key, failed, since) VALUES (keys[i], 1, clock_timestamp())
    ON CONFLICT (key) DO UPDATE SET
      failed = CASE WHEN t.since < clock_timestamp() - span THEN 1 ELSE t.failed + 1 END,
      since = CASE WHEN t.since < clock_timestamp() - span THEN clock_timestamp() ELSE t.since END
    RETURNING failed, since INTO now_failed, now_since;
    IF now_failed > failed_max[i] THEN
      UPDATE sign_in_try SET failed = failed - 1 WHERE key = ANY (keys[1:i]);
      RETURN greatest(1, extract(epoch FROM now_since + span - clock_timestamp()));
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

-- The first key is the account's own at this place: its count begins anew. The others are shared with further accounts or places.
CREATE FUNCTION auth.sign_in_succeeded(keys text[]) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, auth, pg_temp AS $$
BEGIN
  DELETE FROM sign_in_try WHERE key = keys[1];
  UPDATE sign_in_try SET failed = failed - 1 WHERE key = ANY (keys[2:]) AND failed > 0;
END $$;
CREATE FUNCTION auth.sign_in_not_made(keys text[]) RETURNS void LANGUAGE sql SET search_path = pg_catalog, auth, pg_temp AS $$
  UPDATE auth.sign_in_try SET failed = failed - 1 WHERE key = ANY (keys) AND failed > 0
$$;
GRANT EXECUTE ON FUNCTION auth.begin_sign_in, auth.sign_in_succeeded, auth.sign_in_not_made TO gelang_auth;
DROP TABLE auth."rateLimit";

-- Whoever watches live hears at once that a session has ended.
CREATE FUNCTION auth.tell_session_end() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_notify('gelang_sessions', OLD.id);
  RETURN NULL;
END $$;
CREATE TRIGGER tell_end AFTER DELETE ON auth.session FOR EACH ROW EXECUTE FUNCTION auth.tell_session_end();
CREATE TRIGGER tell_change AFTER UPDATE OF "expiresAt" ON auth.session FOR EACH ROW
  WHEN (OLD."expiresAt" IS DISTINCT FROM NEW."expiresAt") EXECUTE FUNCTION auth.tell_session_end();

-- Another role, another unit, another login or none: whoever was let in as somebody else signs in again.
CREATE FUNCTION end_sessions_of_officer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM auth.session WHERE "userId" = OLD.auth_user_id;
  RETURN NULL;
END $$;
CREATE TRIGGER end_sessions AFTER UPDATE OF role, unit_path, active, auth_user_id ON officer FOR EACH ROW
  WHEN ((OLD.role, OLD.unit_path, OLD.active, OLD.auth_user_id) IS DISTINCT FROM (NEW.role, NEW.unit_path, NEW.active, NEW.auth_user_id))
  EXECUTE FUNCTION end_sessions_of_officer();
CREATE TRIGGER end_sessions_of_gone AFTER DELETE ON officer FOR EACH ROW EXECUTE FUNCTION end_sessions_of_officer();
