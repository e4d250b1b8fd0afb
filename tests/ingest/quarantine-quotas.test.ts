// One sender's garbage does not push out what others were answered for, while nobody takes from the quarantine.
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CompactEncoder, readCompactAnswer } from '../../simulators/compact-frame.ts'
import { appendQuarantine, dropQuarantine, readQuarantine } from '../../stream/logs/quarantine-log.ts'
import { GATEWAY_SECRET, idOnly, NOW_MS, type OpenIngest, openIngest, PEOPLE } from './ingest-fixture.ts'
import { jt808 } from './wire-envelopes.ts'

const QUOTA = 10
let open: OpenIngest
beforeEach(async () => {
  const records = [...PEOPLE, idOnly('86000000033', 'jt808', { settings: { skipsAuthentication: true } })]
  open = await openIngest({ records, limits: { quarantineQuotaMax: QUOTA, malformedFramesMax: 1000 } })
})
afterEach(() => open.close())

const gateway = { authorization: `Bearer g1:${GATEWAY_SECRET}` }
const bad = (n: number, deviceId = 'b1') => ({ deviceId, time: NOW_MS - n, lat: 95, lon: 106.8 })
const badOnes = (count: number, deviceId?: string) => ({
  reports: Array.from({ length: count }, (_, i) => bad(i, deviceId)),
})
const kept = async () => (await open.quarantined()).length
const notKept = (protocol: string) => open.meter.of('gelang_ingest_not_kept_total', { protocol })

async function recordTakesAll(): Promise<void> {
  const items = await readQuarantine(open.redis, open.keys, '0-0', { count: 10_000 })
  await dropQuarantine(open.redis, open.keys, items.at(-1)!.id)
}

/** Somebody else is kept all the same. */
async function othersAreKept(): Promise<void> {
  const before = await kept()
  const answer = await open.post({ ...bad(0), deviceId: 'b2' }, { 'x-device-id': 'b2' })
  expect((await answer.json()).results).toEqual([expect.not.objectContaining({ retry: true })])
  expect(await kept()).toBe(before + 1)
}

test.each([
  ['of a gateway', gateway, 'w1'],
  ['of a bracelet', {}, 'b1'],
])(
  'own API, reports %s: what is beyond the share is to be sent again; so it is taken once the record has taken',
  async (_, headers, deviceId) => {
    const { results } = await (
      await open.post({ reports: [...badOnes(QUOTA + 5, deviceId).reports, { deviceId, time: NOW_MS }] }, headers)
    ).json()
    expect(results.slice(0, QUOTA)).toEqual(Array(QUOTA).fill(expect.not.objectContaining({ retry: true })))
    expect(results.slice(QUOTA, -1)).toEqual(Array(5).fill(expect.objectContaining({ ok: false, retry: true })))
    expect(results.at(-1)).toEqual({ ok: true })
    expect(await kept()).toBe(QUOTA)
    expect(notKept('own')).toBe(5)
    await othersAreKept()
    await recordTakesAll()
    // It is asked no more than once a second, and the first answer is not waited for.
    open.clock.nowMs += 1000
    const again = async () => (await (await open.post(bad(99, deviceId), headers)).json()).results[0].retry
    await expect.poll(again).toBeUndefined()
  },
)

test('a body that is no report is answered 429', async () => {
  for (let i = 0; i < QUOTA; i++) expect((await open.post('7', gateway)).status).toBe(400)
  const answer = await open.post('7', gateway)
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '60'])
})

test('a gateway’s frames, compact ones and those that cannot be read', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${open.ingest.ports.own}/v1/gateway`, { headers: gateway })
  await new Promise((resolve) => socket.once('open', resolve))
  const answerTo = (frame: Buffer | string) => {
    const answer = new Promise<Buffer>((resolve) => socket.once('message', (data) => resolve(data as Buffer)))
    socket.send(frame)
    return answer
  }
  const report = { deviceId: 'w1', timeMs: NOW_MS, fixValid: true, latDeg: 95, lonDeg: 1, alarms: [], archived: false }
  const encoded = new CompactEncoder().encode(1, Array(QUOTA + 1).fill(report))
  const { refused } = readCompactAnswer(await answerTo(encoded))
  expect(refused.map(({ retry }) => retry)).toEqual([...Array(QUOTA).fill(false), true])
  expect(JSON.parse(String(await answerTo('{"seq":')))).toMatchObject({ error: { code: 'malformed', retry: true } })
  await othersAreKept()
  socket.close()
})

test('OsmAnd: the phone keeps what is not kept here', async () => {
  const send = () => open.osmand('/?id=free&timestamp=yesterday')
  for (let i = 0; i < QUOTA; i++) expect((await send()).status).toBe(200)
  const answer = await send()
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '60'])
  await othersAreKept()
})

test('TCP: who waits for an answer gets none, who does not is counted', async () => {
  const frame = '@WHAT,860000000000058$'
  const r16h = connect(open.ingest.ports.r16h!, '127.0.0.1')
  r16h.write(frame.repeat(QUOTA + 3))
  await expect.poll(() => notKept('r16h')).toBe(3)
  await expect.poll(kept).toBe(QUOTA)
  r16h.destroy()

  // Latitude 95: answered as long as it is kept; the heartbeat behind them always is.
  const location = jt808('0200', '0000000000000002 05a995c0 065dd7c0 0000 0000 0000 260108170000')
  const terminal = connect(open.ingest.ports.jt808!, '127.0.0.1')
  let heard = ''
  terminal.on('data', (bytes) => {
    heard += bytes.toString('hex')
  })
  terminal.write(Buffer.from(location.repeat(QUOTA + 3) + jt808('0002', '', { serial: 9 }), 'hex'))
  await expect.poll(() => heard).toContain('0009000200')
  expect(heard.match(/0001020000/g)).toHaveLength(QUOTA)
  expect(notKept('jt808')).toBe(3)
  terminal.destroy()
  await othersAreKept()
})

test('strangers together have one share', async () => {
  for (let i = 0; i < QUOTA + 2; i++) await open.post(bad(i), { authorization: 'Bearer nobody' })
  expect(await kept()).toBe(QUOTA)
  await othersAreKept()
})

test('a share that other processes have filled: no answer at first, then it is known', async () => {
  const item = {
    receivedMs: 0,
    protocol: 'own',
    reason: 'malformed',
    detail: '',
    raw: Buffer.of(1),
    cut: false,
  } as const
  const theirs = Array(QUOTA).fill({ ...item, sender: 'gateway:g1' })
  await appendQuarantine(open.redis, open.keys, theirs, { quotaMax: QUOTA })
  expect((await open.post(badOnes(2, 'w1'), gateway)).status).toBe(503)
  const answer = await open.post(badOnes(2, 'w1'), gateway)
  expect((await answer.json()).results).toEqual(Array(2).fill(expect.objectContaining({ retry: true })))
  expect(open.said.filter(({ level }) => level === 'error')).toEqual([])
  await othersAreKept()
})
