// Alerts that nobody takes in time: the next level is notified, once, by a clock that survives whoever keeps it.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openMeter } from '../../bin/process/meter.ts'
import { FencedOff } from '../../model/fenced-off.ts'
import type { Incident, IncidentAct } from '../../model/incident/incident.ts'
import type { Level } from '../../model/incident/sop-table.ts'
import { openChannels } from '../../notify/channels/open-channels.ts'
import { openDeliveries } from '../../notify/deliver.ts'
import { followIncidents } from '../../notify/follow-incidents.ts'
import type { Recipient } from '../../notify/recipient.ts'
import { fixedBook } from '../../notify/recipient-book.ts'
import type { Notifying } from '../../notify/start-notify.ts'
import { appendAct } from '../../stream/logs/act-log.ts'
import { connectQueueWorker } from '../../stream/redis/connect.ts'
import { waitFor } from '../setup/patience.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'
import {
  concludeAt,
  incidentOf,
  openReceiver,
  QUICK,
  type Receiver,
  runNotify,
  START_MS,
  untilTaken,
} from './notify-fixture.ts'

const MINUTE = 60_000
let redis: TestRedis
let receiver: Receiver
let nowMs: number
let running: ReturnType<typeof runNotify> | undefined

beforeAll(async () => {
  receiver = await openReceiver()
})
beforeEach(async () => {
  redis = await createTestRedis()
  await redis.redis.set(redis.keys.position('notify', 0), '0-0')
  receiver.received.length = 0
  nowMs = START_MS
})
afterEach(async () => {
  await stop()
  await redis.cleanup()
})
afterAll(() => receiver.close())

const recipient = (level: Level): Recipient => ({
  id: level,
  level,
  ways: [{ channel: 'webhook', address: receiver.url(`/${level}`), fromSettings: true }],
})
const ALL = ['petugas', 'kasubsi', 'kepala_bapas'] as const
const clock = () => nowMs

function start(levels: readonly Level[] = ALL, warmUpMs = 0): Notifying {
  // One at a time, so that what arrives at a recipient arrives in the order of the log.
  running = runNotify(redis, levels.map(recipient), { clock, warmUpMs, limits: { concurrent: 1 } })
  return running
}
async function stop(): Promise<void> {
  await running?.stop()
  running = undefined
}
const kritis = (id: number, changes: Partial<Incident> = {}) =>
  incidentOf(id, { type: 'strap_open', severity: 'kritis', ...changes })
const act = (actId: number, id: number, action: IncidentAct['action'], signs?: number, revision = 1) =>
  appendAct(redis.redis, redis.keys, {
    ...{ actId, action, incidentId: incidentOf(id).id, wearerId: 4711, officerName: 'Siti', atMs: nowMs, revision },
    ...(signs === undefined ? {} : { signs }),
  })
const untilActed = (position: string) =>
  waitFor(async () => expect(await redis.redis.get(redis.keys.position('notify-acts', 0))).toBe(position))
const notified = () =>
  receiver.received.map(({ path, alert: { kind, reference, cause } }) =>
    [path.slice(1), Number(reference.slice(-12)), cause ?? kind].join(' '),
  )
const notifiedOf = (id: number) => notified().filter((line) => line.split(' ')[1] === String(id))
const untilNotified = (line: string) => waitFor(() => expect(notified()).toContain(line))
/** Later than every other by a moment: when it has been escalated, what was due before it has been too, or never will be. */
async function passed(minutes: number, id: number): Promise<void> {
  await concludeAt(redis, nowMs + 1, kritis(id))
  nowMs += minutes * MINUTE + 1
  await untilNotified(`kasubsi ${id} overdue`)
}

