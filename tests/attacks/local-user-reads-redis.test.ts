// Somebody else on the machine, or a role of the server that was taken over, at Redis' port: nothing without a password, and with
// a role's password what that role needs and no more.
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DeviceReport } from '../../model/report/report.ts'
import { appendAct, readActs } from '../../stream/logs/act-log.ts'
import { ReportAppender } from '../../stream/logs/append-reports.ts'
import { readIncidents, trimIncidents } from '../../stream/logs/incident-log.ts'
import { readLag } from '../../stream/logs/lag.ts'
import { lateAnswered, readLateAnswer, readLateRequests, writeLateAnswer } from '../../stream/logs/late-requests.ts'
import { publishLive, readLatest } from '../../stream/logs/live-channel.ts'
import { readEdges } from '../../stream/logs/log-edges.ts'
import { commitNotified, forgetDue, readDue, readNotified, rememberRecipients } from '../../stream/logs/notified.ts'
import { getPosition, setPosition, trimReports } from '../../stream/logs/positions.ts'
import { probeLog } from '../../stream/logs/probe-log.ts'
import {
  appendQuarantine,
  dropQuarantine,
  quarantineDropped,
  quarantinePosition,
  quarantineWaiting,
  readQuarantine,
} from '../../stream/logs/quarantine-log.ts'
import { readEntries } from '../../stream/logs/read-reports.ts'
import { agreeDeviceKey, agreeShardCount } from '../../stream/ownership/agree.ts'
import { commitShard, eventFieldsOf, loadShard } from '../../stream/ownership/checkpoint.ts'
import { ACQUIRE, BEAT, RELEASE, RENEW } from '../../stream/ownership/lease-scripts.ts'
import { readListening, sayListening } from '../../stream/ownership/listening.ts'
import { commitOutages, readOutages, readUnitCounts, saveUnitCounts } from '../../stream/ownership/outages.ts'
import {
  disputesVersion,
  noteSenders,
  raiseDispute,
  readDisputes,
  resolveDisputes,
} from '../../stream/publication/disputes.ts'
import {
  beginPublishingRules,
  followDirectoryRecords,
  followPlans,
  loadZones,
  publishAllPlans,
  publishDirectory,
  publishZones,
} from '../../stream/publication/publications.ts'
import { publishedVersion } from '../../stream/publication/publish-records.ts'
import {
  connectRedis,
  duplicateRedis,
  type RedisClient,
  type RedisSettings,
  untilReady,
} from '../../stream/redis/connect.ts'
import { readDurability } from '../../stream/redis/durability.ts'
import { ACTS_READER, EVERY, INCIDENTS_READER, keysOf } from '../../stream/redis/keys.ts'
import { aclOf, REDIS_ROLES, type RedisRole, redisUser } from '../../stream/redis/rights.ts'
import { runScript } from '../../stream/redis/run-script.ts'
import { admitsStrangers, setUsers } from '../../stream/redis/users.ts'
import { startOneNodeCluster } from '../setup/one-node-cluster.ts'
import { type OwnServer, ownRedis } from '../setup/own-services.ts'
import { PATIENCE_MS } from '../setup/patience-ms.ts'
import { silentLog } from '../setup/test-redis.ts'
import { reportAt } from '../stream/report-at.ts'

const SHARDS = 2
const PREFIX = 'gel[a*ng'
const keys = keysOf(PREFIX)
const passwords = Object.fromEntries(REDIS_ROLES.map((role) => [role, `password-of-${role}`])) as Record<
  RedisRole,
  string
>

const device = {
  kind: 'device' as const,
  device: {
    ...{ braceletId: 1, deviceId: 'T-1', unitPath: 'a', idSuffices: false, revoked: false },
    secretSha256: 'ab'.repeat(32),
    assignments: [],
  },
}
const plan = { wearerId: 1, conditions: [], permits: [] } as never
const request = { wearerId: 1, fromMs: 0, receivedMs: 0, baseMs: 1, sinceId: '1-0', entryId: '1-0', attempt: 0 }

type Operation = readonly [name: string, roles: readonly RedisRole[], run: (redis: RedisClient) => Promise<unknown>]

