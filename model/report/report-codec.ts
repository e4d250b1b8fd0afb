// The report log's binary form. An entry is a header and reports one after the other, little-endian.
//
//   entry   u8 version (1) | u8 0 | u16 count | reports
//   report  u16 bytes in all | u8 flags | u8 source | u32 wearer | u32 bracelet | u32 alarms
//           f64 time ms | f64 received ms | u32 content key high | u32 content key low
//           i32 latitude 1e-7° | i32 longitude 1e-7° (of a defective report: DEFECT | seconds that its clock is off) | f32 accuracy m | f32 speed m/s | f32 course ° | f32 altitude m
//           f32 hdop | u8 battery % | u8 charging | u8 strap | u8 case | u8 satellites | u8 protocol | u16 millivolts
//           u32 unknown alarm's code, 0 = none | tail: attributes as UTF-8 JSON, possibly empty
import {
  ALARM,
  CONTACT,
  DEFECT,
  type DeviceReport,
  type LogReport,
  POSITION_SOURCE,
  PROTOCOL,
  type Protocol,
  REPORT_FLAG,
  SENDER_ATTRIBUTE,
  TRISTATE,
  UNKNOWN_ALARM_ATTRIBUTE,
  unknownAlarmCode,
} from './report.ts'

const ENTRY_VERSION = 1
export const ENTRY_HEADER_BYTES = 4
export const REPORT_FIXED_BYTES = 80
export const ATTRIBUTES_BYTES_MAX = 2048
export const ENTRY_REPORTS_MAX = 65_535

const text = new TextEncoder()
const fromText = new TextDecoder()
const NO_BYTE = 255
const NO_MILLIVOLTS = 0xffff

/** Collects reports into one log entry; reused after `take`. */
export class ReportWriter {
  count = 0
  #bytes: Uint8Array
  #view: DataView
  #end = ENTRY_HEADER_BYTES

  constructor(initialBytes = 16_384) {
    this.#bytes = new Uint8Array(initialBytes)
    this.#view = new DataView(this.#bytes.buffer)
  }

  get byteLength(): number {
    return this.#end
  }

