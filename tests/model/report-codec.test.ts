import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  ALARM,
  type Alarm,
  CONTACT,
  DEFECT,
  type DeviceReport,
  LogReport,
  POSITION_SOURCE,
  PROTOCOL,
  type Protocol,
  REPORT_FLAG,
  TRISTATE,
  unknownAlarmCode,
  unknownAlarmText,
} from '../../model/report/report.ts'
import {
  ATTRIBUTES_BYTES_MAX,
  ENTRY_HEADER_BYTES,
  ENTRY_REPORTS_MAX,
  entryCount,
  ReportWriter,
  readAttributes,
  readReport,
} from '../../model/report/report-codec.ts'

const id = fc.integer({ min: 0, max: 0xffffffff })
const measure = fc.double({ min: 0, max: 1e6, noNaN: true })
const deviceReport: fc.Arbitrary<DeviceReport> = fc.record(
  {
    deviceId: fc.string({ maxLength: 20 }),
    timeMs: fc.integer({ min: 0, max: 4e12 }),
    timeFromReceipt: fc.boolean(),
    fixValid: fc.boolean(),
    latDeg: fc.double({ min: -90, max: 90, noNaN: true }),
    lonDeg: fc.double({ min: -180, max: 180, noNaN: true }),
    source: fc.constantFrom(...(Object.keys(POSITION_SOURCE) as (keyof typeof POSITION_SOURCE)[])),
    speedMps: measure,
    courseDeg: fc.double({ min: 0, max: 360, noNaN: true }),
    altitudeM: fc.double({ min: -500, max: 9000, noNaN: true }),
    accuracyM: measure,
    hdop: measure,
    satellites: fc.integer({ min: 0, max: 60 }),
    batteryPercent: fc.integer({ min: 0, max: 100 }),
    batteryVolts: fc.double({ min: 0, max: 60, noNaN: true }),
    charging: fc.boolean(),
    strap: fc.constantFrom('open' as const, 'closed' as const),
    case: fc.constantFrom('open' as const, 'closed' as const),
    alarms: fc.uniqueArray(fc.constantFrom(...(Object.keys(ALARM) as Alarm[]))),
    archived: fc.boolean(),
    mock: fc.boolean(),
    attributes: fc.dictionary(fc.string({ maxLength: 8 }), fc.oneof(fc.string({ maxLength: 12 }), fc.boolean())),
  },
  { requiredKeys: ['deviceId', 'timeMs', 'fixValid', 'alarms', 'archived'] },
)
const logged = fc.record({
  report: deviceReport,
  wearerId: id,
  braceletId: id,
  receivedMs: fc.integer({ min: 0, max: 4e12 }),
  protocol: fc.constantFrom(...(Object.keys(PROTOCOL) as Protocol[])),
})
type Logged = { report: DeviceReport; wearerId: number; braceletId: number; receivedMs: number; protocol: Protocol }

const plain: Logged = {
  report: {
    deviceId: 'a',
    timeMs: 1_790_000_000_000,
    fixValid: true,
    latDeg: -6.2,
    lonDeg: 106.8,
    source: 'gps',
    alarms: [],
    archived: false,
    accuracyM: 8,
  },
  wearerId: 7,
  braceletId: 9,
  receivedMs: 1_790_000_001_000,
  protocol: 'own',
}

function encode(items: readonly Logged[], writer = new ReportWriter(64)): Uint8Array {
  for (const { report, wearerId, braceletId, receivedMs, protocol } of items)
    writer.add(report, wearerId, braceletId, receivedMs, protocol)
  return writer.take()
}

function decode(bytes: Uint8Array): { log: LogReport; attributes: ReturnType<typeof readAttributes> }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found = []
  let at = ENTRY_HEADER_BYTES
  for (let left = entryCount(view); left > 0; left--) {
    const log = new LogReport()
    const next = readReport(view, at, log)
    found.push({ log, attributes: readAttributes(view, at) })
    at = next
  }
  expect(at).toBe(bytes.length)
  return found
}