const leaseOperations = (lease: string, role: RedisRole): Operation[] => [
  [`beats for ${lease}`, [role], (redis) => runScript(redis, BEAT, [keys.owners(lease)], ['o', 1000])],
  [
    `takes a lease of ${lease}`,
    [role],
    (redis) => runScript(redis, ACQUIRE, [keys.lease(lease, 0), keys.token(lease, 0)], ['o', 60_000]),
  ],
  [`renews ${lease}`, [role], (redis) => runScript(redis, RENEW, [keys.lease(lease, 0)], ['1|o', 60_000])],
  [`releases ${lease}`, [role], (redis) => runScript(redis, RELEASE, [keys.lease(lease, 0)], ['1|o'])],
  [`leaves ${lease}`, [role], (redis) => redis.zrem(keys.owners(lease), 'o')],
]

/** All that the server asks of Redis, and who asks it. Leases hold no token `1`, so fenced steps end as if another owned the shard. */
const OPERATIONS: readonly Operation[] = [
  ['agrees on the shards', REDIS_ROLES, (redis) => agreeShardCount(redis, keys, SHARDS)],
  ['asks for the durability', REDIS_ROLES, (redis) => readDurability(redis)],
  ...leaseOperations('evaluate', 'evaluate'),
  ...leaseOperations('units', 'evaluate'),
  ...leaseOperations('record', 'record'),
  ...leaseOperations('publish', 'record'),
  ...leaseOperations('notify', 'notify'),

  ['appends reports', ['ingest'], (redis) => appendOne(redis)],
  ['probes the log', ['ingest'], (redis) => probed(redis)],
  ['says that it listens', ['ingest'], (redis) => sayListening(redis, keys, 1)],
  ['reads since when is listened', ['ingest', 'evaluate'], (redis) => readListening(redis, keys)],
  [
    'quarantines',
    ['ingest'],
    (redis) =>
      appendQuarantine(
        redis,
        keys,
        [1, 2].map(
          () => ({ receivedMs: 1, reason: 'malformed', protocol: 'own', raw: new Uint8Array(3), sender: 's' }) as never,
        ),
        { entriesMax: 1 },
      ),
  ],
  ['agrees on the key of codes', ['ingest'], (redis) => agreeDeviceKey(redis, keys, new Uint8Array(32))],
  [
    'notes who speaks for a bracelet',
    ['ingest'],
    (redis) => noteSenders(redis, keys, [{ braceletId: 1, wearerId: 1, sender: 's', receivedMs: 1, timeMs: 1 }]),
  ],
  [
    'raises a dispute',
    ['ingest'],
    (redis) => raiseDispute(redis, keys, { braceletId: 1, wearerId: 1, sinceMs: 1, why: 'w', senders: ['s'] }),
  ],
  ['asks whether disputes changed', ['ingest', 'api'], (redis) => disputesVersion(redis, keys)],
  ['reads disputes', ['ingest', 'api'], (redis) => readDisputes(redis, keys)],
  ['settles disputes', ['api'], (redis) => resolvedDisputes(redis)],
  ['reads the quarantine', ['record'], (redis) => readQuarantine(redis, keys, '0-0', { count: 1 })],
  ['asks where the quarantine is', ['ingest', 'record'], (redis) => quarantinePosition(redis, keys)],
  ['counts the quarantine', ['ingest', 'evaluate', 'record'], (redis) => quarantineWaiting(redis, keys)],
  ['drops quarantine', ['record'], (redis) => dropQuarantine(redis, keys, '99-0')],
  ['asks what was pushed out', ['record'], (redis) => quarantineDropped(redis, keys)],

  ['reads reports', ['evaluate', 'record'], (redis) => readEntries(redis, keys.reports(0), '0-0', { count: 1 })],
  ['measures the lag', ['evaluate', 'record'], (redis) => readLag(redis, keys, SHARDS)],
  ['says how far record is', ['record'], (redis) => setPosition(redis, keys, 'record', 0, '1-0')],
  ['says how far incidents are recorded', ['record'], (redis) => setPosition(redis, keys, INCIDENTS_READER, 0, '1-0')],
  ['asks how far incidents are recorded', ['record', 'api'], (redis) => getPosition(redis, keys, INCIDENTS_READER, 0)],
  ['asks how far notify is', ['record', 'notify'], (redis) => getPosition(redis, keys, 'notify', 0)],
  ['asks how far the acts are', ['notify'], (redis) => getPosition(redis, keys, ACTS_READER, 0)],

  ['loads a shard', ['evaluate'], (redis) => loadShard(redis, keys, 0)],
  ['reads the newest positions', ['evaluate', 'api'], (redis) => readLatest(redis, keys, 0)],
  ['commits a shard', ['evaluate'], (redis) => committed(redis)],
  ['trims reports', ['record'], (redis) => trimReports(redis, keys, 0)],
  ['looks for buckets', ['evaluate'], (redis) => eventFieldsOf(redis, keys, 0, [1])],
  ['publishes positions', ['evaluate'], (redis) => publishLive(redis, keys, 0, new Uint8Array(1))],
  [
    'saves the counts of units',
    ['evaluate'],
    (redis) => withLease(redis, 'evaluate', (token) => saveUnitCounts(redis, keys, 0, token, '{}')),
  ],
  ['reads the counts of units', ['evaluate'], (redis) => readUnitCounts(redis, keys, SHARDS)],
  ['reads outages', ['evaluate'], (redis) => readOutages(redis, keys)],
  [
    'commits outages',
    ['evaluate'],
    (redis) =>
      withLease(redis, 'units', (token) =>
        commitOutages(redis, keys, token, {
          incidents: [{} as never],
          kept: new Map([['a', {} as never]]),
          dropped: ['b'],
        }),
      ),
  ],
  ['reads late requests', ['evaluate', 'record'], (redis) => readLateRequests(redis, keys, 0)],
  ['answers late requests', ['record'], (redis) => writeLateAnswer(redis, keys, 0, { request })],
  ['looks for late answers', ['evaluate', 'record'], (redis) => lateAnswered(redis, keys, 0)],
  ['reads a late answer', ['evaluate'], (redis) => readLateAnswer(redis, keys, 0, 1)],

  ['reads incidents', ['record', 'notify', 'api'], (redis) => readIncidents(redis, keys, 0, '0-0', { count: 1 })],
  ['looks at the ends of the incidents', ['record', 'api'], (redis) => readEdges(redis, keys.incidents(0))],
  ['trims incidents', ['record'], (redis) => trimIncidents(redis, keys, 0, 1, [INCIDENTS_READER, 'notify'])],
  ['appends an act', ['api'], (redis) => appendAct(redis, keys, {} as never)],
  ['reads acts', ['notify', 'api'], (redis) => readActs(redis, keys, '0-0', { count: 1 })],
  ['looks at the ends of the acts', ['api'], (redis) => readEdges(redis, keys.acts)],

  ['reads what was told', ['notify'], (redis) => readNotified(redis, keys, 0, ['i'])],
  [
    'commits what was told',
    ['notify'],
    (redis) =>
      withLease(redis, 'notify', (token) =>
        commitNotified(redis, keys, {
          ...{ shard: 0, token, position: '1-0', actsPosition: '1-0' },
          notified: [
            { incidentId: 'i', json: '{}', keptMs: 1000, dueMs: 1 },
            { incidentId: 'j', json: '{}' },
          ],
        }),
      ),
  ],
  ['reads what is due', ['notify'], (redis) => readDue(redis, keys, 0, 1, 1)],
  ['forgets what is due', ['notify'], (redis) => forgetDue(redis, keys, 0, ['i'])],
  ['remembers recipients', ['notify'], (redis) => rememberRecipients(redis, keys, ['r'])],
  ['writes to the queues', ['notify'], (redis) => redis.hset(`${keys.queues}:alerts-x:meta`, 'a', 'b')],

  ['takes the rules over', ['record'], (redis) => beginPublishingRules(redis, keys, SHARDS, 1)],
  ['publishes the directory', ['record'], (redis) => publishDirectory(redis, keys, [device], 1)],
  [
    'publishes plans',
    ['record'],
    (redis) => publishAllPlans(redis, keys, SHARDS, [{ wearerId: 1, changedMs: 1, plan }], 1),
  ],
  ['publishes zones', ['record'], (redis) => publishZones(redis, keys, [{ id: 'z', shape: {} } as never])],
  ['follows the directory', ['ingest'], (redis) => followedTwice(followDirectoryRecords(redis, keys))],
  ['asks for the version of the directory', ['ingest', 'record'], (redis) => publishedVersion(redis, keys.directory)],
  ['follows plans', ['evaluate'], (redis) => followedTwice(followPlans(redis, keys, 0))],
  ['asks for the version of the plans', ['evaluate', 'record'], (redis) => publishedVersion(redis, keys.allPlans)],
  ['loads zones', ['evaluate', 'record'], (redis) => loadZones(redis, keys, ['z'])],

  ['hears of the directory', ['ingest'], (redis) => heard(redis, keys.directory.notice)],
  ['hears of plans', ['evaluate'], (redis) => heard(redis, keys.allPlans.notice)],
  ['hears positions', ['api'], (redis) => heard(redis, keys.live(0))],

  // What a thief would try.
  ['lists the keys', [], (redis) => redis.call('KEYS', '*')],
  ['scans', [], (redis) => redis.call('SCAN', '0')],
  ['empties Redis', [], (redis) => redis.call('FLUSHALL')],
  ['reads the configuration', [], (redis) => redis.call('CONFIG', 'GET', '*')],
  ['makes itself a user', [], (redis) => redis.call('ACL', 'SETUSER', 'x', 'on', 'nopass', '+@all', '~*')],
  ['looks on', [], (redis) => redis.call('MONITOR')],
  ['listens to all channels', [], (redis) => redis.call('PSUBSCRIBE', '*')],
  ['stops Redis', [], (redis) => redis.call('SHUTDOWN')],
  [
    'takes the directory away in a script',
    [],
    (redis) => redis.call('EVAL', "return redis.call('DEL', KEYS[1])", '1', keys.directory.records),
  ],
  ['steals a lease as if it had run out', [], (redis) => redis.call('SET', keys.lease('api', 0), '9|x')],
  ['begins with another number of shards', [], (redis) => redis.set(keys.shardCount, 3)],
]

