import { expect, test } from 'vitest'
import { admit } from '../../ingest/admission/admit.ts'
import { takeTokens, tryTokens } from '../../ingest/admission/directory.ts'
import { isSecret } from '../../ingest/credentials.ts'
import { parseIsoMs } from '../../ingest/protocols/wire/iso-time.ts'
import type { DirectoryDevice } from '../../model/plan/directory.ts'
import type { DeviceReport } from '../../model/report/report.ts'
import { NOW_MS, sha256 } from './ingest-fixture.ts'

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

test.each([
  [report(), worn, 2],
  [report({ timeMs: NOW_MS - 1000 }), worn, 2],
  [report({ timeMs: NOW_MS - 1001 }), worn, 1],
  [report(), { ...worn, assignments: [] }, 'no_wearer'],
  [report(), { ...worn, revoked: true }, 'revoked_device'],
  [report({ timeMs: Number.NaN }), worn, 'impossible_time'],
  [report({ timeMs: Number.POSITIVE_INFINITY }), worn, 'impossible_time'],
  [report({ timeMs: NOW_MS + 600_000 }), worn, 2],
  [report({ timeMs: NOW_MS + 600_001 }), worn, 'future'],
  [report({ timeMs: NOW_MS - 86_400_000 }), worn, 1],
  [report({ timeMs: NOW_MS - 86_400_001 }), worn, 'ancient'],
  // A GPS week rollover puts a clock 1024 weeks back.
  [report({ timeMs: NOW_MS - 1024 * 7 * 86_400_000 }), worn, 'ancient'],
  [report({ latDeg: 90, lonDeg: -180 }), worn, 2],
  [report({ latDeg: 90.0001 }), worn, 'impossible_position'],
  [report({ lonDeg: -180.0001 }), worn, 'impossible_position'],
  [report({ latDeg: Number.NaN }), worn, 'impossible_position'],
] as const)('%# is judged', (given, device, verdict) => {
  expect(admit({ ...given, alarms: [...given.alarms] }, device as DirectoryDevice, NOW_MS, limits)).toBe(verdict)
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
  })
})

test.each([
  [{ timeMs: Date.parse('2000-01-01T00:00:00Z'), strap: 'open' }],
  [{ timeMs: NOW_MS + 86_400_000, case: 'open' }],
  [{ timeMs: Number.NaN, alarms: ['sos'] }],
] as [Partial<DeviceReport>][])(
  'an alarm from a device whose clock is wrong counts from its receipt: %o',
  (changes) => {
    const alarm = report(changes)
    expect(admit(alarm, worn, NOW_MS, limits)).toBe(2)
    expect(alarm).toMatchObject({
      timeMs: NOW_MS,
      fixValid: false,
      attributes: { refusedTime: String(changes.timeMs) },
    })
  },
)

test('an alarm that can wait does not make a wrong time right', () => {
  expect(admit(report({ timeMs: 0, alarms: ['batteryLow'] }), worn, NOW_MS, limits)).toBe('ancient')
})

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
