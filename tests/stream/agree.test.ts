import { afterAll, beforeAll, expect, test } from 'vitest'
import { agreeShardCount } from '../../stream/ownership/agree.ts'
import { createTestRedis, type TestRedis } from '../setup/test-redis.ts'

let redis: TestRedis
beforeAll(async () => {
  redis = await createTestRedis()
})
afterAll(() => redis.cleanup())

test('the first process decides, others at the same time or later get its number', async () => {
  const agreed = await Promise.all([16, 16, 8].map((wanted) => agreeShardCount(redis.redis, redis.keys, wanted)))
  expect(new Set(agreed).size).toBe(1)
  expect(await agreeShardCount(redis.redis, redis.keys, 4)).toBe(agreed[0])
})
