// The gateway's compact frame (docs/gateway.md), little-endian. A bracelet is named once a connection and gets a handle; its
// reports are of one length and carry the handle.
//
//   frame    u8 version (1) | u8 0 | u16 devices named here | u32 seq | u16 reports | u16 0 | devices | reports
//   device   u32 handle | u8 bytes of the id | the id in ASCII
//   report   u32 handle | u8 flags | u8 source | u8 satellites | u8 0 | f64 time ms | u32 alarms
//            i32 latitude 1e-7° | i32 longitude 1e-7° | f32 accuracy m | f32 speed m/s | f32 course ° | f32 altitude m
//            f32 hdop | u8 battery % | u8 contacts | u16 millivolts                                              (52 bytes)
//   answer   u8 version (1) | u8 0 | u16 refused | u32 seq | refused × (u16 which report | u8 reason | u8 1 = send again)
import { REFUSAL_REASONS, type RefusalReason } from '../../model/report/quarantine.ts'
import {
  ALARM,
  type Alarm,
  CONTACT,
  type DeviceReport,
  type LogReport,
  POSITION_SOURCE,
  type PositionSource,
  REPORT_FLAG,
  TRISTATE,
} from '../../model/report/report.ts'
import { isDeviceId } from '../protocols/own-json/json-report.ts'

const COMPACT_VERSION = 1
const COMPACT_HEADER_BYTES = 12
export const COMPACT_REPORT_BYTES = 52
const DEVICE_FIXED_BYTES = 5
const ANSWER_HEADER_BYTES = 8
const REFUSED_BYTES = 4

export const LATEST_MS = 8.64e15
/** What a gateway says of a report; the higher ones say what we think of its sender. */
export const FLAGS_MAX = (REPORT_FLAG.timeFromReceipt << 1) - 1
export const ALARMS_MAX = Object.values(ALARM).reduce((bits, bit) => bits | bit, 0)
export const SOURCE_MAX = POSITION_SOURCE.cell
export const NO_BYTE = 255
const NO_MILLIVOLTS = 0xffff
export const MILLIVOLTS_MAX = 65_000

export type CompactFrame = {
  seq: number
  reports: number
  firstReportAt: number
  named: [handle: number, id: string][]
}

/** The head of a frame whose lengths all add up to exactly its size; or what is wrong with it. */
export function readCompactFrame(bytes: Buffer, handlesMax: number): CompactFrame | string {
  const version = bytes.length > 0 ? bytes[0] : 'none'
  if (version !== COMPACT_VERSION) return `binary frames of version ${version} are not known; send JSON as text`
  if (bytes.length < COMPACT_HEADER_BYTES) return `the frame ends within its header of ${COMPACT_HEADER_BYTES} bytes`
  const reports = bytes.readUInt16LE(8)
  const named: [number, string][] = []
  let at = COMPACT_HEADER_BYTES
  for (let left = bytes.readUInt16LE(2); left > 0; left--) {
    if (at + DEVICE_FIXED_BYTES > bytes.length) return 'the frame ends within its devices'
    const handle = bytes.readUInt32LE(at)
    const end = at + DEVICE_FIXED_BYTES + bytes.readUInt8(at + 4)
    if (end > bytes.length) return 'the frame ends within its devices'
    if (handle >= handlesMax) return `handles must be below ${handlesMax}`
    const id = bytes.toString('latin1', at + DEVICE_FIXED_BYTES, end)
    if (id === '' || !isDeviceId(id)) return 'a device id must be 1 to 64 visible ASCII characters'
    named.push([handle, id])
    at = end
  }
  const wanted = at + reports * COMPACT_REPORT_BYTES
  if (bytes.length !== wanted) return `the frame has ${bytes.length} bytes, not the ${wanted} that its counts ask for`
  return { seq: bytes.readUInt32LE(4), reports, firstReportAt: at, named }
}

