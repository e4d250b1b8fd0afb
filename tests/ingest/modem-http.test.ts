// HTTP as small modems write it, over real sockets: taken, or in quarantine and counted; answered with a length and no chunks.
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readHead } from '../../ingest/http/mend-head.ts'
import { ALARM, type Protocol, REPORT_FLAG } from '../../model/report/report.ts'
import { device, NOW_ISO, NOW_MS, type OpenIngest, openIngest, PEOPLE, SECRET } from './ingest-fixture.ts'

let open: OpenIngest
beforeAll(async () => {
  open = await openIngest({
    limits: { headersTimeoutMs: 300, bodyQuietMs: 50 },
    records: [...PEOPLE, device('owntracks/b17/phone')],
  })
})
afterAll(() => open.close())

/** Writes the pieces one after the other and gives everything that was answered. */
async function say(port: Protocol, pieces: (string | Buffer)[], halfCloses = false): Promise<string> {
  const socket = connect(open.ingest.ports[port]!, '127.0.0.1')
  socket.setNoDelay(true)
  let answer = ''
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.on('data', (chunk) => {
    answer += chunk
  })
  for (const piece of pieces) await new Promise<void>((resolve) => socket.write(piece, () => resolve()))
  if (halfCloses) socket.end()
  await Promise.race([closed, expect.poll(() => answer).toMatch(/\r\n\r\n/)])
  socket.destroy()
  return answer
}

const rowsSince = async (before: number) => (await open.stored()).length - before
let times = 0
/** A time that no other report of these tests has, in seconds. */
const freshTime = () => NOW_MS / 1000 - 1000 + times++
const auth = `Authorization: Bearer ${SECRET}`
const query = (extra = '') => `id=free&lat=-6.2088&lon=106.8456&timestamp=${freshTime()}${extra}`

async function isTaken(port: Protocol, pieces: (string | Buffer)[], halfCloses = false): Promise<string> {
  const before = (await open.stored()).length
  const answer = await say(port, pieces, halfCloses)
  expect(answer).toMatch(/^HTTP\/1\.[01] 200 OK\r\n/)
  expect(answer).toMatch(/\r\ncontent-length: \d+\r\n/i)
  expect(answer).not.toMatch(/transfer-encoding/i)
  expect(await rowsSince(before)).toBe(1)
  return answer
}

test('the requests of case 27 are taken, the SOS among them', async () => {
  const lines = readFileSync(join(import.meta.dirname, '../cases/27-http-refused-unseen/requests.txt'), 'utf8')
  for (const line of lines.trim().split('\n')) {
    const request = line
      .replace('<id>', 'free')
      .replace('<now>', String(freshTime()))
      .replace('<secret>', SECRET)
      .replaceAll('<CRLF>', '\r\n')
      .replaceAll('<LF>', '\n')
      .replace('Host: x', `Host: x${line.includes('<LF>') ? '\n' : '\r\n'}${auth}`)
    await isTaken('osmand', [request])
  }
  expect((await open.stored()).filter(({ alarms }) => alarms === ALARM.sos)).toHaveLength(2)
})

test('other heads of the kind: split at every byte, no version, small letters, no Host, odd hosts and characters', async () => {
  const lf = `GET /?${query('&alarm=sos')} HTTP/1.1\nHost: x\n${auth}\n\n`
  await isTaken('osmand', [...lf])
  for (const head of [
    `GET /?${query()}\r\n${auth}\r\n\r\n`,
    `get ?${query()} http/1.1\r\n${auth}\r\n\r\n`,
    `GET /?${query()} HTTP/1.1\r\n${auth}\r\n\r\n`,
    `GET /?${query()} HTTP/1.1\r\nHost: a b_c/{}\r\n${auth}\r\n\r\n`,
    `GET http://server:5055/?${query()} HTTP/1.1\r\nHost: x\r\n${auth}\r\n\r\n`,
    `GET /?${query('&note=\xe9t\xe9 "à"')} HTTP/1.1\r\nHost: x\r\nno header at all\r\n${auth}\r\n\r\n`,
    `\r\n\r\nGET /?${query()} HTTP/1.1\r\nHost: x\r\n${auth}\r\n\r\n`,
    `POST /?${query()} HTTP/1.0\n${auth}\n\n`,
  ])
    await isTaken('osmand', [Buffer.from(head, 'latin1')])
})

test('a question without its last empty line is taken when nothing more comes', async () => {
  await isTaken('osmand', [`GET /?${query('&alarm=sos')} HTTP/1.0\r\n${auth}\r\n`])
  await isTaken('osmand', [`GET /?${query()} HTTP/1.0\r\n${auth}`], true)
})

test('a target that was cut gives no number that was not sent', async () => {
  const places = async (target: string) => {
    await isTaken('osmand', [target], true)
    const { lat, lon, flags } = (await open.stored()).at(-1)!
    return flags & REPORT_FLAG.hasPosition ? [lat, lon] : []
  }
  const line = () => `GET /?id=free&token=${SECRET}&timestamp=${freshTime()}&lat=-6.2088`
  expect(await places(`${line()}&lon=106.8`)).toEqual([])
  expect(await places(`${line()}&lon=106.`)).toEqual([])
  expect(await places(`${line()}&lo`)).toEqual([])
  expect(await places(`${line()}&lon=106.8456 HTTP/1.0`)).toEqual([-6.2088, 106.8456])
  expect(await places(`${line()}&lon=106.8456&alarm=sos`)).toEqual([-6.2088, 106.8456])
  expect(await places(`${line()}&lon=106.8456&a`)).toEqual([-6.2088, 106.8456])
})

