// A curfew begins while reports wait to be read. What they say of the time before it counts: nobody is accused meanwhile.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DeviceReport } from '../../model/report/report.ts'
import { publishAllPlans, publishZones } from '../../stream/publication/publications.ts'
import { waitFor } from '../setup/patience.ts'
import { DAY_MS, openRedisEvaluator, planOf, type RedisEvaluator, required } from './redis-evaluator.ts'

const NOW_MS = Date.parse('2026-11-23T10:00:00Z')
const minute = (n: number) => NOW_MS + n * 60_000
const CURFEW_MS = minute(10)
let nowMs = NOW_MS
let world: RedisEvaluator

beforeEach(async () => {
  nowMs = NOW_MS
  world = await openRedisEvaluator(() => nowMs)
  const { redis, keys } = world.redis
  await publishZones(redis, keys, [
    { id: 'home', name: 'Rumah', shape: { type: 'Circle', center: [110.37, -7.8], radiusM: 100 } },
  ])
  const plan = { ...planOf(1, NOW_MS), conditions: [required('curfew', 'home', CURFEW_MS)] }
  await publishAllPlans(redis, keys, 1, [
    { wearerId: 1, changedMs: NOW_MS - DAY_MS, plan },
    { wearerId: 2, changedMs: NOW_MS - DAY_MS, plan: planOf(2, NOW_MS) },
  ])
})
afterEach(() => world.cleanup())

const at = (timeMs: number, northM: number, more: Partial<DeviceReport> = {}): DeviceReport => ({
  deviceId: 'd',
  timeMs,
  fixValid: true,
  latDeg: -7.8 + northM / 111_195,
  lonDeg: 110.37,
  accuracyM: 8,
  alarms: [],
  archived: false,
  ...more,
})

/** Judged until eight minutes past, 900 m from home; then nobody evaluates. */
async function outUntilEightPast(): Promise<void> {
  world.start()
  for (const n of [0, 1, 2, 8]) {
    nowMs = minute(n) + 500
    await world.send(1, at(minute(n), 900 + n))
  }
  await published(2, minute(8))
  await world.stop()
}

/** A cut strap of another wearer's is published: everything before it in the log has been judged live. */
async function published(wearerId: number, timeMs: number): Promise<void> {
  await world.send(wearerId, at(timeMs, 0, { strap: 'open' }))
  await waitFor(async () => {
    expect(world.failures).toEqual([])
    expect((await revisions(wearerId)).at(-1)).toMatchObject({
      type: 'strap_open', // opened again soon it is the same incident, with one more sign
      evidence: expect.arrayContaining([expect.objectContaining({ timeMs })]),
    })
  })
}

const revisions = async (wearerId: number) => (await world.revisions()).filter((each) => each.wearerId === wearerId)

test('who came home before it, as the unread log says, is not accused; who did not is, as soon as it is read', async () => {
  await outUntilEightPast()
  for (let i = 0; i < 20; i++) await world.send(2, at(minute(8.2) + i * 100, 0, { strap: 'closed' }))
  for (const n of [9, 9.3, 9.6]) await world.send(1, at(minute(n), 3 + n), minute(n))
  nowMs = CURFEW_MS + 5000
  world.start({ entriesPerRead: 4 })
  await published(2, minute(9.8))
  expect(await revisions(1)).toEqual([])
})

test('nor while what the bracelet remembers waits behind fresh reports', async () => {
  await outUntilEightPast()
  nowMs = minute(13)
  for (let i = 0; i < 50; i++) await world.send(2, at(minute(9) + i * 100, 0, { strap: 'closed', archived: true }))
  for (const n of [9, 9.3, 9.6]) await world.send(1, at(minute(n), 3 + n, { archived: true }))
  world.start({ oldReportsPerTurn: 5 })
  await published(2, minute(12.9))
  expect(await revisions(1)).toEqual([])
})

test('its edge is passed once nothing waits, and who is still out is accused as of then', async () => {
  await outUntilEightPast()
  nowMs = minute(13)
  for (let i = 0; i < 50; i++) await world.send(2, at(minute(9) + i * 100, 0, { strap: 'closed', archived: true }))
  for (const n of [9, 9.3, 9.6]) await world.send(1, at(minute(n), 903 + n, { archived: true }))
  world.start({ oldReportsPerTurn: 5 })
  await waitFor(async () => {
    expect(world.failures).toEqual([])
    expect(await revisions(1)).toMatchObject([{ type: 'away_from_required_zone', startMs: CURFEW_MS, revision: 1 }])
  })
})
