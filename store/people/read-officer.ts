import type { Me } from '../../model/console/console.ts'
import type { Db } from '../database/open-pool.ts'

/** The active officer to whom a login belongs; undefined when none does. Needs no acting officer. */
export async function readOfficerByAuthUser(db: Db, authUserId: string): Promise<Me | undefined> {
  const { rows } = await db.query<Me>(
    `SELECT officer_id AS "officerId", name, role, unit_path::text AS "unitPath", unit_name AS "unitName",
      time_zone AS "timeZone"
    FROM officer_of_account($1)`,
    [authUserId],
  )
  return rows[0]
}
