// A publisher that was held up past its lease goes on with the rules that it read before another one published newer ones.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { FencedOff } from '../../model/fenced-off.ts'
import { publishAll } from '../../pipeline/publish-rules/publish-rules.ts'
import { loadRules } from '../../store/rules/load-rules.ts'
import {
  beginPublishingRules,
  followDirectoryRecords,
  followPlans,
  publishAllPlans,
  publishDirectory,
} from '../../stream/publication/publications.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { createTestRedis, type TestRedis } from '../setup/test-redis.ts'
import { seedWearer } from './run-pipeline.ts'

const NOW_MS = Date.parse('2026-11-23T10:00:00Z')
const shape = { type: 'Circle' as const, center: [110.37, -7.8] as [number, number], radiusM: 100 }
let database: TestDatabase
let shared: TestRedis
beforeAll(async () => {
  database = await createTestDatabase()
  shared = await createTestRedis()
})
afterAll(async () => {
  await shared.cleanup()
  await database.drop()
})

test('what it read replaces nothing, wherever it was held up; a newer one still publishes', async () => {
  const { redis, keys } = shared
  const options = { pool: database.recordPool, redis, keys, shardCount: 1 }
  const published = async () =>
    [await followPlans(redis, keys, 0)(), await followDirectoryRecords(redis, keys)()] as const
  await seedWearer(database.ownerPool, NOW_MS, [{ kind: 'required', shape }])
  await beginPublishingRules(redis, keys, 1, 5)
  const old = await loadRules(database.recordPool)
  await seedWearer(database.ownerPool, NOW_MS, [{ kind: 'avoided', shape }], 'T-2')
  await publishAll(options, 7)
  const newer = await published()
  expect(newer[0].changed.size).toBe(2)

  await expect(publishAllPlans(redis, keys, 1, old.plans, 5)).rejects.toThrow(FencedOff)
  await expect(publishDirectory(redis, keys, old.directory, 5)).rejects.toThrow(FencedOff)
  await expect(publishAll(options, 5)).rejects.toThrow(FencedOff)
  expect(await published()).toEqual(newer)

  await seedWearer(database.ownerPool, NOW_MS, [], 'T-3')
  await publishAll(options, 7)
  await publishAll(options, 8)
  expect((await published())[0].changed.size).toBe(3)
})

test('one that began before has its first word refused even where the newer one found nothing to change', async () => {
  const { redis, keys } = shared
  const old = await loadRules(database.recordPool)
  await seedWearer(database.ownerPool, NOW_MS, [], 'T-4')
  const options = { pool: database.recordPool, redis, keys, shardCount: 1 }
  await publishAll(options, 9)
  await publishAll(options, 10)
  await expect(publishAllPlans(redis, keys, 1, old.plans, 9)).rejects.toThrow(FencedOff)
  expect((await followPlans(redis, keys, 0)()).changed.size).toBe(4)
})
