import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { DirectoryRecord } from '../../model/plan/directory.ts'
import type { Plan, Zone } from '../../model/plan/plan.ts'
import {
  followDirectoryRecords,
  followPlans,
  loadZones,
  publishAllPlans,
  publishDirectory,
  publishZones,
  retireZones,
} from '../../stream/publication/publications.ts'
import { CHANGED_FIELDS_MAX, CHANGES_MAX, publishedVersion } from '../../stream/publication/publish-records.ts'
import { watchVersion } from '../../stream/publication/watch-version.ts'
import { connectRedis, untilReady } from '../../stream/redis/connect.ts'
import { type Keys, keysOf } from '../../stream/redis/keys.ts'
import { waitFor } from '../setup/patience.ts'
import { PATIENCE_MS } from '../setup/patience-ms.ts'
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

function device(n: number, revoked = false): DirectoryRecord {
  return {
    kind: 'device',
    device: { braceletId: n, deviceId: `imei-${n}`, unitPath: 'a.b', idSuffices: false, revoked, assignments: [] },
  }
}
const gateway: DirectoryRecord = {
  kind: 'gateway',
  gateway: { gatewayId: 'imei-1', unitPath: 'a', secretSha256: '00', revoked: false },
}
const plan = (wearerId: number, changedMs = 1) => ({
  wearerId,
  changedMs,
  plan: {
    wearerId,
    supervisions: [{ fromMs: 0, toMs: 9 }],
    conditions: [],
    permits: [],
    reportIntervalMs: 60_000,
    silenceGraceMs: 1,
  } satisfies Plan,
})
const zone = (id: string): Zone => ({ id, name: id, shape: { type: 'Circle', center: [106.8, -6.2], radiusM: 50 } })
const nameOf = (record: DirectoryRecord) =>
  record.kind === 'device' ? `device:${record.device.deviceId}` : `gateway:${record.gateway.gatewayId}`
const byName = (...records: DirectoryRecord[]) => new Map(records.map((record) => [nameOf(record), record]))

test('the directory is read as it was published; what is left out of the next one goes', async () => {
  const { redis } = shared
  const news = followDirectoryRecords(redis, keys)
  expect(await news()).toEqual({ version: 0, changed: new Map() })
  const many = [gateway, ...Array.from({ length: 2500 }, (_, n) => device(n))]
  await publishDirectory(redis, keys, many)
  const first = await news()
  expect(first.changed).toEqual(byName(...many))
  await publishDirectory(redis, keys, [gateway, device(1, true)])
  const anew = await followDirectoryRecords(redis, keys)()
  expect(anew.changed).toEqual(byName(gateway, device(1, true)))
  expect(anew.version).toBeGreaterThan(first.version)
  const second = await news()
  expect(second.changed.size).toBe(2500)
  expect([...second.changed].filter(([, record]) => record !== undefined)).toEqual([['device:imei-1', device(1, true)]])
})

test('publishing the same again changes nothing, and the first publication of nothing is one', async () => {
  const { redis } = shared
  await publishDirectory(redis, keys, [])
  const empty = await publishedVersion(redis, keys.directory)
  expect(empty).toBeGreaterThan(0)
  await publishDirectory(redis, keys, [device(1), gateway])
  const version = await publishedVersion(redis, keys.directory)
  expect(version).toBeGreaterThan(empty)
  const before = await redis.hgetall(keys.directory.records)
  await publishDirectory(redis, keys, [gateway, device(1)])
  expect(await publishedVersion(redis, keys.directory)).toBe(version)
  expect(await redis.hgetall(keys.directory.records)).toEqual(before)
})

test('one who follows learns exactly what changed', async () => {
  const { redis } = shared
  await publishDirectory(redis, keys, [gateway, device(1), device(2), device(3)])
  const news = followDirectoryRecords(redis, keys)
  const { version } = await news()
  expect(await news()).toEqual({ version, changed: new Map() })
  await publishDirectory(redis, keys, [gateway, device(1), device(2, true), device(3)])
  await publishDirectory(redis, keys, [gateway, device(1), device(2, true), device(4)])
  const found = await news()
  expect(found.changed).toEqual(
    new Map<string, DirectoryRecord | undefined>([
      ['device:imei-2', device(2, true)],
      ['device:imei-4', device(4)],
      ['device:imei-3', undefined],
    ]),
  )
  expect(found.version).toBe(await publishedVersion(redis, keys.directory))
})

