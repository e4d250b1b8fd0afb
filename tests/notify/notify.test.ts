import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { IncidentAct } from '../../model/incident/incident.ts'
import type { Recipient } from '../../notify/recipient.ts'
import type { Notifying } from '../../notify/start-notify.ts'
import { appendAct } from '../../stream/logs/act-log.ts'
import { waitFor } from '../setup/patience.ts'
import { createTestRedis, type TestRedis } from '../setup/test-redis.ts'
import { unitIncident } from '../store/two-bapas.ts'
import {
  untilTaken as allTaken,
  conclude,
  IMPATIENT,
  incidentOf,
  openReceiver,
  type Receiver,
  runNotify,
} from './notify-fixture.ts'

let redis: TestRedis
let receiver: Receiver
let recipients: Recipient[]
const running: Notifying[] = []

beforeAll(async () => {
  receiver = await openReceiver()
})
beforeEach(async () => {
  redis = await createTestRedis()
  // Not the first start ever: everything concluded from here on is notified.
  for (const shard of [0, 1]) await redis.redis.set(redis.keys.position('notify', shard), '0-0')
  receiver.received.length = 0
  receiver.answer = () => undefined
  recipients = [
    { id: 'operations', level: 'petugas', ways: [{ channel: 'webhook', address: receiver.url(), fromSettings: true }] },
  ]
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()))
  await redis.cleanup()
})
afterAll(() => receiver.close())

function start(options?: Parameters<typeof runNotify>[2], to: readonly Recipient[] = recipients) {
  const notifying = runNotify(redis, to, options)
  running.push(notifying)
  return notifying
}

async function stop(notifying: Notifying): Promise<void> {
  running.splice(running.indexOf(notifying), 1)
  await notifying.stop()
}

const taken = () => receiver.received.filter((each) => each.taken)
const untilTaken = (count: number) => allTaken(receiver, count)
/** When a later incident has arrived, what did not arrive before it never will: recipients are notified in the log's order. */
async function flushed(shard: number, id: number): Promise<void> {
  await conclude(redis, shard, incidentOf(id))
  await waitFor(() => expect(taken().some(({ alert }) => alert.reference === incidentOf(id).id)).toBe(true))
}

test('an outage of a whole unit is notified once, and names neither the unit nor anybody', async () => {
  start()
  const outage = unitIncident({ unitPath: 'dj.jabar.bandung', silentCount: 6 })
  await conclude(redis, 0, outage, { ...outage, silentCount: 12, revision: 2 })
  await flushed(0, 2)
  const notified = taken().filter(({ alert }) => alert.reference === outage.id)
  expect(notified.map(({ alert }) => alert)).toMatchObject([
    { kind: 'raised', type: 'fleet_silence', severity: 'serius' },
  ])
  expect(JSON.stringify(notified[0]!.alert)).not.toContain('bandung')
})

test('an alert holds a reference and a link, and nothing of the person', async () => {
  start()
  await conclude(redis, 1, incidentOf(1, { late: true }))
  await untilTaken(1)
  expect(taken()[0]!.alert).toEqual({
    kind: 'raised',
    reference: incidentOf(1).id,
    revision: 1,
    type: 'away_from_required_zone',
    severity: 'serius',
    startMs: 1_770_000_000_000,
    late: true,
    link: `https://konsol.example/?incident=${incidentOf(1).id}`,
    text: {
      id: `Peringatan serius baru. Lihat: https://konsol.example/?incident=${incidentOf(1).id}`,
      en: `New serious alert. See https://konsol.example/?incident=${incidentOf(1).id}`,
    },
  })
  const sent = JSON.stringify(taken())
  for (const secret of ['4711', '62001234', '1068005678', 'condition-of-somebody']) expect(sent).not.toContain(secret)
})

test('N recipients get one notice each, whatever is revised or concluded again', async () => {
  const many = Array.from({ length: 5 }, (_, i): Recipient => {
    return {
      id: `recipient:${i}`,
      level: 'petugas',
      ways: [{ channel: 'webhook', address: receiver.url(`/${i}`), fromSettings: true }],
    }
  })
  start({}, many)
  const first = incidentOf(1)
  const revised = incidentOf(1, { revision: 2, depthM: 500 })
  const ended = incidentOf(1, { revision: 3, depthM: 500, endMs: 1_770_000_900_000 })
  await conclude(redis, 0, first, revised, first, ended, revised)
  await conclude(redis, 0, incidentOf(2, { severity: 'informasi' }))
  await untilTaken(5)
  await flushed(0, 3)
  await untilTaken(10)
  expect(new Set(taken().map(({ path }) => path)).size).toBe(5)
  expect(new Set(taken().map(({ deliveryId }) => deliveryId)).size).toBe(10)
  expect(receiver.received).toHaveLength(10)
})

