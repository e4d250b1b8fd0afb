import { startEvaluate } from '../pipeline/evaluate.ts'
import { readLag } from '../stream/lag.ts'
import { isRedisAway } from '../stream/redis-errors.ts'
import type { RoleParts, RunningRole } from './role.ts'

const LAG_EVERY_MS = 2000

/** Takes its share of the shards and judges their reports. */
export async function startEvaluateRole(parts: RoleParts): Promise<RunningRole> {
  const { settings, redis, keys, log, meter } = parts
  const { leaseTtlMs, retainMs, retainEventsMax, shardCount } = settings
  const evaluating = startEvaluate({
    ...parts,
    openReader: parts.openRedis,
    shardCount,
    leaseTtlMs,
    limits: { retainMs, retainEventsMax },
  })
  const entries = meter.gauge('gelang_log_entries', 'Entries in the report log', ['shard'])
  const lag = meter.gauge('gelang_log_lag_seconds', 'Age of the oldest entry that a reader has not read', [
    'reader',
    'shard',
  ])
  const timer = setInterval(() => {
    readLag(redis, keys, shardCount).then(
      (shards) => {
        for (const { shard, length, evaluate, record } of shards) {
          entries.set(length, { shard })
          lag.set(evaluate.oldestMs / 1000, { reader: 'evaluate', shard })
          lag.set(record.oldestMs / 1000, { reader: 'record', shard })
        }
      },
      (error: unknown) =>
        isRedisAway(error) ? log.debug({}, 'lag is not known while Redis is away') : parts.onFatal(error),
    )
  }, LAG_EVERY_MS)
  return {
    notReady: async () => (evaluating.ownedShards().length > 0 ? undefined : 'no shard is ours yet'),
    async stop() {
      clearInterval(timer)
      await evaluating.stop()
    },
  }
}
