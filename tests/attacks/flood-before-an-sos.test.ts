// Somebody who knows the bracelet's number floods, so that the real SOS waits behind what the bracelet may send in a minute.
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { ALARM, type Alarm } from '../../model/report/report.ts'
import { CompactEncoder, readCompactAnswer } from '../../simulators/compact-frame.ts'
import { gt06Device } from '../../simulators/devices/gt06.ts'
import {
  device,
  GATEWAY_SECRET,
  gateway,
  idOnly,
  NOW_MS,
  type OpenIngest,
  openIngest,
  ward,
} from '../ingest/ingest-fixture.ts'

const IMEI = '860000000000025'
/** One report a second, and the clock does not move: whoever is beyond the burst waits for longer than any test. */
const LIMITS = { deviceReportsPerSecond: 1, deviceBurstReports: 20 }
const FLOOD = 200

let open: OpenIngest
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await open.close()
})

const report = (deviceId: string, n: number, alarms: Alarm[] = []) => ({
  ...{ deviceId, timeMs: NOW_MS - n * 1000, fixValid: true, latDeg: -6.2, lonDeg: 106.8 },
  ...{ alarms, archived: false },
})
const sosStored = async () => (await open.stored()).filter(({ alarms }) => (alarms & ALARM.sos) !== 0).length

async function dialGt06() {
  const socket = connect(open.ingest.ports.gt06!, '127.0.0.1')
  sockets.push(socket)
  const session = gt06Device.newSession(IMEI, '')
  socket.write(session.hello[0]!().bytes)
  await new Promise((resolve) => socket.once('data', resolve))
  socket.resume()
  return (n: number, alarms?: Alarm[]) => socket.write(session.encode([report(IMEI, n, alarms)], false).bytes)
}

test('over TCP in the bracelet’s name: the bracelet itself does not wait', async () => {
  open = await openIngest({ records: [idOnly(IMEI, 'gt06')], limits: LIMITS })
  const flood = await dialGt06()
  const bracelet = await dialGt06()
  for (let n = 0; n < FLOOD; n++) flood(1000 + n)
  await expect.poll(async () => (await open.stored()).length).toBeGreaterThan(LIMITS.deviceBurstReports)
  bracelet(2)
  await expect.poll(async () => (await open.stored()).some(({ timeMs }) => timeMs === NOW_MS - 2000)).toBe(true)
  bracelet(1, ['sos'])
  await expect.poll(sosStored).toBe(1)
})

test('from the bracelet’s own connection: urgent frames take nothing from what it may send', async () => {
  open = await openIngest({ records: [idOnly(IMEI, 'gt06')], limits: LIMITS })
  const bracelet = await dialGt06()
  for (let n = 0; n < FLOOD; n++) bracelet(n, ['sos'])
  await expect.poll(sosStored).toBe(FLOOD)
})

test('own API: of what comes too fast the SOS is taken, and all of it is to be sent again', async () => {
  open = await openIngest({ records: [device('b1')], limits: LIMITS })
  const own = (n: number, more: object = {}) => ({ deviceId: 'b1', time: NOW_MS - n * 1000, ...more })
  const many = Array.from({ length: LIMITS.deviceBurstReports }, (_, n) => own(n))
  expect((await open.post({ reports: many })).status).toBe(200)
  const answer = await open.post({ reports: [own(100), own(101, { alarms: ['sos'] }), own(102, { strap: 'open' })] })
  expect(answer.status).toBe(429)
  expect((await open.stored()).map(({ timeMs }) => NOW_MS - timeMs).filter((ago) => ago >= 100_000)).toEqual([
    102_000, 101_000,
  ])
})

test('OsmAnd: the same', async () => {
  open = await openIngest({
    records: [device('b1', { protocol: 'osmand' })],
    limits: { ...LIMITS, deviceBurstReports: 1 },
  })
  const at = (n: number) => Math.floor(NOW_MS / 1000) - n
  expect((await open.osmand(`/?id=b1&timestamp=${at(5)}`)).status).toBe(200)
  expect((await open.osmand(`/?id=b1&timestamp=${at(4)}`)).status).toBe(429)
  expect((await open.osmand(`/?id=b1&timestamp=${at(3)}&alarm=sos`)).status).toBe(429)
  expect(await sosStored()).toBe(1)
})

test('a gateway: urgent reports of a bracelet beyond its rate are taken, in either format', async () => {
  open = await openIngest({ records: [ward('w1'), gateway('g1')], limits: LIMITS })
  const socket = new WebSocket(`ws://127.0.0.1:${open.ingest.ports.own}/v1/gateway`, {
    headers: { authorization: `Bearer g1:${GATEWAY_SECRET}` },
  })
  await new Promise((resolve) => socket.once('open', resolve))
  const answerTo = (frame: Buffer | string) => {
    const answer = new Promise<Buffer>((resolve) => socket.once('message', (data) => resolve(data as Buffer)))
    socket.send(frame)
    return answer
  }
  const flood = Array.from({ length: FLOOD }, (_, n) => report('w1', n))
  const compact = await answerTo(new CompactEncoder().encode(1, [...flood, report('w1', 500, ['sos'])]))
  expect(readCompactAnswer(compact).refused.map(({ index }) => index)).not.toContain(FLOOD)
  const json = { deviceId: 'w1', time: NOW_MS - 501_000, strap: 'open' }
  const { results } = JSON.parse(
    String(await answerTo(JSON.stringify({ seq: 2, reports: [json, { ...json, strap: 'closed' }] }))),
  )
  expect(results).toMatchObject([{ ok: true }, { ok: false, reason: 'rate_limited' }])
  socket.close()
})
