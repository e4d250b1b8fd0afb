import { afterEach, beforeEach, expect, test } from 'vitest'
import { openMeter } from '../../bin/process/meter.ts'
import type { DeviceReport } from '../../model/report/report.ts'
import { publishAllPlans } from '../../stream/publication/publications.ts'
import { waitFor } from '../setup/patience.ts'
import { DAY_MS, openRedisEvaluator, planOf, type RedisEvaluator } from './redis-evaluator.ts'

const NOW_MS = Date.parse('2026-11-23T10:00:00Z')
const MINUTE_MS = 60_000
let world: RedisEvaluator
let metrics: () => Promise<string>

beforeEach(async () => {
  const { meter, text } = openMeter()
  metrics = text
  world = await openRedisEvaluator(() => NOW_MS, meter)
})
afterEach(() => world.cleanup())

const strap = (minute: number, state: 'open' | 'closed'): DeviceReport => ({
  deviceId: 'd',
  timeMs: NOW_MS + minute * MINUTE_MS,
  fixValid: false,
  strap: state,
  alarms: [],
  archived: false,
})

test('a wearer whose plan goes and comes back before the next checkpoint keeps what was published since, and nothing from before', async () => {
  const { redis, keys } = world.redis
  const publish = (...wearerIds: number[]) =>
    publishAllPlans(
      redis,
      keys,
      1,
      wearerIds.map((wearerId) => ({ wearerId, changedMs: NOW_MS - DAY_MS, plan: planOf(wearerId, NOW_MS) })),
    )
  const published = async () =>
    (await world.revisions()).map(({ wearerId, revision, endMs }) => [wearerId, revision, endMs])

  await publish(1, 2)
  world.start({ checkpointMs: 60_000 })
  await world.send(1, strap(0, 'open'))
  await waitFor(async () => expect(await redis.hlen(keys.states(0))).toBe(2))
  await publish(1)
  await waitFor(async () => {
    await world.send(2, strap(1, 'closed'))
    expect(await metrics()).toMatch(/arrival="no_plan"\S* [1-9]/)
  })
  const saved = async () => (await redis.hkeys(keys.events(0))).filter((field) => field.startsWith('2:'))
  await waitFor(async () => expect(await saved()).toEqual([]))
  await publish(1, 2)
  await world.send(2, strap(2, 'open'))
  await waitFor(async () => expect(await published()).toHaveLength(2))
  const stopped = world.stop()
  await world.send(1, strap(3, 'open')) // it waits for a report
  await stopped

  world.start()
  await world.send(2, strap(5, 'closed'))
  await waitFor(async () => expect(await published()).toHaveLength(3))
  expect((await published())[2]).toEqual([2, 2, NOW_MS + 5 * MINUTE_MS])
  expect(world.failures).toEqual([])
})
