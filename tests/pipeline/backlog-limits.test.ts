// Backlogs larger than memory may hold: what is more waits in the log, and nothing of it is lost.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Labels, Meter } from '../../model/observe.ts'
import type { DeviceReport } from '../../model/report/report.ts'
import { RecordLane } from '../../pipeline/record/record-lane.ts'
import { ReportAppender } from '../../stream/logs/append-reports.ts'
import { publishAllPlans } from '../../stream/publication/publications.ts'
import { waitFor } from '../setup/patience.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'
import { openRedisEvaluator, planOf, type RedisEvaluator } from './redis-evaluator.ts'

const NOW_MS = Date.parse('2026-11-23T10:00:00Z')
const MINUTE_MS = 60_000

class RememberingMeter implements Meter {
  readonly counted = new Map<string, number>()
  readonly highest = new Map<string, number>()
  counter(name: string) {
    return { inc: (_?: Labels, by = 1) => void this.counted.set(name, (this.counted.get(name) ?? 0) + by) }
  }
  gauge(name: string) {
    return { set: (value: number) => void this.highest.set(name, Math.max(value, this.highest.get(name) ?? 0)) }
  }
  histogram() {
    return { observe: () => undefined }
  }
}

const quiet = (timeMs: number): DeviceReport => ({
  deviceId: 'd',
  timeMs,
  fixValid: true,
  latDeg: -6.2,
  lonDeg: 106.8,
  alarms: [],
  archived: true,
})

let evaluator: RedisEvaluator
let database: TestDatabase
let redis: TestRedis
const meter = new RememberingMeter()

beforeAll(async () => {
  evaluator = await openRedisEvaluator(() => NOW_MS, meter)
  database = await createTestDatabase()
  redis = await createTestRedis()
})
afterAll(async () => {
  await evaluator.cleanup()
  await redis.cleanup()
  await database.drop()
})

test('old reports of a shard: so many wait in memory, the rest in the log; a fresh alarm behind them is published, none is lost', async () => {
  const wearers = 20
  const each = 200
  const oldReportsMax = 500
  const inOneEntry = 500
  await publishAllPlans(
    evaluator.redis.redis,
    evaluator.redis.keys,
    1,
    Array.from({ length: wearers + 1 }, (_, i) => ({ wearerId: i + 1, changedMs: 1, plan: planOf(i + 1, NOW_MS) })),
  )
  const sent: Promise<void>[] = []
  for (let minute = each; minute > 0; minute--)
    for (let wearerId = 1; wearerId <= wearers; wearerId++)
      sent.push(evaluator.send(wearerId, quiet(NOW_MS - (minute + 10) * MINUTE_MS)))
  await Promise.all(sent)
  await evaluator.send(wearers + 1, { ...quiet(NOW_MS), archived: false, strap: 'open', alarms: ['strapOpen'] })
  evaluator.start({ oldReportsMax, oldReportsPerTurn: 50, entriesPerRead: 1 })
  await waitFor(async () => {
    expect(evaluator.failures).toEqual([])
    expect(meter.counted.get('gelang_evaluate_reports_total')).toBe(wearers * each + 1)
  })
  expect((await evaluator.revisions()).map(({ type, wearerId }) => [type, wearerId])).toContainEqual([
    'strap_open',
    wearers + 1,
  ])
  const highest = meter.highest.get('gelang_evaluate_old_reports_waiting')!
  expect(highest).toBeGreaterThanOrEqual(oldReportsMax)
  expect(highest).toBeLessThan(oldReportsMax + inOneEntry)
})

test('a record transaction holds about 20,000 reports; the rest comes with the next', async () => {
  const { keys } = redis
  const appender = new ReportAppender(redis.redis, keys, { shardCount: 1 })
  const reports = 45_000
  await Promise.all(
    Array.from({ length: reports }, (_, i) =>
      appender.append(quiet(NOW_MS - i * 1000), 1 + (i % 50), 1, NOW_MS, 'own'),
    ),
  )
  const lane = new RecordLane({
    pool: database.recordPool,
    redis: redis.redis,
    keys,
    log: silentLog,
    meter: new RememberingMeter(),
    giveUp: () => undefined,
  })
  await lane.take(0, 1)
  const turns: number[] = []
  for (let moved = await lane.turn(NOW_MS); moved > 0; moved = await lane.turn(NOW_MS)) turns.push(moved)
  expect(turns.reduce((sum, moved) => sum + moved)).toBe(reports)
  expect(turns[0]).toBeGreaterThanOrEqual(20_000)
  expect(Math.max(...turns)).toBeLessThan(20_500)
  const { rows } = await database.ownerPool.query('SELECT count(*)::int AS n FROM fix')
  expect(rows).toEqual([{ n: reports }])
})