function keyOf(item: Logged): string {
  const { log } = decode(encode([item]))[0]!
  return `${log.contentHi}:${log.contentLo}`
}

function expected({ report, wearerId, braceletId, receivedMs, protocol }: Logged): Partial<LogReport> {
  const hasPosition = report.latDeg !== undefined && report.lonDeg !== undefined
  let flags = hasPosition ? REPORT_FLAG.hasPosition : 0
  if (hasPosition && report.fixValid) flags |= REPORT_FLAG.fixValid
  if (report.archived) flags |= REPORT_FLAG.archived
  if (report.mock) flags |= REPORT_FLAG.mock
  if (report.timeFromReceipt) flags |= REPORT_FLAG.timeFromReceipt
  const float = (value: number | undefined) => (value === undefined ? Number.NaN : Math.fround(value))
  return {
    wearerId,
    braceletId,
    receivedMs,
    timeMs: report.timeMs,
    flags,
    source: POSITION_SOURCE[report.source ?? 'unknown'],
    protocol: PROTOCOL[protocol],
    alarms: report.alarms.reduce((bits, alarm) => bits | ALARM[alarm], 0),
    latE7: hasPosition ? Math.round(report.latDeg! * 1e7) + 0 : 0,
    lonE7: hasPosition ? Math.round(report.lonDeg! * 1e7) + 0 : 0,
    accuracyM: float(report.accuracyM),
    speedMps: float(report.speedMps),
    courseDeg: float(report.courseDeg),
    altitudeM: float(report.altitudeM),
    hdop: float(report.hdop),
    batteryMillivolts: report.batteryVolts === undefined ? Number.NaN : Math.round(report.batteryVolts * 1000),
    batteryPercent: report.batteryPercent ?? 255,
    satellites: report.satellites ?? 255,
    charging: report.charging === undefined ? TRISTATE.unknown : report.charging ? TRISTATE.yes : TRISTATE.no,
    strap: CONTACT[report.strap ?? 'unknown'],
    case: CONTACT[report.case ?? 'unknown'],
  }
}

test('whatever is written is read again, in order', () => {
  fc.assert(
    fc.property(fc.array(logged, { maxLength: 30 }), (items) => {
      const found = decode(encode(items))
      expect(found).toHaveLength(items.length)
      for (const [i, item] of items.entries()) {
        expect(found[i]!.log).toMatchObject(expected(item))
        expect(found[i]!.attributes).toEqual(item.report.attributes)
      }
    }),
  )
})

test('a writer starts anew after take, and an entry taken is not touched by what follows', () => {
  const writer = new ReportWriter(64)
  const first = encode([plain], writer)
  const copy = first.slice()
  const second = encode([{ ...plain, wearerId: 8 }], writer)
  expect(first).toEqual(copy)
  expect(decode(second)[0]!.log.wearerId).toBe(8)
  expect(writer.count).toBe(0)
})

test('an entry reads the same at any place of a larger buffer', () => {
  const bytes = encode([plain, { ...plain, wearerId: 8 }])
  for (const offset of [0, 1, 3, 8]) {
    const larger = new Uint8Array(bytes.length + 16)
    larger.set(bytes, offset)
    expect(decode(larger.subarray(offset, offset + bytes.length)).map(({ log }) => log.wearerId)).toEqual([7, 8])
  }
})

test('an entry cut at any byte throws instead of giving a report that was not written', () => {
  const bytes = encode([{ ...plain, report: { ...plain.report, attributes: { note: 'x' } } }, plain])
  for (let length = 0; length < bytes.length; length++)
    expect(() => decode(bytes.slice(0, length)), `${length}`).toThrow()
})

