// Changes of a plan that an evaluator learns of together: each holds from its own time, not from that of the last.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Condition, Plan } from '../../model/plan/plan.ts'
import type { DeviceReport } from '../../model/report/report.ts'
import { publishAllPlans, publishZones } from '../../stream/publication/publications.ts'
import { waitFor } from '../setup/patience.ts'
import { DAY_MS, openRedisEvaluator, planOf, type RedisEvaluator, required } from './redis-evaluator.ts'

const NOW_MS = Date.parse('2026-11-23T10:00:00Z')
const MINUTE_MS = 60_000
const BEFORE_MS = NOW_MS - DAY_MS
const minute = (n: number) => NOW_MS + n * MINUTE_MS
let nowMs = NOW_MS
let world: RedisEvaluator

beforeEach(async () => {
  nowMs = NOW_MS
  world = await openRedisEvaluator(() => nowMs)
  const { redis, keys } = world.redis
  await publishZones(redis, keys, [
    { id: 'home', name: 'Rumah', shape: { type: 'Circle', center: [110.37, -7.8], radiusM: 100 } },
    { id: 'school', name: 'Sekolah', shape: { type: 'Circle', center: [110.37, -7.78], radiusM: 300 } },
  ])
})
afterEach(() => world.cleanup())

const at = (n: number, northM: number): DeviceReport => ({
  deviceId: 'd',
  timeMs: minute(n),
  fixValid: true,
  latDeg: -7.8 + (northM + n / 100) / 111_195, // no receiver says the same coordinates twice
  lonDeg: 110.37,
  accuracyM: 8,
  alarms: [],
  archived: false,
})
const SCHOOL_M = 0.02 * 111_195
const avoided: Condition = { ...required('school', 'school', minute(5)), kind: 'avoided' }

async function publish(changedMs: number, plan: Partial<Plan>): Promise<void> {
  const { redis, keys } = world.redis
  await publishAllPlans(redis, keys, 1, [{ wearerId: 1, changedMs, plan: { ...planOf(1, NOW_MS), ...plan } }])
}

async function send(...reports: DeviceReport[]): Promise<void> {
  for (const report of reports) {
    nowMs = report.timeMs
    await world.send(1, report)
  }
}

/** In minutes. */
async function published(): Promise<unknown[]> {
  const newest = new Map((await world.revisions()).map((incident) => [incident.id, incident]))
  return [...newest.values()].map(({ type, startMs, endMs = Number.NaN, withdrawn }) => [
    type,
    (startMs - NOW_MS) / MINUTE_MS,
    (endMs - NOW_MS) / MINUTE_MS,
    withdrawn === undefined,
  ])
}

test('while nobody evaluated: a zone forbidden first and a permit for something else after that', async () => {
  await publish(BEFORE_MS, { conditions: [required('home', 'home', BEFORE_MS)] })
  world.start()
  await send(at(0, 0), at(1, 0))
  await waitFor(async () => expect(await world.redis.redis.hlen(world.redis.keys.states(0))).toBe(1))
  await world.stop()

  await send(at(5, 0), at(9, SCHOOL_M), at(10, SCHOOL_M + 9), at(11, SCHOOL_M - 9), at(16, 0), at(17, 0))
  await publish(minute(20), {
    conditions: [{ ...required('home', 'home', BEFORE_MS), toMs: minute(6) }, avoided],
    permits: [{ id: 'p', fromMs: minute(20), toMs: minute(90), decidedMs: minute(20), legalBasis: 'Izin 1' }],
  })
  nowMs = minute(21)
  world.start()
  await waitFor(async () => expect(await published()).toEqual([['inside_avoided_zone', 9, 16, true]]))
  expect(world.failures).toEqual([])
})

test('while it evaluated, and the publisher could not publish: what was false between the changes is withdrawn', async () => {
  const home = required('home', 'home', BEFORE_MS)
  await publish(BEFORE_MS, { conditions: [home] })
  world.start()
  await send(at(0, 0), at(9, SCHOOL_M), at(10, SCHOOL_M + 9), at(11, SCHOOL_M - 9), at(16, 0), at(17, 0))
  await waitFor(async () => expect(await published()).toEqual([['away_from_required_zone', 9, 16, true]]))

  // Decided at minute 5; another one, which makes no difference, at minute 20.
  await publish(minute(20), {
    conditions: [home],
    permits: [
      { id: 'p', fromMs: minute(5), toMs: minute(18), decidedMs: minute(5), legalBasis: 'Izin 1' },
      { id: 'q', fromMs: minute(20), toMs: minute(25), decidedMs: minute(20), legalBasis: 'Izin 2' },
    ],
  })
  await waitFor(async () => expect(await published()).toEqual([['away_from_required_zone', 9, 16, false]]))
  expect(world.failures).toEqual([])
})
