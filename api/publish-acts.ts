import type { IncidentAct, IncidentType } from '../model/incident/incident.ts'
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
  #working: Promise<void> | undefined
  #failing = false
  #retry: NodeJS.Timeout | undefined
  #checking: NodeJS.Timeout | undefined
  #closed = false

  constructor(parts: PublisherParts) {
    this.#parts = parts
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
    this.#go()
  }

  /** Publishes what can be published now; what waits for Redis is published by the next process. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#checking)
    clearTimeout(this.#retry)
    await this.#working
  }

  #look(waitingMs: number): void {
    this.#lookFor = Math.min(this.#lookFor ?? waitingMs, waitingMs)
    this.#go()
  }

  #go(): void {
    this.#working ??= this.#work()
  }

  async #work(): Promise<void> {
    const { limits, log } = this.#parts
    try {
      do {
        await this.#publishWaiting()
        if (this.#lookFor !== undefined) await this.#publishLeft()
      } while (this.#waiting.length > 0 || this.#lookFor !== undefined)
      if (this.#failing) log.info({}, 'acts are published again')
      this.#failing = false
    } catch (error) {
      // Redis or PostgreSQL is away; the act is stored, and whatever the reason, it is published later.
      const fields = { waiting: this.#waiting.length, reason: (error as Error).message }
      if (!this.#failing) log.warn(fields, 'acts wait to be published')
      this.#failing = true
      clearTimeout(this.#retry)
      if (!this.#closed) this.#retry = setTimeout(() => this.#go(), limits.retryMs)
    } finally {
      this.#working = undefined
    }
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
