// An incident whose beginning moved goes on as its successor: one alert, one clock, the same acts; a correction waits.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Incident, type IncidentAct, matterOf } from '../../model/incident/incident.ts'
import { CORRECT_AFTER_MS } from '../../notify/decide-notice.ts'
import { appendAct } from '../../stream/logs/act-log.ts'
import { waitFor } from '../setup/patience.ts'
import { createTestRedis, type TestRedis } from '../setup/test-redis.ts'
import { concludeAt, incidentOf, openReceiver, type Receiver, runNotify, START_MS } from './notify-fixture.ts'

const MINUTE = 60_000
const withdrawn = { reason: 'late_report' }
let redis: TestRedis
let receiver: Receiver
let nowMs: number
let running: ReturnType<typeof runNotify>

beforeAll(async () => {
  receiver = await openReceiver()
})
beforeEach(async () => {
  redis = await createTestRedis()
  await redis.redis.set(redis.keys.position('notify', 0), '0-0')
  receiver.received.length = 0
  nowMs = START_MS
  running = runNotify(
    redis,
    (['petugas', 'kasubsi'] as const).map((level) => ({
      ...{ id: level, level, ways: [{ channel: 'webhook', address: receiver.url(`/${level}`), fromSettings: true }] },
    })),
    { clock: () => nowMs, warmUpMs: 0, correctAfterMs: CORRECT_AFTER_MS, limits: { concurrent: 1 } },
  )
})
afterEach(async () => {
  await running.stop()
  await redis.cleanup()
})
afterAll(() => receiver.close())

const kritis = (id: number, changes: Partial<Incident> = {}) =>
  incidentOf(id, { type: 'inside_avoided_zone', severity: 'kritis', ...changes })
/** Raised as 1, its beginning moved three times: 2, 3 and 4 are the same matter. */
const moved = (): Incident[] => {
  const matterId = incidentOf(1).id
  return [2, 3, 4].flatMap((id, i) => [
    kritis(id - 1, {
      ...{ revision: 2 * i + 2, withdrawn, supersededBy: incidentOf(id).id },
      ...(id > 2 && { matterId, successorOf: incidentOf(id - 2).id }),
    }),
    kritis(id, { revision: 2 * i + 3, matterId, successorOf: incidentOf(id - 1).id, startMs: START_MS - id * MINUTE }),
  ])
}
const act = (actId: number, of: Incident, action: IncidentAct['action']) =>
  appendAct(redis.redis, redis.keys, {
    ...{ actId, action, incidentId: of.id, matterId: matterOf(of), wearerId: 4711, officerName: 'Siti', atMs: nowMs },
    revision: of.revision,
  })
const notified = () =>
  receiver.received.map(({ path, alert: { kind, reference, cause } }) =>
    [path.slice(1), Number(reference.slice(-12)), cause ?? kind].join(' '),
  )
const untilNotified = (line: string) => waitFor(() => expect(notified()).toContain(line))
/** Everything concluded so far is taken in. */
const untilRead = () =>
  waitFor(async () => {
    const [last] = await redis.redis.xrevrange(redis.keys.incidents(0), '+', '-', 'COUNT', 1)
    expect(await redis.redis.get(redis.keys.position('notify', 0))).toBe(last![0])
  })
/** What was due before this one was escalated has been done by then. */
async function passed(minutes: number, id: number): Promise<void> {
  await concludeAt(redis, nowMs + 1, kritis(id))
  nowMs += minutes * MINUTE + 1
  await untilNotified(`kasubsi ${id} overdue`)
}

test('three moved beginnings: one alert, and the clock of the first one goes on', async () => {
  await concludeAt(redis, nowMs, kritis(1))
  await untilNotified('petugas 1 raised')
  nowMs += MINUTE
  await concludeAt(redis, nowMs, ...moved())
  await untilRead()
  await passed(30, 9)
  expect(notified().filter((line) => !line.includes(' 9 '))).toEqual(['petugas 1 raised', 'kasubsi 1 overdue'])
  const { alert } = receiver.received.find(({ path }) => path === '/kasubsi')!
  expect(alert.link).toContain(incidentOf(4).id)
})

test('who took the first one has taken its successor', async () => {
  await concludeAt(redis, nowMs, kritis(1))
  await untilNotified('petugas 1 raised')
  const position = await act(1, kritis(1), 'acknowledge')
  await waitFor(async () => expect(await redis.redis.get(redis.keys.position('notify-acts', 0))).toBe(position))
  await concludeAt(redis, nowMs, ...moved())
  await untilRead()
  await passed(10, 9)
  expect(notified().filter((line) => !line.includes(' 9 '))).toEqual(['petugas 1 raised'])
})

test('who takes the successor has taken the first one', async () => {
  await concludeAt(redis, nowMs, kritis(1), ...moved())
  await untilNotified('petugas 1 raised')
  const position = await act(1, moved().at(-1)!, 'acknowledge')
  await waitFor(async () => expect(await redis.redis.get(redis.keys.position('notify-acts', 0))).toBe(position))
  await passed(10, 9)
  expect(notified().filter((line) => !line.includes(' 9 '))).toEqual(['petugas 1 raised'])
})

test('a withdrawal is notified when nothing has raised the matter again for a while', async () => {
  await concludeAt(redis, nowMs, kritis(1), kritis(2))
  await untilNotified('petugas 2 raised')
  await concludeAt(redis, nowMs, kritis(1, { revision: 2, withdrawn }), kritis(2, { revision: 2, withdrawn }))
  nowMs += CORRECT_AFTER_MS - 1
  await concludeAt(redis, nowMs, kritis(1, { revision: 3 }))
  await untilRead()
  nowMs += 1
  await untilNotified('petugas 2 withdrawn')
  expect(notified()).toEqual(['petugas 1 raised', 'petugas 2 raised', 'petugas 2 withdrawn'])
})

test('raised again after its correction, it is notified again', async () => {
  await concludeAt(redis, nowMs, kritis(1), kritis(1, { revision: 2, withdrawn }))
  await untilNotified('petugas 1 raised')
  nowMs += CORRECT_AFTER_MS
  await untilNotified('petugas 1 withdrawn')
  await concludeAt(redis, nowMs, kritis(2, { revision: 3, matterId: incidentOf(1).id, successorOf: incidentOf(1).id }))
  await waitFor(() => expect(notified()).toEqual(['petugas 1 raised', 'petugas 1 withdrawn', 'petugas 1 raised']))
})