test('strap: the Kasubsi after four minutes, the Kepala Bapas after ten, each once, and nobody after that', async () => {
  const notifying = start()
  await concludeAt(redis, nowMs, kritis(1))
  await untilNotified('petugas 1 raised')
  nowMs += 4 * MINUTE
  await untilNotified('kasubsi 1 overdue')
  nowMs += 6 * MINUTE
  await untilNotified('kepala_bapas 1 overdue')
  nowMs += 600 * MINUTE
  await passed(4, 2)
  expect(notifiedOf(1)).toEqual(['petugas 1 raised', 'kasubsi 1 overdue', 'kepala_bapas 1 overdue'])
  const metrics = await (notifying as ReturnType<typeof runNotify>).metrics()
  expect(metrics).toContain('gelang_notify_escalations_total{severity="kritis",level="kasubsi",cause="overdue"} 2')
  const { alert } = receiver.received.find(({ path }) => path === '/kasubsi')!
  expect(alert).toEqual({
    ...{ kind: 'escalated', level: 'kasubsi', cause: 'overdue', reference: incidentOf(1).id, revision: 1 },
    ...{ type: 'strap_open', severity: 'kritis', startMs: incidentOf(1).startMs, late: false },
    link: `https://konsol.example/?incident=${incidentOf(1).id}`,
    text: {
      id: expect.stringMatching(/^Tenggat terlewat: peringatan kritis belum diterima siapa pun\. .*incident=/),
      en: expect.stringMatching(/^Time has passed and nobody has taken a critical alert\./),
    },
  })
  for (const secret of ['4711', '62001234', 'condition-of-somebody', 'Siti'])
    expect(JSON.stringify(receiver.received)).not.toContain(secret)
})

test('serius: the Kasubsi after fifteen minutes, not before, and the Kepala Bapas never', async () => {
  start()
  await concludeAt(redis, nowMs, incidentOf(1), incidentOf(2, { severity: 'informasi' }))
  nowMs += 10.9 * MINUTE
  await passed(4, 3)
  expect(notifiedOf(1)).toEqual(['petugas 1 raised'])
  nowMs += MINUTE
  await untilNotified('kasubsi 1 overdue')
  nowMs += 600 * MINUTE
  await untilNotified('kepala_bapas 3 overdue')
  await passed(4, 4)
  expect(notifiedOf(1)).toEqual(['petugas 1 raised', 'kasubsi 1 overdue'])
  expect(notifiedOf(2)).toEqual([])
})

test('an acknowledgement, a resolution, a withdrawal and the end of a serius one stop the clock; a note and the end of a kritis one do not', async () => {
  start()
  for (const id of [1, 2, 3, 4, 5]) await concludeAt(redis, nowMs, kritis(id))
  await concludeAt(redis, nowMs, incidentOf(6), incidentOf(7))
  await act(11, 1, 'acknowledge')
  await act(12, 2, 'resolve')
  await untilActed(await act(13, 3, 'note'))
  await concludeAt(redis, nowMs, kritis(4, { revision: 2, withdrawn: { reason: 'late_report' } }))
  await concludeAt(redis, nowMs, kritis(5, { revision: 2, endMs: nowMs }), incidentOf(6, { revision: 2, endMs: nowMs }))
  await untilNotified('petugas 4 withdrawn')
  nowMs += 11 * MINUTE
  await passed(4, 8)
  await untilNotified('kepala_bapas 5 overdue')
  await untilNotified('kasubsi 7 overdue') // due before, but what is kritis goes first
  const overdue = notified().filter((line) => line.endsWith('overdue'))
  expect(overdue.sort()).toEqual([
    ...['kasubsi 3 overdue', 'kasubsi 5 overdue', 'kasubsi 7 overdue', 'kasubsi 8 overdue'],
    ...['kepala_bapas 3 overdue', 'kepala_bapas 5 overdue'],
  ])
})

test('whoever was notified of an alert is notified of its withdrawal, the Kasubsi too', async () => {
  start()
  await concludeAt(redis, nowMs, kritis(1))
  nowMs += 4 * MINUTE
  await untilNotified('kasubsi 1 overdue')
  await concludeAt(redis, nowMs, kritis(1, { revision: 2, withdrawn: { reason: 'late_report' } }))
  await untilNotified('kasubsi 1 withdrawn')
  await untilNotified('petugas 1 withdrawn')
  expect(notified().filter((line) => line.startsWith('kepala'))).toEqual([])
})

test('a Kasubsi who was notified and is not configured any more holds up no withdrawal, and makes no second one', async () => {
  start()
  await concludeAt(redis, nowMs, kritis(1))
  nowMs += 4 * MINUTE
  await untilNotified('kasubsi 1 overdue')
  await stop()
  start(['petugas'])
  const withdrawn = { reason: 'late_report' }
  await concludeAt(
    redis,
    nowMs,
    kritis(1, { revision: 2, withdrawn }),
    kritis(1, { revision: 3, depthM: 9, withdrawn }),
  )
  await concludeAt(redis, nowMs, kritis(2))
  await untilNotified('petugas 2 raised')
  expect(notifiedOf(1)).toEqual(['petugas 1 raised', 'kasubsi 1 overdue', 'petugas 1 withdrawn'])
})

