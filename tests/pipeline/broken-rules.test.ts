// What one wearer's broken plan, zone or change must not do to that wearer, nor to anybody else.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DeviceReport } from '../../model/report/report.ts'
import { publishAllPlans, publishZones } from '../../stream/publication/publications.ts'
import { waitFor } from '../setup/patience.ts'
import { DAY_MS, openRedisEvaluator, planOf, type RedisEvaluator, required } from './redis-evaluator.ts'

const NOW_MS = Date.parse('2026-11-23T10:00:00Z')
const MINUTE_MS = 60_000
const HOME = { type: 'Circle' as const, center: [110.37, -7.8] as [number, number], radiusM: 100 }
let nowMs = NOW_MS
let world: RedisEvaluator

beforeEach(async () => {
  nowMs = NOW_MS
  world = await openRedisEvaluator(() => nowMs)
})
afterEach(() => world.cleanup())

const at = (minute: number, northM: number, more: Partial<DeviceReport> = {}): DeviceReport => ({
  deviceId: 'd',
  timeMs: NOW_MS + minute * MINUTE_MS,
  fixValid: true,
  latDeg: -7.8 + northM / 111_320,
  lonDeg: 110.37,
  accuracyM: 8,
  alarms: [],
  archived: false,
  ...more,
})

test('a zone without a valid shape takes nothing but itself out of judgement', async () => {
  const { redis, keys } = world.redis
  await publishZones(redis, keys, [
    { id: 'home', name: 'Rumah', shape: HOME },
    { id: 'bad', name: 'Rusak', shape: { ...HOME, radiusM: 0 } },
    { id: 'worse', name: 'Rusak', shape: { type: 'Polygon' } as never },
  ])
  const fromMs = NOW_MS - DAY_MS
  await publishAllPlans(redis, keys, 1, [
    { wearerId: 1, changedMs: fromMs, plan: planOf(1, NOW_MS, [required('a', 'home', fromMs)]) },
    {
      wearerId: 2,
      changedMs: fromMs,
      plan: planOf(2, NOW_MS, [
        required('b', 'bad', fromMs),
        required('c', 'home', fromMs),
        required('d', 'worse', fromMs),
      ]),
    },
  ])
  world.start()
  for (const wearerId of [1, 2])
    for (const report of [at(0, 0), at(1, 400), at(2, 500), at(3, 510, { strap: 'open' })])
      await world.send(wearerId, report)
  await waitFor(async () => {
    const seen = (await world.revisions()).map(({ wearerId, type, conditionId }) => [wearerId, type, conditionId])
    expect(seen.sort()).toEqual([
      [1, 'away_from_required_zone', 'a'],
      [1, 'strap_open', undefined],
      [2, 'away_from_required_zone', 'c'],
      [2, 'strap_open', undefined],
    ])
  })
  expect(world.failures).toEqual([])
})

