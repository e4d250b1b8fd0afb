// A record that comes again minutes later: from a device that froze, or from one whose first copy never reached the log.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { REPORT_FLAG } from '../../model/report/report.ts'
import { NOW_ISO, NOW_MS, type OpenIngest, openIngest } from './ingest-fixture.ts'

const LATER_MS = 7 * 60_000

let open: OpenIngest
beforeAll(async () => {
  open = await openIngest()
})
afterAll(() => open.close())
afterEach(async () => {
  open.clock.nowMs = NOW_MS
  await open.redis.del(...[0, 1, 2, 3].map((n) => open.keys.reports(n)))
})

const record = { deviceId: 'b1', time: NOW_ISO, lat: -6.2, lon: 106.8, accuracyM: 8, strap: 'open' }

test('the copy is kept as it was sent, and the bracelet is heard at its receipt', async () => {
  expect((await open.post(record)).status).toBe(200)
  open.clock.nowMs = NOW_MS + LATER_MS
  expect((await open.post(record)).status).toBe(200)
  const stored = await open.stored()
  expect(stored.map(({ timeMs }) => timeMs)).toEqual([NOW_MS, NOW_MS, NOW_MS + LATER_MS])
  const [first, copy, heard] = stored
  expect({ ...copy, receivedMs: first!.receivedMs }).toEqual(first)
  expect(heard!.flags & (REPORT_FLAG.fixValid | REPORT_FLAG.hasPosition)).toBe(0)
  expect(heard!.flags & REPORT_FLAG.timeFromReceipt).not.toBe(0)
})

test('sent again after the log was away, nothing of it is lost', async () => {
  const sent = { ...record, time: new Date(NOW_MS + 1000).toISOString() }
  open.clock.nowMs = NOW_MS + 1000
  await open.post(sent)
  // As if the append had failed: the log holds nothing of it.
  await open.redis.del(...[0, 1, 2, 3].map((n) => open.keys.reports(n)))
  open.clock.nowMs += LATER_MS
  await open.post(sent)
  const kept = (await open.stored()).find(({ timeMs }) => timeMs === NOW_MS + 1000)
  expect(kept).toMatchObject({ strap: expect.anything(), lat: -6.2, lon: 106.8 })
  expect(kept!.strap).not.toBe(0)
})