test('what was missed while no process ran is notified at the next start, once; what was taken meanwhile is not', async () => {
  start()
  await concludeAt(redis, nowMs, kritis(1), kritis(2))
  await untilTaken(receiver, 2)
  await stop()
  nowMs += 5 * MINUTE
  await act(1, 2, 'acknowledge')
  start()
  await untilNotified('kasubsi 1 overdue')
  await stop()
  // As after a crash before the places were saved: both logs are read again.
  for (const reader of ['notify', 'notify-acts']) await redis.redis.set(redis.keys.position(reader, 0), '0-0')
  start()
  await passed(4, 3)
  expect(notifiedOf(1)).toEqual(['petugas 1 raised', 'kasubsi 1 overdue'])
  expect(notifiedOf(2)).toEqual(['petugas 2 raised'])
})

test('a process that dies between notifying the Kasubsi and writing it down notifies once', async () => {
  await redis.redis.set(redis.keys.lease('notify', 0), '1|dies')
  await concludeAt(redis, nowMs, kritis(1))
  const observed = { clock, log: silentLog, meter: openMeter().meter }
  const recipients = fixedBook(ALL.map(recipient))
  const deliveries = openDeliveries({
    ...{ redis: redis.redis, keys: redis.keys, recipients, limits: QUICK, ...observed },
    worker: connectQueueWorker(redis.settings, 'dies', silentLog),
    deliver: openChannels({}),
  })
  const dying: typeof deliveries = {
    ...deliveries,
    async add(alert, to) {
      await deliveries.add(alert, to)
      if (alert.kind === 'escalated') await redis.redis.set(redis.keys.lease('notify', 0), '2|other')
      else nowMs += 4 * MINUTE
    },
  }
  const following = followIncidents({
    ...{ redis: redis.redis, reader: await redis.open(), keys: redis.keys, shard: 0, token: 1, recipients },
    ...{ deliveries: dying, consoleUrl: 'https://konsol.example', stopping: () => false, warmUpMs: 0, ...observed },
  })
  await expect(following).rejects.toThrow(FencedOff)
  await deliveries.stop()
  await redis.redis.del(redis.keys.lease('notify', 0))
  start()
  await passed(4, 2)
  expect(notifiedOf(1)).toEqual(['petugas 1 raised', 'kasubsi 1 overdue'])
})

test('acts have ten seconds to arrive before a passed time is notified', async () => {
  await concludeAt(redis, nowMs, kritis(1), kritis(2))
  start()
  await untilTaken(receiver, 2)
  await stop()
  nowMs += 4 * MINUTE
  start(ALL, 10_000)
  await untilActed(await act(1, 2, 'note'))
  nowMs += 9000
  await untilActed(await act(2, 1, 'acknowledge'))
  expect(notifiedOf(2)).toEqual(['petugas 2 raised'])
  await waitFor(() => {
    nowMs += 1000
    expect(notifiedOf(2)).toEqual(['petugas 2 raised', 'kasubsi 2 overdue'])
  })
  expect(notifiedOf(1)).toEqual(['petugas 1 raised'])
})

test('time counts from when the alert could be known, not from an event that a late report contains', async () => {
  start()
  await concludeAt(redis, nowMs, kritis(1))
  nowMs += 2 * MINUTE
  const long = { startMs: nowMs - 300 * MINUTE, confirmedMs: nowMs - 299 * MINUTE }
  await concludeAt(redis, nowMs, kritis(2, { late: true, ...long }))
  await untilNotified('petugas 2 raised')
  nowMs += 2 * MINUTE
  await untilNotified('kasubsi 1 overdue')
  expect(notifiedOf(2)).toEqual(['petugas 2 raised'])
  nowMs += 2 * MINUTE
  await untilNotified('kasubsi 2 overdue')
})

test('more severe: its clock begins anew; one that went on after an end likewise', async () => {
  start()
  await concludeAt(redis, nowMs, incidentOf(1), incidentOf(2), incidentOf(2, { revision: 2, endMs: nowMs }))
  nowMs += 12 * MINUTE
  await concludeAt(redis, nowMs, incidentOf(1, { revision: 2, severity: 'kritis' }), incidentOf(2, { revision: 3 }))
  await untilTaken(receiver, 3)
  nowMs += 3 * MINUTE
  await concludeAt(redis, nowMs, kritis(3))
  await untilTaken(receiver, 4)
  expect(notifiedOf(1)).toEqual(['petugas 1 raised', 'petugas 1 raised'])
  nowMs += MINUTE
  await untilNotified('kasubsi 1 overdue')
  nowMs += 3 * MINUTE
  await untilNotified('kasubsi 3 overdue')
  expect(notifiedOf(2)).toEqual(['petugas 2 raised'])
  nowMs += 8 * MINUTE
  await untilNotified('kasubsi 2 overdue')
})

