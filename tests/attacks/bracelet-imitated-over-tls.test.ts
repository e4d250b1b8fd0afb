// Who knows the bracelet's number opens a TLS connection with a certificate of their own, without one, or with another's key.
import { X509Certificate } from 'node:crypto'
import { request } from 'node:https'
import { connect as connectPlain } from 'node:net'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { presharedKeyOf } from '../../ingest/admission/issued-code.ts'
import { REPORT_FLAG } from '../../model/report/report.ts'
import { gt06Device } from '../../simulators/devices/gt06.ts'
import {
  DEVICE_KEY,
  device,
  GATEWAY_SECRET,
  gateway,
  idOnly,
  NOW_MS,
  type OpenIngest,
  openIngest,
  SECRET,
  ward,
} from '../ingest/ingest-fixture.ts'
import {
  CA_CERTIFICATE,
  OWN_CERTIFICATE,
  OWN_KEY,
  SERVER_CERTIFICATE,
  SERVER_KEY,
  SIGNED_CERTIFICATE,
  SIGNED_KEY,
  THIEF_CERTIFICATE,
  THIEF_KEY,
} from '../ingest/tls/test-certificates.ts'

const BY_FINGERPRINT = '860000000000025'
const BY_NAME = '860000000000033'
const BY_KEY = '860000000000041'
const OTHER_KEY = '860000000000058'
const fingerprint = new X509Certificate(OWN_CERTIFICATE).fingerprint256.replaceAll(':', '').toLowerCase()

let open: OpenIngest
beforeAll(async () => {
  open = await openIngest({
    tls: { certificate: SERVER_CERTIFICATE, key: SERVER_KEY, clientAuthority: CA_CERTIFICATE },
    records: [
      idOnly(BY_FINGERPRINT, 'gt06', { certificateSha256: fingerprint }),
      idOnly(BY_NAME, 'gt06', { certificateCn: '860000000000025' }),
      idOnly(BY_KEY, 'gt06', { presharedKey: true }),
      idOnly(OTHER_KEY, 'gt06', { presharedKey: true }),
      device('phone', { protocol: 'osmand', requiresTls: true }),
      ward('w1'),
      gateway('g1'),
    ],
  })
})
afterAll(() => open.close())
afterEach(() => open.redis.del(...[0, 1, 2, 3].map((n) => open.keys.reports(n)), open.keys.quarantine))

/** Resolves once the handshake has ended; rejects where it fails. */
function handshake(options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: open.ingest.tlsPorts.gt06!, host: '127.0.0.1', ca: CA_CERTIFICATE, ...options })
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      socket.off('error', reject)
      socket.on('error', () => undefined)
      resolve(socket)
    })
  })
}

const withKey = (identity: string, psk: Uint8Array): ConnectionOptions => ({
  pskCallback: () => ({ psk, identity }),
  ciphers: 'PSK-AES128-GCM-SHA256',
  maxVersion: 'TLSv1.2',
  checkServerIdentity: () => undefined,
})
const keyOf = (deviceId: string) => presharedKeyOf(DEVICE_KEY, deviceId)

type Line = {
  write(bytes: Uint8Array): void
  once(event: 'close', heard: () => void): void
  destroy(): void
  resume(): void
}

/** Logs in and says where it is; true when the log has it, false when the connection ends before. */
async function isHeard(socket: Line, deviceId: string): Promise<boolean> {
  const session = gt06Device.newSession(deviceId, '')
  const report = { deviceId, timeMs: NOW_MS, fixValid: true, latDeg: -6.2, lonDeg: 106.8, alarms: [], archived: false }
  let isOpen = true
  socket.once('close', () => {
    isOpen = false
  })
  socket.resume()
  socket.write(session.hello[0]!().bytes)
  socket.write(session.encode([report], false).bytes)
  await expect.poll(async () => !isOpen || (await open.stored()).length > 0).toBe(true)
  const stored = await open.stored()
  for (const { flags } of stored) expect(flags & REPORT_FLAG.unproven).toBe(0)
  socket.destroy()
  return stored.length > 0
}

