// What one gateway can send must not end the process: its own connection at most.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { GATEWAY_SECRET, gateway, NOW_MS, type OpenIngest, openIngest, WARDS, ward } from './ingest-fixture.ts'

let open: OpenIngest
beforeAll(async () => {
  open = await openIngest({
    records: [...WARDS, gateway('g2'), ward('impossible', { braceletId: -1 })],
  })
})
afterAll(() => open.close())
afterEach(() => open.redis.del(...[0, 1, 2, 3].map((n) => open.keys.reports(n)), open.keys.quarantine))

async function dial(name: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${open.ingest.ports.own}/v1/gateway`, {
    headers: { authorization: `Bearer ${name}:${GATEWAY_SECRET}` },
  })
  await new Promise((resolve) => socket.once('open', resolve))
  return socket
}

const answerOf = (socket: WebSocket) =>
  new Promise<object>((resolve) => socket.once('message', (data) => resolve(JSON.parse(String(data)))))
const frameOf = (...reports: string[]) => `{"seq":1,"reports":[${reports.join(',')}]}`
const good = `{"deviceId":"b1","time":${NOW_MS - 1000}}`

test.each([
  ['brackets', '['.repeat(20_000) + ']'.repeat(20_000)],
  ['a frame full of brackets', '['.repeat(2_000_000) + ']'.repeat(2_000_000)],
  ['members', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
  ['an attribute', `{"deviceId":"b1","x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
  ['a cut strap', `{"deviceId":"b1","strap":"open","x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
])('%s nested without end: answered, kept as they came, the others taken', async (_, deep) => {
  const frame = frameOf(good, deep)
  const socket = await dial('g1')
  const answer = answerOf(socket)
  socket.send(frame)
  expect(await answer).toMatchObject({ ack: 1, results: [{ ok: true }, {}] })
  socket.close()
  const response = await open.post(frame, { authorization: `Bearer g1:${GATEWAY_SECRET}` })
  expect(response.status).toBe(200)
  const kept = await open.quarantined()
  expect(kept.map(({ reason }) => reason)).toEqual(['malformed', 'malformed'])
  for (const { raw } of kept) expect(Buffer.from(raw).toString()).toBe(frame.slice(0, 8192))
})

test('a frame that fails closes its own connection, is logged and counted', async () => {
  const [failing, other] = [await dial('g1'), await dial('g2')]
  const closed = new Promise<number>((resolve) => failing.once('close', resolve))
  failing.send(frameOf(good, `{"deviceId":"impossible","time":${NOW_MS}}`))
  expect(await closed).toBe(1011)
  expect(open.meter.of('gelang_ingest_connections_cut_total', { protocol: 'gateway', cause: '1011' })).toBe(1)
  expect(open.said.find(({ message }) => message === 'a gateway frame failed')?.fields).toMatchObject({
    gatewayId: 'g1',
  })
  const answer = answerOf(other)
  other.send(frameOf(good))
  expect(await answer).toEqual({ ack: 1, results: [{ ok: true }] })
  other.close()
})
