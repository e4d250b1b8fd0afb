// Frames dated 47 hours ago, sent in the bracelet's name while it is connected: a false incident of the day before yesterday, or a
// genuine one withdrawn.
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { StoredReports } from '../../ingest/admission/stored-reports.ts'
import { type DeviceReport, REPORT_FLAG } from '../../model/report/report.ts'
import { gt06Device } from '../../simulators/devices/gt06.ts'
import type { Session } from '../../simulators/devices/wire-device.ts'
import { readFlushed } from '../../stream/publication/disputes.ts'
import { idOnly, type OpenIngest, openIngest } from '../ingest/ingest-fixture.ts'
import { disputeKeeper } from '../setup/dispute-keeper.ts'

const IMEI = '860000000000025'
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

let open: OpenIngest
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await open.close()
})

type Line = { socket: Socket; session: Session }

async function dial(): Promise<Line> {
  const socket = connect(open.ingest.ports.gt06!, '127.0.0.1')
  sockets.push(socket)
  const session = gt06Device.newSession(IMEI, '')
  socket.write(session.hello[0]!().bytes)
  await new Promise((resolve) => socket.once('data', resolve))
  socket.resume()
  return { socket, session }
}

let sent = 0
/** Says where it was at a time, and waits until the log has it. */
async function say({ socket, session }: Line, timeMs: number): Promise<void> {
  const report = { deviceId: IMEI, timeMs, fixValid: true, latDeg: -6.2, lonDeg: 106.8, alarms: [], archived: false }
  socket.write(session.encode([report], false).bytes)
  sent++
  await expect.poll(async () => (await open.stored()).length).toBe(sent)
}

async function live(line: Line, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 5) {
    await say(line, open.clock.nowMs)
    open.clock.nowMs += 5 * MINUTE_MS
  }
}

/** How long ago the disputed ones of the log say that they were, in hours. */
async function disputedHoursAgo(): Promise<number[]> {
  const disputed = (await open.stored()).filter(({ flags }) => (flags & REPORT_FLAG.disputed) !== 0)
  return disputed.map(({ timeMs, receivedMs }) => Math.round((receivedMs - timeMs) / HOUR_MS))
}

async function openOne(): Promise<void> {
  sent = 0
  open = await openIngest({ records: [idOnly(IMEI, 'gt06')], limits: { sendersReportedMs: 5 } })
}

test('a bracelet that has been connected for an hour has no report of the day before yesterday', async () => {
  await openOne()
  const bracelet = await dial()
  await live(bracelet, 70)
  const forger = await dial()
  for (let n = 0; n < 6; n++) await say(forger, open.clock.nowMs - 47 * HOUR_MS + n * MINUTE_MS)
  expect(await disputedHoursAgo()).toEqual([47, 47, 47, 47, 47, 47])
  expect(open.meter.of('gelang_ingest_unexplained_reports_total', { protocol: 'gt06' })).toBe(6)
  // What is live is evidence all the same.
  await say(bracelet, open.clock.nowMs)
  expect(await disputedHoursAgo()).toHaveLength(6)
})

test('after a silence the memory of the bracelet is believed, for as long as it takes to send it; what is older is not', async () => {
  await openOne()
  const bracelet = await dial()
  await live(bracelet, 70)
  open.clock.nowMs += 5 * HOUR_MS
  const back = await dial()
  await say(back, open.clock.nowMs)
  for (let hour = 4; hour >= 1; hour--) {
    open.clock.nowMs += 20 * MINUTE_MS
    await say(back, open.clock.nowMs)
    await say(back, open.clock.nowMs - hour * HOUR_MS)
  }
  expect(await disputedHoursAgo()).toEqual([])
  await say(await dial(), open.clock.nowMs - 47 * HOUR_MS)
  expect(await disputedHoursAgo()).toEqual([47])
})

test('another process, and one that has just started, know it too', async () => {
  await openOne()
  await live(await dial(), 70)
  await expect.poll(async () => (await readFlushed(open.redis, open.keys)).size).toBe(1)
  const another = new StoredReports(disputeKeeper(open.redis, open.keys))
  await another.step()
  const { nowMs } = open.clock
  const known = { ...open.directory.device(IMEI)!, upload: undefined }
  const explains = (hours: number) =>
    another.explains(known, { timeMs: nowMs - hours * HOUR_MS } as DeviceReport, nowMs)
  expect([47, 3, 1, 0].map(explains)).toEqual([false, false, true, true])
})
