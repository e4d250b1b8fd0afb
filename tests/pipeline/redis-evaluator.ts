// An evaluator on published rules and a report log, without database or listeners.
import { openMeter } from '../../bin/process/meter.ts'
import type { Incident } from '../../model/incident/incident.ts'
import type { Clock, Log, Meter } from '../../model/observe.ts'
import type { Condition, Plan } from '../../model/plan/plan.ts'
import type { DeviceReport } from '../../model/report/report.ts'
import { type EvaluateOptions, type Evaluating, startEvaluate } from '../../pipeline/evaluate/evaluate.ts'
import { ReportAppender } from '../../stream/logs/append-reports.ts'
import { readIncidents } from '../../stream/logs/incident-log.ts'
import { duplicateRedis } from '../../stream/redis/connect.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'

export const DAY_MS = 86_400_000

export type RedisEvaluator = {
  redis: TestRedis
  /** What reached `onFatal`. */
  failures: unknown[]
  start(limits?: EvaluateOptions['limits']): void
  stop(): Promise<void>
  send(wearerId: number, report: DeviceReport, receivedMs?: number): Promise<void>
  /** Every revision, in order. */
  revisions(): Promise<Incident[]>
  cleanup(): Promise<void>
}

export async function openRedisEvaluator(
  clock: Clock,
  meter: Meter = openMeter().meter,
  log: Log = silentLog,
): Promise<RedisEvaluator> {
  const redis = await createTestRedis()
  const appender = new ReportAppender(await redis.open(), redis.keys, { shardCount: 1 })
  const failures: unknown[] = []
  let evaluating: Evaluating | undefined
  let owners = 0
  const stop = async () => {
    await evaluating?.stop()
    evaluating = undefined
  }
  return {
    redis,
    failures,
    stop,
    start(limits) {
      evaluating = startEvaluate({
        redis: redis.redis,
        keys: redis.keys,
        openReader: () => duplicateRedis(redis.redis, 'reader'),
        shardCount: 1,
        ownerId: `owner-${owners++}`,
        leaseTtlMs: 1500,
        clock,
        log,
        meter,
        limits: { checkpointMs: 50, liveMs: 20, newsMs: 50, ...limits },
        onFatal: (error) => failures.push(error),
      })
    },
    send: (wearerId, report, receivedMs = clock()) => appender.append(report, wearerId, wearerId, receivedMs, 'own'),
    async revisions() {
      const entries = await readIncidents(redis.redis, redis.keys, 0, '0-0', { count: 100_000 })
      return entries.map(({ json }) => JSON.parse(json) as Incident)
    },
    async cleanup() {
      await stop()
      await appender.close()
      await redis.cleanup()
    },
  }
}

export function planOf(wearerId: number, nowMs: number, conditions: Condition[] = []): Plan {
  return {
    wearerId,
    supervisions: [{ fromMs: nowMs - 90 * DAY_MS, toMs: nowMs + 90 * DAY_MS }],
    conditions,
    permits: [],
    reportIntervalMs: 60_000,
    silenceGraceMs: 900_000,
  }
}

export const required = (id: string, zoneId: string, fromMs: number): Condition => ({
  id,
  kind: 'required',
  zoneId,
  fromMs,
  timeZone: 'Asia/Jakarta',
  legalBasis: 'Kontrak bimbingan butir 3',
})