async function appendOne(redis: RedisClient): Promise<void> {
  const appender = new ReportAppender(redis, keys, { shardCount: SHARDS })
  await Promise.all([0, 1].map((wearerId) => appender.append(reportAt(1) as DeviceReport, wearerId, 1, 1, 'own')))
}

/** Of a wearer who has one, however often. */
async function resolvedDisputes(redis: RedisClient): Promise<void> {
  await raiseDispute(publisher, keys, { braceletId: 1, wearerId: 1, sinceMs: 1, why: 'w', senders: ['s'] })
  await resolveDisputes(redis, keys, 1)
}

/** Publishes as somebody who may, so that one who follows has something to follow. */
let publisher: RedisClient
let at = 2

/** Also what it does when something has changed since. */
async function followedTwice(news: () => Promise<unknown>): Promise<void> {
  await news()
  at++
  await publishDirectory(publisher, keys, [device, { ...device, device: { ...device.device, deviceId: `${at}` } }])
  await publishAllPlans(publisher, keys, SHARDS, [{ wearerId: 2 * at, changedMs: at, plan }])
  await news()
}

async function probed(redis: RedisClient): Promise<void> {
  const [reason] = (await probeLog(redis, keys, SHARDS)).keys()
  if (reason !== undefined) throw new Error(`NOPERM: ${reason}`)
}

