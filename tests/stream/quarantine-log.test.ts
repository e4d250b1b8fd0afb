import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { IncidentAct } from '../../model/incident/incident.ts'
import { QUARANTINE_BYTES_MAX } from '../../model/report/quarantine.ts'
import { appendAct, readActs } from '../../stream/logs/act-log.ts'
import {
  appendQuarantine,
  dropQuarantine,
  type QuarantineItem,
  quarantineDropped,
  quarantinePosition,
  readQuarantine,
} from '../../stream/logs/quarantine-log.ts'
import { connectRedis } from '../../stream/redis/connect.ts'
import { type Keys, keysOf } from '../../stream/redis/keys.ts'
import { LogUnavailable } from '../../stream/redis/redis-errors.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'

let shared: TestRedis
let keys: Keys
let round = 0
beforeAll(async () => {
  shared = await createTestRedis()
})
afterAll(() => shared.cleanup())
beforeEach(() => {
  keys = keysOf(`${shared.settings.prefix}:${round++}`)
})

function item(receivedMs: number, more: Partial<QuarantineItem> = {}): QuarantineItem {
  const raw = new Uint8Array([0, 255, receivedMs % 256])
  return { receivedMs, protocol: 'gt06', reason: 'checksum', detail: 'é', raw, cut: false, sender: 's', ...more }
}
const read = (afterId = '0-0') => readQuarantine(shared.redis, keys, afterId, { count: 1000 })

test('items are read as they were given, raw bytes and all', async () => {
  const items = [item(1, { deviceId: 'x' }), item(2)]
  expect(await appendQuarantine(shared.redis, keys, items)).toMatchObject({ pushedOut: 0, refused: 0 })
  const found = await read()
  expect(found.map((each) => ({ ...each.item, raw: [...each.item.raw] }))).toEqual(
    items.map(({ sender, ...each }) => ({ ...each, raw: [...each.raw] })),
  )
  expect(await read(found[0]!.id)).toHaveLength(1)
})

test('input beyond the limit is cut and said to be', async () => {
  await appendQuarantine(shared.redis, keys, [item(1, { raw: new Uint8Array(QUARANTINE_BYTES_MAX + 1) })])
  const kept = (await read())[0]!.item
  expect(kept.raw).toHaveLength(QUARANTINE_BYTES_MAX)
  expect(kept.cut).toBe(true)
})

test('the cap pushes out the oldest, and only those that never reached the record are counted as lost', async () => {
  const { redis } = shared
  const flood = async (from: number, count: number) => {
    const items = Array.from({ length: count }, (_, i) => item(from + i))
    return (await appendQuarantine(redis, keys, items, { entriesMax: 250 })).pushedOut
  }
  expect(await flood(0, 240)).toBe(0)
  const before = await read()
  await redis.set(keys.quarantinePosition, before[4]!.id)
  expect(await flood(240, 20)).toBe(5)
  expect(await quarantineDropped(redis, keys)).toBe(5)
  const kept = await read()
  expect(kept).toHaveLength(250)
  expect(kept[0]!.item.receivedMs).toBe(10)
  expect(await flood(260, 1000)).toBe(1000)
  expect(await quarantineDropped(redis, keys)).toBe(1005)
})

test('what the record has taken over is dropped, and it goes on behind it', async () => {
  const { redis } = shared
  expect(await quarantinePosition(redis, keys)).toBe('0-0')
  await appendQuarantine(redis, keys, [item(1), item(2), item(3)])
  const found = await read()
  await dropQuarantine(redis, keys, found[1]!.id)
  expect((await read()).map(({ item: { receivedMs } }) => receivedMs)).toEqual([3])
  expect(await quarantinePosition(redis, keys)).toBe(found[1]!.id)
})

test('a sender fills its share and no more, until the record takes from it', async () => {
  const { redis } = shared
  const append = (sender: string, count: number, askedFor = '') => {
    const items = Array.from({ length: count }, (_, i) => item(i, { sender }))
    return appendQuarantine(redis, keys, items, { entriesMax: 50, quotaMax: 20, askedFor })
  }
  expect(await append('a', 25)).toEqual({ pushedOut: 0, refused: 5, left: new Map([['a', 0]]) })
  expect(await append('b', 5)).toEqual({ pushedOut: 0, refused: 0, left: new Map([['b', 15]]) })
  expect(await append('', 0, 'a')).toEqual({ pushedOut: 0, refused: 0, left: new Map([['a', 0]]) })
  expect(await append('', 0, 'c')).toMatchObject({ left: new Map([['c', 20]]) })
  await dropQuarantine(redis, keys, (await read())[7]!.id)
  expect(await append('a', 10)).toEqual({ pushedOut: 0, refused: 2, left: new Map([['a', 0]]) })
  // 25 there; c and d push out what a has held longest.
  expect(await append('c', 20)).toMatchObject({ pushedOut: 0 })
  expect(await append('d', 10)).toMatchObject({ pushedOut: 5 })
  expect(await append('', 0, 'a')).toMatchObject({ left: new Map([['a', 5]]) })
  await dropQuarantine(redis, keys, (await read()).at(-1)!.id)
  expect(await redis.exists(keys.quarantineSenders)).toBe(0)
})

test('where Redis is away, quarantine says so', async () => {
  const nowhere = connectRedis({ url: 'redis://127.0.0.1:1', prefix: 'x' }, 'nowhere', silentLog)
  await expect(appendQuarantine(nowhere, keys, [item(1)])).rejects.toThrow(LogUnavailable)
  nowhere.disconnect()
})

test('acts are published in order', async () => {
  const act = (actId: number): IncidentAct => ({
    actId,
    incidentId: 'i',
    wearerId: 1,
    action: 'note',
    officerName: 'Sri',
    atMs: 5,
    note: 'sudah ditelepon',
  })
  const first = await appendAct(shared.redis, keys, act(1))
  await appendAct(shared.redis, keys, act(2))
  expect((await readActs(shared.redis, keys, '0-0', { count: 10 })).map(({ act: { actId } }) => actId)).toEqual([1, 2])
  expect((await readActs(shared.redis, keys, first, { count: 10 })).map((each) => each.act)).toEqual([act(2)])
})
