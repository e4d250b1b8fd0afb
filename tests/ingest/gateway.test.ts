import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { GATEWAY_SECRET, gateway, NOW_MS, type OpenIngest, openIngest, WARDS } from './ingest-fixture.ts'

let open: OpenIngest
beforeAll(async () => {
  open = await openIngest({
    records: WARDS,
    limits: { batchReportsMax: 600, gatewayMalformedFramesMax: 3, gatewayFrameBytesMax: 200_000 },
  })
})
afterAll(() => open.close())
afterEach(async () => {
  open.directory.replaceAll(WARDS)
  await open.redis.del(...[0, 1, 2, 3].map((n) => open.keys.reports(n)))
  await open.redis.del(open.keys.quarantine)
})

class Client {
  readonly socket: WebSocket
  readonly received: { ack?: number; results?: object[]; error?: { message: string } }[] = []
  #wake: () => void = () => undefined

  constructor(port: number, headers: Record<string, string> = { authorization: `Bearer g1:${GATEWAY_SECRET}` }) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/v1/gateway`, { headers })
    this.socket.on('message', (data) => {
      this.received.push(JSON.parse(String(data)))
      this.#wake()
    })
    this.socket.on('error', () => undefined)
  }

  opened(): Promise<number> {
    return new Promise((resolve) => {
      this.socket.once('open', () => resolve(101))
      this.socket.once('unexpected-response', (_, response) => resolve(response.statusCode ?? 0))
    })
  }

  closed(): Promise<number> {
    return new Promise((resolve) => this.socket.once('close', (code) => resolve(code)))
  }

  send(seq: unknown, reports: unknown): void {
    this.socket.send(JSON.stringify({ seq, reports }))
  }

  async answers(count: number) {
    while (this.received.length < count)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    return this.received
  }
}

async function connected(port = open.ingest.ports.own!): Promise<Client> {
  const client = new Client(port)
  expect(await client.opened()).toBe(101)
  return client
}

const report = (changes: object = {}) => ({ deviceId: 'b1', time: NOW_MS - 1000, lat: -6.2, lon: 106.8, ...changes })

test('frames are acknowledged in order, each once its reports are in the log', async () => {
  const client = await connected()
  for (let seq = 1; seq <= 40; seq++)
    client.send(
      seq,
      Array.from({ length: seq % 7 === 0 ? 600 : 3 }, (_, i) => report({ time: NOW_MS - i, hdop: seq })),
    )
  const answers = await client.answers(40)
  expect(answers.map((a) => a.ack)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
  const sent = answers.reduce((sum, a) => sum + a.results!.length, 0)
  expect(await open.stored()).toHaveLength(sent)
  client.socket.close()
})

test('each report has its verdict; sequence numbers may repeat; an empty frame is answered', async () => {
  const client = await connected()
  client.send(7, [report(), report({ deviceId: 'far' }), report({ deviceId: 'nobody' }), { lat: 1 }])
  client.send(7, [report()])
  client.send(8, [])
  const answers = await client.answers(3)
  expect(answers[0]!.results).toMatchObject([
    { ok: true },
    { ok: false, reason: 'not_of_this_gateway' },
    { ok: false, reason: 'not_of_this_gateway' },
    { ok: false, reason: 'malformed', detail: 'deviceId is missing' },
  ])
  expect(answers.slice(1)).toEqual([
    { ack: 7, results: [{ ok: true }] },
    { ack: 8, results: [] },
  ])
  expect(await open.quarantined()).toHaveLength(3)
  client.socket.close()
})

test.each([
  ['no credential', {}, 401],
  ['a wrong secret', { authorization: 'Bearer g1:wrong' }, 401],
  ['a bracelet', { authorization: 'Bearer bracelet-secret-0001', 'x-device-id': 'b1' }, 401],
  ['a revoked gateway', { authorization: `Bearer gone:${GATEWAY_SECRET}` }, 403],
] as [string, Record<string, string>, number][])('%s is not let in', async (_, headers, status) => {
  expect(await new Client(open.ingest.ports.own!, headers).opened()).toBe(status)
})

test('another path is not there', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${open.ingest.ports.own}/v1/other`)
  const status = await new Promise((resolve) => socket.once('unexpected-response', (_, r) => resolve(r.statusCode)))
  socket.on('error', () => undefined)
  socket.terminate()
  expect(status).toBe(404)
})

