// The same on a Redis Cluster: one node, which refuses keys of two slots in one step just as many would.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DirectoryRecord } from '../../model/plan/directory.ts'
import { appendAct, readActs } from '../../stream/logs/act-log.ts'
import { ReportAppender } from '../../stream/logs/append-reports.ts'
import { readIncidents, trimIncidents } from '../../stream/logs/incident-log.ts'
import { readLag } from '../../stream/logs/lag.ts'
import { publishLive, readLatest, subscribeLive } from '../../stream/logs/live-channel.ts'
import { setPosition, trimReports } from '../../stream/logs/positions.ts'
import { appendQuarantine, dropQuarantine, readQuarantine } from '../../stream/logs/quarantine-log.ts'
import { readEntries } from '../../stream/logs/read-reports.ts'
import { commitShard, loadShard } from '../../stream/ownership/checkpoint.ts'
import { ShardLeases } from '../../stream/ownership/leases.ts'
import { readListening, sayListening } from '../../stream/ownership/listening.ts'
import { commitOutages, readOutages, readUnitCounts, saveUnitCounts } from '../../stream/ownership/outages.ts'
import {
  followDirectoryRecords,
  followPlans,
  loadZones,
  publishAllPlans,
  publishDirectory,
  publishZones,
} from '../../stream/publication/publications.ts'
import { watchVersion } from '../../stream/publication/watch-version.ts'
import { readDurability } from '../../stream/redis/durability.ts'
import { UNITS_SHARD } from '../../stream/redis/keys.ts'
import { type OneNodeCluster, startOneNodeCluster } from '../setup/one-node-cluster.ts'
import { waitFor } from '../setup/patience.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'
import { unitIncident } from '../store/two-bapas.ts'
import { reportAt } from './report-at.ts'

const SHARDS = 4
let cluster: OneNodeCluster
let shared: TestRedis

beforeAll(async () => {
  cluster = await startOneNodeCluster()
  shared = await createTestRedis(cluster.url, { cluster: true })
})

afterAll(async () => {
  await shared?.cleanup()
  await cluster?.discard()
})

test('reports, leases, a commit and trimming', async () => {
  const { redis, keys } = shared
  const appender = new ReportAppender(redis, keys, { shardCount: SHARDS })
  await Promise.all(Array.from({ length: 100 }, (_, i) => appender.append(reportAt(i), i, 1, 5, 'own')))
  const gained = new Map<number, number>()
  const leases = new ShardLeases(redis, keys, {
    role: 'evaluate',
    ownerId: 'a',
    shardCount: SHARDS,
    ttlMs: 5000,
    renewMs: 100,
    log: silentLog,
    onGained: (shard, token) => void gained.set(shard, token),
    onLost: () => undefined,
  })
  leases.start()
  await waitFor(() => expect(gained.size).toBe(SHARDS))
  const bytes = new Uint8Array([1, 255])
  for (const [shard, token] of gained) {
    const entries = await readEntries(redis, keys.reports(shard), '0-0', { count: 10 })
    expect(entries.length).toBeGreaterThan(0)
    const position = entries.at(-1)!.id
    const outcome = { incidents: ['{}'], events: [['1:0', bytes]] as [string, Uint8Array][], dropEvents: [] }
    await commitShard(redis, keys, {
      shard,
      token,
      position,
      ...outcome,
      states: [[shard, bytes]],
      latest: [[1, bytes]],
    })
    expect((await loadShard(redis, keys, shard)).states.size).toBe(1)
    expect((await readLatest(redis, keys, shard)).size).toBe(1)
    expect(await readIncidents(redis, keys, shard, '0-0', { count: 10 })).toHaveLength(1)
    await setPosition(redis, keys, 'record', shard, position)
    await trimReports(redis, keys, shard)
    await trimIncidents(redis, keys, shard, 0)
  }
  for (const { recordLagEntries } of await readLag(redis, keys, SHARDS)) expect(recordLagEntries).toBe(0)
  await leases.stop()
  expect(await readDurability(redis)).toMatchObject({ promise: 'always', keepsAll: true })
})

test('publications, quarantine and acts', async () => {
  const { redis, keys } = shared
  const seen: number[] = []
  const stop = watchVersion(redis, keys, 'directory', (version) => seen.push(version), 50)
  await waitFor(() => expect(seen).toEqual([0]))
  const gateway = { gatewayId: 'g', unitPath: 'a', secretSha256: '00', revoked: false }
  await publishDirectory(redis, keys, [{ kind: 'gateway', gateway } satisfies DirectoryRecord])
  expect((await followDirectoryRecords(redis, keys)()).changed.size).toBe(1)
  await waitFor(() => expect(seen).toHaveLength(2))
  stop()
  const plan = { wearerId: 5, supervisions: [{ fromMs: 0, toMs: 1 }], conditions: [], permits: [] }
  const timing = { reportIntervalMs: 1, silenceGraceMs: 1 }
  await publishAllPlans(redis, keys, SHARDS, [{ wearerId: 5, changedMs: 1, plan: { ...plan, ...timing } }])
  expect((await followPlans(redis, keys, 1)()).changed.size).toBe(1)
  await publishZones(redis, keys, [{ id: 'z', name: '', shape: { type: 'Circle', center: [0, 0], radiusM: 1 } }])
  expect(await loadZones(redis, keys, ['z'])).toHaveLength(1)
  const raw = new Uint8Array(3)
  await appendQuarantine(redis, keys, [
    { receivedMs: 1, protocol: 'own', reason: 'malformed', detail: '', raw, cut: false, sender: 's' },
  ])
  const [item] = await readQuarantine(redis, keys, '0-0', { count: 10 })
  await dropQuarantine(redis, keys, item!.id)
  await appendAct(redis, keys, { actId: 1, incidentId: 'i', wearerId: 1, action: 'note', officerName: 'x', atMs: 1 })
  expect(await readActs(redis, keys, '0-0', { count: 10 })).toHaveLength(1)
})

test('outages of units, whose incidents go to one shard’s log, and counts of every shard', async () => {
  const { redis, keys } = shared
  await redis.set(keys.lease('units', UNITS_SHARD), '41|me')
  for (let shard = 0; shard < SHARDS; shard++) {
    await redis.set(keys.lease('evaluate', shard), '7|me')
    await saveUnitCounts(redis, keys, shard, 7, JSON.stringify({ toMs: shard, units: {} }))
  }
  expect((await readUnitCounts(redis, keys, SHARDS)).map((counts) => counts?.toMs)).toEqual([0, 1, 2, 3])
  const incident = unitIncident({ unitPath: 'dj.a' })
  await commitOutages(redis, keys, 41, {
    incidents: [incident],
    kept: new Map([['dj.a', { incident }]]),
    dropped: ['dj.b'],
  })
  expect(Object.keys(await readOutages(redis, keys))).toEqual(['dj.a'])
  await sayListening(redis, keys, 1000)
  expect(await readListening(redis, keys)).toEqual({ sinceMs: 1000, toMs: 1000, gaps: [] })
})

test('live messages', async () => {
  const { redis, keys } = shared
  const heard: number[] = []
  const subscription = subscribeLive(redis, keys, SHARDS, (shard) => void heard.push(shard))
  await subscription.ready
  await publishLive(redis, keys, 3, new Uint8Array([1]))
  await waitFor(() => expect(heard).toEqual([3]))
  subscription.stop()
})
