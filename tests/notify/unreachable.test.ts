// Recipients who hang, who refuse for long, who are not configured any more: nobody else waits for them, and it is said.
import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Recipient } from '../../notify/recipient.ts'
import type { Notifying } from '../../notify/start-notify.ts'
import { waitFor } from '../setup/patience.ts'
import { createTestRedis, type TestRedis } from '../setup/test-redis.ts'
import { conclude, incidentOf, openReceiver, type Receiver, runNotify, START_MS, untilTaken } from './notify-fixture.ts'

let redis: TestRedis
let hung: Receiver
let well: Receiver
let recipients: Recipient[]
let running: Notifying[]
/** Requests that the hung one has not answered. */
let held: ServerResponse[]

beforeEach(async () => {
  redis = await createTestRedis()
  for (const shard of [0, 1]) await redis.redis.set(redis.keys.position('notify', shard), '0-0')
  ;[hung, well] = [await openReceiver(), await openReceiver()]
  held = []
  running = []
  hung.answer = (_, response) => {
    held.push(response)
    return 'no answer'
  }
  recipients = [
    { id: 'hung', level: 'petugas', ways: [{ channel: 'webhook', address: hung.url(), fromSettings: true }] },
    { id: 'well', level: 'petugas', ways: [{ channel: 'webhook', address: well.url(), fromSettings: true }] },
    // Above the first level there is somebody too, or that is named as well.
    { id: 'above', level: 'kasubsi', ways: [{ channel: 'webhook', address: well.url(), fromSettings: true }] },
  ]
})
afterEach(async () => {
  // What hangs fails at once; what was not tried yet stays in the queue.
  const stopping = running.map((each) => each.stop())
  await hung.close()
  await Promise.all(stopping)
  await well.close()
  await redis.cleanup()
})

function start(options: Parameters<typeof runNotify>[2] = {}, to = recipients) {
  const notifying = runNotify(redis, to, options)
  running.push(notifying)
  return notifying
}
const untilHeld = (count: number) => waitFor(() => expect(held).toHaveLength(count))
const idsOf = ({ received }: Receiver) => received.map(({ alert }) => alert.reference)

test('a receiver that hangs holds up its own alerts and nobody else’s', async () => {
  start({ limits: { concurrent: 3, timeoutMs: 60_000 } })
  for (let i = 1; i <= 20; i++) await conclude(redis, i % 2, incidentOf(i))
  await untilTaken(well, 20)
  expect(hung.received).toHaveLength(3)
})

test('of what waits for a recipient the gravest goes first, also before what was there earlier', async () => {
  start({ limits: { concurrent: 1, timeoutMs: 60_000 } }, [recipients[0]!])
  await conclude(redis, 0, incidentOf(1))
  await untilHeld(1)
  await conclude(redis, 0, incidentOf(2), incidentOf(3), incidentOf(4, { severity: 'kritis', type: 'strap_open' }))
  const last = redis.redis.xrevrange(redis.keys.incidents(0), '+', '-', 'COUNT', 1)
  const lastId = (await last)[0]![0]
  await waitFor(async () => expect(await redis.redis.get(redis.keys.position('notify', 0))).toBe(lastId))
  hung.answer = () => 200
  held[0]!.writeHead(200).end('x')
  await waitFor(() => expect(hung.received).toHaveLength(4))
  expect(idsOf(hung)).toEqual([1, 4, 2, 3].map((id) => incidentOf(id).id))
})

test('whoever is not reached is named to the operator, and what was given up, until it is delivered', async () => {
  let nowMs = START_MS
  hung.answer = () => 503
  const notifying = start({ limits: { attemptsMax: 3 }, clock: () => nowMs })
  await conclude(redis, 0, incidentOf(1))
  await waitFor(async () => expect(await notifying.metrics()).toContain('outcome="given_up"} 1'))
  nowMs += 5 * 60_000
  const said = 'no alert has reached hung for 5 minutes'
  await waitFor(() => expect(notifying.warning()).toBe(`1 alerts to hung were given up; ${said}`))
  expect(await notifying.metrics()).toMatch(/gelang_notify_failing_seconds{recipient="hung"} 300\n/)
  expect(await notifying.metrics()).toMatch(/gelang_notify_failing_seconds{recipient="well"} 0\n/)
  hung.answer = () => 200
  await conclude(redis, 0, incidentOf(2))
  await waitFor(() => expect(notifying.warning()).toBe('1 alerts to hung were given up'))
  await running.pop()!.stop()
  const again = start()
  await waitFor(() => expect(idsOf(hung).filter((id) => id === incidentOf(1).id)).toHaveLength(4))
  await waitFor(async () => expect(await again.metrics()).toMatch(/notify_failed{recipient="hung"} 0\n/))
  expect(again.warning()).toBeUndefined()
})

test('alerts to a recipient who is not configured any more are not forgotten in silence', async () => {
  hung.answer = () => 503
  start()
  await conclude(redis, 0, incidentOf(1))
  await untilTaken(well, 1)
  await waitFor(() => expect(hung.received.length).toBeGreaterThan(0))
  await running.pop()!.stop()
  const without = start({}, recipients.slice(1))
  await waitFor(() => expect(without.warning()).toBe('1 alerts to hung were given up'))
})
