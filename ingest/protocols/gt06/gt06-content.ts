// The content of GT06 frames other than cells and status.
//
//   GPS     18 bytes: year − 2000, month, day, h, m, s | low nibble satellites | u32 latitude, u32 longitude (° × 1 800 000)
//           u8 km/h | u16 flags: 0–9 course, 10 north, 11 west, 12 positioned, 14–15 ACC
//
// Keys of a device's own alarm table, beside those of the status: `event:` and the event of a long type 70 (`event:12`), `2B:` and
// that of its item 2B, `95:` and the code of a type 95 (`95:80`), `133:` and the code of a long type 33.
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import type { DeviceReport } from '../../../model/report/report.ts'
import { isPlace } from '../believe.ts'
import { byteTimeMs, hexOf, MPS_PER_KMH } from '../wire/wire-fields.ts'
import type { Meaning } from '../words/alarm-words.ts'
import { addByCode, keep } from '../words/device-words.ts'
import { isNetworkAt } from './gt06-cells.ts'
import { hexCode } from './gt06-status.ts'

export const GPS_BYTES = 18
const DEGREES = 1_800_000
const FLAG = { north: 1 << 10, west: 1 << 11, positioned: 1 << 12 }
const GPS_LENGTH = 12

const ALARMS_95: Record<string, Meaning> = {
  '95:01': 'sos',
  '95:80': 'vibration',
  '95:87': 'overspeed',
  '95:90': 'other',
  '95:91': 'other',
  '95:92': 'other',
  '95:93': 'vibration',
}

/** Reads the GPS block; the time is NaN where there is no such time. */
export function readGps(report: DeviceReport, content: Buffer, at: number, utcOffsetMinutes: number): void {
  report.timeMs = byteTimeMs(content, at) - utcOffsetMinutes * 60_000
  report.satellites = content[at + 6]! & 15
  readPlace(report, content, at + 7)
}

/**
 * Whether a GPS block is there and not a list of cells: some types carry either. Its seventh byte has the block's length
 * in the high nibble, where lists of cells have the code of a country.
 */
export function isGpsAt(content: Buffer, at: number): boolean {
  if (at + GPS_BYTES > content.length || content[at + 6]! >> 4 !== GPS_LENGTH || isNetworkAt(content, at + 6))
    return false
  const lat = content.readUInt32BE(at + 7) / DEGREES
  return isPlace(lat, content.readUInt32BE(at + 11) / DEGREES) && !Number.isNaN(byteTimeMs(content, at))
}

/** Latitude, longitude, speed and flags: 11 bytes. */
function readPlace(report: DeviceReport, content: Buffer, at: number): void {
  const flags = content.readUInt16BE(at + 9)
  readCorner(report, content, at, flags)
  report.speedMps = content[at + 8]! * MPS_PER_KMH
}

function readCorner(report: DeviceReport, content: Buffer, at: number, flags: number): void {
  const lat = content.readUInt32BE(at) / DEGREES
  const lon = content.readUInt32BE(at + 4) / DEGREES
  report.latDeg = flags & FLAG.north ? lat : -lat
  report.lonDeg = flags & FLAG.west ? -lon : lon
  report.fixValid = (flags & FLAG.positioned) !== 0
  report.source = 'gps'
  const course = flags & 0x3ff
  if (course <= 360) report.courseDeg = course
}

/** Type 95: a time, an alarm; with a place before the alarm where it is longer, without satellites and speed. */
export function readAlarm95(
  report: DeviceReport,
  content: Buffer,
  settings: DeviceSettings | undefined,
  utcOffsetMinutes: number,
): boolean {
  if (content.length < 7) return false
  delete report.timeFromReceipt
  report.timeMs = byteTimeMs(content, 0) - utcOffsetMinutes * 60_000
  const hasPlace = content.length >= 17
  if (hasPlace) readCorner(report, content, 6, content.readUInt16BE(14))
  const code = hexCode(content[hasPlace ? 16 : 6]!)
  addByCode(report, `95:${code}`, ALARMS_95, settings)
  keep(report, 'alarmCode', code)
  keep(report, 'more', hexOf(content, hasPlace ? 17 : 7))
  return true
}

