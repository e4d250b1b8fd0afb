// A Redis of this file's own that is short of memory, read-only, silent, or promises little.
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ReportAppender } from '../../stream/logs/append-reports.ts'
import { readEntries } from '../../stream/logs/read-reports.ts'
import { commitShard } from '../../stream/ownership/checkpoint.ts'
import { untilReady } from '../../stream/redis/connect.ts'
import { readDurability } from '../../stream/redis/durability.ts'
import { isRedisAway, unavailableReason } from '../../stream/redis/redis-errors.ts'
import { type OwnServer, ownRedis } from '../setup/own-services.ts'
import { PATIENCE_MS } from '../setup/patience-ms.ts'
import { createTestRedis, type TestRedis } from '../setup/test-redis.ts'
import { reportAt } from './report-at.ts'

const SILENT_MS = 400
let server: OwnServer
let shared: TestRedis
let appender: ReportAppender
beforeAll(async () => {
  server = await ownRedis()
  shared = await createTestRedis(server.url, { socketSilentMsMax: SILENT_MS })
  appender = new ReportAppender(shared.redis, shared.keys, { shardCount: 1 })
})
afterAll(async () => {
  await shared?.cleanup()
  await server?.discard()
})

const append = (timeMs: number) => appender.append(reportAt(timeMs), 0, 1, 5, 'own')

test('memory used up: refused as such, nothing of a commit is written, and it resumes', async () => {
  const { redis, keys } = shared
  await redis.set(keys.lease('evaluate', 0), '1|me')
  await redis.config('SET', 'maxmemory', '1')
  await expect(append(1)).rejects.toMatchObject({ name: 'LogUnavailable', reason: 'out_of_memory' })
  const commit = { shard: 0, token: 1, position: '1-1', incidents: ['{}'], dropEvents: [] }
  const refused = commitShard(redis, keys, { ...commit, states: [[1, new Uint8Array(1)]], events: [], latest: [] })
  await expect(refused).rejects.toSatisfy((error) => unavailableReason(error) === 'out_of_memory')
  expect(await redis.exists(keys.states(0), keys.incidents(0), keys.position('evaluate', 0))).toBe(0)
  await redis.config('SET', 'maxmemory', '0')
  await append(2)
})

test('an error carries nothing of what was to be written', async () => {
  const { redis, keys } = shared
  await redis.set(keys.zones, 'not a hash')
  const secret = 'where somebody was'
  const failed = [redis.hset(keys.zones, 'f', secret), redis.pipeline().hset(keys.zones, 'f', secret).exec()]
  for (const outcome of await Promise.allSettled(failed)) {
    expect(inspect(outcome, { depth: 9, showHidden: true })).toContain('WRONGTYPE')
    expect(inspect(outcome, { depth: 9, showHidden: true })).not.toContain(secret)
  }
})

test('read-only: refused as such', async () => {
  await shared.redis.call('REPLICAOF', '127.0.0.1', '1')
  await expect(append(3)).rejects.toMatchObject({ reason: 'read_only' })
  await shared.redis.call('REPLICAOF', 'NO', 'ONE')
  await append(4)
})

test('silent: what is under way is refused once the socket counts as dead, what comes then at once, and it resumes', async () => {
  process.kill(server.pid, 'SIGSTOP')
  const reader = readEntries(shared.redis, shared.keys.reports(0), '0-0', { count: 1 })
  await expect(append(5)).rejects.toMatchObject({ reason: 'away' })
  await expect(reader).rejects.toSatisfy(isRedisAway)
  await expect(append(6)).rejects.toMatchObject({ reason: 'away' })
  process.kill(server.pid, 'SIGCONT')
  await untilReady(shared.redis, PATIENCE_MS)
  await append(7)
})

test.each([
  [{}, 'always', true],
  [{ appendfsync: 'everysec' }, 'everysec', true],
  [{ appendfsync: 'no' }, 'none', true],
  [{ 'no-appendfsync-on-rewrite': 'yes' }, 'none', true],
  [{ appendonly: 'no' }, 'none', true],
  [{ 'maxmemory-policy': 'allkeys-lru' }, 'always', false],
] as const)('with %j Redis promises %s', async (settings, promise, keepsAll) => {
  const usual = { appendonly: 'yes', appendfsync: 'always', 'no-appendfsync-on-rewrite': 'no' }
  const all = { ...usual, 'maxmemory-policy': 'noeviction', ...settings }
  for (const [name, value] of Object.entries(all)) await shared.redis.config('SET', name, value)
  expect(await readDurability(shared.redis)).toMatchObject({
    promise,
    keepsAll,
    sentence: expect.stringMatching(/\.$/),
  })
})

test('where CONFIG is forbidden, it says what INFO says and no more', async () => {
  const { redis } = shared
  await redis.config('SET', 'appendonly', 'yes')
  await redis.call('ACL', 'SETUSER', 'plain', 'on', '>secret', '~*', '&*', '+@all', '-config')
  const plain = await createTestRedis(`redis://plain:secret@127.0.0.1:${server.port}`)
  expect(await readDurability(plain.redis)).toMatchObject({ promise: 'unknown', maxmemoryPolicy: 'allkeys-lru' })
  await redis.config('SET', 'appendonly', 'no')
  expect(await readDurability(plain.redis)).toMatchObject({ promise: 'none' })
  await plain.cleanup()
})

test.each([
  ['MISCONF Redis is configured to save RDB snapshots, but it is unable to persist to disk', 'disk_full'],
  ['LOADING Redis is loading the dataset in memory', 'starting'],
  ['CLUSTERDOWN Hash slot not served', 'cluster_down'],
  ['NOAUTH Authentication required.', 'denied'],
  ['WRONGTYPE Operation against a key holding the wrong kind of value', 'refused'],
])('%s means %s', (message, reason) => {
  expect(unavailableReason(new Error(message))).toBe(reason)
})
