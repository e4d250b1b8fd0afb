// Inputs that failed at others who run such systems, each with its right value; the folders beside hold them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseJsonReport } from '../../ingest/protocols/own-json/json-report.ts'
import { decodeLines } from '../ingest/decode-all.ts'

type Shown = Record<string, unknown> & { alarms: string[]; fixTime: string | null; fixValid: boolean }
const receivedMs = Date.parse('2026-11-30T13:06:00Z')

/** What each line of a file says. */
function decoded(path: string, protocol = path.split('/')[1]!.split('.')[0]!, nowMs = receivedMs) {
  const lines = readFileSync(join(import.meta.dirname, path), 'utf8').split('\n')
  return [...decodeLines(protocol, lines, { receivedMs: nowMs })].map((line) => ({
    ...line,
    reports: line.reports as Shown[],
  }))
}
const near = (lat: number, lon: number) => ({ lat: expect.closeTo(lat, 5), lon: expect.closeTo(lon, 5) })

test('01 Laipac R and P repeat the last place: heard, no evidence', () => {
  const lines = decoded('01-laipac-status-r/laipac.txt')
  expect(lines.map(({ heard, reports }) => [heard, reports[0]!.fixValid])).toEqual([
    [true, true],
    [true, false],
    [true, false],
    [true, false],
    [true, false],
  ])
})

test('05 GT06 A3 and A5: SOS and tamper of 4G alarms', () => {
  const [, one, two, three] = decoded('05-gt06-a3-a5-alarm/gt06.txt')
  for (const line of [one!, two!]) expect(line.reports).toMatchObject([{ ...near(-6.2088, 106.8456), alarms: ['sos'] }])
  expect(three!.reports).toMatchObject([{ alarms: ['sos'], fixTime: '2026-11-30T13:05:01.000Z', fixValid: false }])
  expect(decoded('05-gt06-a3-a5-alarm/tamper.txt', 'gt06')[1]!.reports).toMatchObject([{ alarms: ['tamper'] }])
})

test('06 help me!, Tamper, Case Open', () => {
  for (const line of decoded('06-help-me-words/megastek-stx.txt', 'megastek')) {
    expect(line.error).toBeNull()
    expect(line.reports).toMatchObject([{ alarms: ['sos'], deviceId: '860000000000058' }])
  }
  expect(decoded('06-help-me-words/osmand.jsonl')[0]!.reports).toMatchObject([{ alarms: ['sos'] }])
  const [tamper, opened] = decoded('06-help-me-words/megastek-new.txt', 'megastek')
  expect(tamper!.reports).toMatchObject([{ alarms: ['tamper'] }])
  expect(opened!.reports).toMatchObject([{ alarms: ['caseOpen'] }])
})

test('07 R16H with a further field is read as far as it is known', () => {
  for (const { reports, error } of decoded('07-r16h-extra-field/r16h.txt')) {
    expect(error).toBeNull()
    expect(reports).toMatchObject([
      { strap: 'open', alarms: ['strapOpen'], batteryPercent: 83, ...near(-6.2088, 106.8456), fixValid: true },
    ])
  }
})

test('09 a clock set back is heard, and said', () => {
  const [, gt06] = decoded('09-clock-reset-but-heard/gt06.txt')
  const [megastek] = decoded('09-clock-reset-but-heard/megastek.txt')
  for (const line of [gt06!, megastek!]) {
    expect(line).toMatchObject({ heard: true, warning: expect.stringContaining('ancient') })
    expect(line.reports).toMatchObject([{ fixValid: false }])
  }
})

test('10 the zone of the login holds', () => {
  expect(decoded('10-gt06-login-time-zone/gt06.txt')[1]!.reports).toMatchObject([
    { fixTime: '2026-11-30T13:05:01.000Z', fixValid: true },
  ])
})

test('11 GT06 type 11 of cells alone is a sign of life', () => {
  expect(decoded('11-gt06-11-cell-only/gt06.txt')[1]).toMatchObject({
    heard: true,
    error: null,
    reports: [{ fixTime: '2026-11-30T13:05:01.000Z', fixValid: false, source: 'cell' }],
  })
})