const ALARMS_133: Record<string, Meaning> = {
  '133:A0': 'none',
  '133:A1': 'none',
  '133:A2': 'batteryLow',
  '133:A3': 'batteryLow',
  '133:A5': 'other', // door
}

/** The long types 32 and 33: time, u8 bytes of GPS (0 = none), GPS, u8 bytes of cell, …, u8 status or, in 33, the alarm. */
export function readLong32(
  report: DeviceReport,
  isAlarm: boolean,
  content: Buffer,
  settings: DeviceSettings | undefined,
  utcOffsetMinutes: number,
): boolean {
  if (content.length < 7) return false
  delete report.timeFromReceipt
  report.timeMs = byteTimeMs(content, 0) - utcOffsetMinutes * 60_000
  let at = 7
  if (content[6] !== 0 && at + 12 <= content.length) {
    report.satellites = content[at]! & 15
    readPlace(report, content, at + 1)
    at += 12
  }
  // Cell (its length does count itself), its strength, more cells, Wi-Fi: each behind its length.
  at += content[at] === 0 ? 1 : Math.max(1, content[at] ?? 1) + 1
  for (let list = 0; list < 2; list++) at += (content[at] ?? 0) + 1
  const status = content[at]
  keep(report, 'more', hexOf(content, 18))
  if (status === undefined) return false
  if (isAlarm) addByCode(report, `133:${hexCode(status)}`, ALARMS_133, settings)
  return true
}

/** The items of the long type 70, where nothing else has a home. False when an item runs over the end. */
export function readModules(report: DeviceReport, content: Buffer, settings: DeviceSettings | undefined): boolean {
  let at = 0
  while (at + 4 <= content.length) {
    const tag = content.readUInt16BE(at)
    const bytes = content.readUInt16BE(at + 2)
    at += 4
    if (at + bytes > content.length) return false
    readModule(report, tag, content.subarray(at, at + bytes), settings)
    at += bytes
  }
  return at === content.length
}

// Tag 33: u32 seconds since 1970, u8 satellites, i16 altitude, then as in the GPS block. Tag 34 begins with the event.
function readModule(report: DeviceReport, tag: number, value: Buffer, settings: DeviceSettings | undefined): void {
  if (tag === 0x33 && value.length >= 18) {
    report.timeMs = value.readUInt32BE(0) * 1000
    delete report.timeFromReceipt
    report.satellites = value[4]!
    report.altitudeM = value.readInt16BE(5)
    readPlace(report, value, 7)
  } else if (tag === 0x34 && value.length >= 1) {
    const code = hexCode(value[0]!)
    addByCode(report, `event:${code}`, MODULE_EVENTS, settings)
    keep(report, 'event', hexOf(value))
  } else if (tag === 0x2a && value.length >= 1) {
    // High nibble: tamper; low nibble: door.
    if (value[0]! >> 4 !== 0) addByCode(report, 'input:tamper', MODULE_EVENTS, settings)
    keep(report, 'input', value[0])
  } else if (tag === 0x2b && value.length >= 1) {
    const code = hexCode(value[0]!)
    addByCode(report, `2B:${code}`, MODULE_EVENTS, settings)
    keep(report, 'item2B', code)
  } else if (tag === 0x18 && value.length === 2) report.batteryVolts = value.readUInt16BE(0) / 100
  else keep(report, `item${tag.toString(16).toUpperCase().padStart(2, '0')}`, hexOf(value))
}

// 01 to 11 are the reasons of a routine report.
const MODULE_EVENTS: Record<string, Meaning> = {
  'event:00': 'none',
  'event:11': 'none',
  'event:12': 'strapOpen',
  'event:23': 'tamper',
  'event:1A': 'batteryLow',
  'input:tamper': 'tamper',
  '2B:00': 'none',
  '2B:11': 'batteryLow',
  '2B:12': 'batteryLow',
  '2B:13': 'powerCut',
  '2B:14': 'strapOpen',
}
