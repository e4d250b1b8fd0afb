import { createHash } from 'node:crypto'
import type { WearerSummary } from '../../model/console/console.ts'
import type { Db } from '../database/open-pool.ts'
import { listUnitsInSight } from '../people/list-units-in-sight.ts'
import { listRoster } from '../people/list-wearers.ts'

type LiveScope = {
  wearers: WearerSummary[]
  /** Units whose incidents are in sight. */
  units: { path: string; name: string }[]
  /** Names of zones in sight by their conditions. Absent while `rulesKey` is the known one. */
  conditionNames?: [conditionId: string, name: string][]
  /** Another one where zones, conditions or permits in sight may have changed, and where others are in sight. */
  rulesKey: string
}

/** What the acting officer may see live. */
export async function readLiveScope(db: Db, knownKey?: string): Promise<LiveScope> {
  const version = await rulesInSight(db)
  const wearers = await listRoster(db)
  const units = await listUnitsInSight(db)
  const rulesKey = createHash('sha256')
    .update([version, ...wearers.map(({ n }) => n)].join())
    .digest('base64url')
    .slice(0, 16)
  return {
    ...{ wearers, units, rulesKey },
    ...(rulesKey !== knownKey && { conditionNames: await conditionNames(db) }),
  }
}

async function rulesInSight(db: Db): Promise<string> {
  const { rows } = await db.query<{ version: string }>('SELECT rules_in_sight() AS version')
  return rows[0]!.version
}

async function conditionNames(db: Db): Promise<[string, string][]> {
  const { rows } = await db.query<{ id: string; name: string }>(
    `SELECT DISTINCT ON (c.id) c.id, z.name FROM condition c JOIN zone z ON z.id = c.zone_id
    ORDER BY c.id, lower(c.during) DESC`,
  )
  return rows.map(({ id, name }) => [id, name])
}
