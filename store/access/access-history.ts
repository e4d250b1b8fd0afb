import type { Access } from '../../model/console/people.ts'
import type { Db } from '../database/open-pool.ts'

/** Who opened data of a klien, newest first; for the auditor and the Kepala. `next` is given where there are more. */
export async function readAccessHistory(
  db: Db,
  wearerId: string,
  page: { limit: number; before?: number },
): Promise<{ accesses: Access[]; next?: number }> {
  const { rows } = await db.query<{ access: Access }>(
    `SELECT json_strip_nulls(json_build_object('id', id, 'atMs', utc_ms(at), 'officerName', officer_name, 'officerRole', officer_role,
      'unitName', unit_name, 'action', action, 'reason', reason)) AS access FROM access_history($1, $2, $3::int + 1)`,
    [wearerId, page.before, page.limit],
  )
  const accesses = rows.slice(0, page.limit).map(({ access }) => access)
  const last = accesses.at(-1)
  return rows.length > page.limit && last ? { accesses, next: last.id } : { accesses }
}