/** Fills everything of `into` but who it is of and when it came; gives what is wrong with the report, if something is. */
export function readCompactReport(view: DataView, at: number, receivedMs: number, into: LogReport): string | undefined {
  const flags = view.getUint8(at + 4)
  const contacts = view.getUint8(at + 49)
  const timeMs = (flags & REPORT_FLAG.timeFromReceipt) !== 0 ? receivedMs : view.getFloat64(at + 8, true)
  into.source = view.getUint8(at + 5)
  into.satellites = view.getUint8(at + 6)
  into.timeMs = timeMs
  into.alarms = view.getUint32(at + 16, true)
  into.accuracyM = single(view, at + 28)
  into.speedMps = single(view, at + 32)
  into.courseDeg = single(view, at + 36)
  into.altitudeM = single(view, at + 40)
  into.hdop = single(view, at + 44)
  into.batteryPercent = view.getUint8(at + 48)
  into.strap = contacts & 3
  into.case = (contacts >> 2) & 3
  into.charging = (contacts >> 4) & 3
  const millivolts = view.getUint16(at + 50, true)
  into.batteryMillivolts = millivolts === NO_MILLIVOLTS ? Number.NaN : millivolts
  const hasPosition = (flags & REPORT_FLAG.hasPosition) !== 0
  into.flags = hasPosition ? flags : flags & ~REPORT_FLAG.fixValid
  into.latE7 = hasPosition ? view.getInt32(at + 20, true) : 0
  into.lonE7 = hasPosition ? view.getInt32(at + 24, true) : 0

  if (!(timeMs >= 0 && timeMs <= LATEST_MS)) return 'time must be UTC milliseconds'
  if (flags > FLAGS_MAX || view.getUint8(at + 7) !== 0) return 'bits that have no meaning must be 0'
  if (into.source > SOURCE_MAX) return 'source must be 0 to 3'
  if ((into.alarms & ~ALARMS_MAX) !== 0) return 'alarms has bits that have no meaning'
  if (into.speedMps < 0) return 'speedMps must be a number of 0 or more'
  if (into.courseDeg < 0 || into.courseDeg > 360) return 'courseDeg must be a number from 0 to 360'
  if (into.batteryPercent > 100 && into.batteryPercent !== NO_BYTE) return 'batteryPercent must be 0 to 100, or 255'
  if (into.batteryMillivolts > MILLIVOLTS_MAX) return 'millivolts must be 0 to 65,000, or 65,535'
  if (into.strap === 3 || into.case === 3 || into.charging === 3 || contacts > 63) return 'contacts must be 0 to 2 each'
  if (isInfinite(into.accuracyM) || isInfinite(into.speedMps) || isInfinite(into.altitudeM) || isInfinite(into.hdop))
    return 'what is not known must be NaN, not infinite'
  return undefined
}

/** One NaN for all: the log distinguishes reports by their bits. */
function single(view: DataView, at: number): number {
  const value = view.getFloat32(at, true)
  return Number.isNaN(value) ? Number.NaN : value
}

function isInfinite(value: number): boolean {
  return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY
}

const SOURCES = Object.keys(POSITION_SOURCE) as PositionSource[]
const ALARMS = Object.keys(ALARM) as Alarm[]

/** The same report in words, for the few that need a closer look. */
export function deviceReportOf(logReport: LogReport, deviceId: string): DeviceReport {
  const has = (flag: number): boolean => (logReport.flags & flag) !== 0
  const report: DeviceReport = {
    deviceId,
    timeMs: logReport.timeMs,
    fixValid: has(REPORT_FLAG.fixValid),
    alarms: ALARMS.filter((alarm) => (logReport.alarms & ALARM[alarm]) !== 0),
    archived: has(REPORT_FLAG.archived),
    source: SOURCES[logReport.source] as PositionSource,
  }
  if (has(REPORT_FLAG.hasPosition)) {
    report.latDeg = logReport.latE7 / 1e7
    report.lonDeg = logReport.lonE7 / 1e7
  }
  if (has(REPORT_FLAG.mock)) report.mock = true
  if (has(REPORT_FLAG.timeFromReceipt)) report.timeFromReceipt = true
  for (const name of ['accuracyM', 'speedMps', 'courseDeg', 'altitudeM', 'hdop'] as const)
    if (!Number.isNaN(logReport[name])) report[name] = logReport[name]
  if (logReport.satellites !== NO_BYTE) report.satellites = logReport.satellites
  if (logReport.batteryPercent !== NO_BYTE) report.batteryPercent = logReport.batteryPercent
  if (!Number.isNaN(logReport.batteryMillivolts)) report.batteryVolts = logReport.batteryMillivolts / 1000
  if (logReport.charging !== TRISTATE.unknown) report.charging = logReport.charging === TRISTATE.yes
  if (logReport.strap !== CONTACT.unknown) report.strap = logReport.strap === CONTACT.open ? 'open' : 'closed'
  if (logReport.case !== CONTACT.unknown) report.case = logReport.case === CONTACT.open ? 'open' : 'closed'
  return report
}

export type CompactRefusal = { index: number; reason: RefusalReason; retry: boolean }

/** Reasons count from 1 in the order of REFUSAL_REASONS. */
export function compactAnswer(seq: number, refusals: readonly CompactRefusal[]): Buffer {
  const bytes = Buffer.alloc(ANSWER_HEADER_BYTES + refusals.length * REFUSED_BYTES)
  bytes.writeUInt8(COMPACT_VERSION, 0)
  bytes.writeUInt16LE(refusals.length, 2)
  bytes.writeUInt32LE(seq, 4)
  let at = ANSWER_HEADER_BYTES
  for (const { index, reason, retry } of refusals) {
    bytes.writeUInt16LE(index, at)
    bytes.writeUInt8(REFUSAL_REASONS.indexOf(reason) + 1, at + 2)
    bytes.writeUInt8(retry ? 1 : 0, at + 3)
    at += REFUSED_BYTES
  }
  return bytes
}
