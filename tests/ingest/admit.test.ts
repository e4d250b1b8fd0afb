import { expect, test } from 'vitest'
import { admit, mainDefect } from '../../ingest/admission/admit.ts'
import { takeTokens, tryTokens } from '../../ingest/admission/directory.ts'
import { isSecret } from '../../ingest/credentials.ts'
import type { DecodedReport } from '../../ingest/protocols/decoder.ts'
import { parseIsoMs } from '../../ingest/protocols/wire/iso-time.ts'
import type { DirectoryDevice } from '../../model/plan/directory.ts'
import type { DeviceReport } from '../../model/report/report.ts'
import { NOW_MS, sha256 } from './ingest-fixture.ts'

const ROLLOVER_MS = 1024 * 7 * 86_400_000
const limits = { futureMsMax: 600_000, ancientMsMax: 86_400_000 }
const worn: DirectoryDevice = {
  braceletId: 1,
  deviceId: 'b',
  unitPath: 'a',
  idSuffices: false,
  revoked: false,
  assignments: [
    { wearerId: 1, fromMs: 0, toMs: NOW_MS - 1000 },
    { wearerId: 2, fromMs: NOW_MS - 1000 },
  ],
}
const report = (changes: Partial<DeviceReport> = {}): DeviceReport => ({
  deviceId: 'b',
  timeMs: NOW_MS,
  fixValid: true,
  latDeg: 1,
  lonDeg: 2,
  alarms: [],
  archived: false,
  ...changes,
})

const CLOCK = { timeMs: NOW_MS, timeFromReceipt: true, latDeg: undefined, fixValid: false, defect: 'clock' }
const PLACE = { timeMs: NOW_MS, latDeg: undefined, fixValid: false, defect: 'position' }
const ACCEPTED = { fixValid: true, latDeg: 1, defects: undefined, defect: undefined }

test.each([
  [report(), worn, 2, ACCEPTED],
  [report({ timeMs: NOW_MS - 1000 }), worn, 2, ACCEPTED],
  [report({ timeMs: NOW_MS - 1001 }), worn, 1, ACCEPTED],
  [report(), { ...worn, assignments: [] }, 'no_wearer', {}],
  [report(), { ...worn, revoked: true }, 'revoked_device', {}],
  [report({ timeMs: Number.NaN }), worn, 2, { ...CLOCK, defect: 'time' }],
  [report({ timeMs: Number.POSITIVE_INFINITY }), worn, 2, { ...CLOCK, defect: 'time' }],
  [report({ timeMs: NOW_MS + 600_000 }), worn, 2, ACCEPTED],
  [report({ timeMs: NOW_MS + 600_001 }), worn, 2, { ...CLOCK, clockOffMs: 600_001 }],
  [report({ timeMs: NOW_MS - 86_400_000 }), worn, 1, ACCEPTED],
  [report({ timeMs: NOW_MS - 86_400_001 }), worn, 2, { ...CLOCK, clockOffMs: -86_400_001 }],
  // A GPS week rollover puts a clock 1024 weeks back.
  [report({ timeMs: NOW_MS - ROLLOVER_MS }), worn, 2, { ...CLOCK, clockOffMs: -ROLLOVER_MS }],
  [report({ latDeg: 90, lonDeg: -180 }), worn, 2, { ...ACCEPTED, latDeg: 90 }],
  [report({ latDeg: 90.0001 }), worn, 2, PLACE],
  [report({ lonDeg: -180.0001 }), worn, 2, PLACE],
  [report({ latDeg: Number.NaN }), worn, 2, PLACE],
  [report({ latDeg: 0, lonDeg: 0 }), worn, 2, { fixValid: false, latDeg: undefined, defects: undefined }],
  [report({ timeMs: 0, alarms: ['batteryLow'] }), worn, 2, { ...CLOCK, alarms: ['batteryLow'] }],
] as [DeviceReport, DirectoryDevice, number | string, object][])('%# is judged', (given, device, verdict, left) => {
  expect(admit(given, device, NOW_MS, limits)).toBe(verdict)
  const { latDeg, defect, defects, ...others } = given as DecodedReport
  expect({ latDeg, defect, defects, ...others }).toMatchObject(left)
})

const MEMBER = { reason: 'malformed', detail: 'courseDeg must be a number from 0 to 360' } as const

test.each<[string, Partial<DeviceReport>, string | undefined]>([
  ['accepted with its place', {}, undefined],
  ['heard without one', { latDeg: undefined, lonDeg: undefined, fixValid: false } as never, 'other'],
  [
    'accepted without one where it is urgent',
    { latDeg: undefined, fixValid: false, strap: 'open' } as never,
    undefined,
  ],
])('a report with a damaged member is %s', (_, changes, defect) => {
  const damaged: DecodedReport = { ...report(changes), defects: [MEMBER] }
  if (damaged.latDeg === undefined) {
    delete damaged.latDeg
    delete damaged.lonDeg
  }
  expect(admit(damaged, worn, NOW_MS, limits)).toBe(2)
  expect(damaged.defect).toBe(defect)
  expect(mainDefect(damaged)).toEqual(MEMBER)
})