test('a body without a length is taken when it ends, or when it rests', async () => {
  const form = (ends: string) => `POST / HTTP/1.0${ends}${auth}${ends}${ends}`
  await isTaken('osmand', [form('\r\n'), query('&alarm=sos')], true)
  await isTaken('osmand', [form('\n'), query()])
  await isTaken('osmand', [...`${form('\r\n')}${query()}`], true)
  const body = query()
  await isTaken('osmand', [
    `POST / HTTP/1.1\nHost: x\n${auth}\nContent-Length: ${body.length}\n\n`,
    body.slice(0, 9),
    body.slice(9),
  ])
  await isTaken('osmand', [`POST / HTTP/1.1\r\nContent-Length: abc\r\n${auth}\r\n\r\n`, query()])
})

test('a gzip body is read; a body that is not gzip is read as it is', async () => {
  for (const body of [gzipSync(query()), Buffer.from(query())])
    await isTaken('osmand', [
      `POST / HTTP/1.1\r\nHost: x\r\n${auth}\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`,
      body,
    ])
  const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024))
  expect(
    await say('osmand', [
      `POST / HTTP/1.1\r\nHost: x\r\n${auth}\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`,
      bomb,
    ]),
  ).toMatch(/^HTTP\/1\.1 413/)
})

test('OwnTracks and the own API take them as well', async () => {
  const basic = Buffer.from(`b17:${SECRET}`).toString('base64')
  const fix = JSON.stringify({ _type: 'location', lat: -6.2, lon: 106.8, tst: freshTime() })
  await isTaken('owntracks', [`POST pub?d=phone HTTP/1.0\nAuthorization: Basic ${basic}\n\n${fix}`])
  const report = JSON.stringify({ deviceId: 'b1', time: NOW_ISO, alarms: ['sos'] })
  await isTaken('own', [`POST /v1/reports HTTP/1.0\n${auth}\nContent-Length: ${report.length}\n\n${report}`])
})

test('a later request of a kept connection is mended where it is whole', async () => {
  const socket = connect(open.ingest.ports.osmand!, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.write(`GET /?${query()} HTTP/1.1\r\nHost: x\r\n${auth}\r\n\r\n`)
  await expect.poll(() => answer.split('HTTP/1.1 200').length).toBe(2)
  socket.write(`GET ?${query('&alarm=help me now')} HTTP/1.1\nHost: x\n${auth}\n\n`)
  await expect.poll(() => answer.split('HTTP/1.1 200').length).toBe(3)
  socket.destroy()
})

test('what is no request is in quarantine, without its secrets, and counted', async () => {
  const before = (await open.quarantined()).length
  expect(await say('osmand', ['\x78\x78\x0d\x01\x08\x60\x00 token=very-secret\r\n\r\n'])).toMatch(/^HTTP\/1\.1 400/)
  expect(await say('own', [`PUSH / HTTP/7.3\r\n${auth}\r\n\x00:\x01\r\n\r\n`])).toMatch(/^HTTP\/1\.1 4/)
  const cut = connect(open.ingest.ports.osmand!, '127.0.0.1')
  cut.write(`POST /?${query('&alarm=sos')} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nab`)
  await expect.poll(() => cut.bytesWritten).toBeGreaterThan(80)
  cut.resetAndDestroy()
  await expect.poll(async () => (await open.quarantined()).length).toBeGreaterThanOrEqual(before + 2)
  const kept = (await open.quarantined()).slice(before)
  expect(kept.map(({ reason }) => reason)).toContain('malformed')
  const text = kept.map(({ raw }) => Buffer.from(raw).toString('latin1')).join('\n')
  expect(text).not.toContain('very-secret')
  expect(text).not.toContain(SECRET)
  expect(open.meter.of('gelang_ingest_refusals_total', { protocol: 'osmand', reason: 'malformed' })).toBeGreaterThan(0)
})

test('connections that were mended or refused do not hold the shutdown up', async () => {
  const other = await openIngest({ limits: { shutdownMs: 200 } })
  const sockets = [
    `GET /?id=free HTTP/1.1\n\n`,
    `GET /?id=free HTTP/1.1\r\nHost: x\r\n\r\nGET ?id=free HTTP/1.1\n\n`,
    'x\0\r\n',
  ].map((text) => {
    const socket = connect({ port: other.ingest.ports.own!, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => undefined)
    socket.write(text)
    return socket
  })
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('readable', resolve))))
  await other.close()
  for (const socket of sockets) socket.destroy()
})

test('whatever the bytes, a mended head is clean, ends the connection, and keeps its length', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', ' ', '\t', '?', '=', '\r', '\n', ':', '/', '\x00', 'ÿ', 'H'),
    maxLength: 60,
  })
  fc.assert(
    fc.property(word, word, fc.constantFrom('GET', 'post', 'PUT '), (target, headers, method) => {
      const bytes = Buffer.from(`${method} ${target} HTTP/1.1\n${headers}\n\n`, 'latin1')
      const head = readHead(bytes)
      if (typeof head === 'string') return
      expect(head.length).toBeLessThanOrEqual(bytes.length)
      const again = readHead(head.mended(7))
      expect(again).toMatchObject({ isClean: true, body: head.body === 'chunked' ? 'chunked' : 7, method: head.method })
    }),
    { numRuns: 2000 },
  )
})
