import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { FencedOff } from '../../model/fenced-off.ts'
import { commitShard } from '../../stream/ownership/checkpoint.ts'
import { type LossReason, ShardLeases } from '../../stream/ownership/leases.ts'
import { type Keys, keysOf } from '../../stream/redis/keys.ts'
import { waitFor } from '../setup/patience.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'

const TTL_MS = 800
const SHARDS = 16

type Event = { owner: string; shard: number; what: 'gained' | LossReason; token?: number }
type Owner = { leases: ShardLeases; die(): void }

let shared: TestRedis
let keys: Keys
let events: Event[]
let owners: Owner[]
let round = 0
beforeAll(async () => {
  shared = await createTestRedis()
})
afterAll(() => shared.cleanup())
beforeEach(() => {
  keys = keysOf(`${shared.settings.prefix}:${round++}`)
  events = []
  owners = []
})
afterEach(async () => {
  for (const { leases } of owners) await leases.stop()
})

/** An owner on a connection of its own; `die` cuts it off from Redis, as a crash would. */
async function join(name: string, onLost: (shard: number, why: LossReason) => void | Promise<void> = () => undefined) {
  const redis = await shared.open(name)
  const leases = new ShardLeases(redis, keys, {
    role: 'evaluate',
    ownerId: name,
    shardCount: SHARDS,
    ttlMs: TTL_MS,
    renewMs: TTL_MS / 8,
    log: silentLog,
    onGained: (shard, token) => void events.push({ owner: name, shard, what: 'gained', token }),
    onLost: (shard, what) => {
      events.push({ owner: name, shard, what })
      return onLost(shard, what)
    },
  })
  leases.start()
  const owner = { leases, die: () => redis.disconnect() }
  owners.push(owner)
  return owner
}

const until = (assertion: () => void) => waitFor(assertion)

function expectShared(sizes: number[], among = owners): void {
  const held = among.map(({ leases }) => [...leases.held.keys()])
  expect(held.map(({ length }) => length).sort((a, b) => a - b)).toEqual(sizes)
  expect(held.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: SHARDS }, (_, shard) => shard))
}

/** Of every shard: its owners one after the other, each with a token above the one before. */
function expectGrowingTokens(): void {
  for (let shard = 0; shard < SHARDS; shard++) {
    const tokens = events.flatMap(({ shard: of, token }) => (of === shard && token !== undefined ? [token] : []))
    expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b))
  }
}

function commitAs(token: number, shard: number): Promise<void> {
  return commitShard(shared.redis, keys, {
    shard,
    token,
    position: '1-1',
    incidents: ['{}'],
    states: [],
    events: [],
    dropEvents: [],
    latest: [],
  })
}

test('one owner takes all; stop lets another have them at once, not after the ttl', async () => {
  const a = await join('a')
  await until(() => expectShared([16]))
  expect(a.leases.owners).toEqual(['a'])
  await a.leases.stop()
  expect(a.leases.held.size).toBe(0)
  expect(await shared.redis.exists(keys.lease('evaluate', 0), keys.lease('evaluate', 15))).toBe(0)
  expect(await shared.redis.zcard(keys.owners('evaluate'))).toBe(0)
  const b = await join('b')
  await until(() => expectShared([16], [b]))
  expect(events.filter(({ what }) => what === 'stopped')).toHaveLength(16)
  expectGrowingTokens()
})

test('owners that come share fairly; each shard has one owner', async () => {
  await join('a')
  await until(() => expectShared([16]))
  await join('b')
  await until(() => expectShared([8, 8]))
  await join('c')
  await until(() => expectShared([4, 6, 6]))
  expect(events.filter(({ what }) => what === 'gone' || what === 'away')).toEqual([])
  expectGrowingTokens()
})

test('a shard that moves is kept until its holder has put it down, and its holder can still commit', async () => {
  let putDown: () => void = () => undefined
  const puttingDown = new Promise<void>((resolve) => {
    putDown = resolve
  })
  const a = await join('a', () => puttingDown)
  await until(() => expectShared([16]))
  const tokens = new Map(a.leases.held)
  const b = await join('b')
  await until(() => expect(events.filter(({ what }) => what === 'moved')).toHaveLength(8))
  const { shard } = events.find(({ what }) => what === 'moved')!
  await commitAs(tokens.get(shard)!, shard)
  expect(b.leases.held.size).toBe(0)
  putDown()
  await until(() => expectShared([8, 8]))
  await expect(commitAs(tokens.get(shard)!, shard)).rejects.toThrow(FencedOff)
})

