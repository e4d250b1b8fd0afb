import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { FencedOff } from '../../model/fenced-off.ts'
import { readIncidents, trimIncidents } from '../../stream/logs/incident-log.ts'
import { readLatest } from '../../stream/logs/live-channel.ts'
import { getPosition, setPosition } from '../../stream/logs/positions.ts'
import { COMMIT_FIELDS_MAX, commitShard, loadShard, type ShardCommit } from '../../stream/ownership/checkpoint.ts'
import { createTestRedis, type TestRedis } from '../setup/test-redis.ts'

const SHARD = 3
let shared: TestRedis
beforeAll(async () => {
  shared = await createTestRedis()
})
afterAll(() => shared.cleanup())
beforeEach(async () => {
  const { redis, keys } = shared
  for (const key of [keys.incidents(SHARD), keys.states(SHARD), keys.events(SHARD), keys.latest(SHARD)])
    await redis.unlink(key)
  await redis.unlink(keys.position('evaluate', SHARD))
  await redis.set(keys.lease('evaluate', SHARD), '41|me')
})

function commit(change: Partial<ShardCommit>): Promise<void> {
  const nothing = { shard: SHARD, token: 41, incidents: [], states: [], events: [], dropEvents: [], latest: [] }
  return commitShard(shared.redis, shared.keys, { ...nothing, ...change })
}

const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i)

test('what is committed is loaded again, byte for byte', async () => {
  await commit({
    position: '1700000000000-5',
    incidents: ['{"a":1}', '{"b":"é"}'],
    states: [
      [1, everyByte],
      [4_294_967_295, new Uint8Array(0)],
    ],
    events: [['1:3600000', everyByte.subarray(100, 150)]],
    latest: [[1, everyByte.subarray(10)]],
  })
  const loaded = await loadShard(shared.redis, shared.keys, SHARD)
  expect(loaded.position).toBe('1700000000000-5')
  expect([...loaded.states].map(([wearerId, bytes]) => [wearerId, [...bytes]]).sort()).toEqual([
    [1, [...everyByte]],
    [4_294_967_295, []],
  ])
  expect([...loaded.events].map(([field, bytes]) => [field, [...bytes]])).toEqual([
    ['1:3600000', [...everyByte.subarray(100, 150)]],
  ])
  const latest = await readLatest(shared.redis, shared.keys, SHARD)
  expect([...latest.get(1)!]).toEqual([...everyByte.subarray(10)])
  const incidents = await readIncidents(shared.redis, shared.keys, SHARD, '0-0', { count: 10 })
  expect(incidents.map(({ json }) => json)).toEqual(['{"a":1}', '{"b":"é"}'])
  expect(await readIncidents(shared.redis, shared.keys, SHARD, incidents[0]!.id, { count: 10 })).toHaveLength(1)
})

test('a shard that has never been saved loads empty, from the beginning', async () => {
  expect(await loadShard(shared.redis, shared.keys, SHARD)).toEqual({
    position: '0-0',
    states: new Map(),
    events: new Map(),
  })
})

test('events are dropped, wearers are dropped, and a commit without a position leaves the saved one', async () => {
  await commit({
    position: '5-1',
    states: [
      [1, everyByte],
      [2, everyByte],
    ],
    events: [
      ['1:0', everyByte],
      ['1:1', everyByte],
    ],
    latest: [[2, everyByte]],
  })
  await commit({ dropEvents: ['1:0', 'never:0'], dropWearers: [2, 77] })
  const loaded = await loadShard(shared.redis, shared.keys, SHARD)
  expect(loaded.position).toBe('5-1')
  expect([...loaded.states.keys()]).toEqual([1])
  expect([...loaded.events.keys()]).toEqual(['1:1'])
  expect((await readLatest(shared.redis, shared.keys, SHARD)).size).toBe(0)
})

test('thousands of fields go in one commit; one beyond the limit is refused before anything is sent', async () => {
  const states = Array.from({ length: 9000 }, (_, i): [number, Uint8Array] => [i, everyByte.subarray(0, i % 200)])
  await commit({ states, position: '9-0', incidents: Array.from({ length: 1999 }, (_, i) => `{"i":${i}}`) })
  const loaded = await loadShard(shared.redis, shared.keys, SHARD)
  expect(loaded.states.size).toBe(9000)
  expect(loaded.states.get(8199)).toHaveLength(199)
  const incidents = await readIncidents(shared.redis, shared.keys, SHARD, '0-0', { count: 3000 })
  expect(incidents.map(({ json }) => JSON.parse(json).i)).toEqual(Array.from({ length: 1999 }, (_, i) => i))
  const tooMany = Array.from({ length: COMMIT_FIELDS_MAX + 1 }, () => '{}')
  await expect(commit({ incidents: tooMany, position: '10-0' })).rejects.toThrow(RangeError)
  await expect(commit({ events: [['x', new Uint8Array(33 * 1_048_576)]] })).rejects.toThrow(RangeError)
  expect((await loadShard(shared.redis, shared.keys, SHARD)).position).toBe('9-0')
})

test.each([
  ['an older token', '42|other', 41],
  ['a newer token than the lease', '40|other', 41],
  ['a token of which this is a beginning', '411|other', 41],
  ['no lease', null, 41],
])('%s: FencedOff, and nothing is written', async (_, lease, token) => {
  await commit({ position: '1-1', states: [[1, everyByte]] })
  if (lease === null) await shared.redis.del(shared.keys.lease('evaluate', SHARD))
  else await shared.redis.set(shared.keys.lease('evaluate', SHARD), lease)
  const fenced = commit({
    token,
    position: '2-2',
    incidents: ['{}'],
    states: [[1, new Uint8Array(1)]],
    events: [['1:0', everyByte]],
    dropWearers: [1],
    latest: [[1, everyByte]],
  })
  await expect(fenced).rejects.toThrow(FencedOff)
  const loaded = await loadShard(shared.redis, shared.keys, SHARD)
  expect(loaded.position).toBe('1-1')
  expect([...loaded.states.get(1)!]).toEqual([...everyByte])
  expect(loaded.events.size).toBe(0)
  expect(await shared.redis.exists(shared.keys.incidents(SHARD), shared.keys.latest(SHARD))).toBe(0)
})

test('a key of the wrong kind anywhere: nothing at all is written', async () => {
  const { redis, keys } = shared
  await redis.set(keys.latest(SHARD), 'not a hash')
  const change = { incidents: ['{}'], states: [[1, everyByte]] as [number, Uint8Array][], position: '3-3' }
  await expect(commit(change)).rejects.toThrow('WRONGTYPE')
  expect(await redis.exists(keys.incidents(SHARD), keys.states(SHARD), keys.position('evaluate', SHARD))).toBe(0)
})

test('incidents are trimmed by age, and never before their readers', async () => {
  const { redis, keys } = shared
  await commit({ incidents: ['1', '2', '3'] })
  const all = await readIncidents(redis, keys, SHARD, '0-0', { count: 10 })
  const later = Number(all[2]!.id.split('-')[0]) + 1
  expect(await trimIncidents(redis, keys, SHARD, later, ['incidents-record'])).toBe(0)
  await setPosition(redis, keys, 'incidents-record', SHARD, all[1]!.id)
  expect(await getPosition(redis, keys, 'incidents-record', SHARD)).toBe(all[1]!.id)
  expect(await trimIncidents(redis, keys, SHARD, 1000, ['incidents-record'])).toBe(0)
  expect(await trimIncidents(redis, keys, SHARD, later, ['incidents-record'])).toBe(1)
  expect(await trimIncidents(redis, keys, SHARD, later)).toBe(2)
})
