// Reports come, but Redis has no plans, as after a loss of its data: they stay in the log until the plans are published again.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openMeter } from '../../bin/process/meter.ts'
import { publishAllPlans } from '../../stream/publication/publications.ts'
import { waitFor } from '../setup/patience.ts'
import { silentLog } from '../setup/test-redis.ts'
import { openRedisEvaluator, planOf, type RedisEvaluator } from './redis-evaluator.ts'

const NOW_MS = Date.parse('2026-11-23T10:00:00Z')
let world: RedisEvaluator
let reasons: string[]

beforeEach(async () => {
  reasons = []
  const log = { ...silentLog, warn: ({ reason }: Record<string, unknown>) => void reasons.push(String(reason)) }
  world = await openRedisEvaluator(() => NOW_MS, openMeter().meter, log)
})
afterEach(() => world.cleanup())

test('a cut strap is published when the plans are', async () => {
  await world.send(1, { deviceId: 'd', timeMs: NOW_MS, fixValid: false, alarms: [], archived: false, strap: 'open' })
  world.start()
  await waitFor(async () => expect(reasons.filter((each) => each.includes('no plans of shard 0'))).not.toEqual([]))
  const { redis, keys } = world.redis
  expect((await redis.get(keys.position('evaluate', 0))) ?? '0-0').toBe('0-0')
  await publishAllPlans(redis, keys, 1, [{ wearerId: 1, changedMs: NOW_MS - 1, plan: planOf(1, NOW_MS) }])
  await waitFor(async () => expect(await world.revisions()).toMatchObject([{ wearerId: 1, type: 'strap_open' }]))
  expect(world.failures).toEqual([])
})
