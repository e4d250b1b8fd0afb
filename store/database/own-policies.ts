import type { Db } from './open-pool.ts'

/** Rows that even the owner only adds and reads. */
const ADDED_ONLY = ['audit', 'incident_revision', 'officer_act']

/**
 * Row security for the owner too, in every table that has it: the owner's rights are written down as policies instead of being
 * none of row security's business. As the owner, after the migrations. Of TimescaleDB's hypertables `quarantine` takes it;
 * `fix` and the view `track` over it have no row security, because the columnstore refuses it.
 */
export async function forceRowSecurity(db: Db): Promise<void> {
  await db.query(
    `DO $$
    DECLARE
      each record;
      command text;
    BEGIN
      FOR each IN
        SELECT c.oid::regclass::text AS name, c.oid, c.relowner::regrole AS owner, c.relname = ANY ('{${ADDED_ONLY.join()}}') AS added_only
        FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relrowsecurity AND c.relnamespace::regnamespace::text IN ('public', 'auth')
          AND pg_has_role(current_user, c.relowner, 'USAGE')
          AND NOT (c.relforcerowsecurity AND EXISTS (SELECT FROM pg_policy p
            WHERE p.polrelid = c.oid AND p.polname IN ('owner', 'owner_reads') AND p.polroles = ARRAY[c.relowner]))
      LOOP
        FOREACH command IN ARRAY ARRAY['owner', 'owner_reads', 'owner_adds'] LOOP
          EXECUTE format('DROP POLICY IF EXISTS %I ON %s', command, each.name);
        END LOOP;
        IF each.added_only THEN
          EXECUTE format('CREATE POLICY owner_reads ON %s FOR SELECT TO %s USING (true)', each.name, each.owner);
          EXECUTE format('CREATE POLICY owner_adds ON %s FOR INSERT TO %s WITH CHECK (true)', each.name, each.owner);
        ELSE
          EXECUTE format('CREATE POLICY owner ON %s TO %s USING (true)', each.name, each.owner);
        END IF;
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', each.name);
      END LOOP;
    END $$`,
  )
}
