-- A take-over fits thousands of bracelets in one statement: their custody follows in one statement too, with one row in the audit.
DROP TRIGGER follow_assignment ON assignment;
CREATE OR REPLACE FUNCTION follow_assignment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n JOIN bracelet b ON b.id = n.bracelet_id WHERE upper_inf(n.during) AND b.custody = 'gudang') THEN
    UPDATE bracelet b SET custody = 'dipakai'
    WHERE b.custody = 'gudang' AND b.id IN (SELECT n.bracelet_id FROM new_rows n WHERE upper_inf(n.during));
  END IF;
  IF EXISTS (SELECT FROM new_rows n WHERE NOT upper_inf(n.during)) THEN
    UPDATE bracelet b SET custody = 'gudang'
    WHERE b.custody = 'dipakai' AND b.id IN (SELECT n.bracelet_id FROM new_rows n WHERE NOT upper_inf(n.during))
      AND NOT EXISTS (SELECT FROM assignment a WHERE a.bracelet_id = b.id AND upper_inf(a.during));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER follow_insert AFTER INSERT ON assignment REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION follow_assignment();
CREATE TRIGGER follow_update AFTER UPDATE ON assignment REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION follow_assignment();
