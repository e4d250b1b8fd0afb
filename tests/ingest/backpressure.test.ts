// Limits that only bite when somebody is slow: the log, a device that fetches no replies, a connection that does not end.
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type OwnServer, ownRedis } from '../setup/own-services.ts'
import { idOnly, NOW_ISO, NOW_MS, type OpenIngest, openIngest, PEOPLE } from './ingest-fixture.ts'
import { nmea } from './wire-envelopes.ts'

let open: OpenIngest
let server: OwnServer | undefined
afterEach(async () => {
  await open.close()
  await server?.discard()
  server = undefined
})

const cut = (protocol: string, cause: string) =>
  open.meter.of('gelang_ingest_connections_cut_total', { protocol, cause })
const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve))

function dial(protocol: 'own' | 'laipac' | 'r16h'): Socket {
  const socket = connect(open.ingest.ports[protocol]!, '127.0.0.1')
  socket.on('error', () => undefined)
  return socket
}

test('keepAliveMs: a kept HTTP connection that asks nothing more is closed', async () => {
  open = await openIngest({ limits: { keepAliveMs: 200 } })
  const socket = dial('own')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.write('GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n')
  await closed(socket)
  expect(answer).toMatch(/^HTTP\/1\.1 \d{3}/)
  expect(answer).toMatch(/\r\nconnection: keep-alive\r\n/i)
})

test('tcpUnsentBytesMax: a device that fetches no replies is cut', async () => {
  open = await openIngest({
    limits: { tcpUnsentBytesMax: 50_000 },
    records: [...PEOPLE, idOnly('86000041', 'laipac')],
  })
  const socket = dial('laipac')
  socket.pause()
  const line = `${nmea(`ECHK,86000041,${'0'.repeat(900)}`)}\r\n`
  const block = Buffer.from(line.repeat(100))
  let over = false
  const done = closed(socket).then(() => {
    over = true
  })
  while (!over && !socket.destroyed)
    if (!socket.write(block)) await Promise.race([done, new Promise((resolve) => socket.once('drain', resolve))])
  await done
  expect(cut('laipac', 'replies_not_fetched')).toBe(1)
})

test('logPendingReportsHigh: while the log is behind, sockets are not read', async () => {
  server = await ownRedis()
  open = await openIngest({
    redisUrl: server.url,
    limits: { logPendingReportsHigh: 3 },
    records: [...PEOPLE, idOnly('860000000000059', 'r16h')],
  })
  const frame = (second: number, imei: string) =>
    `@GPSD,${imei},R,20260108,0930${String(second).padStart(2, '0')},59.91325,N,010.73801,E,4,187,23,64,L,$`
  const bytes = () => open.meter.of('gelang_ingest_bytes_total', { protocol: 'r16h' })
  const burst = Array.from({ length: 10 }, (_, i) => frame(i, '860000000000058')).join('')
  await open.redis.call('CLIENT', 'PAUSE', '1500', 'WRITE')
  const first = dial('r16h')
  first.write(burst)
  await expect.poll(bytes).toBe(burst.length)
  const second = dial('r16h')
  second.write(frame(30, '860000000000059'))
  await expect.poll(bytes).toBe(burst.length + frame(30, '860000000000059').length)
  // The log took nothing yet; what comes after the burst is decoded once it does, so it bears the later time of receipt.
  open.clock.nowMs += 60_000
  await expect.poll(async () => (await open.stored()).length).toBe(11)
  const rows = await open.stored()
  expect(new Set(rows.slice(0, 10).map(({ receivedMs }) => receivedMs))).toEqual(new Set([NOW_MS]))
  expect(rows[10]!.receivedMs).toBe(NOW_MS + 60_000)
  first.destroy()
  second.destroy()
})

test('shutdownMs: a request that never ends does not hold the shutdown up for longer', async () => {
  const never = { headersTimeoutMs: 3_600_000, requestTimeoutMs: 3_600_000 }
  open = await openIngest({ limits: { shutdownMs: 200, ...never } })
  const socket = dial('own')
  const body = JSON.stringify({ deviceId: 'b1', time: NOW_ISO })
  socket.write(`POST /v1/reports HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`)
  await expect.poll(() => open.meter.of('gelang_ingest_connections', { protocol: 'own' })).toBe(1)
  await Promise.all([open.ingest.close(), closed(socket)])
  expect(open.said.map(({ message }) => message)).toContain('ingest closes connections that did not end by themselves')
})
