// What is more than one commit may hold goes in several; whatever is written when it ends early, the position is not.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { FencedOff } from '../../model/fenced-off.ts'
import { commitInParts, type LastPart, type Piece } from '../../pipeline/evaluate/commit-in-parts.ts'
import { readIncidents } from '../../stream/logs/incident-log.ts'
import { type LateRequest, readLateRequests } from '../../stream/logs/late-requests.ts'
import { loadShard } from '../../stream/ownership/checkpoint.ts'
import { createTestRedis, type TestRedis } from '../setup/test-redis.ts'

const SHARD = 3
const limits = { wearersPerCommit: 250, bytesPerCommit: 4 * 1_048_576, latePerCommit: 2000 }
let shared: TestRedis
beforeAll(async () => {
  shared = await createTestRedis()
})
afterAll(() => shared.cleanup())
beforeEach(async () => {
  const { redis, keys } = shared
  await redis.unlink(keys.incidents(SHARD), keys.states(SHARD), keys.events(SHARD), keys.lateRequests(SHARD))
  await redis.unlink(keys.position('evaluate', SHARD))
  await redis.set(keys.lease('evaluate', SHARD), '41|me')
})

const commit = (pieces: Iterable<Piece>, last: LastPart) =>
  commitInParts({ ...shared, shard: SHARD, token: 41, limits }, pieces, () => last)

const piece = (wearerId: number, more: Partial<Piece> = {}): Piece => ({
  incidents: [],
  states: [[wearerId, new Uint8Array(300)]],
  events: [],
  dropEvents: [],
  latest: [],
  ...more,
})

const request = (wearerId: number): LateRequest => ({
  wearerId,
  fromMs: 1,
  receivedMs: 2,
  baseMs: 3,
  sinceId: '1-1',
  entryId: '1-1',
  attempt: 0,
})
const requests = Array.from({ length: 10_500 }, (_, i) => request(i + 1))

test('a whole shard asks for its wearers to be folded again at once: every request is saved, then the position', async () => {
  await commit([piece(1)], { position: '9-9', lateRequests: [...requests] })
  expect((await readLateRequests(shared.redis, shared.keys, SHARD)).size).toBe(requests.length)
  expect((await loadShard(shared.redis, shared.keys, SHARD)).position).toBe('9-9')
})

test('incidents count as much as states: many of a few wearers go in several commits, in their order', async () => {
  const text = `"${'x'.repeat(1000)}"`
  const pieces = Array.from({ length: 15 }, (_, i) =>
    piece(i, { incidents: Array.from({ length: 2400 }, () => text), dropEvents: [`${i}:0`] }),
  )
  await commit(pieces, { position: '9-9' })
  expect(await readIncidents(shared.redis, shared.keys, SHARD, '0-0', { count: 40_000 })).toHaveLength(36_000)
  expect((await loadShard(shared.redis, shared.keys, SHARD)).states.size).toBe(15)
})

test('hours and hours gone are counted too', async () => {
  const hours = Array.from({ length: 40 }, (_, i) => i)
  const pieces = Array.from({ length: 250 }, (_, wearerId) =>
    piece(wearerId, {
      events: hours.map((hour) => [`${wearerId}:${hour}`, new Uint8Array(10)]),
      dropEvents: hours.map((hour) => `${wearerId}:-${hour}`),
    }),
  )
  await commit(pieces, { position: '9-9' })
  expect((await loadShard(shared.redis, shared.keys, SHARD)).events.size).toBe(10_000)
})

test('cut off on the way: what is written stays behind the saved position', async () => {
  await shared.redis.set(shared.keys.position('evaluate', SHARD), '5-5')
  function* pieces(): Generator<Piece> {
    for (let wearerId = 0; wearerId < 500; wearerId++) yield piece(wearerId)
    throw new Error('the process ends here')
  }
  await expect(commit(pieces(), { position: '9-9' })).rejects.toThrow('ends here')
  expect(await loadShard(shared.redis, shared.keys, SHARD)).toMatchObject({ position: '5-5', states: { size: 250 } })

  await shared.redis.set(shared.keys.lease('evaluate', SHARD), '42|other')
  await expect(commit([piece(1)], { position: '9-9', lateRequests: [...requests] })).rejects.toThrow(FencedOff)
  expect((await loadShard(shared.redis, shared.keys, SHARD)).position).toBe('5-5')
})