test('lengths that cannot be, and unknown versions, throw', () => {
  const zeroSize = encode([plain])
  new DataView(zeroSize.buffer).setUint16(ENTRY_HEADER_BYTES, 0, true)
  expect(() => decode(zeroSize)).toThrow(RangeError)
  const tooMany = encode([plain])
  new DataView(tooMany.buffer).setUint16(2, 2, true)
  expect(() => decode(tooMany)).toThrow(RangeError)
  const future = encode([plain])
  future[0] = 2
  expect(() => decode(future)).toThrow('version 2')
})

test('the content key ignores when it came, whether it was stored, whose it is and what was attached', () => {
  fc.assert(
    fc.property(logged, id, fc.integer({ min: 0, max: 4e12 }), (item, wearerId, receivedMs) => {
      const again = { ...item, wearerId, receivedMs, report: { ...item.report, archived: !item.report.archived } }
      expect(keyOf({ ...again, report: { ...again.report, attributes: { other: true } } })).toBe(keyOf(item))
    }),
  )
})

test('the order of a device’s alarms does not make another report', () => {
  const alarms: Alarm[] = ['sos', 'strapOpen', 'jamming']
  const a = keyOf({ ...plain, report: { ...plain.report, alarms } })
  expect(keyOf({ ...plain, report: { ...plain.report, alarms: alarms.toReversed() } })).toBe(a)
})

const differing: Partial<DeviceReport>[] = [
  { timeMs: plain.report.timeMs + 1 },
  { latDeg: -6.2000001 },
  { lonDeg: 106.8000001 },
  { fixValid: false },
  { source: 'wifi' },
  { accuracyM: 9 },
  { speedMps: 0 },
  { courseDeg: 0 },
  { altitudeM: 0 },
  { hdop: 1 },
  { satellites: 0 },
  { batteryPercent: 0 },
  { batteryVolts: 0 },
  { charging: false },
  { charging: true },
  { strap: 'closed' },
  { strap: 'open' },
  { case: 'open' },
  { alarms: ['sos'] },
  { mock: true },
]
test.each(differing)('%j makes another report', (change) => {
  expect(keyOf({ ...plain, report: { ...plain.report, ...change } })).not.toBe(keyOf(plain))
})

test('another bracelet makes another report', () => {
  expect(keyOf({ ...plain, braceletId: 10 })).not.toBe(keyOf(plain))
})

test('content keys of a busy day do not collide', () => {
  const keys = new Set<string>()
  for (let i = 0; i < 20_000; i++)
    keys.add(keyOf({ ...plain, braceletId: i % 100, report: { ...plain.report, timeMs: plain.report.timeMs + i } }))
  expect(keys.size).toBe(20_000)
})

test('attributes beyond the limit are left out and said to be', () => {
  const attributes = { long: 'é'.repeat(ATTRIBUTES_BYTES_MAX) }
  const kept = decode(encode([{ ...plain, report: { ...plain.report, attributes } }]))[0]!.attributes
  expect(kept).toEqual({ truncated: true })
})

test('what ingest thinks of the sender is written beside the report and makes no other report', () => {
  const { report } = plain
  const disputed = { ...plain, report: { ...report, disputedSender: 'a1b2c3d4', attributes: { sender: 'me', acc: 1 } } }
  const unproven = { ...plain, report: { ...report, unproven: true } }
  const [first, second] = decode(encode([disputed, unproven]))
  expect(first!.log.flags).toBe(REPORT_FLAG.hasPosition | REPORT_FLAG.fixValid | REPORT_FLAG.disputed)
  expect(first!.attributes).toEqual({ sender: 'a1b2c3d4', acc: 1 })
  expect(second!.log.flags).toBe(REPORT_FLAG.hasPosition | REPORT_FLAG.fixValid | REPORT_FLAG.unproven)
  expect(second!.attributes).toBeUndefined()
  expect([keyOf(disputed), keyOf(unproven)]).toEqual([keyOf(plain), keyOf(plain)])
})

