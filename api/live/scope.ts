import { createHash } from 'node:crypto'
import type { WearerSummary } from '../../model/console/console.ts'
import { readLiveScope } from '../../store/access/read-live-scope.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'

/** The wearers that an officer sees live, by row-level security. */
export type Scope = {
  wearers: ReadonlyMap<number, WearerSummary>
  /** Names of the units whose incidents are seen, by path. */
  units: ReadonlyMap<string, string>
  /** Whose position is shown live: not after the end of the supervision. */
  positionsOf: ReadonlySet<number>
  conditionNames: ReadonlyMap<string, string>
  /** Consoles load the rules anew when it changes. */
  rulesKey: string
  /** The same for the same wearers and units; part of a console's cursor. */
  membersKey: string
  /** The roster as it goes out. */
  rosterText: string
}

/** The scope as it is now. Rejects while the database is away. */
export async function loadScope(apiPool: Pool, officerId: string, nowMs: number, known?: Scope): Promise<Scope> {
  const { wearers, units, conditionNames, rulesKey } = await asOfficer(apiPool, officerId, (client) =>
    readLiveScope(client, known?.rulesKey),
  )
  const byNumber = new Map(wearers.map((wearer) => [wearer.n, wearer]))
  return {
    wearers: byNumber,
    units: new Map(units.map(({ path, name }) => [path, name])),
    positionsOf: new Set(wearers.filter(({ supervisionEndsMs }) => supervisionEndsMs > nowMs).map(({ n }) => n)),
    conditionNames: conditionNames ? new Map(conditionNames) : (known?.conditionNames ?? new Map()),
    rulesKey,
    membersKey: createHash('sha256')
      .update([...byNumber.keys(), ...units.map(({ path }) => path)].join())
      .digest('base64url')
      .slice(0, 12),
    rosterText: JSON.stringify({ t: 'roster', wearers }),
  }
}
