import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { FencedOff } from '../../model/fenced-off.ts'
import type { Outage } from '../../model/incident/outage.ts'
import { readIncidents } from '../../stream/logs/incident-log.ts'
import { GAPS_KEPT_MAX, readListening, sayListening } from '../../stream/ownership/listening.ts'
import { commitOutages, readOutages, readUnitCounts, saveUnitCounts } from '../../stream/ownership/outages.ts'
import { UNITS_SHARD } from '../../stream/redis/keys.ts'
import { createTestRedis, type TestRedis } from '../setup/test-redis.ts'
import { unitIncident } from '../store/two-bapas.ts'

let shared: TestRedis
beforeAll(async () => {
  shared = await createTestRedis()
})
afterAll(() => shared.cleanup())
beforeEach(async () => {
  const { redis, keys } = shared
  for (const key of [keys.outages, keys.listening, keys.incidents(UNITS_SHARD), keys.unitCounts(2)])
    await redis.unlink(key)
  await redis.set(keys.lease('units', UNITS_SHARD), '41|me')
  await redis.set(keys.lease('evaluate', 2), '7|me')
})

describe('outages', () => {
  const incident = unitIncident({ unitPath: 'dj.a' })
  const kept = new Map<string, Outage>([['dj.a', { incident }]])
  const commit = (token: number, changes: Partial<Parameters<typeof commitOutages>[3]>) =>
    commitOutages(shared.redis, shared.keys, token, { incidents: [], kept: new Map(), dropped: [], ...changes })
  const logged = () => readIncidents(shared.redis, shared.keys, UNITS_SHARD, '0-0', { count: 10 })

  test('an incident and what knows of it are written together, kept and dropped', async () => {
    await commit(41, { incidents: [incident, { ...incident, revision: 2 }], kept })
    expect((await logged()).map(({ json }) => JSON.parse(json).revision)).toEqual([1, 2])
    expect(await readOutages(shared.redis, shared.keys)).toEqual({ 'dj.a': JSON.stringify({ incident }) })
    await commit(41, { dropped: ['dj.a', 'dj.unknown'] })
    expect(await readOutages(shared.redis, shared.keys)).toEqual({})
    expect(await logged()).toHaveLength(2)
  })

  test('who has lost the lease writes nothing, nor does who meets something else in its place', async () => {
    await expect(commit(40, { incidents: [incident], kept })).rejects.toThrow(FencedOff)
    await shared.redis.unlink(shared.keys.lease('units', UNITS_SHARD))
    await expect(commit(41, { incidents: [incident], kept })).rejects.toThrow(FencedOff)
    await shared.redis.set(shared.keys.lease('units', UNITS_SHARD), '41|me')
    await shared.redis.set(shared.keys.outages, 'x')
    await expect(commit(41, { incidents: [incident], kept })).rejects.toThrow(/WRONGTYPE/)
    expect(await logged()).toEqual([])
  })

  test('a shard’s counts are its owner’s', async () => {
    const { redis, keys } = shared
    const counts = { toMs: 5, units: { 'dj.a': { heard: 3, quiet: [[60_000, 2]] as [number, number][] } } }
    await saveUnitCounts(redis, keys, 2, 7, JSON.stringify(counts))
    await expect(saveUnitCounts(redis, keys, 2, 6, '{}')).rejects.toThrow(FencedOff)
    expect(await readUnitCounts(redis, keys, 4)).toEqual([undefined, undefined, counts, undefined])
  })
})

describe('listening', () => {
  const say = (nowMs: number) => sayListening(shared.redis, shared.keys, nowMs)
  const read = () => readListening(shared.redis, shared.keys)

  test('goes on from the first word, whoever says it and however the clock that is handed in jumps', async () => {
    expect(await read()).toBeUndefined()
    await say(1000)
    await say(3_600_000)
    expect(await read()).toEqual({ sinceMs: 1000, toMs: 3_600_000, gaps: [] })
    await say(2000)
    expect(await read()).toEqual({ sinceMs: 1000, toMs: 3_600_000, gaps: [] })
  })

  test('keeps a gap by Redis’ own clock, and what was before it', async () => {
    await say(1000)
    const [seconds] = await shared.redis.time()
    await shared.redis.hset(shared.keys.listening, 'redis', (Number(seconds) - 31) * 1000)
    await say(5000)
    expect(await read()).toEqual({ sinceMs: 1000, toMs: 5000, gaps: [{ fromMs: 1000, toMs: 5000 }] })
    await shared.redis.hset(shared.keys.listening, 'redis', (Number(seconds) - 20) * 1000)
    await say(25_000)
    expect(await read()).toEqual({ sinceMs: 1000, toMs: 25_000, gaps: [{ fromMs: 1000, toMs: 5000 }] })
    for (let n = 1; n <= GAPS_KEPT_MAX; n++) {
      await shared.redis.hset(shared.keys.listening, 'redis', (Number(seconds) - 40) * 1000)
      await say(25_000 + n * 1000)
    }
    const { gaps } = (await read())!
    expect([gaps.length, gaps[0], gaps.at(-1)!.toMs]).toEqual([
      GAPS_KEPT_MAX,
      { fromMs: 25_000, toMs: 26_000 },
      25_000 + GAPS_KEPT_MAX * 1000,
    ])
  })
})
