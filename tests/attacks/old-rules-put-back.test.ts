// Somebody who can write to Redis keeps a copy of it and puts it back after a zone was added, or a gateway revoked.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  followDirectoryRecords,
  followPlans,
  publishAllPlans,
  publishDirectory,
} from '../../stream/publication/publications.ts'
import { BEGIN_AFTER_MS } from '../../stream/publication/rule-alarm.ts'
import type { Keys, PublicationKeys } from '../../stream/redis/keys.ts'
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

type Copy = { records: Record<string, string>; head: string }

async function copyOf({ records, head }: PublicationKeys): Promise<Copy> {
  return { records: await shared.redis.hgetall(records), head: (await shared.redis.get(head))! }
}

async function putBack(set: PublicationKeys, copy: Copy): Promise<void> {
  const { redis } = shared
  await redis.del(set.records)
  await redis.hset(set.records, copy.records)
  await redis.set(set.head, copy.head)
  await announceForged(redis, set, Object.keys(copy.records))
}

describe('an old record', () => {
  test('of a plan is refused by who has seen the newer one', async () => {
    const { redis } = shared
    const set = keys.plansOf(0)
    await publishAllPlans(redis, keys, 1, [planOf(1), planOf(2)])
    const old = (await redis.hget(set.records, '1'))!
    await publishAllPlans(redis, keys, 1, [planOf(1, { silenceGraceMs: 7 }), planOf(2)])
    const { alarm, errors } = heardAlarm()
    const news = followPlans(redis, keys, 0, alarm)
    expect((await news()).changed.get(1)?.plan.silenceGraceMs).toBe(7)
    await redis.hset(set.records, '1', old)
    await announceForged(redis, set, ['1'])
    expect((await news()).changed.size).toBe(0)
    expect(errors).toMatchObject([{ name: '1', why: 'it is older than what was published before' }])
    // One who starts now cannot know that it is old, but that the set is not the one that was published.
    await expect(followPlans(redis, keys, 0)()).rejects.toThrow(/vouches/)
    await publishAllPlans(redis, keys, 1, [planOf(1, { silenceGraceMs: 7 }), planOf(2)])
    expect((await followPlans(redis, keys, 0)()).changed.get(1)?.plan.silenceGraceMs).toBe(7)
    await news()
    expect(alarm.warning()).toBeUndefined()
  })

  test('is put right by the publisher, however it was put back', async () => {
    const { redis } = shared
    const revoked = gateway('gw', 'ab', true)
    await publishDirectory(redis, keys, [gateway('gw', 'ab')])
    const copy = await copyOf(keys.directory)
    await publishDirectory(redis, keys, [revoked])
    await putBack(keys.directory, copy)
    await publishDirectory(redis, keys, [revoked])
    const { changed } = await followDirectoryRecords(redis, keys)()
    expect(changed.get('gateway:gw')).toEqual(revoked)
  })
})

describe('a whole old set with its head', () => {
  test('is refused by who has seen the newer one, records and head', async () => {
    const { redis } = shared
    await publishDirectory(redis, keys, [gateway('gw', 'ab'), gateway('old', 'ab')])
    const copy = await copyOf(keys.directory)
    await publishDirectory(redis, keys, [gateway('gw', 'ab', true), gateway('new', 'ab')])
    let nowMs = 0
    const { alarm, errors } = heardAlarm(() => nowMs)
    const news = followDirectoryRecords(redis, keys, alarm)
    expect((await news()).changed.size).toBe(2)
    await putBack(keys.directory, copy)
    // The gateway's old record is refused, the deleted one of `new` not taken for a removal.
    const after = await news()
    expect([...after.changed.keys()]).toEqual(['gateway:old'])
    expect(errors.map(({ name }) => name)).toContain('gateway:gw')
    nowMs += 60_000
    expect(alarm.warning()).toBeDefined()
    await publishDirectory(redis, keys, [gateway('gw', 'ab', true), gateway('new', 'ab')])
    expect([...(await news()).changed]).toContainEqual(['gateway:old', undefined])
    expect(alarm.warning()).toBeUndefined()
  })
})

test('changes that nobody announced are found with the next ones', async () => {
  const { redis } = shared
  await publishAllPlans(redis, keys, 1, [planOf(1), planOf(2)])
  const news = followPlans(redis, keys, 0)
  const { version } = await news()
  await publishAllPlans(redis, keys, 1, [planOf(1, { silenceGraceMs: 7 }), planOf(2)])
  // Somebody rewrites what was announced: only the other wearer is said to have changed.
  const set = keys.plansOf(0)
  const newest = Number(await redis.get(set.version))
  await redis.del(set.changes)
  await redis.xadd(set.changes, `${newest}-0`, 'before', String(version), 'fields', '["2"]')
  expect((await news()).changed.get(1)?.plan.silenceGraceMs).toBe(7)
})

test('where no publisher puts it right in time, those are judged whose records are genuine', async () => {
  const { redis } = shared
  await publishAllPlans(redis, keys, 1, [planOf(1), planOf(2)])
  await redis.hset(keys.plansOf(0).records, '1', '{"changedMs":1,"plan":{}}')
  let nowMs = 0
  const { alarm } = heardAlarm(() => nowMs)
  const look = () => followPlans(redis, keys, 0, alarm)()
  await expect(look()).rejects.toThrow(/vouches/)
  nowMs += BEGIN_AFTER_MS - 1
  await expect(look()).rejects.toThrow(/vouches/)
  nowMs += 1
  expect([...(await look()).changed.keys()]).toEqual([2])
  expect(alarm.warning()).toBeDefined()
})
