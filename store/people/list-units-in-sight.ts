import type { Db } from '../database/open-pool.ts'

/** Units whose incidents the acting officer sees. */
export async function listUnitsInSight(db: Db): Promise<{ path: string; name: string }[]> {
  const { rows } = await db.query<{ path: string; name: string }>(
    'SELECT path::text, name FROM units_in_sight() ORDER BY path',
  )
  return rows
}
