import type { WearerSummary } from '../../model/console/console.ts'
import type { Db } from '../database/open-pool.ts'
import { CURRENT_SUPERVISION, SUMMARY_COLUMNS } from './list-wearers.ts'

/** The wearer with this number (the live feed's) or this id, where in the acting officer's sight. */
export async function findWearer(db: Db, wearer: number | string): Promise<WearerSummary | undefined> {
  const { rows } = await db.query<WearerSummary>(
    `SELECT ${SUMMARY_COLUMNS} FROM wearer w ${CURRENT_SUPERVISION} WHERE w.${typeof wearer === 'number' ? 'id' : 'uuid'} = $1`,
    [wearer],
  )
  return rows[0]
}
