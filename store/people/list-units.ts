import type { UnitView } from '../../model/console/console.ts'
import type { Db } from '../database/open-pool.ts'

/** The acting officer's unit and those below it, parents first. */
export async function listUnits(db: Db): Promise<UnitView[]> {
  const { rows } = await db.query<UnitView>(
    'SELECT path::text, name, kind, time_zone AS "timeZone" FROM unit ORDER BY path',
  )
  return rows
}
