// Whether the log takes reports, checked while no report arrives.
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import { LogUnavailable, type Unavailable, unavailableReason } from '../redis/redis-errors.ts'

const PROBE_KEPT_MS = 60_000
const ANSWER_MS_MAX = 5000

/**
 * Writes where each shard's log is, as an append would, and gives how many shards refuse, by reason; empty when all take it.
 * A Redis that does not answer within five seconds counts as away.
 */
export async function probeLog(redis: RedisClient, keys: Keys, shardCount: number): Promise<Map<Unavailable, number>> {
  const reasons = new Map<Unavailable, number>()
  const results = await Promise.allSettled(
    Array.from({ length: shardCount }, (_, shard) => inTime(redis.set(keys.probe(shard), '', 'PX', PROBE_KEPT_MS))),
  )
  for (const result of results) {
    if (result.status === 'fulfilled') continue
    const reason = unavailableReason(result.reason)
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  }
  return reasons
}

function inTime(answer: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LogUnavailable('away', 'no answer')), ANSWER_MS_MAX)
  })
  return Promise.race([answer, overdue]).finally(() => clearTimeout(timer))
}