test('more severe, withdrawn, and reinstated are notified; the withdrawal only to those who had been notified', async () => {
  const one = start()
  await conclude(
    redis,
    0,
    incidentOf(1),
    incidentOf(1, { revision: 2, severity: 'kritis' }),
    incidentOf(1, { revision: 3, severity: 'serius' }),
  )
  await untilTaken(2)
  await stop(one)
  // A recipient who came later was never notified of incident 1.
  start({}, [
    ...recipients,
    { id: 'new', level: 'petugas', ways: [{ channel: 'webhook', address: receiver.url('/new'), fromSettings: true }] },
  ])
  const withdrawn = { reason: 'a late report shows the wearer at home' }
  await conclude(redis, 0, incidentOf(1, { revision: 4, withdrawn }), incidentOf(2, { withdrawn }))
  await untilTaken(3)
  await conclude(redis, 0, incidentOf(1, { revision: 5 }))
  await untilTaken(5)
  const notified = taken().map(({ path, alert }) => `${path} ${alert.kind} ${alert.severity} ${alert.revision}`)
  expect(notified.slice(0, 3)).toEqual([
    '/alerts raised serius 1',
    '/alerts raised kritis 2',
    '/alerts withdrawn serius 4',
  ])
  expect(notified.slice(3).sort()).toEqual(['/alerts raised serius 5', '/new raised serius 5'])
})

/** An officer's act on an incident, published by the API; `signs` as the officer knew it. */
const act = (actId: number, id: number, action: IncidentAct['action'], signs?: number) =>
  appendAct(redis.redis, redis.keys, {
    ...{ actId, action, incidentId: incidentOf(id).id, wearerId: 4711, officerName: 'x', atMs: 1_770_000_000_000 },
    ...(signs === undefined ? {} : { signs }),
  })
const strap = (id: number, revision: number, signs: number) =>
  incidentOf(id, { type: 'strap_open', severity: 'kritis', revision, ...(signs > 1 && { signs }) })
/** Resolves when every shard's follower has taken in that act. */
const untilActed = (actPosition: string, shards = [0, 1]) =>
  waitFor(async () => {
    for (const shard of shards)
      expect(await redis.redis.get(redis.keys.position('notify-acts', shard))).toBe(actPosition)
  })
const notifiedOf = (id: number) =>
  taken()
    .filter(({ alert }) => alert.reference === incidentOf(id).id)
    .map(({ alert }) => `${alert.kind} ${alert.revision}${alert.reopened ? ' reopened' : ''}`)

test('an alarm said anew is notified again where it was resolved, once for each resolution, and not where nobody resolved it', async () => {
  start()
  await conclude(redis, 0, strap(1, 1, 1), strap(2, 1, 1))
  await act(1, 1, 'acknowledge')
  await untilActed(await act(2, 1, 'resolve'))
  // Each recurrence makes a revision; the first after the resolution is notified, a reminder after that is not.
  await conclude(redis, 0, strap(2, 2, 2), strap(1, 2, 2), strap(1, 3, 3))
  await untilTaken(3)
  await flushed(0, 3)
  await untilActed(await act(3, 1, 'resolve', 3))
  await conclude(redis, 0, strap(1, 4, 3), strap(1, 5, 4))
  await untilTaken(5)
  await flushed(0, 4)
  expect(notifiedOf(1)).toEqual(['raised 1', 'raised 2 reopened', 'raised 5 reopened'])
  expect(notifiedOf(2)).toEqual(['raised 1'])
})

test('a resolution that did not know of the newest recurrence: notified again when it comes, to all, also after a crash', async () => {
  const two = [
    ...recipients,
    {
      ...{ id: 'second', level: 'petugas' as const },
      ways: [{ channel: 'webhook' as const, address: receiver.url('/second'), fromSettings: true as const }],
    } satisfies Recipient,
  ]
  const one = start({}, two)
  await conclude(redis, 1, strap(1, 1, 1), strap(1, 2, 2), strap(2, 1, 1), strap(2, 2, 2))
  await act(1, 1, 'resolve', 1)
  await untilActed(await act(2, 2, 'resolve', 2))
  await untilTaken(6)
  await stop(one)
  for (const reader of ['notify', 'notify-acts']) await redis.redis.set(redis.keys.position(reader, 1), '0-0')
  start({}, two)
  await flushed(1, 3)
  await untilActed(await act(3, 2, 'note', 2))
  expect(notifiedOf(1).sort()).toEqual(['raised 1', 'raised 1', 'raised 2 reopened', 'raised 2 reopened'])
  expect(notifiedOf(2)).toEqual(['raised 1', 'raised 1'])
})