test('one who fell behind, or after whom Redis has lost everything, still learns exactly what changed', async () => {
  const { redis } = shared
  await publishDirectory(redis, keys, [device(0)])
  const [behind, far, lost] = [1, 2, 3].map(() => followDirectoryRecords(redis, keys)) as [
    ReturnType<typeof followDirectoryRecords>,
    ReturnType<typeof followDirectoryRecords>,
    ReturnType<typeof followDirectoryRecords>,
  ]
  for (const news of [behind, far, lost]) await news()
  for (let n = 1; n <= CHANGES_MAX + 200; n++) await publishDirectory(redis, keys, [device(0), device(n)])
  expect(await redis.xlen(keys.directory.changes)).toBeLessThan(CHANGES_MAX + 150)
  expect((await behind()).changed).toEqual(byName(device(CHANGES_MAX + 200)))
  await publishDirectory(
    redis,
    keys,
    Array.from({ length: CHANGED_FIELDS_MAX + 1 }, (_, n) => device(n + 10_000)),
  )
  expect((await far()).changed.size).toBe(CHANGED_FIELDS_MAX + 2)
  const { records, head, version, changes } = keys.directory
  await redis.del(records, head, version, changes)
  expect((await lost()).changed.size).toBe(0)
  await publishDirectory(redis, keys, [device(7)])
  expect((await lost()).changed).toEqual(
    new Map<string, DirectoryRecord | undefined>([
      ['device:imei-7', device(7)],
      ['device:imei-0', undefined],
    ]),
  )
})

test('versions grow although Redis has lost everything', async () => {
  const { redis } = shared
  await publishDirectory(redis, keys, [device(1)])
  const before = await publishedVersion(redis, keys.directory)
  await redis.del(keys.directory.records, keys.directory.version, keys.directory.changes)
  // A Redis that lost its data has been away for a millisecond.
  for (let nowMs = 0; nowMs <= before; ) {
    const [seconds, micros] = await redis.time()
    nowMs = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
  }
  await publishDirectory(redis, keys, [device(2)])
  expect(await publishedVersion(redis, keys.directory)).toBeGreaterThan(before)
})

test('plans changed more often than the clock ticks are announced once', async () => {
  const { redis } = shared
  // The shard's versions run ahead of the clock.
  await publishAllPlans(redis, keys, 4, [plan(1)])
  await redis.set(keys.plansOf(1).version, Date.now() + 60_000)
  await publishAllPlans(redis, keys, 4, [plan(1, 3)])
  const version = await publishedVersion(redis, keys.allPlans)
  expect(version).toBe((await followPlans(redis, keys, 1)()).version)
  await publishAllPlans(redis, keys, 4, [plan(1, 3)])
  expect(await publishedVersion(redis, keys.allPlans)).toBe(version)
})

test('plans go to their shards, change alone, and go', async () => {
  const { redis } = shared
  await publishAllPlans(redis, keys, 4, [plan(1), plan(5), plan(2)])
  const news = followPlans(redis, keys, 1)
  const before = await news()
  expect([...before.changed.keys()].sort()).toEqual([1, 5])
  const { wearerId: _, ...published } = plan(1)
  expect(before.changed.get(1)).toEqual(published)
  expect((await followPlans(redis, keys, 2)()).changed.size).toBe(1)
  await publishAllPlans(redis, keys, 4, [plan(5, 7), plan(2)])
  expect([...(await news()).changed].map(([wearerId, now]) => [wearerId, now?.changedMs])).toEqual([
    [5, 7],
    [1, undefined],
  ])
  const version = await publishedVersion(redis, keys.allPlans)
  await publishAllPlans(redis, keys, 4, [plan(5, 7), plan(2)])
  expect(await publishedVersion(redis, keys.allPlans)).toBe(version)
  await publishAllPlans(redis, keys, 4, [])
  for (let shard = 0; shard < 4; shard++) expect((await followPlans(redis, keys, shard)()).changed.size).toBe(0)
  expect(await publishedVersion(redis, keys.allPlans)).toBeGreaterThan(version)
})

