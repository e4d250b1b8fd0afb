import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readLag } from '../../stream/logs/lag.ts'
import { compareIds, getPosition, parseId, setPosition, trimReports } from '../../stream/logs/positions.ts'
import { BLOCK_MS_MAX, readEntries } from '../../stream/logs/read-reports.ts'
import { connectRedis } from '../../stream/redis/connect.ts'
import { isRedisAway } from '../../stream/redis/redis-errors.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'

let shared: TestRedis
beforeAll(async () => {
  shared = await createTestRedis()
})
afterAll(() => shared.cleanup())

test('ids are ordered as numbers, not as text', () => {
  expect(['10-0', '9-5', '9-10', '9', '1700000000000-2'].toSorted(compareIds)).toEqual([
    '9',
    '9-5',
    '9-10',
    '10-0',
    '1700000000000-2',
  ])
  for (const wrong of ['', '$', '-1', '1-', 'a-1', '1-2-3']) expect(() => parseId(wrong), wrong).toThrow(RangeError)
})

test('a position that is no id is refused', async () => {
  await expect(setPosition(shared.redis, shared.keys, 'record', 0, '>')).rejects.toThrow(RangeError)
  expect(await getPosition(shared.redis, shared.keys, 'record', 0)).toBeUndefined()
})

const streamId = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 12 }))
const text = ([ms, seq]: [number, number]) => `${ms}-${seq}`

test('trimming never takes what a reader has yet to read, and takes nothing while one has no position', async () => {
  const { redis, keys } = shared
  let shard = 10
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(streamId, { selector: text, minLength: 1, maxLength: 40 }),
      fc.option(streamId, { nil: undefined }),
      fc.option(streamId, { nil: undefined }),
      async (ids, evaluate, record) => {
        shard++
        const all = ids.map(text).sort(compareIds)
        for (const id of all) await redis.xadd(keys.reports(shard), id, 'b', 'x')
        if (evaluate) await setPosition(redis, keys, 'evaluate', shard, text(evaluate))
        if (record) await setPosition(redis, keys, 'record', shard, text(record))
        const dropped = await trimReports(redis, keys, shard)
        const kept = (await readEntries(redis, keys.reports(shard), '0-0', { count: 100 })).map(({ id }) => id)
        expect(kept.length + dropped).toBe(all.length)
        if (evaluate === undefined || record === undefined) expect(kept).toEqual(all)
        else {
          const slowest = [text(evaluate), text(record)].sort(compareIds)[0]!
          expect(kept).toEqual(all.filter((id) => compareIds(id, slowest) >= 0))
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('a blocking read waits for the next entry and gives it', async () => {
  const { redis, keys } = shared
  const reader = await shared.open('reader')
  const waiting = readEntries(reader, keys.reports(1), '0-0', { count: 5, blockMs: BLOCK_MS_MAX })
  await redis.xadd(keys.reports(1), '7-7', 'b', Buffer.from([0, 255]))
  const entries = await waiting
  expect(entries.map(({ id, bytes }) => [id, [...bytes]])).toEqual([['7-7', [0, 255]]])
  expect(await readEntries(reader, keys.reports(1), '7-7', { count: 5, blockMs: 1 })).toEqual([])
  expect(await readEntries(reader, keys.reports(1), '7-7', { count: 5 })).toEqual([])
})

test('a blocking read may be asked of a connection just opened; where there is no Redis it rejects as away', async () => {
  const { settings, redis, keys } = shared
  await redis.xadd(keys.reports(3), '1-1', 'b', 'x')
  const fresh = connectRedis(settings, 'fresh', silentLog)
  expect(await readEntries(fresh, keys.reports(3), '0-0', { count: 5, blockMs: 1 })).toHaveLength(1)
  fresh.disconnect()
  await expect(readEntries(fresh, keys.reports(3), '0-0', { count: 5, blockMs: 1 })).rejects.toSatisfy(isRedisAway)
  const nowhere = connectRedis({ url: 'redis://127.0.0.1:1', prefix: 'x' }, 'nowhere', silentLog)
  await expect(readEntries(nowhere, 'x', '0-0', { count: 5, blockMs: 1 })).rejects.toSatisfy(isRedisAway)
  nowhere.disconnect()
})

test('lag: nothing, all, and a part', async () => {
  const { redis, keys } = shared
  const lagOf = async () => (await readLag(redis, keys, 3))[2]!
  expect(await lagOf()).toMatchObject({ length: 0, evaluateLagEntries: 0, recordLagEntries: 0 })
  const ids: string[] = []
  for (let i = 0; i < 10; i++)
    ids.push((await redis.xadd(keys.reports(2), `${1_700_000_000_000 + i * 100}-0`, 'b', 'x'))!)
  await setPosition(redis, keys, 'evaluate', 2, ids[9]!)
  await setPosition(redis, keys, 'record', 2, ids[5]!)
  const lag = await lagOf()
  expect(lag).toMatchObject({ length: 10, evaluateLagEntries: 0, evaluate: { oldestMs: 0 } })
  expect(lag.recordLagEntries).toBeGreaterThanOrEqual(3)
  expect(lag.recordLagEntries).toBeLessThanOrEqual(5)
  expect(lag.record.oldestMs).toBeGreaterThan(0)
  expect(lag.bytes).toBeGreaterThan(0)
  await redis.del(keys.position('record', 2))
  expect((await lagOf()).recordLagEntries).toBe(10)
})