test('time and place come before other members as the reason', () => {
  const damaged: DecodedReport = { ...report({ timeMs: Number.NaN }), defects: [MEMBER] }
  admit(damaged, worn, NOW_MS, limits)
  expect(mainDefect(damaged)).toMatchObject({ reason: 'impossible_time' })
})

test('a report of an alarm keeps the alarm and loses the impossible position', () => {
  const sos = report({ latDeg: 200, alarms: ['sos'] })
  expect(admit(sos, worn, NOW_MS, limits)).toBe(2)
  expect(sos).toEqual({
    deviceId: 'b',
    timeMs: NOW_MS,
    fixValid: false,
    alarms: ['sos'],
    archived: false,
    attributes: { refusedPosition: '200,2' },
    defects: [{ reason: 'impossible_position', detail: expect.any(String) }],
  })
})

test.each([
  [{ timeMs: Date.parse('2000-01-01T00:00:00Z'), strap: 'open' }],
  [{ timeMs: NOW_MS + 86_400_000, case: 'open' }],
  [{ timeMs: Number.NaN, alarms: ['sos'] }],
] as [Partial<DeviceReport>][])(
  'an alarm from a device whose clock is wrong counts from its receipt, with its last place: %o',
  (changes) => {
    const alarm = report(changes)
    expect(admit(alarm, worn, NOW_MS, limits)).toBe(2)
    expect(alarm).toMatchObject({
      timeMs: NOW_MS,
      timeFromReceipt: true,
      fixValid: false,
      latDeg: 1,
      attributes: { refusedTime: String(changes.timeMs) },
    })
  },
)

test('a device has its rate and its burst, and others have theirs', () => {
  const rate = { deviceReportsPerSecond: 10, deviceBurstReports: 100 }
  const known = { device: worn, secretSha256: undefined, tokens: Number.POSITIVE_INFINITY, tokensMs: 0 }
  expect(tryTokens(known, 100, NOW_MS, rate)).toBe(true)
  expect(tryTokens(known, 1, NOW_MS, rate)).toBe(false)
  expect(tryTokens(known, 10, NOW_MS + 1000, rate)).toBe(true)
  expect(takeTokens(known, 20, NOW_MS + 1000, rate)).toBe(2000)
  expect(tryTokens(known, 1, NOW_MS + 2999, rate)).toBe(false)
  expect(takeTokens(known, 0, NOW_MS + 3000, rate)).toBe(0)
  expect(tryTokens(known, 0, NOW_MS, rate)).toBe(true)
})

test('secrets', () => {
  const hash = Buffer.from(sha256('right'), 'hex')
  expect(isSecret('right', hash)).toBe(true)
  expect(isSecret('wrong', hash)).toBe(false)
  expect(isSecret('right', undefined)).toBe(false)
  expect(isSecret('right', hash.subarray(0, 5))).toBe(false)
})

test.each([
  ['2026-01-08T09:33:20.250Z', '2026-01-08T09:33:20.250Z'],
  ['2026-01-08T09:33:20Z', '2026-01-08T09:33:20.000Z'],
  ['2026-01-08 09:33:20', '2026-01-08T09:33:20.000Z'],
  ['2026-01-08T09:33', '2026-01-08T09:33:00.000Z'],
  ['2026-01-08T16:33:20.5+07:00', '2026-01-08T09:33:20.500Z'],
  ['2026-01-08T05:03:20-0430', '2026-01-08T09:33:20.000Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ['2026-02-29T00:00:00Z', null],
  ['2026-02-29T00:00:00.000Z', null],
  ['2026-13-01T00:00:00Z', null],
  ['2026-01-08T24:00:01Z', null],
  ['2026-01-08T25:00:00Z', null],
  ['2026-01-08T24:00:00Z', '2026-01-09T00:00:00.000Z'],
  ['2026-01-08T23:59:60Z', '2026-01-09T00:00:00.000Z'],
  ['2026-01-08T23:59:61Z', null],
  ['2026-01-08T09:60:00.000Z', null],
  ['2026-01-08T09:33:20.25xZ', null],
  ['2026-01-08x09:33:20.250Z', null],
  ['2026-01-08T09:33:20+15:00', null],
  ['', null],
  ['1767864605', null],
])('%s is a time or none', (text, iso) => {
  const timeMs = parseIsoMs(text)
  expect(Number.isNaN(timeMs) ? null : new Date(timeMs).toISOString()).toBe(iso)
})