test('a frame that cannot be read is answered, kept, and after some of them the connection is cut', async () => {
  const client = await connected()
  const cut = client.closed()
  client.socket.send('{"seq":')
  client.socket.send(Buffer.from([9, 1, 2, 3]))
  client.send(5, 'none')
  client.send(-1, [])
  const answers = await client.answers(4)
  expect(answers.map((a) => a.error!.message)).toEqual([
    'the frame is no JSON',
    'binary frames of version 9 are not known; send JSON as text',
    'reports must be an array',
    'seq must be a whole number of 0 or more',
  ])
  expect(await cut).toBe(1008)
  expect((await open.quarantined()).map((q) => q.reason)).toEqual(Array(4).fill('malformed'))
})

test('too many reports in a frame, and a frame too large', async () => {
  const client = await connected()
  client.send(1, Array(601).fill({}))
  expect((await client.answers(1))[0]).toMatchObject({ seq: 1, error: { code: 'malformed' } })
  client.socket.send('x'.repeat(200_001))
  expect(await client.closed()).toBe(1009)
})

test('a gateway revoked while connected is cut with its next frame', async () => {
  const client = await connected()
  open.directory.replaceAll(WARDS.map((r) => (r.kind === 'gateway' ? gateway('g1', 'ditjenpas.jabar', true) : r)))
  client.send(1, [report()])
  expect(await client.closed()).toBe(1008)
  expect(await open.stored()).toEqual([])
})

test('a gateway that sends without reading is held back, and everything is acknowledged in the end', async () => {
  const one = await openIngest({ limits: { gatewayUnacknowledgedReportsMax: 500, gatewayUnacknowledgedFramesMax: 10 } })
  const client = await connected(one.ingest.ports.own)
  const frame = Array.from({ length: 400 }, (_, i) => report({ time: NOW_MS - i }))
  for (let seq = 0; seq < 60; seq++) client.send(seq, frame)
  const answers = await client.answers(60)
  expect(answers.map((a) => a.ack)).toEqual(Array.from({ length: 60 }, (_, i) => i))
  client.socket.close()
  await one.close()
})

test('a gateway that fetches no acknowledgements is cut', async () => {
  const one = await openIngest({ limits: { gatewayUnsentBytesMax: 10_000, batchReportsMax: 10_000 } })
  const client = await connected(one.ingest.ports.own)
  client.socket.pause()
  const frame = Array.from({ length: 10_000 }, () => ({}))
  for (let seq = 0; seq < 40; seq++) client.send(seq, frame)
  await expect
    .poll(() => one.meter.of('gelang_ingest_connections_cut_total', { protocol: 'gateway', cause: '1008' }))
    .toBe(1)
  client.socket.resume()
  client.socket.terminate()
  await one.close()
})

test('a silent gateway is cut, one that answers pings is not', async () => {
  const one = await openIngest({ limits: { gatewayPingMs: 100 } })
  const silent = new WebSocket(`ws://127.0.0.1:${one.ingest.ports.own}/v1/gateway`, {
    headers: { authorization: `Bearer g1:${GATEWAY_SECRET}` },
    autoPong: false,
  })
  const alive = await connected(one.ingest.ports.own)
  expect(await new Promise((resolve) => silent.once('close', resolve))).toBe(1006)
  alive.send(1, [report()])
  expect(await alive.answers(1)).toHaveLength(1)
  alive.socket.close()
  await one.close()
})

test('more gateways than the limit are turned away', async () => {
  const one = await openIngest({ limits: { gatewayConnectionsMax: 1 } })
  const first = await connected(one.ingest.ports.own)
  expect(await new Client(one.ingest.ports.own!).opened()).toBe(503)
  first.socket.close()
  await one.close()
})

test('closing acknowledges what was read, then says goodbye', async () => {
  const one = await openIngest({ records: WARDS })
  const client = await connected(one.ingest.ports.own)
  for (let seq = 0; seq < 20; seq++) client.send(seq, [report({ hdop: seq })])
  await client.answers(1)
  const goodbye = client.closed()
  await one.ingest.close()
  expect(await goodbye).toBe(1001)
  expect((await one.stored()).length).toBeGreaterThanOrEqual(client.received.length)
  await one.cleanup()
})
