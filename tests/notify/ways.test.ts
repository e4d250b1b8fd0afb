// A recipient with several ways: where one does not lead there, the alert goes by the next, once.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Recipient } from '../../notify/recipient.ts'
import type { Notifying } from '../../notify/start-notify.ts'
import { readNotices } from '../../stream/logs/notices.ts'
import { waitFor } from '../setup/patience.ts'
import { createTestRedis, type TestRedis } from '../setup/test-redis.ts'
import { conclude, incidentOf, openReceiver, type Receiver, runNotify, untilTaken } from './notify-fixture.ts'

let redis: TestRedis
let receiver: Receiver
let notifying: Notifying | undefined
beforeEach(async () => {
  redis = await createTestRedis()
  receiver = await openReceiver()
  for (const shard of [0, 1]) await redis.redis.set(redis.keys.position('notify', shard), '0-0')
})
afterEach(async () => {
  await notifying?.stop()
  await receiver.close()
  await redis.cleanup()
})

const way = (path: string) => ({
  channel: 'webhook' as const,
  address: receiver.url(path),
  fromSettings: true as const,
})
const somebody = (): Recipient => ({ id: 'somebody', level: 'petugas', ways: [way('/first'), way('/second')] })
const attempts = (path: string) => receiver.received.filter((one) => one.path === path)
/** What came of the notices of an incident, sorted: the hand-set clock queues all at one time. */
const outcomes = async (n: number) =>
  (await readNotices(redis.redis, redis.keys, incidentOf(n).id))
    .map(({ acceptedMs, failedMs }) =>
      acceptedMs !== undefined ? 'accepted' : failedMs !== undefined ? 'failed' : 'queued',
    )
    .sort()

test('one that refuses for good gives its alerts to the next way at once; the timeline shows both', async () => {
  receiver.answer = ({ path }) => (path === '/first' ? 410 : 200)
  notifying = runNotify(redis, [somebody()])
  await conclude(redis, 0, incidentOf(1))
  await untilTaken(receiver, 1)
  expect(attempts('/first')).toHaveLength(1)
  expect(attempts('/second').map(({ deliveryId }) => deliveryId)).toEqual([`${incidentOf(1).id}.1.somebody.webhook2`])
  await waitFor(async () => expect(await outcomes(1)).toEqual(['accepted', 'failed']))
})

test('one that is busy is tried four times, and then the next way is taken', async () => {
  receiver.answer = ({ path }) => (path === '/first' ? 503 : 200)
  notifying = runNotify(redis, [somebody()])
  await conclude(redis, 0, incidentOf(1))
  await untilTaken(receiver, 1)
  expect(attempts('/first')).toHaveLength(4)
  expect(attempts('/second')).toHaveLength(1)
})

test('the last way is tried until it takes the alert, also one that refuses for good', async () => {
  let deaf = true
  receiver.answer = () => (deaf ? 404 : 200)
  notifying = runNotify(redis, [somebody()])
  await conclude(redis, 0, incidentOf(1))
  await waitFor(() => expect(attempts('/second').length).toBeGreaterThan(2))
  deaf = false
  await untilTaken(receiver, 1)
  expect(attempts('/first')).toHaveLength(1)
})

test('notices of one incident keep their order on the way that is left', async () => {
  receiver.answer = ({ path }) => (path === '/first' ? 410 : 200)
  notifying = runNotify(redis, [somebody()])
  await conclude(redis, 0, incidentOf(1), incidentOf(1, { revision: 2, severity: 'kritis' }))
  await untilTaken(receiver, 2)
  const taken = receiver.received.filter((one) => one.taken)
  expect(taken.map(({ alert }) => alert.revision)).toEqual([1, 2])
})

test('a first way that leads there is the only one', async () => {
  notifying = runNotify(redis, [somebody()])
  await conclude(redis, 0, incidentOf(1), incidentOf(2))
  await untilTaken(receiver, 2)
  expect(attempts('/second')).toEqual([])
})
