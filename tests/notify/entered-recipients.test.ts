// Recipients that units entered: published to Redis as the rules are, encrypted, and followed by notify while it runs.
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { boundTo, type SealedRecipient } from '../../model/notice/recipient.ts'
import { encodeIncident } from '../../stream/logs/incident-log.ts'
import { askForTest } from '../../stream/logs/notice-tests.ts'
import { readNotices } from '../../stream/logs/notices.ts'
import { readRecipients } from '../../stream/logs/notified.ts'
import { publishRecipients } from '../../stream/publication/publications.ts'
import { concealWith } from '../../stream/redis/conceal.ts'
import { waitFor } from '../setup/patience.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'
import { incidentOf, openReceiver, type Receiver, runNotify, START_MS, untilTaken } from './notify-fixture.ts'

const conceal = concealWith('a key of thirty-two characters, or more')
const ALLOWED = { channels: { networks: ['127.0.0.0/8'] }, conceal }
const BANDUNG = 'dj.jabar.bandung'
const BOGOR = 'dj.jabar.bogor'

let redis: TestRedis
let receiver: Receiver
let notifying: ReturnType<typeof runNotify> | undefined
beforeEach(async () => {
  redis = await createTestRedis()
  receiver = await openReceiver()
  for (const shard of [0, 1]) await redis.redis.set(redis.keys.position('notify', shard), '0-0')
})
afterEach(async () => {
  await notifying?.stop()
  notifying = undefined
  await receiver.close()
  await redis.cleanup()
})

function entered(unitPath: string, path: string, changes: Partial<SealedRecipient> = {}): SealedRecipient {
  const facts = { ...({ id: path.slice(1), unitPath, level: 'petugas', language: 'id' } as const), ...changes }
  const ways = [{ channel: 'webhook', address: receiver.url(path) }]
  return { ...facts, sealedWays: changes.sealedWays ?? conceal.conceal(boundTo(facts), JSON.stringify(ways)) }
}
const publish = (...recipients: SealedRecipient[]) => publishRecipients(redis.redis, redis.keys, recipients)
const conclude = (id: number, unitPath?: string) =>
  redis.redis.xadd(redis.keys.incidents(0), '*', 'json', encodeIncident(JSON.stringify(incidentOf(id)), unitPath))
const taken = () =>
  receiver.received.filter((one) => one.taken).map(({ path, alert }) => `${path} ${alert.reference.slice(-1)}`)

test('an alert goes to the recipients of its unit and of those above, and to nobody else', async () => {
  await publish(entered(BANDUNG, '/bandung'), entered(BOGOR, '/bogor'), entered('dj.jabar', '/jabar'))
  notifying = runNotify(redis, [], ALLOWED)
  await conclude(1, BANDUNG)
  await conclude(2, `${BOGOR}.pos-1`)
  await conclude(3, 'dj.jabar.bandung-barat')
  await untilTaken(receiver, 5)
  expect(taken().sort()).toEqual(['/bandung 1', '/bogor 2', '/jabar 1', '/jabar 2', '/jabar 3'])
  expect(await readRecipients(redis.redis, redis.keys)).toContainEqual({
    id: 'bandung',
    level: 'petugas',
    unitPath: BANDUNG,
  })
})

test('an incident whose unit is not known reaches everybody rather than nobody', async () => {
  await publish(entered(BANDUNG, '/bandung'), entered(BOGOR, '/bogor'))
  notifying = runNotify(redis, [], ALLOWED)
  await conclude(1)
  await untilTaken(receiver, 2)
  expect(taken().sort()).toEqual(['/bandung 1', '/bogor 1'])
})

test('who comes, moves to another address, or goes while notify runs is followed', async () => {
  notifying = runNotify(redis, [], ALLOWED)
  await publish(entered(BANDUNG, '/first'))
  await waitFor(async () => expect(await readRecipients(redis.redis, redis.keys)).toHaveLength(1))
  await conclude(1, BANDUNG)
  await untilTaken(receiver, 1)
  const moved = entered(BANDUNG, '/moved', { id: 'first' })
  await publish(moved, entered(BANDUNG, '/second'))
  await waitFor(async () => expect(await readRecipients(redis.redis, redis.keys)).toHaveLength(2))
  await conclude(2, BANDUNG)
  await untilTaken(receiver, 3)
  await publish(moved)
  await waitFor(async () => expect(await readRecipients(redis.redis, redis.keys)).toHaveLength(1))
  await conclude(3, BANDUNG)
  await untilTaken(receiver, 4)
  expect(taken()).toEqual(
    ['/first 1', ...['/moved 2', '/second 2'].filter((one) => taken().includes(one)), '/moved 3'].sort(
      (a, b) => taken().indexOf(a) - taken().indexOf(b),
    ),
  )
  expect(notifying.failures).toEqual([])
})

test('ways of another key, of another unit or of another recipient are refused, loudly, and the others are notified', async () => {
  const genuine = entered(BANDUNG, '/genuine')
  const other = concealWith('another key of thirty-two characters, or more')
  const facts = { id: 'x', unitPath: BANDUNG, level: 'petugas', language: 'id' } as const
  await publish(
    genuine,
    { ...facts, sealedWays: other.conceal(boundTo(facts), '[]') },
    { ...genuine, id: 'moved-unit', unitPath: 'dj' },
    { ...genuine, id: 'copied' },
    { ...facts, id: 'garbage', sealedWays: 'AAAA' },
  )
  const said: unknown[] = []
  const log = { ...silentLog, error: (fields: object) => said.push(fields) }
  notifying = runNotify(redis, [], { ...ALLOWED, log })
  await conclude(1, BANDUNG)
  await untilTaken(receiver, 1)
  expect(taken()).toEqual(['/genuine 1'])
  expect(said).toHaveLength(4)
})

test('a test message goes by every way, and its outcome is kept by way', async () => {
  const facts = { id: 'somebody', unitPath: BANDUNG, level: 'petugas', language: 'id' } as const
  const ways = [
    { channel: 'webhook', address: receiver.url('/refuses') },
    { channel: 'webhook', address: receiver.url('/takes') },
    { channel: 'email', address: 'a@b.example' },
  ]
  receiver.answer = ({ path }) => (path === '/refuses' ? 410 : 200)
  await publish({ ...facts, sealedWays: conceal.conceal(boundTo(facts), JSON.stringify(ways)) })
  notifying = runNotify(redis, [], ALLOWED)
  const test = { id: randomUUID(), recipientId: 'somebody', atMs: START_MS }
  expect(await askForTest(redis.redis, redis.keys, test)).toBe(true)
  await waitFor(async () => {
    const outcomes = (await readNotices(redis.redis, redis.keys, test.id)).map(
      ({ channel, acceptedMs, failedMs }) => `${channel} ${acceptedMs !== undefined} ${failedMs !== undefined}`,
    )
    expect(outcomes.sort()).toEqual(['email false true', 'webhook false true', 'webhook true false'])
  })
  expect(receiver.received.map(({ alert }) => alert.kind)).toEqual(['test', 'test'])
  expect(await redis.redis.llen(redis.keys.noticeTests)).toBe(0)
})

test('fifty test messages wait at most', async () => {
  const ask = () => askForTest(redis.redis, redis.keys, { id: randomUUID(), recipientId: 'x', atMs: START_MS })
  for (let i = 0; i < 50; i++) expect(await ask()).toBe(true)
  expect(await ask()).toBe(false)
})
