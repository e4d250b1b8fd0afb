-- What is old is dropped by the record role, which does not own the tables: through a function, and no sooner than the owner allows.
CREATE TABLE retention (
  kept text PRIMARY KEY CHECK (kept IN ('fix', 'quarantine')),
  -- None: for ever.
  days integer CHECK (days > 0)
);
INSERT INTO retention (kept) VALUES ('fix'), ('quarantine');
ALTER TABLE retention ENABLE ROW LEVEL SECURITY;
SELECT audit_changes_of('retention', 'kept', '', '', '', '');

CREATE FUNCTION drop_old(which text, older_than timestamptz) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  kept_days integer := (SELECT days FROM retention WHERE kept = which);
BEGIN
  IF kept_days IS NULL OR older_than > now() - make_interval(days => kept_days) THEN
    RAISE EXCEPTION '% is kept for %', which, coalesce(kept_days || ' days', 'ever') USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN (SELECT count(*) FROM drop_chunks(which::regclass, older_than => drop_old.older_than));
END $$;
GRANT EXECUTE ON FUNCTION drop_old TO gelang_record;

-- What is only ever added says so to whoever tries, also where row security lets them reach no row.
CREATE TRIGGER add_only_statement BEFORE UPDATE OR DELETE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE audit ENABLE ALWAYS TRIGGER add_only_statement;
CREATE TRIGGER add_only_statement BEFORE UPDATE OR DELETE ON incident_revision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER add_only_statement BEFORE UPDATE OR DELETE ON officer_act FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