const window = { days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00', exceptDates: [] }

test.each([
  ['a window that is null', { windows: [null] }],
  ['a window without hours', { windows: [{ days: [1], exceptDates: [] }] }],
  ['an hour that is none', { windows: [{ ...window, from: '7' }] }],
  ['days that are no list', { windows: [{ ...window, days: 'Senin' }] }],
  ['a time zone that is none', { windows: [window], timeZone: 'Asia/Nowhere' }],
  ['a parameter that is a text', { parameters: { confirmFixes: 'two' } }],
])('%s, as PostgreSQL lets it be, takes nothing but its condition out of judgement', async (_, wrong) => {
  const { redis, keys } = world.redis
  await publishZones(redis, keys, [{ id: 'home', name: 'Rumah', shape: HOME }])
  const fromMs = NOW_MS - DAY_MS
  const broken = { ...required('a', 'home', fromMs), ...wrong } as never
  await publishAllPlans(redis, keys, 1, [
    { wearerId: 1, changedMs: fromMs, plan: planOf(1, NOW_MS, [broken, required('b', 'home', fromMs)]) },
    { wearerId: 2, changedMs: fromMs, plan: planOf(2, NOW_MS, [required('c', 'home', fromMs)]) },
  ])
  world.start()
  for (const wearerId of [1, 2])
    for (const report of [at(0, 0), at(1, 400), at(2, 500)]) await world.send(wearerId, report)
  await waitFor(async () => {
    expect(world.failures).toEqual([])
    const seen = (await world.revisions()).map(({ wearerId, conditionId }) => [wearerId, conditionId])
    expect(seen.sort()).toEqual([
      [1, 'b'],
      [2, 'c'],
    ])
  })
})

test('a window that leaves out what has a default is meant for all days', async () => {
  const { redis, keys } = world.redis
  await publishZones(redis, keys, [{ id: 'home', name: 'Rumah', shape: HOME }])
  const fromMs = NOW_MS - DAY_MS
  const short = { ...required('a', 'home', fromMs), windows: [{ from: '16:00', to: '18:00' }] } as never
  await publishAllPlans(redis, keys, 1, [{ wearerId: 1, changedMs: fromMs, plan: planOf(1, NOW_MS, [short]) }])
  world.start()
  for (const report of [at(0, 0), at(1, 400), at(2, 500)]) await world.send(1, report)
  await waitFor(async () => {
    expect(world.failures).toEqual([])
    expect(await world.revisions()).toMatchObject([{ conditionId: 'a' }])
  })
})

test('a condition that was struck out, and the zone it named, do not cost the wearer their timeline', async () => {
  const { redis, keys } = world.redis
  await publishZones(redis, keys, [
    { id: 'home', name: 'Rumah', shape: HOME },
    { id: 'old', name: 'Lama', shape: { ...HOME, radiusM: 5000 } },
  ])
  const fromMs = NOW_MS - DAY_MS
  const kept = required('a', 'home', fromMs)
  const plan = planOf(1, NOW_MS, [kept, required('b', 'old', fromMs)])
  await publishAllPlans(redis, keys, 1, [{ wearerId: 1, changedMs: fromMs, plan }])
  world.start()
  for (const report of [at(0, 0), at(1, 400), at(2, 500)]) await world.send(1, report)
  await waitFor(async () => expect(await world.revisions()).toHaveLength(1))
  await publishAllPlans(redis, keys, 1, [
    { wearerId: 1, changedMs: NOW_MS + 3 * MINUTE_MS, plan: planOf(1, NOW_MS, [kept]) },
  ])
  nowMs = NOW_MS + 5 * MINUTE_MS
  await world.send(1, at(4, 510))
  await waitFor(async () => expect((await redis.hget(keys.events(0), '1:-1')) ?? '').toContain('"fromMs"'))
  await world.stop()
  world.start()
  for (const report of [at(6, 0), at(7, 2)]) await world.send(1, report)
  await waitFor(async () => {
    const [raised, ended] = await world.revisions()
    expect(ended).toMatchObject({ id: raised!.id, revision: 2, endMs: NOW_MS + 6 * MINUTE_MS })
  })
  expect(world.failures).toEqual([])
})

test('a plan that broke while nobody evaluated ends nothing: the last good one stays in force until it is mended', async () => {
  const { redis, keys } = world.redis
  await publishZones(redis, keys, [
    { id: 'home', name: 'Rumah', shape: HOME },
    { id: 'bad', name: 'Rusak', shape: { ...HOME, radiusM: 0 } },
    { id: 'wide', name: 'Kampung', shape: { ...HOME, radiusM: 2000 } },
  ])
  const fromMs = NOW_MS - DAY_MS
  const publish = (minute: number, zoneId: string) =>
    publishAllPlans(redis, keys, 1, [
      {
        wearerId: 1,
        changedMs: NOW_MS + minute * MINUTE_MS,
        plan: planOf(1, NOW_MS, [required('a', zoneId, fromMs), required('b', 'wide', fromMs)]),
      },
    ])
  await publish(-60, 'home')
  world.start()
  for (const report of [at(0, 0), at(1, 400), at(2, 500)]) await world.send(1, report)
  await waitFor(async () => expect(await world.revisions()).toHaveLength(1))
  await world.stop()

  await publish(3, 'bad')
  nowMs = NOW_MS + 5 * MINUTE_MS
  world.start()
  await world.send(1, at(4, 510, { alarms: ['sos'] }))
  await waitFor(async () => expect(await world.revisions()).toHaveLength(2))
  const [away, sos] = await world.revisions()
  expect(away).toMatchObject({ type: 'away_from_required_zone', conditionId: 'a', revision: 1 })
  expect(sos).toMatchObject({ type: 'sos', planHash: away!.planHash })

  // And once more: what was saved meanwhile is the plan that held, not the broken one.
  await world.stop()
  world.start()
  for (const report of [at(6, 0), at(7, 2)]) await world.send(1, report)
  await waitFor(async () => {
    const ended = (await world.revisions()).filter(({ id }) => id === away!.id)
    expect(ended.at(-1)).toMatchObject({ endMs: NOW_MS + 6 * MINUTE_MS, planHash: away!.planHash })
  })

  await publish(8, 'wide')
  nowMs = NOW_MS + 12 * MINUTE_MS
  for (const report of [at(10, 2500), at(11, 2600)]) await world.send(1, report)
  await waitFor(async () => {
    const raised = (await world.revisions()).filter(
      ({ type, id }) => type === 'away_from_required_zone' && id !== away!.id,
    )
    expect(raised.map(({ conditionId }) => conditionId).sort()).toEqual(['a', 'b'])
    expect(raised[0]!.planHash).not.toBe(away!.planHash)
  })
  expect(world.failures).toEqual([])
})