test('14 OwnTracks: 1024 weeks before created_at', () => {
  const [ping, fix] = decoded('14-owntracks-1024-weeks/owntracks.jsonl')
  expect(ping!.reports).toMatchObject([{ fixTime: '2026-11-30T13:05:01.000Z', fixValid: false }])
  expect(fix!.reports).toMatchObject([
    { fixTime: '2026-11-30T13:05:01.000Z', fixValid: true, ...near(-6.2088, 106.8456) },
  ])
})

test('15 OwnTracks: milliseconds, a list, seconds since 2001', () => {
  const [ms, list, since2001] = decoded('15-owntracks-lists-and-epochs/owntracks.jsonl')
  expect(ms!.reports.map(({ fixTime }) => fixTime)).toEqual(['2026-11-30T13:05:01.000Z'])
  expect(list!.reports.map(({ fixTime }) => fixTime)).toEqual(['2026-11-30T13:05:01.000Z', '2026-11-30T13:06:01.000Z'])
  expect(since2001!.reports).toMatchObject([
    { deviceId: 'owntracks/iPhoneDev', fixTime: '2026-11-30T13:05:01.000Z', fixValid: true },
  ])
})

test('21 $AVRSP is heard', () => {
  expect(decoded('21-laipac-avrsp-cut/laipac.txt')[0]).toMatchObject({ heard: true, error: null })
})

test('26 a battery of −1 costs the battery alone', () => {
  const { reports } = JSON.parse(
    readFileSync(join(import.meta.dirname, '26-own-battery-minus-one/own.json'), 'utf8').replace(
      '<now>',
      new Date(receivedMs).toISOString(),
    ),
  )
  expect(parseJsonReport(reports[0], 'b1', receivedMs)).toEqual({
    deviceId: 'b1',
    timeMs: receivedMs,
    latDeg: -6.2088,
    lonDeg: 106.8456,
    accuracyM: 8,
    fixValid: true,
    alarms: [],
    archived: false,
  })
})

test('28 the old Megastek without a checksum', () => {
  expect(decoded('28-megastek-stx-no-checksum/megastek.txt')[0]!.reports).toMatchObject([
    { deviceId: '860000000000058', alarms: ['sos'], batteryPercent: 38, fixValid: true, ...near(-6.2088, 106.8456) },
  ])
})

test('30 zeros lost in front, hemispheres missing', () => {
  const [short, plain, none] = decoded('30-laipac-missing-zeros/laipac.txt')
  expect(short!.reports).toMatchObject([{ lat: expect.closeTo(-0.014082, 6), fixValid: true }])
  expect(plain!.reports).toMatchObject([{ lat: expect.closeTo(-0.025, 6) }])
  expect(none).toMatchObject({ heard: true, warning: expect.stringContaining('impossible_position') })
  expect(none!.reports).toMatchObject([{ lat: undefined, fixValid: false, batteryVolts: 3.9 }])
  const [megastek] = decoded('30-laipac-missing-zeros/megastek.txt')
  expect(megastek!.heard).toBe(true)
  expect(megastek!.reports).toMatchObject([{ lat: undefined, fixValid: false, batteryPercent: 83 }])
})

test('31 a flag that was not escaped', () => {
  for (const line of decoded('31-jt808-raw-7e/jt808.txt')) {
    expect(line).toMatchObject({ error: null, reply: expect.stringMatching(/^7e8001/) })
    expect(line.reports).toMatchObject([{ fixTime: '2026-11-30T13:05:01.000Z', lat: expect.closeTo(-6.2088, 3) }])
  }
})

test('32 the body of 0201 is a location', () => {
  expect(decoded('32-jt808-0201/jt808.txt')[0]).toMatchObject({
    error: null,
    reports: [{ fixValid: true, fixTime: '2026-11-30T13:05:01.000Z' }],
  })
})

test('33 a leap second', () => {
  const [line] = decoded('33-leap-second/osmand.jsonl', 'osmand', Date.parse('2026-12-01T00:00:05Z'))
  expect(line).toMatchObject({ error: null, reports: [{ fixTime: '2026-12-01T00:00:00.000Z', fixValid: true }] })
})
