-- Kanwil and Ditjenpas see persons with a written reason, and a zone that is not shared is a home or a protected address. So of
-- these they see those of wearers whom they have a reason for that stands now; shared places as before.
DROP POLICY at_or_below ON zone;
CREATE POLICY at_or_below ON zone FOR SELECT TO gelang_api USING (
  unit_path <@ (SELECT acting_unit())
  AND CASE
    WHEN (SELECT acting_role()) IN ('kasubsi', 'kepala_bapas', 'operator') THEN true
    WHEN (SELECT acting_role()) IN ('pk', 'asisten_pk') THEN shared OR author_id = (SELECT acting_officer_id())
    WHEN (SELECT acting_role()) IN ('kanwil', 'ditjenpas') THEN shared
    ELSE false
  END);

-- Whoever sees the wearer's places sees the zones of the wearer's conditions and permits, whichever unit drew them.
DROP POLICY of_wearer_in_sight ON zone;
CREATE POLICY of_wearer_in_sight ON zone FOR SELECT TO gelang_api USING (
  CASE WHEN shared OR (SELECT acting_role()) NOT IN ('kanwil', 'ditjenpas') THEN
    EXISTS (SELECT FROM condition c WHERE c.zone_id = zone.id) OR EXISTS (SELECT FROM permit p WHERE p.zone_id = zone.id)
  ELSE
    id IN (SELECT c.zone_id FROM granted_wearer_ids() AS g (n) JOIN condition c ON c.wearer_id = g.n)
    OR id IN (SELECT p.zone_id FROM granted_wearer_ids() AS g (n) JOIN permit p ON p.wearer_id = g.n)
  END);