test('raised anew after a resolution: somebody has to take it again', async () => {
  start()
  await concludeAt(redis, nowMs, kritis(1))
  await act(1, 1, 'acknowledge')
  await untilActed(await act(2, 1, 'resolve', 1))
  nowMs += 60 * MINUTE
  await concludeAt(redis, nowMs, kritis(1, { revision: 2, signs: 2 }))
  nowMs += 3.9 * MINUTE
  // The resolution, published twice, takes nothing back and takes nothing.
  await untilActed(await act(2, 1, 'resolve', 1))
  nowMs += MINUTE
  await untilNotified('kasubsi 1 overdue')
  await act(3, 1, 'acknowledge')
  await untilActed(await act(2, 1, 'resolve', 1))
  nowMs += 60 * MINUTE
  await passed(4, 2)
  const unhandled = 'kepala_bapas 1 unhandled'
  expect(notifiedOf(1)).toEqual(['petugas 1 raised', 'petugas 1 raised', 'kasubsi 1 overdue', unhandled])
})

test('an officer’s escalation reaches the superior at once and takes it; asked again, the one above; published twice, once', async () => {
  start()
  await concludeAt(redis, nowMs, kritis(1))
  await act(7, 1, 'escalate')
  await untilActed(await act(7, 1, 'escalate'))
  await untilNotified('kasubsi 1 officer')
  nowMs += 60 * MINUTE
  await passed(4, 2)
  await untilActed(await act(8, 1, 'escalate'))
  await untilNotified('kepala_bapas 1 officer')
  const unhandled = 'kepala_bapas 1 unhandled'
  expect(notifiedOf(1)).toEqual(['petugas 1 raised', 'kasubsi 1 officer', unhandled, 'kepala_bapas 1 officer'])
})

test('informasi: an officer’s escalation reaches the superior, and its withdrawal too; taken before it became serius, it is taken', async () => {
  start()
  const noFix = (id: number, changes: Partial<Incident> = {}) =>
    incidentOf(id, { type: 'no_fix', severity: 'informasi', ...changes })
  await concludeAt(redis, nowMs, noFix(1), noFix(2), noFix(3))
  await act(1, 1, 'escalate')
  await untilActed(await act(2, 2, 'acknowledge'))
  await untilNotified('kasubsi 1 officer')
  await concludeAt(redis, nowMs, noFix(1, { revision: 2, withdrawn: { reason: 'late_report' } }))
  for (const id of [2, 3]) await concludeAt(redis, nowMs, noFix(id, { revision: 2, severity: 'serius' }))
  await untilNotified('petugas 3 raised')
  nowMs += 15 * MINUTE
  await untilNotified('kasubsi 3 overdue')
  await passed(4, 4)
  expect(notifiedOf(1)).toEqual(['kasubsi 1 officer', 'kasubsi 1 withdrawn'])
  expect(notifiedOf(2)).toEqual(['petugas 2 raised'])
})

test('more alerts pass their time at once than are escalated in a step, and more escalations come than are remembered', async () => {
  start()
  const MANY = 150
  await concludeAt(redis, nowMs, ...Array.from({ length: MANY }, (_, i) => kritis(i + 1)))
  await untilTaken(receiver, MANY)
  nowMs += 4 * MINUTE
  await untilTaken(receiver, 2 * MANY)
  expect(new Set(notified()).size).toBe(2 * MANY)
  const ASKED = 18
  for (let actId = 1; actId <= ASKED; actId++) await act(actId, 1, 'escalate')
  await untilTaken(receiver, 2 * MANY + ASKED)
  await untilActed(await act(ASKED, 1, 'escalate'))
  nowMs += 600 * MINUTE
  await untilNotified(`kepala_bapas ${MANY} overdue`)
  expect(notifiedOf(1).filter((line) => line.endsWith('officer'))).toHaveLength(ASKED)
})

