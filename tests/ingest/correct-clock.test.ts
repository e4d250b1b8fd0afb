// Times of a device whose clock is known to be wrong, corrected before anybody judges them.
import { afterEach, expect, test } from 'vitest'
import { REPORT_FLAG } from '../../model/report/report.ts'
import { device, NOW_MS, type OpenIngest, openIngest } from './ingest-fixture.ts'

const HOUR_MS = 3_600_000
const ROLLOVER_MS = 1024 * 7 * 24 * HOUR_MS
let open: OpenIngest
afterEach(() => open.close())

const openWith = async (clockCorrectionMs?: number) => {
  open = await openIngest({ records: [device('b1', clockCorrectionMs === undefined ? {} : { clockCorrectionMs })] })
}
const send = async (...timesMs: number[]) => {
  const reports = timesMs.map((time) => ({ deviceId: 'b1', time, lat: -6.2, lon: 106.8 }))
  expect((await open.post({ reports })).status).toBe(200)
  return open.stored()
}
const FIX = REPORT_FLAG.hasPosition | REPORT_FLAG.fixValid

test('a clock seven hours ahead: without the correction heard only, with it a fix at its true time', async () => {
  await openWith()
  expect(await send(NOW_MS + 7 * HOUR_MS - 5000)).toMatchObject([
    { timeMs: NOW_MS, flags: REPORT_FLAG.defective | REPORT_FLAG.timeFromReceipt },
  ])
  await open.close()
  await openWith(-7 * HOUR_MS)
  expect(await send(NOW_MS + 7 * HOUR_MS - 5000)).toMatchObject([
    { timeMs: NOW_MS - 5000, flags: FIX, attributes: { clockCorrectedByMs: -7 * HOUR_MS } },
  ])
})

test('1,024 weeks behind: corrected where the time is of then, and left where it is right', async () => {
  await openWith(ROLLOVER_MS)
  expect(await send(NOW_MS - ROLLOVER_MS - 5000, NOW_MS - 60_000)).toMatchObject([
    { timeMs: NOW_MS - 60_000, flags: FIX, attributes: undefined },
    { timeMs: NOW_MS - 5000, flags: FIX, attributes: { clockCorrectedByMs: ROLLOVER_MS } },
  ])
})

test('a corrected record that is sent again is known again; without a time of its own nothing is corrected', async () => {
  await openWith(-7 * HOUR_MS)
  await send(NOW_MS + 7 * HOUR_MS - 5000)
  expect((await open.post({ reports: [{ deviceId: 'b1', alarms: ['sos'] }] })).status).toBe(200)
  expect((await open.stored()).map(({ timeMs }) => timeMs)).toEqual([NOW_MS - 5000, NOW_MS])
})
