// What was sent to whom, and what came of it, is kept for the incident's timeline.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Recipient } from '../../notify/recipient.ts'
import { readNotices } from '../../stream/logs/notices.ts'
import { readRecipients } from '../../stream/logs/notified.ts'
import { waitFor } from '../setup/patience.ts'
import { createTestRedis, type TestRedis } from '../setup/test-redis.ts'
import { concludeAt, incidentOf, openReceiver, type Receiver, runNotify, START_MS } from './notify-fixture.ts'

const DAY_MS = 86_400_000
let redis: TestRedis
let receiver: Receiver
let running: ReturnType<typeof runNotify> | undefined

beforeAll(async () => {
  receiver = await openReceiver()
})
beforeEach(async () => {
  redis = await createTestRedis()
  await redis.redis.set(redis.keys.position('notify', 0), '0-0')
})
afterEach(async () => {
  await running?.stop()
  await redis.cleanup()
})
afterAll(() => receiver.close())

const notices = () => readNotices(redis.redis, redis.keys, incidentOf(1).id)

test('queued, accepted or given up by each recipient, once, for ninety days; and who the recipients are', async () => {
  const to = (level: Recipient['level'], path: string): Recipient => ({
    ...{ id: path, level, ways: [{ channel: 'webhook', address: receiver.url(`/${path}`), fromSettings: true }] },
  })
  receiver.answer = ({ path }) => (path === '/deaf' ? 503 : 200)
  const recipients = [to('petugas', 'well'), to('petugas', 'deaf'), to('kasubsi', 'kasubsi')]
  let nowMs = START_MS
  running = runNotify(redis, recipients, { clock: () => nowMs, warmUpMs: 0, limits: { attemptsMax: 2 } })
  await concludeAt(redis, nowMs, incidentOf(1))
  await waitFor(async () => expect((await notices()).filter((one) => one.acceptedMs ?? one.failedMs)).toHaveLength(2))
  nowMs += 15 * 60_000
  await waitFor(async () => expect((await notices()).filter((one) => one.acceptedMs)).toHaveLength(2))
  const all = await notices()
  expect(all.map(({ recipientId }) => recipientId).sort()).toEqual(['deaf', 'kasubsi', 'well'])
  expect(all.find(({ recipientId }) => recipientId === 'kasubsi')).toMatchObject({
    ...{
      kind: 'escalated',
      cause: 'overdue',
      level: 'kasubsi',
      channel: 'webhook',
      queuedMs: nowMs,
      acceptedMs: nowMs,
    },
  })
  const [deaf] = all.filter(({ recipientId }) => recipientId === 'deaf')
  expect(deaf).toMatchObject({ kind: 'raised', queuedMs: START_MS, failedMs: START_MS })
  expect(deaf!.acceptedMs).toBeUndefined()
  const keptMs = await redis.redis.pttl(redis.keys.notices(incidentOf(1).id))
  expect(keptMs).toBeGreaterThan(89 * DAY_MS)
  expect(keptMs).toBeLessThanOrEqual(90 * DAY_MS)
  expect(await readRecipients(redis.redis, redis.keys)).toEqual(recipients.map(({ id, level }) => ({ id, level })))
})
