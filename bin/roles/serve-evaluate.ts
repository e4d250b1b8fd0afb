import { startEvaluate } from '../../pipeline/evaluate/evaluate.ts'
import { openRuleAlarm } from '../../stream/publication/rule-alarm.ts'
import { gaugeLag } from './gauge-log.ts'
import type { RoleParts, RunningRole } from './role.ts'
import { shardless } from './shardless.ts'

/** Takes its share of the shards and judges their reports. */
export async function startEvaluateRole(parts: RoleParts): Promise<RunningRole> {
  const { settings } = parts
  const { leaseTtlMs, retainMs, retainEventsMax, shardCount } = settings
  const alarm = openRuleAlarm(parts.log, parts.meter, () => performance.now())
  const evaluating = startEvaluate({
    ...parts,
    alarm,
    openReader: parts.openRedis,
    shardCount,
    leaseTtlMs,
    limits: { retainMs, retainEventsMax },
  })
  const ungauge = gaugeLag(parts, shardCount)
  return {
    notReady: async () => shardless(evaluating, shardCount),
    warning: alarm.warning,
    async stop() {
      ungauge()
      await evaluating.stop()
    },
  }
}