test('where no Kasubsi has an address the Kepala Bapas is notified; where nobody above has, the first ones again', async () => {
  start(['petugas', 'kepala_bapas'])
  await concludeAt(redis, nowMs, kritis(1))
  nowMs += 4 * MINUTE
  await untilNotified('kepala_bapas 1 overdue')
  await stop()
  start(['petugas'])
  await concludeAt(redis, nowMs, kritis(2))
  nowMs += 4 * MINUTE
  await untilNotified('petugas 2 overdue')
  nowMs += 10 * MINUTE
  await waitFor(() => expect(notifiedOf(2)).toEqual(['petugas 2 raised', 'petugas 2 overdue', 'petugas 2 overdue']))
  expect(notifiedOf(1)).toEqual(['petugas 1 raised', 'kepala_bapas 1 overdue'])
})

test('at the very first start the time of what is open counts from then', async () => {
  await redis.redis.del(redis.keys.position('notify', 0))
  await concludeAt(redis, nowMs - 1000 * MINUTE, kritis(1), kritis(2))
  await act(1, 2, 'acknowledge')
  start()
  await untilTaken(receiver, 2)
  nowMs += 3 * MINUTE
  await concludeAt(redis, nowMs, kritis(3))
  await untilNotified('petugas 3 raised')
  expect(notifiedOf(1)).toEqual(['petugas 1 raised'])
  nowMs += MINUTE
  await untilNotified('kasubsi 1 overdue')
  nowMs += 3 * MINUTE
  await untilNotified('kasubsi 3 overdue')
  expect(notifiedOf(2)).toEqual(['petugas 2 raised'])
})

test('taken and without an outcome: the Kasubsi after thirty minutes, once; resolved in time, nobody', async () => {
  start()
  await concludeAt(redis, nowMs, kritis(1), kritis(2))
  nowMs += 3 * MINUTE
  await act(1, 1, 'acknowledge')
  await untilActed(await act(2, 2, 'acknowledge'))
  nowMs += 25.9 * MINUTE
  await untilActed(await act(3, 2, 'resolve'))
  await passed(4, 3)
  expect(notifiedOf(1)).toEqual(['petugas 1 raised'])
  nowMs += 0.1 * MINUTE
  await untilNotified('kasubsi 1 unhandled')
  await untilActed(await act(4, 1, 'acknowledge'))
  nowMs += 600 * MINUTE
  await passed(4, 4)
  expect(notifiedOf(1)).toEqual(['petugas 1 raised', 'kasubsi 1 unhandled'])
  expect(notifiedOf(2)).toEqual(['petugas 2 raised'])
})

test('a reinstated incident has to be taken again, though it was taken before', async () => {
  start()
  await concludeAt(redis, nowMs, kritis(1), kritis(2))
  for (const id of [1, 2]) await untilActed(await act(id, id, 'acknowledge'))
  const withdrawn = { reason: 'late_report' }
  await concludeAt(redis, nowMs, kritis(1, { revision: 2, withdrawn }), kritis(2, { revision: 2, withdrawn }))
  nowMs += 20 * MINUTE
  await concludeAt(redis, nowMs, kritis(1, { revision: 3 }), kritis(2, { revision: 3 }))
  await untilTaken(receiver, 6)
  await untilActed(await act(3, 2, 'acknowledge', undefined, 3))
  nowMs += 4 * MINUTE
  await untilNotified('kasubsi 1 overdue')
  await passed(4, 3)
  expect(notifiedOf(2)).toEqual(['petugas 2 raised', 'petugas 2 withdrawn', 'petugas 2 raised'])
})

test('what the version before wrote down goes on: its clock, who took it, what was resolved', async () => {
  const stored = (id: number, more: object) => {
    const { id: reference, revision, type, severity, startMs, late } = kritis(id)
    const newest = { id: reference, revision, type, severity, startMs, late }
    const known = { revision, kind: 'raised', severity, recipientIds: ['petugas'], newest, ...more }
    return redis.redis.set(redis.keys.notified(0, reference), JSON.stringify(known))
  }
  const clock = { level: 'petugas', fromMs: nowMs }
  await stored(1, { clock })
  await stored(2, { clock, takeAct: 5 })
  await stored(3, { clock, takeAct: 5, resolveAct: 6, resolvedSigns: 1 })
  for (const id of [1, 2, 3]) await redis.redis.zadd(redis.keys.due(0), nowMs + 4 * MINUTE, kritis(id).id)
  nowMs += 4 * MINUTE
  start()
  await untilNotified('kasubsi 1 overdue')
  await passed(4, 4)
  expect([notifiedOf(2), notifiedOf(3)]).toEqual([[], []])
})
