import type { IncidentAct, IncidentType } from '../model/incident/incident.ts'
import { type Going, keepGoing } from '../model/keep-going.ts'
import type { Log } from '../model/observe.ts'
import type { Pool } from '../store/database/open-pool.ts'
import { listActsToPublish, listStandings, strikePublished } from '../store/incidents/acts-to-publish.ts'
import { appendAct } from '../stream/logs/act-log.ts'
import { resolveDisputes } from '../stream/publication/disputes.ts'
import type { RedisClient } from '../stream/redis/connect.ts'
import type { Keys } from '../stream/redis/keys.ts'

/** Acts kept in memory until Redis takes them; those beyond are read from PostgreSQL when it does. */
const WAITING_MAX = 10_000
/** Acts read from PostgreSQL at once. */
const PAGE = 200

type PublisherParts = {
  redis: RedisClient
  keys: Keys
  /** Role gelang_api. */
  pool: Pool
  limits: { retryMs: number; actsUnpublishedMs: number; actsCheckEveryMs: number }
  log: Log
}

/**
 * Publishes acts to all consoles and notify: those of this process at once, in order, and from PostgreSQL those that another left
 * unpublished when it died, or that did not fit in memory. An act may be published twice, by two processes or where nobody knows whether Redis
 * took it: consoles know it by its number, and to notify a resolution said again is the same one.
 */
export class ActPublisher {
  readonly #parts: PublisherParts
  readonly #waiting: { act: IncidentAct; endsDispute: boolean }[] = []
  readonly #published: number[] = []
  /** How long an act must have waited to be published from PostgreSQL; absent: there is nothing to look for. */
  #lookFor: number | undefined
  readonly #going: Going
  #failing = false
  #checking: NodeJS.Timeout | undefined

  constructor(parts: PublisherParts) {
    this.#parts = parts
    const { log, limits } = parts
    this.#going = keepGoing({
      name: 'publishing of acts',
      turn: () => this.#publish(),
      // The act is stored: whatever the reason, it is published later.
      retries: () => true,
      retryMs: { first: limits.retryMs, max: limits.retryMs },
      log,
      onFailing: (error) => {
        this.#failing = true
        log.warn({ waiting: this.#waiting.length, reason: error.message }, 'acts wait to be published')
      },
      onWorks: () => {
        this.#failing = false
        log.info({}, 'acts are published again')
      },
    })
  }

  /** Publishes what was left unpublished before this process started, and from now on what others leave. */
  start(): void {
    const { actsUnpublishedMs, actsCheckEveryMs } = this.#parts.limits
    this.#look(0)
    this.#checking = setInterval(() => this.#look(actsUnpublishedMs), actsCheckEveryMs)
  }

  /** `type`: of the incident, where it is known. */
  publish(act: IncidentAct, type: IncidentType | undefined): void {
    if (this.#waiting.length < WAITING_MAX) this.#waiting.push({ act, endsDispute: endsDispute(act, type) })
    else this.#lookFor = 0
    this.#going.wake()
  }

  /** Publishes what can be published now; what waits for Redis is published by the next process. */
  async close(): Promise<void> {
    clearInterval(this.#checking)
    await this.#going.stop()
    // What came after the last turn began. Redis may go away now, too: the next process finds the acts in PostgreSQL.
    if (!this.#failing)
      await this.#publishWaiting().catch((error: Error) =>
        this.#parts.log.warn(
          { waiting: this.#waiting.length, reason: error.message },
          'acts wait for the next process',
        ),
      )
  }

  #look(waitingMs: number): void {
    this.#lookFor = Math.min(this.#lookFor ?? waitingMs, waitingMs)
    this.#going.wake()
  }

  async #publish(): Promise<number> {
    await this.#publishWaiting()
    if (this.#lookFor !== undefined) await this.#publishLeft()
    return this.#waiting.length > 0 || this.#lookFor !== undefined ? 0 : Number.POSITIVE_INFINITY
  }

  async #publishWaiting(): Promise<void> {
    const { redis, keys, pool } = this.#parts
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const { act, endsDispute } = next
      if (endsDispute) await resolveDisputes(redis, keys, act.wearerId!)
      await appendAct(redis, keys, act)
      this.#waiting.shift()
      this.#published.push(act.actId)
    }
    // An act that is not struck off is published again.
    if (this.#published.length > WAITING_MAX) this.#published.splice(0, this.#published.length - WAITING_MAX)
    if (this.#published.length === 0) return
    await strikePublished(pool, this.#published)
    this.#published.length = 0
  }

  /** A page; asks for no more when it was the last one. */
  async #publishLeft(): Promise<void> {
    const { redis, keys, pool, log } = this.#parts
    const waitingMs = this.#lookFor!
    const acts = await listActsToPublish(pool, waitingMs, PAGE)
    const typeOf = new Map<string, IncidentType>()
    for (const { incident } of await listStandings(
      pool,
      acts.map(({ incidentId }) => incidentId),
    ))
      typeOf.set(incident.id, incident.type)
    for (const act of acts) {
      if (endsDispute(act, typeOf.get(act.incidentId))) await resolveDisputes(redis, keys, act.wearerId!)
      await appendAct(redis, keys, act)
    }
    await strikePublished(
      pool,
      acts.map(({ actId }) => actId),
    )
    if (acts.length > 0) log.info({ acts: acts.length }, 'acts that had been left unpublished were published')
    if (acts.length < PAGE && this.#lookFor === waitingMs) this.#lookFor = undefined
  }
}

/** An officer has looked at who speaks for the bracelet: its reports count as evidence again. */
function endsDispute({ action, wearerId }: IncidentAct, type: IncidentType | undefined): boolean {
  return action === 'resolve' && type === 'forgery_suspected' && wearerId !== undefined
}