test('notify was away: the alarm, its resolution and the alarm said anew are notified in that order', async () => {
  await conclude(redis, 0, strap(1, 1, 1), strap(1, 2, 2))
  const resolved = await act(1, 1, 'resolve')
  start()
  await untilActed(resolved)
  // The second waits until the first is out; a later incident's may overtake it.
  await untilTaken(2)
  await flushed(0, 2)
  expect(notifiedOf(1)).toEqual(['raised 1', 'raised 2 reopened'])
})

test('a withdrawal waits until the alert it takes back is out', async () => {
  let refusals = 0
  receiver.answer = ({ alert }) => (alert.kind === 'raised' && ++refusals <= 4 ? 503 : undefined)
  start()
  await conclude(redis, 0, incidentOf(1), incidentOf(1, { revision: 2, withdrawn: { reason: 'disproved' } }))
  await untilTaken(2)
  expect(taken().map(({ alert }) => alert.kind)).toEqual(['raised', 'withdrawn'])
  expect(receiver.received.filter(({ alert }) => alert.kind === 'withdrawn')).toHaveLength(1)
})

test('a receiver that fails, hangs, is gone and comes back gets every alert', async () => {
  const notifying = start({ limits: IMPATIENT })
  let requests = 0
  receiver.answer = () => {
    requests++
    return requests <= 2 ? 500 : requests === 3 ? 'no answer' : undefined
  }
  await conclude(redis, 0, incidentOf(1))
  await waitFor(() => expect(taken().length).toBeGreaterThan(0))
  expect(receiver.received.length).toBeGreaterThanOrEqual(4)
  await receiver.close()
  await conclude(redis, 1, incidentOf(2), incidentOf(3))
  await waitFor(async () => expect(await notifying.metrics()).toMatch(/outcome="failed"} [5-9]/))
  await receiver.listen()
  await waitFor(() => expect(new Set(taken().map(({ deliveryId }) => deliveryId)).size).toBe(3))
})

test('what could not be delivered is counted, logged without address, kept, and tried again at the next start', async () => {
  const said: string[] = []
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (fields: object, message: string) => void said.push(JSON.stringify(fields) + message),
  }
  receiver.answer = () => 410
  const secret = [{ ...recipients[0]!, address: receiver.url('/secret-token') }]
  const first = start({ limits: { attemptsMax: 3 }, log }, secret)
  await conclude(redis, 0, incidentOf(1))
  await waitFor(() => expect(said).toHaveLength(1))
  expect(said[0]).toContain('the receiver answered 410')
  expect(said[0]).not.toContain('secret-token')
  expect(receiver.received).toHaveLength(3)
  expect(await first.metrics()).toContain('outcome="given_up"} 1')
  await stop(first)
  receiver.answer = () => undefined
  start({}, secret)
  await untilTaken(1)
})

test('processes that stop, die with alerts under way and take over tell each alert once', async () => {
  receiver.answer = () => 503
  const first = start()
  await conclude(redis, 0, incidentOf(1), incidentOf(2))
  await conclude(redis, 1, incidentOf(3))
  await waitFor(() => expect(receiver.received.length).toBeGreaterThanOrEqual(3))
  await stop(first)
  // The position is lost, as after a crash before it was saved: the whole log is read again, and what was notified still is.
  for (const shard of [0, 1]) await redis.redis.set(redis.keys.position('notify', shard), '0-0')
  receiver.answer = () => undefined
  const second = start()
  const third = start()
  await untilTaken(3)
  await waitFor(() => expect([second, third].map((each) => each.ownedShards().length)).toEqual([1, 1]))
  await conclude(redis, 0, incidentOf(4))
  await conclude(redis, 1, incidentOf(5))
  await untilTaken(5)
  await stop(second)
  await waitFor(() => expect(third.ownedShards()).toEqual([0, 1]))
  await flushed(0, 6)
  await flushed(1, 7)
  expect(taken()).toHaveLength(7)
  expect(new Set(taken().map(({ deliveryId }) => deliveryId)).size).toBe(7)
})
