import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { NOW_ISO, type OpenIngest, openIngest } from './ingest-fixture.ts'

let open: OpenIngest | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})

function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.on('error', () => undefined)
  socket.write(text)
  return new Promise((resolve) => socket.on('close', () => resolve(answer)))
}

test('nobody is let in, nor answered as unknown, before the directory is there', async () => {
  open = await openIngest({ loaded: false })
  expect(open.ingest.ready()).toBe(false)
  expect((await open.post({ deviceId: 'b1', time: NOW_ISO })).status).toBe(503)
  expect((await open.osmand('/?id=free')).status).toBe(503)
  expect(await raw(open.ingest.ports.r16h!, '@LINK,860000000000058$')).toBe('')
})

test('slow headers and slow bodies are cut', async () => {
  open = await openIngest({ limits: { headersTimeoutMs: 300, requestTimeoutMs: 600 } })
  const { own } = open.ingest.ports
  expect(await raw(own!, 'POST /v1/reports HTTP/1.1\r\nHost: x\r\n')).toMatch(/^HTTP\/1\.1 408/)
  await raw(own!, 'POST /v1/reports HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"rep')
  expect(
    open.meter.of('gelang_ingest_connections_cut_total', { protocol: 'own', cause: 'ERR_HTTP_REQUEST_TIMEOUT' }),
  ).toBe(2)
  expect((await open.post({ deviceId: 'b1', time: NOW_ISO })).status).toBe(200)
})

test('headers above the limit are answered 431', async () => {
  open = await openIngest({ limits: { headerBytesMax: 1024 } })
  expect(
    await raw(open.ingest.ports.osmand!, `GET /?id=free&x=${'y'.repeat(3000)} HTTP/1.1\r\nHost: x\r\n\r\n`),
  ).toMatch(/^HTTP\/1\.1 431/)
})

test('more connections than the limit are turned away, the others go on', async () => {
  open = await openIngest({ limits: { httpConnectionsMax: 2, tcpConnectionsMax: 1 } })
  const { own, r16h } = open.ingest.ports
  const held = [connect(own!, '127.0.0.1'), connect(own!, '127.0.0.1'), connect(r16h!, '127.0.0.1')]
  await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
  expect(await raw(own!, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('')
  expect(await raw(r16h!, '@LINK,860000000000058$')).toBe('')
  for (const protocol of ['own', 'r16h'])
    expect(open.meter.of('gelang_ingest_connections_cut_total', { protocol, cause: 'too_many_connections' })).toBe(1)
  for (const socket of held) socket.destroy()
})

test('more bodies arriving at once than the limit are answered 503', async () => {
  open = await openIngest({ limits: { bodiesBytesMax: 5000 } })
  const { own } = open.ingest.ports
  const held = connect(own!, '127.0.0.1')
  held.write(`POST /v1/reports HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n${'x'.repeat(3000)}`)
  const big = { deviceId: 'b1', time: NOW_ISO, attributes: { a: 'x'.repeat(500), b: 'x'.repeat(500) } }
  const post = () => open!.post({ reports: [big, big, big] }).then((answer) => answer.status)
  await expect.poll(post).toBe(503)
  held.destroy()
  await expect.poll(post).toBe(200)
})

test('strangers cannot fill the quarantine', async () => {
  open = await openIngest({ limits: { strangersQuarantinedPerSecond: 3 } })
  for (let i = 0; i < 10; i++) expect((await open.osmand(`/?id=stranger${i}`)).status).toBe(401)
  expect(await open.quarantined()).toHaveLength(3)
  expect(open.meter.of('gelang_ingest_strangers_not_kept_total', { protocol: 'osmand' })).toBe(7)
  expect(open.meter.of('gelang_ingest_refusals_total', { protocol: 'osmand', reason: 'unknown_device' })).toBe(10)
})

test('closing answers what is under way and takes nothing more', async () => {
  const one = await openIngest()
  const answers = Array.from({ length: 50 }, (_, i) => one.post({ deviceId: 'b1', time: NOW_ISO, hdop: i }))
  await answers[0]
  await Promise.all([one.ingest.close(), Promise.allSettled(answers)])
  const statuses = await Promise.all(
    answers.map((answer) =>
      answer.then(
        (a) => a.status,
        () => 'cut',
      ),
    ),
  )
  const stored = await one.stored()
  expect(stored.length).toBeGreaterThanOrEqual(statuses.filter((status) => status === 200).length)
  await expect(one.post({})).rejects.toThrow()
  await one.cleanup()
})