test('a dead owner’s shards are taken after its ttl; it hears of it by itself and is fenced off', async () => {
  const a = await join('a')
  await until(() => expectShared([16]))
  const b = await join('b')
  await until(() => expectShared([8, 8]))
  const tokens = new Map(a.leases.held)
  // Whatever it does not say any more, Redis forgets within the ttl.
  for (const shard of tokens.keys()) {
    const leftMs = await shared.redis.pttl(keys.lease('evaluate', shard))
    expect(leftMs).toBeGreaterThan(0)
    expect(leftMs).toBeLessThanOrEqual(TTL_MS)
  }
  a.die()
  await until(() => expectShared([16], [b]))
  await until(() => expect(a.leases.held.size).toBe(0))
  expect(events.filter(({ owner, what }) => owner === 'a' && what === 'away')).toHaveLength(8)
  for (const [shard, token] of tokens) await expect(commitAs(token, shard)).rejects.toThrow(FencedOff)
  for (const [shard, token] of b.leases.held) await commitAs(token, shard)
  expectGrowingTokens()
})

test('a lease that has gone is noticed at the next renewal', async () => {
  const a = await join('a')
  await until(() => expectShared([16]))
  const before = a.leases.held.get(5)!
  await shared.redis.set(keys.lease('evaluate', 5), `${before + 1}|somebody`, 'PX', 60_000)
  await until(() => expect(events).toContainEqual({ owner: 'a', shard: 5, what: 'gone' }))
  expect(a.leases.held.has(5)).toBe(false)
})

test('a shard given up is gained again later, under a new token, without onLost', async () => {
  const a = await join('a')
  await until(() => expectShared([16]))
  const before = a.leases.held.get(2)!
  a.leases.giveUp(2)
  expect(a.leases.held.has(2)).toBe(false)
  await until(() => expectShared([16]))
  expect(a.leases.held.get(2)).toBeGreaterThan(before)
  expect(events.filter(({ what }) => what !== 'gained')).toEqual([])
})

test('tokens grow although Redis has lost everything', async () => {
  const a = await join('a')
  await until(() => expectShared([16]))
  const before = a.leases.held.get(0)!
  const token = keys.token('evaluate', 0)
  await shared.redis.del(keys.lease('evaluate', 0), token)
  await until(() => expect(a.leases.held.get(0) ?? 0).toBeGreaterThan(before))
  await shared.redis.set(token, String(before + 1e9))
  await shared.redis.del(keys.lease('evaluate', 0))
  await until(() => expect(a.leases.held.get(0)).toBe(before + 1e9 + 1))
})

test('owners come, go and die in a seeded disorder: no shard is ever committed by two, and all end up held', async () => {
  let seed = 20_260
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return (seed >>> 8) % below
  }
  const alive: Owner[] = [await join('o0')]
  const committed = new Map<number, number>()
  for (let step = 1; step <= 25; step++) {
    const move = random(3)
    if (move === 0 || alive.length === 1) alive.push(await join(`o${step}`))
    else if (move === 1) alive.splice(random(alive.length), 1)[0]!.die()
    else await alive.splice(random(alive.length), 1)[0]!.leases.stop()
    // Everybody who believes to hold a shard commits; whoever is let through must have the greatest token so far.
    for (const { leases } of owners)
      for (const [shard, token] of leases.held) {
        const allowed = await commitAs(token, shard).then(
          () => true,
          (error: unknown) => {
            expect(error).toBeInstanceOf(FencedOff)
            return false
          },
        )
        if (!allowed) continue
        expect(token).toBeGreaterThanOrEqual(committed.get(shard) ?? 0)
        committed.set(shard, token)
      }
  }
  await until(() => expect(alive.flatMap(({ leases }) => [...leases.held.keys()])).toHaveLength(SHARDS))
  expectGrowingTokens()
})

test('a renewal too slow for the ttl is refused', () => {
  const options = {
    role: 'x',
    ownerId: 'x',
    shardCount: 1,
    log: silentLog,
    onGained: () => undefined,
    onLost: () => undefined,
  }
  expect(() => new ShardLeases(shared.redis, keys, { ...options, ttlMs: 100, renewMs: 50 })).toThrow(RangeError)
})