test('the registered certificate is heard; another, none, and the plain port are not', async () => {
  const shows = async (cert?: string, key?: string) =>
    isHeard(await handshake(cert === undefined ? {} : { cert, key }), BY_FINGERPRINT)
  expect(await shows(OWN_CERTIFICATE, OWN_KEY)).toBe(true)
  await open.redis.del(...[0, 1, 2, 3].map((n) => open.keys.reports(n)))
  expect(await shows(THIEF_CERTIFICATE, THIEF_KEY)).toBe(false)
  expect(await shows(SIGNED_CERTIFICATE, SIGNED_KEY)).toBe(false)
  expect(await shows()).toBe(false)
  expect(await isHeard(connectPlain(open.ingest.ports.gt06!, '127.0.0.1'), BY_FINGERPRINT)).toBe(false)
})

test('a common name counts only where our authority has signed it', async () => {
  expect(await isHeard(await handshake({ cert: SIGNED_CERTIFICATE, key: SIGNED_KEY }), BY_NAME)).toBe(true)
  await open.redis.del(...[0, 1, 2, 3].map((n) => open.keys.reports(n)))
  expect(await isHeard(await handshake({ cert: THIEF_CERTIFICATE, key: THIEF_KEY }), BY_NAME)).toBe(false)
})

test('a preshared key speaks for its own bracelet only', async () => {
  expect(await isHeard(await handshake(withKey(BY_KEY, keyOf(BY_KEY))), BY_KEY)).toBe(true)
  await open.redis.del(...[0, 1, 2, 3].map((n) => open.keys.reports(n)))
  expect(await isHeard(await handshake(withKey(OTHER_KEY, keyOf(OTHER_KEY))), BY_KEY)).toBe(false)
  expect(await isHeard(await handshake({}), BY_KEY)).toBe(false)
  expect(await isHeard(connectPlain(open.ingest.ports.gt06!, '127.0.0.1'), BY_KEY)).toBe(false)
})

test('a wrong key ends the handshake, with the same words for a bracelet that is not known', async () => {
  const errorOf = (identity: string) =>
    handshake(withKey(identity, new Uint8Array(32).fill(1))).then(
      () => 'heard',
      ({ code }: NodeJS.ErrnoException) => code,
    )
  const wrong = await errorOf(BY_KEY)
  expect(wrong).not.toBe('heard')
  expect(await errorOf('860000000000099')).toBe(wrong)
  const cut = () => open.meter.of('gelang_ingest_connections_cut_total', { protocol: 'gt06', cause: 'tls_failed' })
  await expect.poll(cut).toBeGreaterThanOrEqual(2)
})

test('asking for a key and ending the handshake without it proves nothing', async () => {
  const asks = { ...withKey(BY_KEY, new Uint8Array(32).fill(1)), maxVersion: 'TLSv1.3' as const }
  const socket = await handshake({ ...asks, ciphers: 'TLS_AES_256_GCM_SHA384:ECDHE-ECDSA-AES128-GCM-SHA256' })
  expect(await isHeard(socket, BY_KEY)).toBe(false)
})

test('what must come over TLS is heard over HTTPS, and refused on the plain port', async () => {
  const path = `/?id=phone&token=${SECRET}&timestamp=${Math.floor(NOW_MS / 1000)}&lat=-6.2&lon=106.8`
  expect((await open.osmand(path)).status).toBe(401)
  expect(await open.stored()).toEqual([])
  const status = await new Promise((resolve, reject) =>
    request({ port: open.ingest.tlsPorts.osmand, host: '127.0.0.1', path, ca: CA_CERTIFICATE }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
      .on('error', reject)
      .end(),
  )
  expect(status).toBe(200)
  expect(await open.stored()).toHaveLength(1)
})

test('the gateway WebSocket is open over TLS too', async () => {
  const socket = new WebSocket(`wss://127.0.0.1:${open.ingest.tlsPorts.own}/v1/gateway`, {
    headers: { authorization: `Bearer g1:${GATEWAY_SECRET}` },
    ca: CA_CERTIFICATE,
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const answer = new Promise((resolve) => socket.once('message', (data) => resolve(JSON.parse(String(data)))))
  socket.send(JSON.stringify({ seq: 1, reports: [{ deviceId: 'w1', time: NOW_MS, lat: -6.2, lon: 106.8 }] }))
  expect(await answer).toEqual({ ack: 1, results: [{ ok: true }] })
  socket.close()
})

test('connections in the middle of a handshake do not hold the shutdown up', async () => {
  const other = await openIngest({ tls: { certificate: SERVER_CERTIFICATE, key: SERVER_KEY }, records: [] })
  const socket = connectPlain(other.ingest.tlsPorts.gt06!, '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await other.close()
  await closed
})
