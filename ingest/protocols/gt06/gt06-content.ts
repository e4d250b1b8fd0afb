// What stands inside GT06 frames.
//
//   GPS     18 bytes: year − 2000, month, day, h, m, s | low nibble satellites | u32 latitude, u32 longitude (° × 1 800 000)
//           u8 km/h | u16 flags: 0–9 course, 10 north, 11 west, 12 positioned, 14–15 ACC
//   cell    8 bytes: u16 MCC (top bit: MNC has 2 bytes), u8 MNC, u16 LAC, u24 cell; in the 4G types u32 LAC, u64 cell
//   status  u8 terminal info | u8 voltage (0–6 level, above that %) | u8 GSM | u8 alarm | u8 language
//           terminal info: 7 relay cut, 6 GPS on, 5–3 alarm, 2 charging, 1 ACC, 0 armed
//
// Keys of a device's own alarm and strap tables: the alarm byte as two upper-case hex digits (`0C`), or `info:` and the number in
// bits 5–3 (`info:6`), or `event:` and the event of a long type 70 (`event:12`).
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import type { Alarm, DeviceReport } from '../../../model/report/report.ts'
import { byteTimeMs, hexOf, MPS_PER_KMH } from '../wire/wire-fields.ts'
import { addByCode, keep } from '../words/device-words.ts'

export const GPS_BYTES = 18
const DEGREES = 1_800_000
const FLAG = { north: 1 << 10, west: 1 << 11, positioned: 1 << 12 }

const INFO_ALARMS: Record<string, Alarm | 'none'> = {
  'info:0': 'none',
  'info:1': 'vibration',
  'info:2': 'powerCut',
  'info:3': 'batteryLow',
  'info:4': 'sos',
  // "Fence" without a direction: the alarm byte says which.
  'info:6': 'none',
  'info:7': 'strapOpen',
}

const ALARM_CODES: Record<string, Alarm | 'none'> = {
  '00': 'none',
  '01': 'sos',
  '02': 'powerCut',
  '03': 'vibration',
  '04': 'zoneIn',
  '05': 'zoneOut',
  '06': 'overspeed',
  '09': 'movement',
  '0E': 'batteryLow',
  '0F': 'batteryLow',
  '11': 'powerOff',
  '13': 'tamper',
  '18': 'caseOpen',
  '19': 'batteryLow',
  '23': 'fall',
  '25': 'tamper',
  '32': 'tamper',
}

/** Reads the GPS block; the time is NaN where there is no such time. */
export function readGps(report: DeviceReport, content: Buffer, settings: DeviceSettings | undefined): void {
  report.timeMs = byteTimeMs(content, 0) - (settings?.utcOffsetMinutes ?? 0) * 60_000
  report.satellites = content[6]! & 15
  readPlace(report, content, 7)
}

/** Latitude, longitude, speed and flags: 11 bytes. */
export function readPlace(report: DeviceReport, content: Buffer, at: number): void {
  const flags = content.readUInt16BE(at + 9)
  const lat = content.readUInt32BE(at) / DEGREES
  const lon = content.readUInt32BE(at + 4) / DEGREES
  report.latDeg = flags & FLAG.north ? lat : -lat
  report.lonDeg = flags & FLAG.west ? -lon : lon
  report.fixValid = (flags & FLAG.positioned) !== 0
  report.source = 'gps'
  report.speedMps = content[at + 8]! * MPS_PER_KMH
  const course = flags & 0x3ff
  if (course <= 360) report.courseDeg = course
}

/** Keeps the cell block as `mcc,mnc,lac,cid`. Gives where it ends, or `at` where there is none whole. */
export function readCell(report: DeviceReport, content: Buffer, at: number, is4g: boolean): number {
  if (at + 2 > content.length) return at
  const mcc = content.readUInt16BE(at)
  const mncBytes = mcc & 0x8000 ? 2 : 1
  const lacAt = at + 2 + mncBytes
  const end = lacAt + (is4g ? 12 : 5)
  if (end > content.length) return at
  const lac = is4g ? content.readUInt32BE(lacAt) : content.readUInt16BE(lacAt)
  const cell = is4g ? content.readBigUInt64BE(lacAt + 4) : content.readUIntBE(lacAt + 2, 3)
  if (mcc !== 0 || lac !== 0 || Number(cell) !== 0)
    keep(report, 'cell', `${mcc & 0x7fff},${content.readUIntBE(at + 2, mncBytes)},${lac},${cell}`)
  return end
}

/** Reads a status block of 3 to 5 bytes. */
export function readStatus(report: DeviceReport, status: Buffer, settings: DeviceSettings | undefined): void {
  readTerminalInfo(report, status[0]!, settings)
  const voltage = status[1]!
  if (voltage <= 6) report.batteryPercent = Math.floor((voltage * 100) / 6)
  else if (voltage <= 100) report.batteryPercent = voltage
  keep(report, 'gsm', status[2])
  const alarm = status[3]
  if (alarm === undefined) return
  const code = alarm.toString(16).toUpperCase().padStart(2, '0')
  addByCode(report, code, ALARM_CODES, settings)
  if (alarm !== 0) keep(report, 'alarmCode', code)
}

export function readTerminalInfo(report: DeviceReport, info: number, settings: DeviceSettings | undefined): void {
  report.charging = (info & 4) !== 0
  addByCode(report, `info:${(info >> 3) & 7}`, INFO_ALARMS, settings)
  keep(report, 'terminalInfo', info)
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
    const code = value[0]!.toString(16).toUpperCase().padStart(2, '0')
    addByCode(report, `event:${code}`, MODULE_EVENTS, settings)
    keep(report, 'event', hexOf(value))
  } else if (tag === 0x18 && value.length === 2) report.batteryVolts = value.readUInt16BE(0) / 100
  else keep(report, `item${tag.toString(16).toUpperCase().padStart(2, '0')}`, hexOf(value))
}

const MODULE_EVENTS: Record<string, Alarm | 'none'> = {
  'event:12': 'strapOpen',
  'event:23': 'tamper',
  'event:1A': 'batteryLow',
}
