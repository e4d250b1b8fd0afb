// What a whole shard does at the same moment must not be more than a commit may hold.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishAllPlans } from '../../stream/publication/publications.ts'
import { waitFor } from '../setup/patience.ts'
import { openRedisEvaluator, planOf, type RedisEvaluator } from './redis-evaluator.ts'

const NOW_MS = Date.parse('2026-11-23T10:00:00Z')
const WEARERS = 3000
let world: RedisEvaluator

beforeAll(async () => {
  world = await openRedisEvaluator(() => NOW_MS)
})
afterAll(() => world.cleanup())

test('every wearer of a shard in alarm in one turn: every alarm goes out, once', async () => {
  const { redis, keys } = world.redis
  const wearers = Array.from({ length: WEARERS }, (_, i) => i + 1)
  await publishAllPlans(
    redis,
    keys,
    1,
    wearers.map((wearerId) => ({ wearerId, changedMs: NOW_MS - 1, plan: planOf(wearerId, NOW_MS) })),
  )
  const cut = { deviceId: 'd', timeMs: NOW_MS, fixValid: false, strap: 'open', alarms: [], archived: false } as const
  await Promise.all(wearers.map((wearerId) => world.send(wearerId, { ...cut, alarms: [] })))
  world.start()
  await waitFor(async () => {
    expect(world.failures).toEqual([])
    expect(await world.revisions()).toHaveLength(WEARERS)
  })
  expect(new Set((await world.revisions()).map(({ wearerId }) => wearerId)).size).toBe(WEARERS)
}, 120_000)