async function withLease(redis: RedisClient, role: string, work: (token: number) => Promise<unknown>): Promise<void> {
  await redis.del(keys.lease(role, 0))
  const token = await runScript(redis, ACQUIRE, [keys.lease(role, 0), keys.token(role, 0)], ['o', 60_000])
  await work(Number(token))
}

function committed(redis: RedisClient): Promise<void> {
  return withLease(redis, 'evaluate', (token) =>
    commitShard(redis, keys, {
      ...{ shard: 0, token, position: '1-0', incidents: ['{}'], dropEvents: ['1:0'], dropWearers: [2], dropLate: [2] },
      states: [[1, new Uint8Array(1)]],
      events: [['1:1', new Uint8Array(1)]],
      latest: [[1, new Uint8Array(1)]],
      lateRequests: [request],
    }),
  )
}

async function heard(redis: RedisClient, channel: string): Promise<void> {
  const subscriber = duplicateRedis(redis, 'subscriber')
  try {
    await untilReady(subscriber, PATIENCE_MS)
    await subscriber.subscribe(channel)
  } finally {
    subscriber.disconnect()
  }
}

/** What Redis answers to one command of somebody who has only connected. */
async function asked(port: number, command: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.write(`${command}\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return answer.toString()
}

function isRefused(error: unknown): boolean {
  return /NOPERM|No permissions|no permissions/.test(String((error as Error)?.message))
}

async function outcomeOf(work: Promise<unknown>): Promise<'done' | 'refused' | string> {
  try {
    await work
    return 'done'
  } catch (error) {
    return isRefused(error) ? 'refused' : String(error)
  }
}

function addressed(url: string, user: string, password: string): string {
  const address = new URL(url)
  address.username = encodeURIComponent(user)
  address.password = password
  return address.href
}

async function everyOperation(admin: RedisClient, settings: RedisSettings): Promise<void> {
  await setUsers(admin, PREFIX, passwords)
  publisher = admin
  const connections = new Map<RedisRole, RedisClient>()
  try {
    for (const role of REDIS_ROLES) {
      const url = addressed(settings.url, redisUser(PREFIX, role), passwords[role])
      const redis = connectRedis({ ...settings, url }, role, silentLog)
      connections.set(role, redis)
      await untilReady(redis, PATIENCE_MS)
    }
    // The order matters: what one writes another reads.
    const wrong: string[] = []
    for (const [name, roles, run] of OPERATIONS)
      for (const [role, redis] of connections) {
        const outcome = await outcomeOf(run(redis))
        if (outcome !== (roles.includes(role) ? 'done' : 'refused')) wrong.push(`${role} ${name}: ${outcome}`)
      }
    expect(wrong).toEqual([])
  } finally {
    for (const redis of connections.values()) redis.disconnect()
  }
}

describe('a private Redis', () => {
  let server: OwnServer
  let admin: RedisClient
  beforeAll(async () => {
    server = await ownRedis()
    admin = connectRedis({ url: server.url, prefix: PREFIX }, 'admin', silentLog)
    await untilReady(admin, PATIENCE_MS)
  })
  afterAll(async () => {
    admin?.disconnect()
    await server?.discard()
  })

  test('nobody gets in without the password, which only its owner can read', async () => {
    const commands = [`HGETALL ${keys.directory.records}`, `PUBLISH ${keys.live(0)} x`, `XADD ${keys.reports(0)} * b x`]
    for (const command of commands) expect(await asked(server.port, command)).toMatch(/^-NOAUTH/)
    expect(await admitsStrangers({ url: server.url, prefix: PREFIX })).toBe(false)
    for (const name of ['password', 'users.acl']) expect(statSync(join(server.folder, name)).mode & 0o777).toBe(0o600)
    expect(statSync(server.folder).mode & 0o077).toBe(0)
  })

  test('every role may do what it does, and nothing that only others do', async () => {
    await everyOperation(admin, { url: server.url, prefix: PREFIX })
  })

  test('the users outlive a restart', async () => {
    expect(await setUsers(admin, PREFIX, passwords)).toBe(true)
    await server.stop()
    await server.startAgain()
    const redis = new Redis(addressed(server.url, redisUser(PREFIX, 'api'), passwords.api))
    redis.on('error', () => undefined)
    expect(await redis.hlen(keys.latest(0)).catch(isRefused)).toBe(true)
    expect(await redis.call('HSCAN', keys.latest(0), '0')).toBeDefined()
    redis.disconnect()
  })
})

test('the same on a Redis Cluster', async () => {
  const cluster = await startOneNodeCluster()
  const settings = { url: cluster.url, prefix: PREFIX, cluster: true }
  const admin = connectRedis(settings, 'admin', silentLog)
  try {
    await untilReady(admin, PATIENCE_MS)
    await everyOperation(admin, settings)
  } finally {
    admin.disconnect()
    await cluster.discard()
  }
})

test('every key of keys.ts is reached by somebody', () => {
  const given = REDIS_ROLES.map((role) => `${aclOf('p', role, '').join(' ')} `).join('')
  const { prefix: _prefix, seal: _seal, ...all } = keysOf('p')
  const keyOf = (key: unknown): unknown => (typeof key === 'function' ? key(EVERY, EVERY) : key)
  for (const [name, key] of Object.entries(all)) {
    const made = keyOf(
      name === 'owners'
        ? all.owners('evaluate')
        : name === 'lease' || name === 'token' || name === 'position'
          ? all[name]('evaluate', EVERY)
          : key,
    )
    const keysAndChannels =
      typeof made === 'string' ? [made] : Object.values(made as object).filter((each) => typeof each === 'string')
    for (const each of keysAndChannels) expect(given.includes(each), `${name}: ${each}`).toBe(true)
  }
})
