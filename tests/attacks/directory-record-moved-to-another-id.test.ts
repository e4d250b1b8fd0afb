// Somebody who can write to Redis puts a genuine record under another name: a wearer's lenient plan under a stricter one's number, a
// gateway's record under another gateway's name, a plan of one installation into another, a zone's shape under another zone's id.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  followDirectoryRecords,
  followPlans,
  loadZones,
  publishAllPlans,
  publishDirectory,
  publishZones,
} from '../../stream/publication/publications.ts'
import type { Keys } from '../../stream/redis/keys.ts'
import { announceForged, gateway, heardAlarm, planOf, sealedKeys } from '../setup/sealed-rules.ts'
import { createTestRedis, type TestRedis } from '../setup/test-redis.ts'

let shared: TestRedis
let keys: Keys
let round = 0
beforeAll(async () => {
  shared = await createTestRedis()
})
afterAll(() => shared.cleanup())
beforeEach(() => {
  keys = sealedKeys(`${shared.settings.prefix}:${round++}`)
})

test('within a set: the record that was there stays in force', async () => {
  const { redis } = shared
  await publishAllPlans(redis, keys, 1, [planOf(1), planOf(2, { silenceGraceMs: 9 })])
  const { alarm, errors } = heardAlarm()
  const news = followPlans(redis, keys, 0, alarm)
  expect((await news()).changed.size).toBe(2)
  const { records } = keys.plansOf(0)
  await redis.hset(records, '1', (await redis.hget(records, '2'))!)
  await announceForged(redis, keys.plansOf(0), ['1'])
  expect((await news()).changed.size).toBe(0)
  expect(errors).toMatchObject([{ name: '1' }])
  expect(alarm.warning()).toBeDefined()
})

test('into another set, shard or installation', async () => {
  const { redis } = shared
  const other = sealedKeys(`${keys.prefix}:other`)
  await publishAllPlans(redis, keys, 2, [planOf(1), planOf(2)])
  await publishAllPlans(redis, other, 2, [planOf(1, { silenceGraceMs: 9 })])
  await publishDirectory(redis, keys, [gateway('1', 'ab')])
  const shard = keys.plansOf(1)
  const { alarm } = heardAlarm()
  const news = followPlans(redis, keys, 1, alarm)
  expect((await news()).changed.size).toBe(1)
  for (const [from, name] of [
    [keys.plansOf(0), '2'],
    [other.plansOf(1), '1'],
    [keys.directory, 'gateway:1'],
  ] as const) {
    await redis.hset(shard.records, '1', (await redis.hget(from.records, name))!)
    await announceForged(redis, shard, ['1'])
    expect((await news()).changed.size).toBe(0)
  }
  // The head of another set vouches for nothing here.
  await redis.set(shard.head, (await redis.get(other.plansOf(1).head))!)
  await expect(followPlans(redis, keys, 1)()).rejects.toThrow(/vouches/)
})

test('a head that leaves records out, or the whole set of another name', async () => {
  const { redis } = shared
  await publishDirectory(redis, keys, [gateway('a', 'ab'), gateway('b', 'ab')])
  const news = followDirectoryRecords(redis, keys)
  expect((await news()).changed.size).toBe(2)
  await redis.hdel(keys.directory.records, 'gateway:b')
  await announceForged(redis, keys.directory, ['gateway:b'])
  expect((await news()).changed.size).toBe(0)
  await expect(followDirectoryRecords(redis, keys)()).rejects.toThrow(/vouches/)
  await publishDirectory(redis, keys, [gateway('a', 'ab')])
  expect([...(await news()).changed]).toEqual([['gateway:b', undefined]])
})

test("a zone's shape under another zone's id is not loaded", async () => {
  const { redis } = shared
  const zone = (id: string, radiusM: number) => ({
    ...{ id, name: id },
    shape: { type: 'Circle' as const, center: [106.8, -6.2] as [number, number], radiusM },
  })
  await publishZones(redis, keys, [zone('small', 50), zone('large', 5000)])
  await redis.hset(keys.zones, 'small', (await redis.hget(keys.zones, 'large'))!)
  const { alarm, errors } = heardAlarm()
  expect(await loadZones(redis, keys, ['small', 'large'], alarm)).toEqual([zone('large', 5000)])
  expect(errors).toMatchObject([{ name: 'small' }])
  // The publisher puts it right, and only that.
  await publishZones(redis, keys, [zone('small', 50), zone('large', 5000)])
  expect(await loadZones(redis, keys, ['small'])).toEqual([zone('small', 50)])
})
