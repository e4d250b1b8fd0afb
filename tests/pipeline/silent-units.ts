// Evaluators on one Redis with several shards, each with connections of its own, so that one can die while others go on; the
// clock does not move until it is set.
import { openMeter } from '../../bin/process/meter.ts'
import type { LoggedIncident } from '../../model/incident/incident.ts'
import type { Plan, Span } from '../../model/plan/plan.ts'
import { startEvaluate } from '../../pipeline/evaluate/evaluate.ts'
import { ReportAppender } from '../../stream/logs/append-reports.ts'
import { readIncidents } from '../../stream/logs/incident-log.ts'
import { sayListening } from '../../stream/ownership/listening.ts'
import { readOutages, readUnitCounts } from '../../stream/ownership/outages.ts'
import { publishAllPlans } from '../../stream/publication/publications.ts'
import { duplicateRedis } from '../../stream/redis/connect.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'
import { planOf } from './redis-evaluator.ts'
import { eventually } from './run-pipeline.ts'

export const MINUTE_MS = 60_000
export const T = Date.parse('2026-11-23T10:00:00Z')
export const at = (minute: number): number => T + minute * MINUTE_MS
const LEASE_TTL_MS = 600

export type SilentUnits = Awaited<ReturnType<typeof openSilentUnits>>

/** `units`: the wearers of each, by their numbers. */
export async function openSilentUnits(
  shardCount: number,
  units: Record<string, number[]>,
  plan: Partial<Plan> = {},
  redis?: TestRedis,
  worn?: Span[],
) {
  const test = redis ?? (await createTestRedis())
  const appender = new ReportAppender(await test.open(), test.keys, { shardCount })
  let nowMs = T
  const failures: unknown[] = []
  const wearers = Object.entries(units).flatMap(([unitPath, ids]) => ids.map((wearerId) => ({ unitPath, wearerId })))
  await publishAllPlans(
    test.redis,
    test.keys,
    shardCount,
    wearers.map(({ unitPath, wearerId }) => ({
      ...{ wearerId, unitPath, changedMs: 0, ...(worn && { worn }) },
      plan: { ...planOf(wearerId, T), ...plan },
    })),
  )

  /** Another evaluating process; gives what ends it, in order or not. */
  async function start(name: string) {
    const own = await test.open(name)
    const readers = new Set<{ disconnect(): void }>()
    const evaluating = startEvaluate({
      ...{ redis: own, keys: test.keys, shardCount, ownerId: name, leaseTtlMs: LEASE_TTL_MS },
      openReader: (reader) => {
        const opened = duplicateRedis(own, reader)
        readers.add(opened)
        return opened
      },
      clock: () => nowMs,
      log: silentLog,
      meter: openMeter().meter,
      limits: { checkpointMs: 50, liveMs: 20, newsMs: 30 },
      onFatal: (error) => failures.push(error),
    })
    return {
      stop: () => evaluating.stop(),
      /** As a process dies: nothing more reaches Redis, leases run out. */
      async kill() {
        own.disconnect()
        for (const reader of readers) reader.disconnect()
        await evaluating.stop()
      },
    }
  }

  async function logged(): Promise<LoggedIncident[]> {
    const found: LoggedIncident[] = []
    for (let shard = 0; shard < shardCount; shard++)
      for (const { json } of await readIncidents(test.redis, test.keys, shard, '0-0', { count: 10_000 }))
        found.push(JSON.parse(json))
    return found
  }

  return {
    redis: test,
    failures,
    start,
    logged,
    /** Sets the clock; `speaking` report at that moment. */
    async go(minute: number, speaking: readonly number[] = [], more: { batteryPercent?: number } = {}) {
      const timeMs = at(minute)
      const report = { timeMs, fixValid: true, latDeg: -6.2, lonDeg: 106.8, accuracyM: 8, batteryPercent: 80, ...more }
      const said = { ...report, alarms: [], archived: false }
      await Promise.all(speaking.map((id) => appender.append({ deviceId: `T-${id}`, ...said }, id, id, timeMs, 'own')))
      nowMs = timeMs
      await sayListening(test.redis, test.keys, nowMs)
    },
    /** Resolves when every shard has published what it counts now, and the units have been judged by it. */
    async judged() {
      await eventually(async () => {
        const counts = await readUnitCounts(test.redis, test.keys, shardCount)
        return counts.every((each) => each?.toMs === nowMs)
      }, 'every shard counts')
    },
    outage: async (unitPath: string) => {
      const json = (await readOutages(test.redis, test.keys))[unitPath]
      return json === undefined ? undefined : JSON.parse(json)
    },
    async close() {
      await appender.close()
      await test.cleanup()
      if (failures.length > 0) throw failures[0]
    },
  }
}

/** Newest revision of each incident. */
export function newest(incidents: readonly LoggedIncident[]): LoggedIncident[] {
  const byId = new Map<string, LoggedIncident>()
  for (const incident of incidents)
    if ((byId.get(incident.id)?.revision ?? 0) < incident.revision) byId.set(incident.id, incident)
  return [...byId.values()]
}
