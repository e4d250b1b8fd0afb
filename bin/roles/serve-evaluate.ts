import { startEvaluate } from '../../pipeline/evaluate/evaluate.ts'
import { gaugeLag } from './gauge-log.ts'
import type { RoleParts, RunningRole } from './role.ts'
import { shardless } from './shardless.ts'

/** Takes its share of the shards and judges their reports. */
export async function startEvaluateRole(parts: RoleParts): Promise<RunningRole> {
  const { settings } = parts
  const { leaseTtlMs, retainMs, retainEventsMax, shardCount } = settings
  const evaluating = startEvaluate({
    ...parts,
    openReader: parts.openRedis,
    shardCount,
    leaseTtlMs,
    limits: { retainMs, retainEventsMax },
  })
  const ungauge = gaugeLag(parts, shardCount)
  return {
    notReady: async () => shardless(evaluating, shardCount),
    async stop() {
      ungauge()
      await evaluating.stop()
    },
  }
}
