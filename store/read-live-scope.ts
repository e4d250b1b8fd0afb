import type { WearerSummary } from '../model/console.ts'
import { listUnitsInSight } from './list-units-in-sight.ts'
import { listRoster } from './list-wearers.ts'
import { rulesVersion } from './load-plans.ts'
import type { Db } from './open-pool.ts'

export type LiveScope = {
  wearers: WearerSummary[]
  /** Units whose incidents are in sight. */
  units: { path: string; name: string }[]
  /** Whose places may be shown: those whose track is in sight (see the view `track`). */
  placesOf: number[]
  /** Names of the zones of conditions in sight, by condition. Absent when the rules are still those of `knownVersion`. */
  conditionNames?: [conditionId: string, name: string][]
  rulesVersion: number
}

/** What the acting officer may see live. */
export async function readLiveScope(db: Db, knownVersion?: number): Promise<LiveScope> {
  const version = await rulesVersion(db)
  const wearers = await listRoster(db)
  const units = await listUnitsInSight(db)
  const { rows } = await db.query<{ id: number }>(
    `SELECT w.id FROM wearer w
    WHERE (SELECT acting_role()) NOT IN ('kanwil', 'ditjenpas') OR w.id IN (SELECT granted_wearer_ids())`,
  )
  return {
    wearers,
    units,
    placesOf: rows.map(({ id }) => id),
    ...(version !== knownVersion && { conditionNames: await conditionNames(db) }),
    rulesVersion: version,
  }
}

async function conditionNames(db: Db): Promise<[string, string][]> {
  const { rows } = await db.query<{ id: string; name: string }>(
    `SELECT DISTINCT ON (c.id) c.id, z.name FROM condition c JOIN zone z ON z.id = c.zone_id
    ORDER BY c.id, lower(c.during) DESC`,
  )
  return rows.map(({ id, name }) => [id, name])
}
