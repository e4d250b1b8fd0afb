// The very first start, when nobody was ever notified: what is open is notified, not the history, however it ends.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openMeter } from '../../bin/process/meter.ts'
import { FencedOff } from '../../model/fenced-off.ts'
import { openChannels } from '../../notify/channels/open-channels.ts'
import { openDeliveries } from '../../notify/deliver.ts'
import { followIncidents } from '../../notify/follow-incidents.ts'
import type { Recipient } from '../../notify/recipient.ts'
import { fixedBook } from '../../notify/recipient-book.ts'
import type { Notifying } from '../../notify/start-notify.ts'
import { connectQueueWorker } from '../../stream/redis/connect.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'
import {
  conclude,
  concludeAt,
  incidentOf,
  openReceiver,
  QUICK,
  type Receiver,
  runNotify,
  START_MS,
  untilTaken,
} from './notify-fixture.ts'

let redis: TestRedis
let receiver: Receiver
let recipients: Recipient[]
let running: Notifying | undefined

beforeAll(async () => {
  receiver = await openReceiver()
})
beforeEach(async () => {
  redis = await createTestRedis()
  receiver.received.length = 0
  recipients = [
    { id: 'operations', level: 'petugas', ways: [{ channel: 'webhook', address: receiver.url(), fromSettings: true }] },
  ]
})
afterEach(async () => {
  await running?.stop()
  running = undefined
  await redis.cleanup()
})
afterAll(() => receiver.close())

const notified = () => receiver.received.map(({ alert }) => alert.reference)

test('what was over before anybody was to be notified is not notified', async () => {
  const over = incidentOf(1, { revision: 2, endMs: 1_770_000_900_000 })
  await concludeAt(redis, START_MS, incidentOf(1), incidentOf(2), over)
  running = runNotify(redis, recipients)
  await untilTaken(receiver, 1)
  await conclude(redis, 0, incidentOf(3))
  await untilTaken(receiver, 2)
  expect(notified()).toEqual([incidentOf(2).id, incidentOf(3).id])
})

test('what an evaluator concluded and ended just before is notified; what it took back is not', async () => {
  const endMs = 1_770_000_900_000
  await conclude(redis, 0, incidentOf(1), incidentOf(1, { revision: 2, endMs }))
  await conclude(redis, 0, incidentOf(2), incidentOf(2, { revision: 2, withdrawn: { reason: 'late_report' } }))
  await conclude(redis, 0, incidentOf(3, { severity: 'informasi' }), incidentOf(4, { endMs }))
  running = runNotify(redis, recipients)
  await untilTaken(receiver, 2)
  await conclude(redis, 0, incidentOf(5))
  await untilTaken(receiver, 3)
  expect(notified()).toEqual([incidentOf(1).id, incidentOf(4).id, incidentOf(5).id])
})

test('a process that dies between notifying the open ones and saying how far it came leaves no history to be notified', async () => {
  const OVER = 20
  const OPEN = 101
  for (let i = 1; i <= OVER; i++)
    await concludeAt(redis, START_MS, incidentOf(i), incidentOf(i, { revision: 2, endMs: 1_770_000_900_000 }))
  for (let i = 1; i <= OPEN; i++) await conclude(redis, 0, incidentOf(1000 + i))
  const lease = redis.keys.lease('notify', 0)
  await redis.redis.set(lease, '1|dies')
  const observed = { clock: () => START_MS, log: silentLog, meter: openMeter().meter }
  const deliveries = openDeliveries({
    ...{ redis: redis.redis, keys: redis.keys, recipients: fixedBook(recipients), limits: QUICK },
    deliver: openChannels({}),
    ...observed,
    worker: connectQueueWorker(redis.settings, 'dies', silentLog),
  })
  let added = 0
  // The first hundred are committed; with the next one another process holds the shard.
  const dying: typeof deliveries = {
    ...deliveries,
    async add(...one) {
      await deliveries.add(...one)
      if (++added === OPEN) await redis.redis.set(lease, '2|other')
    },
  }
  const following = followIncidents({
    ...{
      redis: redis.redis,
      reader: await redis.open(),
      keys: redis.keys,
      shard: 0,
      token: 1,
      recipients: fixedBook(recipients),
    },
    ...{ deliveries: dying, consoleUrl: 'https://konsol.example', ...observed, stopping: () => false },
  })
  await expect(following).rejects.toThrow(FencedOff)
  await deliveries.stop()
  await redis.redis.del(lease)

  running = runNotify(redis, recipients)
  await conclude(redis, 0, incidentOf(2000))
  await untilTaken(receiver, OPEN + 1)
  expect(new Set(notified()).size).toBe(OPEN + 1)
  expect(notified()).not.toContain(incidentOf(1).id)
})
