import type { IncidentAct } from '../model/incident.ts'
import type { Log } from '../model/observe.ts'
import { appendAct } from '../stream/act-log.ts'
import type { RedisClient } from '../stream/connect.ts'
import type { Keys } from '../stream/keys.ts'

/** Acts waiting for Redis; they stand in PostgreSQL already, so what is beyond is told by the next load. */
const WAITING_MAX = 10_000

/** Tells all consoles of acts, in order; those that Redis does not take now are told when it is back. */
export class ActTeller {
  readonly #redis: RedisClient
  readonly #keys: Keys
  readonly #retryMs: number
  readonly #log: Log
  readonly #waiting: IncidentAct[] = []
  #sending: Promise<void> | undefined
  #retry: NodeJS.Timeout | undefined

  constructor(parts: { redis: RedisClient; keys: Keys; retryMs: number; log: Log }) {
    this.#redis = parts.redis
    this.#keys = parts.keys
    this.#retryMs = parts.retryMs
    this.#log = parts.log
  }

  tell(act: IncidentAct): void {
    if (this.#waiting.length >= WAITING_MAX) {
      this.#log.error(
        { actId: act.actId },
        'too many acts wait for Redis; the consoles see this one when they load anew',
      )
      return
    }
    this.#waiting.push(act)
    this.#sending ??= this.#send()
  }

  async close(): Promise<void> {
    clearTimeout(this.#retry)
    await this.#sending
  }

  async #send(): Promise<void> {
    try {
      for (let act = this.#waiting[0]; act; act = this.#waiting[0]) {
        // A repeat after an unclear failure is harmless: consoles know acts by their number.
        await appendAct(this.#redis, this.#keys, act)
        this.#waiting.shift()
      }
    } catch (error) {
      this.#log.warn({ waiting: this.#waiting.length, reason: (error as Error).message }, 'acts wait for Redis')
      clearTimeout(this.#retry)
      this.#retry = setTimeout(() => {
        this.#sending ??= this.#send()
      }, this.#retryMs)
    } finally {
      this.#sending = undefined
    }
  }
}