test('zones are loaded by id; unknown ids are left out', async () => {
  const { redis } = shared
  expect(await loadZones(redis, keys, [])).toEqual([])
  await publishZones(
    redis,
    keys,
    Array.from({ length: 1200 }, (_, i) => zone(`z${i}`)),
  )
  expect(await redis.hlen(keys.zones)).toBe(1200)
  expect(await loadZones(redis, keys, ['z7', 'no', 'z8'])).toEqual([zone('z7'), zone('z8')])
})

test('a zone that no plan names goes after its time, and stays where it is named again', async () => {
  const { redis } = shared
  await redis.del(keys.zones)
  await publishZones(redis, keys, ['named', 'retired', 'back'].map(zone))
  const look = (nowMs: number, ...named: string[]) => retireZones(redis, keys, new Set(named), nowMs, 1000)
  expect(await look(0, 'named')).toEqual([])
  expect(await look(999, 'named', 'back')).toEqual([])
  expect(await look(1000, 'named')).toEqual(['retired'])
  expect((await redis.hkeys(keys.zones)).toSorted()).toEqual(['back', 'named'])
  expect(await redis.hgetall(keys.retiredZones)).toEqual({ back: '1000' })
  expect(await look(1999, 'named')).toEqual([])
  expect(await look(2000, 'named')).toEqual(['back'])
  expect(await redis.hgetall(keys.retiredZones)).toEqual({})
})

test('a watcher hears of a publication at once, and by looking where the notice was lost', async () => {
  const { redis } = shared
  const byNotice: number[] = []
  const byLooking: number[] = []
  const stops = [
    watchVersion(redis, keys, 'directory', (version) => byNotice.push(version), 3_600_000),
    watchVersion(redis, keys, 'directory', (version) => byLooking.push(version), 20),
  ]
  await waitFor(() => expect([byNotice, byLooking]).toEqual([[0], [0]]))
  await publishDirectory(redis, keys, [device(1)])
  await waitFor(() => expect(byNotice).toHaveLength(2))
  await redis.set(keys.directory.version, byNotice[1]! + 5)
  await waitFor(() => expect(byLooking.at(-1)).toBe(byNotice[1]! + 5))
  expect(byNotice).toHaveLength(2)
  for (const stop of stops) stop()
})

test('a publisher that fails half-way leaves nothing that the next one would not announce', async () => {
  const { redis, settings } = shared
  await publishDirectory(redis, keys, [device(1)])
  await publishAllPlans(redis, keys, 2, [plan(2), plan(3)])
  const before = [await publishedVersion(redis, keys.directory), await publishedVersion(redis, keys.allPlans)]
  // What it may not do is where it ends: announce a directory, announce the plans of all shards.
  const user = settings.prefix
  const may = [
    '~*{0}*',
    '~*{1}*',
    `~${keys.directory.records}`,
    `~${keys.directory.fence}`,
    `%R~${keys.directory.head}`,
  ]
  await redis.call('acl', 'setuser', user, 'reset', 'on', '>secret', ...may, '&*', '+@all')
  const url = new URL(settings.url)
  url.username = encodeURIComponent(user)
  url.password = 'secret'
  const failing = connectRedis({ ...settings, url: url.href }, 'failing', silentLog)
  await untilReady(failing, PATIENCE_MS)
  await expect(publishDirectory(failing, keys, [device(1, true)])).rejects.toThrow(/NOPERM/)
  await expect(publishAllPlans(failing, keys, 2, [plan(2, 7), plan(3)])).rejects.toThrow(/NOPERM/)
  failing.disconnect()
  await redis.call('acl', 'deluser', user)
  await publishDirectory(redis, keys, [device(1, true)])
  await publishAllPlans(redis, keys, 2, [plan(2, 7), plan(3)])
  expect(await publishedVersion(redis, keys.directory)).toBeGreaterThan(before[0]!)
  expect(await publishedVersion(redis, keys.allPlans)).toBeGreaterThan(before[1]!)
})
