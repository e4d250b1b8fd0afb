-- Every change of rules, people, devices and accounts leaves a row, whoever makes it and however: who (the acting officer, or the
-- login), what was and what is, when. What says who a person is or where they live is left out or hashed.

-- A row as the audit may show it.
CREATE FUNCTION audit_view(shown jsonb, hidden text[], hashed text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT jsonb_object_agg(key, CASE
    WHEN key = ANY (hidden) THEN to_jsonb('…'::text)
    WHEN key = ANY (hashed) THEN to_jsonb('sha256:' || left(encode(sha256(convert_to(value::text, 'UTF8')), 'hex'), 32))
    ELSE value END)
  FROM jsonb_each(shown) WHERE value <> 'null'
$$;

-- Arguments: the column that names the subject, unique; the column with the wearer's number, or nothing; columns that are hidden; that are
-- hashed; whose change alone is no change. Names are separated by commas.
-- A take-over puts in thousands of rows at once: of more than 100 in one statement it leaves one row with their number and hash.
CREATE FUNCTION audit_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  hidden text[] := string_to_array(TG_ARGV[2], ',');
  hashed text[] := string_to_array(TG_ARGV[3], ',');
  ignored text[] := string_to_array(TG_ARGV[4], ',');
  why text := nullif(current_setting('gelang.take_over', true), '');
  owner oid := (SELECT relowner FROM pg_class WHERE oid = TG_RELID);
  changes jsonb[];
  change jsonb;
  old_row jsonb;
  new_row jsonb;
  changed text[];
  row_count integer;
  digest bytea;
BEGIN
  why := CASE WHEN pg_has_role(coalesce(nullif(current_setting('role'), 'none'), session_user)::name, owner, 'USAGE') THEN 'take-over: ' || why END;
  IF TG_OP = 'INSERT' THEN
    SELECT count(*) INTO row_count FROM new_rows;
    IF why IS NOT NULL AND row_count > 100 THEN
      SELECT sha256(string_agg(sha256(convert_to(to_jsonb(n)::text, 'UTF8')), '' ORDER BY to_jsonb(n) ->> TG_ARGV[0])) INTO digest FROM new_rows n;
    ELSE
      changes := ARRAY(SELECT jsonb_build_object('new', to_jsonb(n)) FROM new_rows n ORDER BY to_jsonb(n) ->> TG_ARGV[0]);
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    SELECT count(*) INTO row_count FROM old_rows;
    IF why IS NOT NULL AND row_count > 100 THEN
      SELECT sha256(string_agg(sha256(convert_to(to_jsonb(o)::text, 'UTF8')), '' ORDER BY to_jsonb(o) ->> TG_ARGV[0])) INTO digest FROM old_rows o;
    ELSE
      changes := ARRAY(SELECT jsonb_build_object('old', to_jsonb(o)) FROM old_rows o ORDER BY to_jsonb(o) ->> TG_ARGV[0]);
    END IF;
  ELSE
    changes := ARRAY(
      SELECT jsonb_strip_nulls(jsonb_build_object('old', o.shown, 'new', n.shown))
      FROM (SELECT to_jsonb(r) AS shown FROM old_rows r) o
        FULL JOIN (SELECT to_jsonb(r) AS shown FROM new_rows r) n ON o.shown ->> TG_ARGV[0] = n.shown ->> TG_ARGV[0]
      WHERE o.shown - ignored IS DISTINCT FROM n.shown - ignored
      ORDER BY coalesce(n.shown, o.shown) ->> TG_ARGV[0]);
    row_count := cardinality(changes);
    IF why IS NOT NULL AND row_count > 100 THEN
      SELECT sha256(string_agg(sha256(convert_to(c::text, 'UTF8')), '')) INTO digest FROM unnest(changes) c;
    END IF;
  END IF;

  IF digest IS NOT NULL THEN
    PERFORM write_audit(TG_TABLE_NAME || '.' || lower(TG_OP), TG_TABLE_NAME || ':*', NULL, NULL, why,
      jsonb_build_object('rows', row_count, 'sha256', encode(digest, 'hex')));
    RETURN NULL;
  END IF;
  FOREACH change IN ARRAY changes LOOP
    old_row := change -> 'old';
    new_row := change -> 'new';
    IF old_row IS NOT NULL AND new_row IS NOT NULL THEN
      changed := ARRAY(SELECT key FROM jsonb_each(old_row || new_row) WHERE old_row -> key IS DISTINCT FROM new_row -> key);
    ELSE
      changed := ARRAY(SELECT jsonb_object_keys(coalesce(new_row, old_row)));
    END IF;
    PERFORM write_audit(TG_TABLE_NAME || '.' || lower(TG_OP), TG_TABLE_NAME || ':' || (coalesce(new_row, old_row) ->> TG_ARGV[0]),
      nullif(coalesce(new_row, old_row) ->> nullif(TG_ARGV[1], ''), '')::integer,
      (coalesce(new_row, old_row) ->> 'unit_path')::ltree,
      why,
      jsonb_strip_nulls(jsonb_build_object(
        -- What a version is a version of, whose account it is.
        'of', coalesce(coalesce(new_row, old_row) ->> 'userId', nullif(coalesce(new_row, old_row) ->> 'id', coalesce(new_row, old_row) ->> TG_ARGV[0])),
        'old', audit_view((SELECT jsonb_object_agg(key, value) FROM jsonb_each(old_row) WHERE key = ANY (changed)), hidden, hashed),
        'new', audit_view((SELECT jsonb_object_agg(key, value) FROM jsonb_each(new_row) WHERE key = ANY (changed)), hidden, hashed))));
  END LOOP;
  RETURN NULL;
END $$;

-- For this migration and those to come: SELECT audit_changes_of('zone', 'id', …).
-- The name begins with a_ so that it fires before announce_…: whoever changes rules takes the chain's lock first and the rules'
-- version second, and two of them never wait for one another.
CREATE FUNCTION audit_changes_of(audited regclass, key text, wearer text, hidden text, hashed text, ignored text) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  op text;
BEGIN
  FOR op IN SELECT unnest(ARRAY['INSERT', 'UPDATE', 'DELETE']) LOOP
    EXECUTE format('CREATE TRIGGER %I AFTER %s ON %s REFERENCING %s FOR EACH STATEMENT EXECUTE FUNCTION audit_change(%L, %L, %L, %L, %L)',
      'a_audit_' || lower(op), op, audited,
      CASE op WHEN 'INSERT' THEN 'NEW TABLE AS new_rows' WHEN 'DELETE' THEN 'OLD TABLE AS old_rows'
        ELSE 'OLD TABLE AS old_rows NEW TABLE AS new_rows' END,
      key, wearer, hidden, hashed, ignored);
  END LOOP;
  EXECUTE format('CREATE TRIGGER a_never_emptied BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', audited);
END $$;

SELECT audit_changes_of('unit', 'path', '', '', '', 'rules_version');
SELECT audit_changes_of('officer', 'id', '', 'name', '', '');
SELECT audit_changes_of('wearer', 'uuid', 'id', 'name,nik,nik_masked', '', '');
SELECT audit_changes_of('supervision', 'id', 'wearer_id', '', '', '');
SELECT audit_changes_of('access_grant', 'id', 'wearer_id', '', '', '');
SELECT audit_changes_of('bracelet', 'id', '', 'secret_sha256', '', '');
SELECT audit_changes_of('gateway', 'id', '', 'secret_sha256', '', '');
SELECT audit_changes_of('assignment', 'id', 'wearer_id', '', '', '');
SELECT audit_changes_of('zone', 'id', '', 'name', 'shape', '');
SELECT audit_changes_of('condition', 'version_id', 'wearer_id', '', '', '');
SELECT audit_changes_of('permit', 'id', 'wearer_id', '', '', '');
SELECT audit_changes_of('auth."user"', 'id', '', 'name,email,image', '', 'updatedAt');
SELECT audit_changes_of('auth.account', 'id', '', 'password,accessToken,refreshToken,idToken', '', 'updatedAt');

-- The grant itself is a row of its own kind, with the officer's reason as the row's reason.
DROP TRIGGER a_audit_insert ON access_grant;
CREATE FUNCTION audit_grant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM write_audit('access.grant', 'wearer:' || (SELECT uuid FROM wearer WHERE id = NEW.wearer_id), NEW.wearer_id, NULL, NEW.reason,
    jsonb_build_object('to', NEW.officer_id, 'until', to_char(upper(NEW.during) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')));
  RETURN NULL;
END $$;
CREATE TRIGGER a_audit_insert AFTER INSERT ON access_grant FOR EACH ROW EXECUTE FUNCTION audit_grant();

CREATE OR REPLACE FUNCTION grant_access(wearer uuid, reason text, seconds float8) RETURNS timestamptz
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
  RETURN until;
END $$;