  /** Adds one report. Throws RangeError on a wearer or bracelet id that is no unsigned 32-bit integer. */
  add(report: DeviceReport, wearerId: number, braceletId: number, receivedMs: number, protocol: Protocol): void {
    // As many bytes as the tail can have at most: not all characters are ASCII.
    const tail = tailOf(report)
    this.#room(REPORT_FIXED_BYTES + 3 * tail.length)
    const size = REPORT_FIXED_BYTES + this.#writeTail(tail, report)
    writeReport(this.#view, this.#end, report, wearerId, braceletId, receivedMs, protocol, size)
    this.#end += size
    this.count++
  }

  /** The same for a report in numbers. Its content key is made here, in the log's bytes only. */
  addLogReport(report: LogReport): void {
    this.#room(REPORT_FIXED_BYTES)
    writeLogReport(this.#view, this.#end, report)
    this.#end += REPORT_FIXED_BYTES
    this.count++
  }

  /** The finished entry as a copy; the writer is empty afterwards. */
  take(): Uint8Array {
    this.#view.setUint8(0, ENTRY_VERSION)
    this.#view.setUint8(1, 0)
    this.#view.setUint16(2, this.count, true)
    const entry = this.#bytes.slice(0, this.#end)
    this.#end = ENTRY_HEADER_BYTES
    this.count = 0
    return entry
  }

  /** Gives its bytes. */
  #writeTail(tail: string, report: DeviceReport): number {
    const at = this.#end + REPORT_FIXED_BYTES
    if (tail.length > ATTRIBUTES_BYTES_MAX) return this.#writeTail(truncated(report), report)
    for (let i = 0; i < tail.length; i++) {
      const code = tail.charCodeAt(i)
      if (code > 0x7f) {
        const bytes = text.encode(tail)
        if (bytes.length > ATTRIBUTES_BYTES_MAX) return this.#writeTail(truncated(report), report)
        this.#bytes.set(bytes, at)
        return bytes.length
      }
      this.#bytes[at + i] = code
    }
    return tail.length
  }

  #room(size: number): void {
    if (this.count >= ENTRY_REPORTS_MAX) throw new RangeError(`an entry holds at most ${ENTRY_REPORTS_MAX} reports`)
    if (this.#end + size <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#end + size))
    larger.set(this.#bytes)
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

/** The attributes as JSON, '' where there are none. What we say ourselves cannot be overwritten by what the device attached. */
function tailOf(report: DeviceReport): string {
  const ours = oursOf(report)
  if (ours === undefined) return report.attributes === undefined ? '' : JSON.stringify(report.attributes)
  return JSON.stringify({ ...report.attributes, ...ours })
}

function truncated(report: DeviceReport): string {
  return JSON.stringify({ truncated: true, ...oursOf(report) })
}

function oursOf({ disputedSender, unknownAlarm }: DeviceReport): Record<string, string> | undefined {
  if (disputedSender === undefined && unknownAlarm === undefined) return undefined
  return {
    ...(unknownAlarm === undefined ? {} : { [UNKNOWN_ALARM_ATTRIBUTE]: unknownAlarm }),
    ...(disputedSender === undefined ? {} : { [SENDER_ATTRIBUTE]: disputedSender }),
  }
}

function writeReport(
  view: DataView,
  at: number,
  report: DeviceReport,
  wearerId: number,
  braceletId: number,
  receivedMs: number,
  protocol: Protocol,
  size: number,
): void {
  if (wearerId >>> 0 !== wearerId || braceletId >>> 0 !== braceletId)
    throw new RangeError(`not an unsigned 32-bit id: wearer ${wearerId}, bracelet ${braceletId}`)
  const { defect } = report
  const hasPosition = defect === undefined && report.latDeg !== undefined && report.lonDeg !== undefined
  let flags = hasPosition ? REPORT_FLAG.hasPosition : 0
  if (report.fixValid && hasPosition) flags |= REPORT_FLAG.fixValid
  if (report.archived) flags |= REPORT_FLAG.archived
  if (report.mock) flags |= REPORT_FLAG.mock
  if (report.timeFromReceipt) flags |= REPORT_FLAG.timeFromReceipt
  if (report.disputedSender !== undefined) flags |= REPORT_FLAG.disputed
  if (report.unproven) flags |= REPORT_FLAG.unproven
  if (defect !== undefined) flags |= REPORT_FLAG.defective
  let alarms = 0
  for (const alarm of report.alarms) alarms |= ALARM[alarm]
  view.setUint16(at, size, true)
  view.setUint8(at + 2, flags)
  view.setUint8(at + 3, POSITION_SOURCE[report.source ?? 'unknown'])
  view.setUint32(at + 4, wearerId, true)
  view.setUint32(at + 8, braceletId, true)
  view.setUint32(at + 12, alarms, true)
  view.setFloat64(at + 16, report.timeMs, true)
  view.setFloat64(at + 24, receivedMs, true)
  const [first, second] = defect === undefined ? [0, 0] : [DEFECT[defect], secondsOf(report.clockOffMs)]
  view.setInt32(at + 40, hasPosition ? Math.round(report.latDeg! * 1e7) : first, true)
  view.setInt32(at + 44, hasPosition ? Math.round(report.lonDeg! * 1e7) : second, true)
  view.setFloat32(at + 48, report.accuracyM ?? Number.NaN, true)
  view.setFloat32(at + 52, report.speedMps ?? Number.NaN, true)
  view.setFloat32(at + 56, report.courseDeg ?? Number.NaN, true)
  view.setFloat32(at + 60, report.altitudeM ?? Number.NaN, true)
  view.setFloat32(at + 64, report.hdop ?? Number.NaN, true)
  view.setUint8(at + 68, byteOf(report.batteryPercent))
  view.setUint8(
    at + 69,
    report.charging === undefined ? TRISTATE.unknown : report.charging ? TRISTATE.yes : TRISTATE.no,
  )
  view.setUint8(at + 70, CONTACT[report.strap ?? 'unknown'])
  view.setUint8(at + 71, CONTACT[report.case ?? 'unknown'])
  view.setUint8(at + 72, byteOf(report.satellites))
  view.setUint8(at + 73, PROTOCOL[protocol])
  view.setUint16(at + 74, millivoltsOf(report.batteryVolts), true)
  view.setUint32(at + 76, report.unknownAlarm === undefined ? 0 : unknownAlarmCode(report.unknownAlarm), true)
  writeContentKey(view, at)
}

function writeLogReport(view: DataView, at: number, report: LogReport): void {
  const { wearerId, braceletId, batteryMillivolts } = report
  if (wearerId >>> 0 !== wearerId || braceletId >>> 0 !== braceletId)
    throw new RangeError(`not an unsigned 32-bit id: wearer ${wearerId}, bracelet ${braceletId}`)
  view.setUint16(at, REPORT_FIXED_BYTES, true)
  view.setUint8(at + 2, report.flags)
  view.setUint8(at + 3, report.source)
  view.setUint32(at + 4, wearerId, true)
  view.setUint32(at + 8, braceletId, true)
  view.setUint32(at + 12, report.alarms, true)
  view.setFloat64(at + 16, report.timeMs, true)
  view.setFloat64(at + 24, report.receivedMs, true)
  view.setInt32(at + 40, report.latE7, true)
  view.setInt32(at + 44, report.lonE7, true)
  view.setFloat32(at + 48, report.accuracyM, true)
  view.setFloat32(at + 52, report.speedMps, true)
  view.setFloat32(at + 56, report.courseDeg, true)
  view.setFloat32(at + 60, report.altitudeM, true)
  view.setFloat32(at + 64, report.hdop, true)
  view.setUint8(at + 68, report.batteryPercent)
  view.setUint8(at + 69, report.charging)
  view.setUint8(at + 70, report.strap)
  view.setUint8(at + 71, report.case)
  view.setUint8(at + 72, report.satellites)
  view.setUint8(at + 73, report.protocol)
  view.setUint16(at + 74, Number.isNaN(batteryMillivolts) ? NO_MILLIVOLTS : batteryMillivolts, true)
  view.setUint32(at + 76, report.unknownAlarm, true)
  writeContentKey(view, at)
}

function byteOf(value: number | undefined): number {
  return value === undefined || !(value >= 0) ? NO_BYTE : Math.min(254, Math.round(value))
}

/** As far as 32 bits reach, which is 68 years. */
function secondsOf(ms = 0): number {
  return Math.max(-0x7fff_ffff, Math.min(0x7fff_ffff, Math.round(ms / 1000)))
}

function millivoltsOf(volts: number | undefined): number {
  return volts === undefined || !(volts >= 0) ? NO_MILLIVOLTS : Math.min(NO_MILLIVOLTS - 1, Math.round(volts * 1000))
}

// MurmurHash3's 32-bit mixing, two lanes with different seeds, over what makes a report itself: not when it arrived,
// not whether it was stored in between, not what was attached, not which wearer it was given to, not how far its sender is
// believed: what is sent again after a dispute began or ended is a repeat.
function writeContentKey(view: DataView, at: number): void {
  const flags = view.getUint8(at + 2) & (REPORT_FLAG.hasPosition | REPORT_FLAG.fixValid | REPORT_FLAG.mock)
  let high = mix(0x9747b28c, flags | (view.getUint8(at + 3) << 8))
  let low = mix(0x3c6ef372, flags | (view.getUint8(at + 3) << 8))
  for (let offset = 8; offset < 76; offset += 4) {
    if (offset === 24) offset = 40 // received time and the key itself
    const word = view.getInt32(at + offset, true)
    high = mix(high, word)
    low = mix(low, word)
  }
  const unknownAlarm = view.getInt32(at + 76, true)
  if (unknownAlarm !== 0) {
    high = mix(high, unknownAlarm)
    low = mix(low, unknownAlarm)
  }
  view.setUint32(at + 32, finish(high), true)
  view.setUint32(at + 36, finish(low), true)
}

function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51)
  k = (k << 15) | (k >>> 17)
  let h = hash ^ Math.imul(k, 0x1b873593)
  h = (h << 13) | (h >>> 19)
  return (Math.imul(h, 5) + 0xe6546b64) | 0
}

function finish(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** Number of reports in an entry. Throws on a version that this program does not know. */
export function entryCount(view: DataView): number {
  const version = view.getUint8(0)
  if (version !== ENTRY_VERSION) throw new Error(`log entry version ${version} is not known here`)
  return view.getUint16(2, true)
}

/**
 * Fills `into` from the report at `at` (the first is at ENTRY_HEADER_BYTES); gives where the next one starts.
 * Throws RangeError where the entry is cut or its lengths cannot be.
 */
export function readReport(view: DataView, at: number, into: LogReport): number {
  const size = view.getUint16(at, true)
  if (size < REPORT_FIXED_BYTES || at + size > view.byteLength)
    throw new RangeError(`a log entry of ${view.byteLength} bytes holds no report of ${size} bytes at ${at}`)
  into.flags = view.getUint8(at + 2)
  into.source = view.getUint8(at + 3)
  into.wearerId = view.getUint32(at + 4, true)
  into.braceletId = view.getUint32(at + 8, true)
  into.alarms = view.getUint32(at + 12, true)
  into.timeMs = view.getFloat64(at + 16, true)
  into.receivedMs = view.getFloat64(at + 24, true)
  into.contentHi = view.getUint32(at + 32, true)
  into.contentLo = view.getUint32(at + 36, true)
  into.latE7 = view.getInt32(at + 40, true)
  into.lonE7 = view.getInt32(at + 44, true)
  into.accuracyM = view.getFloat32(at + 48, true)
  into.speedMps = view.getFloat32(at + 52, true)
  into.courseDeg = view.getFloat32(at + 56, true)
  into.altitudeM = view.getFloat32(at + 60, true)
  into.hdop = view.getFloat32(at + 64, true)
  into.batteryPercent = view.getUint8(at + 68)
  into.charging = view.getUint8(at + 69)
  into.strap = view.getUint8(at + 70)
  into.case = view.getUint8(at + 71)
  into.satellites = view.getUint8(at + 72)
  into.protocol = view.getUint8(at + 73)
  const millivolts = view.getUint16(at + 74, true)
  into.unknownAlarm = view.getUint32(at + 76, true)
  into.batteryMillivolts = millivolts === NO_MILLIVOLTS ? Number.NaN : millivolts
  return at + size
}

/** Calls `visit` with the wearer of every report of an entry, in order. Throws RangeError on a truncated entry. */
export function eachWearer(view: DataView, visit: (wearerId: number) => void): void {
  let at = ENTRY_HEADER_BYTES
  for (let left = entryCount(view); left > 0; left--) {
    visit(view.getUint32(at + 4, true))
    at += view.getUint16(at, true)
  }
}

/** The attributes of the report at `at`, or undefined where it has none. */
export function readAttributes(view: DataView, at: number): Record<string, string | number | boolean> | undefined {
  const size = view.getUint16(at, true)
  if (size === REPORT_FIXED_BYTES) return undefined
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at + REPORT_FIXED_BYTES, size - REPORT_FIXED_BYTES)
  return JSON.parse(fromText.decode(bytes))
}