test.each(['é', 'x'])('attributes beyond the limit do not take the disputed sender along (%s)', (letter) => {
  const attributes = { long: letter.repeat(ATTRIBUTES_BYTES_MAX) }
  const report = { ...plain.report, disputedSender: 'a1b2c3d4', attributes }
  const kept = decode(encode([{ ...plain, report }]))[0]!.attributes
  expect(kept).toEqual({ truncated: true, sender: 'a1b2c3d4' })
})

test.each([-1, 1.5, 2 ** 32, Number.NaN])('wearer id %d is refused and leaves the entry whole', (wearerId) => {
  const writer = new ReportWriter()
  writer.add(plain.report, 1, 1, 0, 'own')
  expect(() => writer.add(plain.report, wearerId, 1, 0, 'own')).toThrow(RangeError)
  writer.add(plain.report, 2, 1, 0, 'own')
  expect(decode(writer.take()).map(({ log }) => log.wearerId)).toEqual([1, 2])
})

test('an entry takes ENTRY_REPORTS_MAX reports and no more', () => {
  const writer = new ReportWriter()
  for (let i = 0; i < ENTRY_REPORTS_MAX; i++) writer.add(plain.report, i, 1, 0, 'own')
  expect(() => writer.add(plain.report, 1, 1, 0, 'own')).toThrow(RangeError)
  expect(decode(writer.take())).toHaveLength(ENTRY_REPORTS_MAX)
})

test('a defective report is contact only: what is wrong with it, and by how much its clock, in place of a position', () => {
  const writer = new ReportWriter(256)
  const report: DeviceReport = {
    deviceId: 'b',
    timeMs: 1_796_043_901_000,
    timeFromReceipt: true,
    fixValid: true,
    latDeg: -6.2,
    lonDeg: 106.8,
    strap: 'open',
    batteryPercent: 40,
    alarms: ['sos'],
    archived: false,
    defect: 'clock',
    clockOffMs: -1024 * 7 * 86_400_000,
  }
  writer.add(report, 7, 11, report.timeMs, 'owntracks')
  const bytes = writer.take()
  const read = new LogReport()
  readReport(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), ENTRY_HEADER_BYTES, read)
  expect(read.flags).toBe(REPORT_FLAG.defective | REPORT_FLAG.timeFromReceipt)
  expect([read.latE7, read.lonE7]).toEqual([DEFECT.clock, -1024 * 7 * 86_400])
  expect([read.strap, read.batteryPercent, read.alarms]).toEqual([CONTACT.open, 40, ALARM.sos])
})

test('an unknown alarm is a code in the report and a text beside it', () => {
  const help: Logged = { ...plain, report: { ...plain.report, alarms: ['unknown'], unknownAlarm: 'Kode 7!' } }
  const [read] = decode(encode([help]))
  expect(read!.log.alarms).toBe(ALARM.unknown)
  expect(read!.log.unknownAlarm).toBe(unknownAlarmCode('Kode 7!'))
  expect(read!.attributes).toMatchObject({ unknownAlarm: 'Kode 7!' })
  expect(decode(encode([plain]))[0]!.log.unknownAlarm).toBe(0)
  const other: Logged = { ...help, report: { ...help.report, unknownAlarm: 'Kode 8!' } }
  expect(keyOf(other)).not.toBe(keyOf(help))
  const forged: Logged = {
    ...help,
    report: { ...help.report, attributes: { unknownAlarm: 'nothing', long: 'x'.repeat(4000) } },
  }
  expect(decode(encode([forged]))[0]!.attributes).toEqual({ truncated: true, unknownAlarm: 'Kode 7!' })
})

test('the text of an unknown alarm is short and printable, its code never 0', () => {
  expect(unknownAlarmText(' \u0000help\r\n\u00e9me!  ')).toBe('help \\u00e9me!')
  expect(unknownAlarmText('x'.repeat(1e6))).toHaveLength(40)
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(unknownAlarmText(text)).toMatch(/^[\x20-\x7e]{0,40}$/)
      expect(unknownAlarmCode(text)).toBeGreaterThan(0)
    }),
  )
})
