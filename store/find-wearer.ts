import type { WearerSummary } from '../model/console.ts'
import { CURRENT_SUPERVISION, SUMMARY_COLUMNS } from './list-wearers.ts'
import type { Db } from './open-pool.ts'

/** The wearer with this number (the live feed's), where in the acting officer's sight. */
export async function findWearer(db: Db, n: number): Promise<WearerSummary | undefined> {
  const { rows } = await db.query<WearerSummary>(
    `SELECT ${SUMMARY_COLUMNS} FROM wearer w ${CURRENT_SUPERVISION} WHERE w.id = $1`,
    [n],
  )
  return rows[0]
}
