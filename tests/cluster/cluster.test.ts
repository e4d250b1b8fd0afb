// The whole server several times over against a Redis Cluster of three nodes: shards are shared, move when a process is killed
// and when one joins, a node is killed, and the end is that of a calm life on one Redis.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectRedis, type RedisClient, untilReady } from '../../stream/redis/connect.ts'
import { activeIncidents } from '../faults/compare-runs.ts'
import { eventually } from '../faults/eventually.ts'
import { makeWorld, type Servers, SHARDS, startServers, type World } from '../faults/world.ts'
import { openReceiver, type Receiver } from '../notify/notify-fixture.ts'
import { waitFor } from '../setup/patience.ts'
import { PATIENCE_MS } from '../setup/patience-ms.ts'
import { silentLog } from '../setup/test-redis.ts'
import { KEYS, type Life, type Placed, runLife } from './run-life.ts'
import { startThreeNodes, type ThreeNodes } from './three-nodes.ts'

const SEED = 3
const MOVE_MS_MAX = 3 * PATIENCE_MS
let servers: Servers
let nodes: ThreeNodes
let world: World
let redis: RedisClient
let receiver: Receiver

beforeAll(async () => {
  ;[servers, nodes, receiver] = await Promise.all([startServers(), startThreeNodes(), openReceiver()])
  world = await makeWorld(SEED, servers)
  redis = connectRedis({ url: nodes.url, prefix: 'gelang', cluster: true }, 'test', silentLog)
  await untilReady(redis, PATIENCE_MS)
})
afterAll(async () => {
  redis?.disconnect()
  await world?.close()
  await receiver?.close()
  await nodes?.discard()
  await servers?.discard()
})

/** Who holds the shards of a role now, by owner. */
async function owners(role: string): Promise<Map<string, number>> {
  const held = new Map<string, number>()
  for (let shard = 0; shard < SHARDS; shard++) {
    const owner = (await redis.get(KEYS.lease(role, shard)))?.split('|')[1]
    if (owner !== undefined) held.set(owner, (held.get(owner) ?? 0) + 1)
  }
  return held
}

const untilShared = (role: string, among: number) =>
  eventually(
    async () => {
      const held = await owners(role)
      const all = [...held.values()].reduce((sum, count) => sum + count, 0) === SHARDS
      return held.size === among && all && [...held.values()].every((count) => count >= Math.floor(SHARDS / among))
    },
    `the shards of ${role} are shared by ${among}`,
    MOVE_MS_MAX,
  )

async function disturb({
  processes,
  moment,
}: {
  processes: Map<string, Placed>
  moment(part: number): Promise<void>
}): Promise<void> {
  const one = (name: string) => processes.get(name)!
  await Promise.all([untilShared('evaluate', 2), untilShared('record', 2), untilShared('notify', 2)])
  await moment(0.15)
  await sendStranger(one('ingest-2').ingestUrl)
  await Promise.all([one('evaluate-1').process.kill9(), one('record-1').process.kill9()])
  await Promise.all([untilShared('evaluate', 1), untilShared('record', 1), untilShared('notify', 1)])
  await moment(0.5)
  one('spare-evaluate').process.start()
  one('spare-record').process.start()
  await Promise.all([untilShared('evaluate', 2), untilShared('record', 2), untilShared('notify', 2)])
  await Promise.all(['spare-evaluate', 'spare-record'].map((name) => one(name).process.untilReady()))
  const figures = await (await fetch(`${one('record-2').healthUrl}/metrics`)).text()
  for (let shard = 0; shard < SHARDS; shard++)
    for (const reader of ['evaluate', 'record'])
      expect(figures).toContain(`gelang_log_lag_seconds{reader="${reader}",shard="${shard}"}`)
  const door = await (await fetch(`${one('ingest-1').healthUrl}/metrics`)).text()
  expect(door).toContain('gelang_log_available 1')
  await moment(0.7)
  await nodes.killAndRestart(1)
}

/** A report of a bracelet that nobody knows, over a gateway that is known. */
async function sendStranger(ingestUrl: string): Promise<void> {
  const { gatewayId, secret } = world.fleet.gateways[0]!
  await fetch(`${ingestUrl}/v1/reports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gatewayId}:${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ deviceId: 'STRANGER', time: world.fromMs + 60_000, lat: -6.2, lon: 106.8 }),
  })
}

function expectWhole(life: Life): void {
  expect(life.ended).toEqual([])
  expect(life.refused).toEqual([])
  expect(life.pending).toBe(0)
  expect(life.rows.filter(({ copies }) => copies !== 1)).toEqual([])
  const stored = new Set(life.rows.map(({ identity }) => identity))
  expect([...life.answered].filter((identity) => !stored.has(identity))).toEqual([])
  expect(stored.size).toBe(life.answered.size)
  expect(life.positionsSeen).toBeGreaterThan(100)
}

test(
  'a life on three nodes with processes that die and join ends like a calm one on a single Redis',
  async () => {
    const calm = await runLife({
      world,
      redis: world.redis,
      redisEnv: { REDIS_URL: servers.redis.url },
      processes: { ingest: 'ingest', evaluate: 'evaluate', record: 'record', api: 'api' },
    })
    expectWhole(calm)
    const life = await runLife({
      world,
      redis,
      redisEnv: {
        REDIS_URL: nodes.url,
        GELANG_ALLOW_OPEN_REDIS: '1',
        GELANG_REDIS_CLUSTER: '1',
        GELANG_WEBHOOK_URL: receiver.url(),
      },
      processes: {
        'ingest-1': 'ingest',
        'ingest-2': 'ingest',
        'evaluate-1': 'evaluate',
        'evaluate-2': 'evaluate',
        'record-1': 'record,notify',
        'record-2': 'record,notify',
        api: 'api',
        'spare-evaluate': 'evaluate',
        'spare-record': 'record,notify',
      },
      disturb,
      untilNotified: (recorded) => waitFor(() => expect(unnotified(recorded)).toEqual([])),
    })
    expectWhole(life)
    expect(life.quarantined).toBe(1)
    expect([...life.answered].sort()).toEqual([...calm.answered].sort())
    const expected = activeIncidents(calm.recorded.values(), { ...world, untilMs: calm.untilMs })
    expect(expected.size).toBeGreaterThan(10)
    expect(activeIncidents(life.recorded.values(), { ...world, untilMs: life.untilMs })).toEqual(expected)
    expectNotifiedOnce()
  },
  20 * PATIENCE_MS,
)

/** Types of the incidents of which the receiver was not notified, although it should be. */
function unnotified(recorded: Life['recorded']): string[] {
  const raised = new Set(
    receiver.received.filter(({ alert }) => alert.kind === 'raised').map(({ alert }) => alert.reference),
  )
  const due = [...recorded.values()].filter(
    ({ severity, withdrawn }) => severity !== 'informasi' && withdrawn === undefined,
  )
  return due.filter(({ id }) => !raised.has(id)).map(({ type }) => type)
}

/** Each revision was notified once. */
function expectNotifiedOnce(): void {
  const deliveries = receiver.received.map(({ deliveryId }) => deliveryId)
  // A process that was killed between the receiver's answer and noting it delivers again, under the same id.
  expect(deliveries.length - new Set(deliveries).size).toBeLessThanOrEqual(8)
}
