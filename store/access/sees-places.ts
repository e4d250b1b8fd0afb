import type { Db } from '../database/open-pool.ts'

/** Whether the acting officer, who sees this wearer, may also see where they were. */
export async function seesPlaces(db: Db, wearerId: number): Promise<boolean> {
  const { rows } = await db.query<{ sees: boolean }>(
    `SELECT acting_role() NOT IN ('kanwil', 'ditjenpas') OR $1 IN (SELECT granted_wearer_ids()) AS sees`,
    [wearerId],
  )
  return rows[0]!.sees
}
