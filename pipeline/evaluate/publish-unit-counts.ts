// Publishes a shard's counts of its units' bracelets: soon after a change, and now and then without one.
import type { ShardCounts } from '../../model/incident/outage.ts'
import { saveUnitCounts } from '../../stream/ownership/outages.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'

/** Older counts are ignored: their shard is being taken over, or its evaluator is behind. */
export const COUNTS_STALE_MS = 30_000
/** Counts are published at least this often, by the clock that stamps them. */
const COUNTS_REPEAT_MS = 10_000

type UnitCountsPublisherOptions = {
  redis: RedisClient
  keys: Keys
  shard: number
  token: number
  everyMs: number
}

export class UnitCountsPublisher {
  readonly #options: UnitCountsPublisherOptions
  #publishedUnits = ''
  #publishedToMs = Number.NEGATIVE_INFINITY
  #lookedAtMs = Number.NEGATIVE_INFINITY

  constructor(options: UnitCountsPublisherOptions) {
    this.#options = options
  }

  /** Throws FencedOff when the shard has another owner. */
  async publish(count: () => ShardCounts | undefined, paceMs: number): Promise<void> {
    const { redis, keys, shard, token, everyMs } = this.#options
    if (paceMs - this.#lookedAtMs < everyMs) return
    this.#lookedAtMs = paceMs
    const counts = count()
    if (counts === undefined) return
    const units = JSON.stringify(counts.units)
    if (units === this.#publishedUnits && counts.toMs - this.#publishedToMs < COUNTS_REPEAT_MS) return
    await saveUnitCounts(redis, keys, shard, token, JSON.stringify(counts))
    this.#publishedUnits = units
    this.#publishedToMs = counts.toMs
  }
}
