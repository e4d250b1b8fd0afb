import { type LoggedIncident, matterOf } from '../../model/incident/incident.ts'
import type { Log } from '../../model/observe.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { listActsOn, listStandings } from '../../store/incidents/acts-to-publish.ts'
import { withDeadline } from '../answer/deadline.ts'
import type { LiveLimits } from './limits.ts'
import type { RecentIncidents } from './recent.ts'

type ActLoaderParts = { apiPool: Pool; limits: LiveLimits; log: Log }

/** Loads the acts on incidents about to be sent, and since when these are active, so that a resolved one is not sent as new. */
export class ActLoader {
  readonly #parts: ActLoaderParts
  readonly #recent: RecentIncidents
  /** One question at a time: of ten connections the live feed keeps one here. */
  #turn: Promise<unknown> = Promise.resolve()
  /** Questions that the database has not answered in time. */
  #overdue = 0
  #failing = false

  constructor(parts: ActLoaderParts, recent: RecentIncidents) {
    this.#parts = parts
    this.#recent = recent
  }

  /** One question for all of a page; resolves soon in any case: an alert with too much sound is better than one too late. */
  async load(incidents: readonly LoggedIncident[]): Promise<void> {
    const { limits, log } = this.#parts
    if (this.#lacking(incidents).size === 0 || this.#overdue > 0) return
    const asked = this.#turn.then(() => this.#ask(incidents))
    const ended = asked.catch((error: Error) => log.debug({ reason: error.message }, 'a question about acts failed'))
    this.#turn = ended
    try {
      await withDeadline(asked, limits.actsReadMs)
      if (this.#failing) log.info({}, 'acts on older incidents can be read again')
      this.#failing = false
    } catch (error) {
      // Whatever the reason, the incidents go out, and with the next revision it is tried again.
      const fields = { reason: (error as Error).message }
      if (!this.#failing)
        log.warn(fields, 'acts on older incidents cannot be read; the incidents are sent without them')
      this.#failing = true
      this.#overdue++
      ended.then(() => this.#overdue--)
    }
  }

  async #ask(incidents: readonly LoggedIncident[]): Promise<void> {
    const ids = this.#lacking(incidents)
    if (ids.size > 0) await this.#fill([...ids])
  }

  async #fill(ids: readonly string[]): Promise<void> {
    const { apiPool } = this.#parts
    const [standings, acts] = [await listStandings(apiPool, ids), await listActsOn(apiPool, ids)]
    this.#recent.addStandings(standings)
    this.#recent.addAllActs(ids, acts)
  }

  #lacking(incidents: readonly LoggedIncident[]): Set<string> {
    return new Set(incidents.filter((incident) => this.#recent.lacksHistory(incident)).map(matterOf))
  }
}
