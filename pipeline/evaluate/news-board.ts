// State that all shards of a process read and none decides: whether reports can be received at all, and which units'
// outages stand.
import type { Outage } from '../../model/incident/outage.ts'
import { type Listening, readListening } from '../../stream/ownership/listening.ts'
import { readOutages } from '../../stream/ownership/outages.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'

export class NewsBoard {
  listening: Listening | undefined
  /** The same map as long as nothing changed, and the same outage as long as it did not. */
  outages: ReadonlyMap<string, Outage> = new Map()
  readonly #redis: RedisClient
  readonly #keys: Keys
  readonly #everyMs: number
  #raw: Record<string, string> = {}
  #atMs = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | undefined

  constructor(redis: RedisClient, keys: Keys, everyMs: number) {
    this.#redis = redis
    this.#keys = keys
    this.#everyMs = everyMs
  }

  /** Asks again when what is known is older than `everyMs`; callers meanwhile wait for the same answer. */
  refresh(paceMs = performance.now()): Promise<void> | undefined {
    if (this.#reading !== undefined) return this.#reading
    if (paceMs - this.#atMs < this.#everyMs) return undefined
    this.#reading = this.#read(paceMs).finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #read(paceMs: number): Promise<void> {
    this.listening = await readListening(this.#redis, this.#keys)
    const raw = await readOutages(this.#redis, this.#keys)
    this.#atMs = paceMs
    const units = Object.keys(raw)
    if (units.length === this.outages.size && units.every((unit) => raw[unit] === this.#raw[unit])) return
    this.outages = new Map(units.map((unit) => [unit, this.#outage(unit, raw[unit] as string)]))
    this.#raw = raw
  }

  #outage(unit: string, json: string): Outage {
    return (json === this.#raw[unit] && this.outages.get(unit)) || (JSON.parse(json) as Outage)
  }
}
