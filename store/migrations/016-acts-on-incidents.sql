-- An incident is told with what was done about it. What is not in an api process's memory, it reads here for itself, for no officer:
-- whom it then tells of the incident, it knows.
CREATE FUNCTION acts_on(incident_ids uuid[]) RETURNS SETOF officer_act LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.* FROM officer_act a WHERE acting_officer_id() IS NULL AND a.incident_id = ANY (incident_ids)
$$;
GRANT EXECUTE ON FUNCTION acts_on TO gelang_api;
