// Gauges of the log that every process may show, whichever role it has.
import type { Log, Meter } from '../../model/observe.ts'
import { readLag } from '../../stream/logs/lag.ts'
import { probeLog } from '../../stream/logs/probe-log.ts'
import { quarantineWaiting } from '../../stream/logs/quarantine-log.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'
import { isRedisAway, type Unavailable } from '../../stream/redis/redis-errors.ts'

type Parts = { redis: RedisClient; keys: Keys; log: Log; meter: Meter; onFatal(error: unknown): void }

const LAG_EVERY_MS = 2000
const PROBE_EVERY_MS = 5000

/** How far the readers of the log are behind, per shard. Once a process, however many of its roles ask. Gives what ends it. */
export function gaugeLag(parts: Parts, shardCount: number): () => void {
  if (gauging.has(parts.meter)) return () => undefined
  gauging.add(parts.meter)
  const { redis, keys, log, meter } = parts
  const entries = meter.gauge('gelang_log_entries', 'Entries in the report log, read or not', ['shard'])
  const bytes = meter.gauge('gelang_log_bytes', 'Memory that the report log takes in Redis, about', ['shard'])
  const lagEntries = meter.gauge('gelang_log_lag_entries', 'Entries that a reader has not read, about', [
    'reader',
    'shard',
  ])
  const lag = meter.gauge('gelang_log_lag_seconds', 'Age of the oldest entry that a reader has not read', [
    'reader',
    'shard',
  ])
  const quarantine = meter.gauge('gelang_quarantine_waiting', 'Quarantined frames in Redis, not yet in the record')
  const look = async (): Promise<void> => {
    for (const { shard, length, bytes: taken, evaluate, record } of await readLag(redis, keys, shardCount)) {
      entries.set(length, { shard })
      bytes.set(taken, { shard })
      for (const [reader, { entries: behind, oldestMs }] of Object.entries({ evaluate, record })) {
        lagEntries.set(behind, { reader, shard })
        lag.set(oldestMs / 1000, { reader, shard })
      }
    }
    quarantine.set(await quarantineWaiting(redis, keys))
  }
  const tick = () => {
    look().catch((error: unknown) =>
      isRedisAway(error) ? log.debug({}, 'lag is not known while Redis is away') : parts.onFatal(error),
    )
  }
  tick()
  const timer = setInterval(tick, LAG_EVERY_MS)
  return () => clearInterval(timer)
}

const gauging = new WeakSet<Meter>()

/** Whether the log takes reports: `gelang_log_available`, and how many shards refuse, by reason. */
export function gaugeLogAvailable(
  parts: Parts,
  shardCount: number,
  everyMs = PROBE_EVERY_MS,
): { why(): string | undefined; stop(): void } {
  const { redis, keys, log, meter } = parts
  const available = meter.gauge('gelang_log_available', '1 while every shard of the log takes reports, else 0')
  const refusing = meter.gauge('gelang_log_unavailable_shards', 'Shards of the log that take no reports, by reason', [
    'reason',
  ])
  const seen = new Set<Unavailable>()
  let why: string | undefined
  let looking = false
  const look = async (): Promise<void> => {
    const reasons = await probeLog(redis, keys, shardCount)
    available.set(reasons.size === 0 ? 1 : 0)
    for (const reason of reasons.keys()) seen.add(reason)
    for (const reason of seen) refusing.set(reasons.get(reason) ?? 0, { reason })
    const now = reasons.size === 0 ? undefined : `the log takes no reports (${[...reasons.keys()].join(', ')})`
    if (now !== why)
      if (now === undefined) log.info({}, 'the log takes reports')
      else log.error({ reasons: Object.fromEntries(reasons) }, now)
    why = now
  }
  const tick = () => {
    if (looking) return
    looking = true
    look()
      .catch(parts.onFatal)
      .finally(() => {
        looking = false
      })
  }
  tick()
  const timer = setInterval(tick, everyMs)
  return { why: () => why, stop: () => clearInterval(timer) }
}
