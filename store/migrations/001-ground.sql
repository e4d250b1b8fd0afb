-- Extensions, roles, and the two conversions between our UTC milliseconds and timestamptz.
CREATE EXTENSION IF NOT EXISTS timescaledb;
CREATE EXTENSION IF NOT EXISTS ltree;
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Roles belong to the whole cluster while our migration lock belongs to one database: two databases may get here at once.
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['gelang_api', 'gelang_record', 'gelang_auth'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB', wanted);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL; -- another database created it in this moment
      END;
    END IF;
    -- So that the owner's address can serve for all roles. Where it may not, each role is given an address of its own.
    IF NOT pg_has_role(current_user, wanted, 'SET') THEN
      BEGIN
        EXECUTE format('GRANT %I TO CURRENT_USER WITH INHERIT FALSE, SET TRUE', wanted);
      EXCEPTION WHEN insufficient_privilege THEN
        RAISE NOTICE '% may not become %', current_user, wanted;
      END;
    END IF;
  END LOOP;
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO gelang_api, gelang_record;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE FUNCTION utc_ms(t timestamptz) RETURNS float8
  LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (extract(epoch FROM t) * 1000)::float8;
CREATE FUNCTION from_ms(ms float8) RETURNS timestamptz
  LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN to_timestamp(ms / 1000.0);
CREATE FUNCTION during_ms(from_ms float8, to_ms float8) RETURNS tstzrange
  LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN tstzrange(to_timestamp(from_ms / 1000.0), to_timestamp(to_ms / 1000.0), '[)');
GRANT EXECUTE ON FUNCTION utc_ms, from_ms, during_ms TO PUBLIC;

-- [from, to) with from < to: what every span of time in this schema must be.
CREATE FUNCTION is_span(during tstzrange) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN NOT isempty(during) AND NOT lower_inf(during) AND lower_inc(during) AND NOT upper_inc(during);
GRANT EXECUTE ON FUNCTION is_span TO PUBLIC;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are only ever added, never changed or removed', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
