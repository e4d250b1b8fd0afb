import type { Clock, Log } from '../../model/observe.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { rulesVersion } from '../../store/rules/load-plans.ts'
import { withDeadline } from '../answer/deadline.ts'
import type { LiveConnection } from './connection.ts'
import type { LiveFeed } from './feed.ts'
import type { LiveLimits } from './limits.ts'

type StatusParts = { apiPool: Pool; limits: LiveLimits; clock: Clock; log: Log }

/** Sends consoles the age of their live data, and whether history can be read. */
export class StatusSender {
  readonly #parts: StatusParts
  readonly #feed: LiveFeed
  #liveMs = 0
  #databaseAway = false

  constructor(parts: StatusParts, feed: LiveFeed) {
    this.#parts = parts
    this.#feed = feed
  }

  /** Something live arrived at that time. */
  heard(liveMs: number): void {
    this.#liveMs = Math.max(this.#liveMs, liveMs)
  }

  send(connection: LiveConnection): void {
    connection.send({
      t: 'status',
      serverMs: this.#parts.clock(),
      liveMs: this.#liveMs,
      redis: this.#feed.away ? 'away' : 'ok',
      database: this.#databaseAway ? 'away' : 'ok',
      rulesVersion: connection.scope.rulesKey,
    })
  }

  /** What is missing, as of the last probe. */
  missing(): string[] {
    return [...(this.#feed.away ? ['Redis is away'] : []), ...(this.#databaseAway ? ['the database is away'] : [])]
  }

  async probeDatabase(): Promise<void> {
    const { apiPool, limits, log } = this.#parts
    try {
      await withDeadline(rulesVersion(apiPool), limits.databaseProbeMs)
      if (this.#databaseAway) log.info({}, 'the database is back')
      this.#databaseAway = false
    } catch (error) {
      // Whatever the error is, the consoles show that history cannot be read.
      if (!this.#databaseAway)
        log.warn({ reason: (error as Error).message }, 'the database is away; the live feed goes on')
      this.#databaseAway = true
    }
  }
}
