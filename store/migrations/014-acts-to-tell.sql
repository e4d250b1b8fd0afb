-- Acts that are not known to have been told to the consoles and to notify. A row comes with its act in one transaction and goes when
-- the log of acts has it; what an api process left behind that died in between, another one tells.
CREATE TABLE act_to_tell (
  act_id bigint PRIMARY KEY REFERENCES officer_act,
  since timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION note_act_to_tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO act_to_tell (act_id) VALUES (NEW.act_id);
  RETURN NULL;
END $$;
CREATE TRIGGER note_act_to_tell AFTER INSERT ON officer_act FOR EACH ROW EXECUTE FUNCTION note_act_to_tell();

-- The table is nobody's: whoever tells acts for the process itself, for no officer, is given those that wait and may strike them off.
CREATE FUNCTION acts_to_tell(waiting_ms float8, rows_max integer) RETURNS SETOF officer_act LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.* FROM act_to_tell t JOIN officer_act a USING (act_id)
  WHERE acting_officer_id() IS NULL AND t.since <= clock_timestamp() - waiting_ms / 1000 * interval '1 second'
  ORDER BY t.act_id LIMIT rows_max
$$;
CREATE FUNCTION acts_told(act_ids bigint[]) RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
  DELETE FROM act_to_tell WHERE acting_officer_id() IS NULL AND act_id = ANY (act_ids)
$$;
GRANT EXECUTE ON FUNCTION acts_to_tell, acts_told TO gelang_api;
