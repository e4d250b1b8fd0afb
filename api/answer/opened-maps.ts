// What shows many people's places at once (live map, open incidents, zones) is written down once for each session, area and kind.
import { auditMap } from '../../store/access/append-audit.ts'
import type { Db } from '../../store/database/open-pool.ts'

/** Sessions and areas remembered; one that fell out is written down again. */
const KEPT_MAX = 10_000

type Shown = 'live' | 'incidents' | 'zones'

export class OpenedMaps {
  readonly #noted = new Set<string>()

  /** In the acting officer's transaction, which also reads what is shown; last in it. */
  async note(db: Db, sessionId: string, unitPath: string, shown: Shown): Promise<void> {
    const key = `${sessionId} ${unitPath} ${shown}`
    if (this.#noted.has(key)) return
    await auditMap(db, unitPath, { shown, session: sessionId })
    this.#noted.add(key)
    if (this.#noted.size > KEPT_MAX) this.#noted.delete(this.#noted.values().next().value as string)
  }
}
