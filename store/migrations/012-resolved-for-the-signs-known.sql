-- A resolution holds for the signs that the officer could know of. When the device raises the alarm anew, the incident is open
-- again: resolved_at is when the first resolution came that knows of all its signs.
ALTER TABLE officer_act ADD COLUMN signs integer NOT NULL DEFAULT 1 CHECK (signs >= 1);
GRANT SELECT (signs) ON officer_act TO gelang_record;

CREATE OR REPLACE FUNCTION check_act() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7103, hashtext(NEW.incident_id::text));
  NEW.officer_name := (SELECT name FROM officer WHERE id = NEW.officer_id);
  IF EXISTS (SELECT FROM incident WHERE id = NEW.incident_id AND wearer_id <> NEW.wearer_id) THEN
    RAISE EXCEPTION 'incident % is not of wearer %', NEW.incident_id, NEW.wearer_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.action = 'resolve' THEN
    UPDATE incident SET resolved_at = NEW.at
    WHERE id = NEW.incident_id AND resolved_at IS NULL AND coalesce((body ->> 'signs')::int, 1) <= NEW.signs;
  END IF;
  RETURN NEW;
END $$;
