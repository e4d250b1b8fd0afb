-- A clock that is wrong by whole hours, or by the 1,024 weeks in which receivers count, is corrected by Admin TI.
ALTER TABLE alarm_word ADD CONSTRAINT alarm_word_model_has_letters CHECK (model_key <> '');
ALTER TABLE bracelet
  -- Added to the times that the device sends: quarters of an hour as time zones have them, or cycles of 1,024 weeks.
  ADD clock_correction_ms bigint CHECK (clock_correction_ms <> 0 AND
    (clock_correction_ms % 900000 = 0 AND abs(clock_correction_ms) <= 50400000
      OR clock_correction_ms % 619315200000 = 0 AND abs(clock_correction_ms) <= 1238630400000)),
  ADD clock_set_at timestamptz,
  ADD clock_reason text CHECK (length(clock_reason) <= 500);
GRANT SELECT (clock_correction_ms, clock_set_at), UPDATE (clock_correction_ms, clock_reason) ON bracelet TO gelang_api;

CREATE FUNCTION set_bracelet_clock() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF acting_officer_id() IS NOT NULL AND acting_role() IS DISTINCT FROM 'admin_ti' THEN
    RAISE EXCEPTION 'clocks are set by Admin TI' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'bracelet_clock';
  END IF;
  NEW.clock_set_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER set_bracelet_clock BEFORE UPDATE OF clock_correction_ms, clock_reason ON bracelet
  FOR EACH ROW EXECUTE FUNCTION set_bracelet_clock();

-- What the newest incident of defective data that is younger than the setting proposes to set. It says nothing of who wore the bracelet.
CREATE FUNCTION clock_proposal(bracelet_number integer) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT i.body -> 'badData' || jsonb_build_object('sinceMs', utc_ms(i.start_at),
    'correctionMs', (i.body -> 'badData' ->> 'correctionMs')::bigint + coalesce(b.clock_correction_ms, 0))
  FROM bracelet b JOIN assignment a ON a.bracelet_id = b.id JOIN incident i ON i.wearer_id = a.wearer_id AND a.during @> i.start_at
  WHERE b.id = bracelet_number AND i.type = 'bad_data' AND NOT i.withdrawn AND i.body -> 'badData' ? 'correctionMs'
    AND (b.clock_set_at IS NULL OR i.start_at > b.clock_set_at) AND b.unit_path <@ acting_unit()
    AND acting_role() IN ('kasubsi', 'operator', 'admin_ti')
  ORDER BY i.start_at DESC LIMIT 1
$$;
-- The alarms that no table knows, as this klien's bracelets have said them: for incidents in sight.
CREATE FUNCTION unknown_alarms_of(wearer_number integer) RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT s.word), '{}') FROM assignment a JOIN alarm_word_seen s ON s.bracelet_id = a.bracelet_id
  WHERE a.wearer_id = wearer_number AND EXISTS (SELECT FROM sight v WHERE v.wearer_id = wearer_number)
$$;
GRANT EXECUTE ON FUNCTION clock_proposal, unknown_alarms_of TO gelang_api;
