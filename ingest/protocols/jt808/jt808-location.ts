// The body of a JT/T 808 location (0200, and each record of 0704).
//
//   u32 alarm bits | u32 status bits | u32 latitude, u32 longitude (° × 10⁶) | i16 altitude m | u16 speed 0.1 km/h | u16 course
//   BCD[6] yymmddhhmmss in GMT+8 unless the device is set otherwise | items: u8 id, u8 length
//   status  0 ACC, 1 positioned, 2 south, 3 west, 5 coordinates encrypted
//   items   01 u32 0.1 km   30 u8 radio   31 u8 satellites   E4 u8 charging (0 = yes), u8 %   56 u8 × 10 %   D4 E1 E9 u8 % (FF charging)
//           68 u16 0.01 %   69 D5 u16 0.01 V   E3 u8, u8 %, u16 0.01 V   F7 u32 mV, u8 (2 3: charging), u8 %   EE u8 radio, u16 mV of
//           supply, u16 mV, u8 satellites   F4 EC Wi-Fi (6 MAC, i8 dBm)…   DA u16 cuts, u8 status (bit 0: the string is in place)
//           EB (u16 length of id and value, u16 id, value)…: 0089 status word (bit 12 = 0: off its mount), 00A8 00E1 %, 002D mV,
//           00B9 Wi-Fi, 00C6 battery alarm (3 4: low)
//
// Status bit 5 says that the coordinates are encrypted. Several makers set it with plain ones: they are taken where the time and
// the place are possible, unless the model's switch `encryptedPlace` says that the bit is true.
//
// There is no standard strap bit, so the strap table of a device names bits: `<item>:<byte>.<bit>=<0|1>` with the item as two
// hex digits, `EB.<id>` for what is inside EB, `alarm` or `status`; bytes count from 0 (`w` = all of them as one word), bits
// from the lowest. Its alarm table is keyed by the number of the alarm bit (`16`).
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import type { ContactState, DeviceReport } from '../../../model/report/report.ts'
import { isPlace } from '../believe.ts'
import { bcdTimeMs, hexOf, MPS_PER_KMH, wifiOf } from '../wire/wire-fields.ts'
import type { Meaning } from '../words/alarm-words.ts'
import { addAlarm, addByCode, keep } from '../words/device-words.ts'

export const LOCATION_BYTES_MIN = 28
const UTC_OFFSET_MINUTES = 8 * 60
const STATUS = { acc: 1, positioned: 2, south: 4, west: 8, encrypted: 32 }

// 16 and 17 are tamper on some cargo locks and tyres in the standard of 2019: the model's table must say which.
const ALARM_BITS: Record<string, Meaning> = {
  0: 'sos',
  1: 'overspeed',
  2: 'other', // fatigue
  3: 'other', // danger ahead
  4: 'gnssFault',
  5: 'gnssFault',
  6: 'gnssFault',
  7: 'batteryLow',
  8: 'powerCut',
  ...Object.fromEntries([9, 10, 11, 12, 13, 14, 15].map((bit) => [bit, 'other' as const])), // modules, warnings
  ...Object.fromEntries([18, 19, 20, 21, 22, 24, 25, 26, 31].map((bit) => [bit, 'other' as const])), // driving, areas, door
  23: 'zoneOut',
  27: 'movement',
  28: 'movement',
  29: 'vibration',
  30: 'fall',
}

/** Items whose bit says of itself that the device is in its place or not. */
const CONTACT_BITS: Record<string, ContactState> = {
  'DA:2.0=0': 'open',
  'DA:2.0=1': 'closed',
  'EB.0089:w.12=0': 'open',
  'EB.0089:w.12=1': 'closed',
}

/** A report from a body of at least LOCATION_BYTES_MIN bytes; the time is NaN where there is no such time. */
export function readLocation(body: Buffer, deviceId: string, settings: DeviceSettings | undefined): DeviceReport {
  const status = body.readUInt32BE(4)
  const lat = body.readUInt32BE(8) / 1e6
  const lon = body.readUInt32BE(12) / 1e6
  const report: DeviceReport = {
    deviceId,
    timeMs: bcdTimeMs(body, 22) - (settings?.utcOffsetMinutes ?? UTC_OFFSET_MINUTES) * 60_000,
    fixValid: (status & STATUS.positioned) !== 0,
    latDeg: status & STATUS.south ? -lat : lat,
    lonDeg: status & STATUS.west ? -lon : lon,
    source: 'gps',
    altitudeM: body.readInt16BE(16),
    speedMps: (body.readUInt16BE(18) / 10) * MPS_PER_KMH,
    alarms: [],
    archived: false,
  }
  const course = body.readUInt16BE(20)
  if (course <= 360) report.courseDeg = course
  readAlarmWord(report, body, settings)
  keep(report, 'status', status)
  if (status & STATUS.encrypted) readDespiteEncryption(report, settings)
  readContacts(report, 'status', body.subarray(4, 8), settings)
  readItems(report, body.subarray(LOCATION_BYTES_MIN), settings)
  return report
}

/** The alarm bits, which every location begins with. */
export function readAlarmWord(report: DeviceReport, body: Buffer, settings: DeviceSettings | undefined): void {
  const alarms = body.readUInt32BE(0)
  for (let bit = 0; bit < 32; bit++)
    if ((alarms >>> bit) & 1) addByCode(report, String(bit), ALARM_BITS, alarmTable(settings), `alarm bit ${bit}`)
  if (alarms !== 0) keep(report, 'alarmBits', alarms)
  readContacts(report, 'alarm', body.subarray(0, 4), settings)
}

function readDespiteEncryption(report: DeviceReport, settings: DeviceSettings | undefined): void {
  keep(report, 'encryptedBit', true)
  const { latDeg, lonDeg, timeMs } = report
  if (settings?.encryptedPlace !== true && isPlace(latDeg, lonDeg) && !Number.isNaN(timeMs)) return
  report.fixValid = false
  delete report.latDeg
  delete report.lonDeg
}

function readItems(report: DeviceReport, items: Buffer, settings: DeviceSettings | undefined): void {
  let at = 0
  while (at + 2 <= items.length) {
    const end = at + 2 + items[at + 1]!
    if (end > items.length) break
    readItem(report, items[at]!, items.subarray(at + 2, end), settings)
    at = end
  }
  if (at !== items.length) keep(report, 'itemsCut', hexOf(items, at))
}

function readItem(report: DeviceReport, id: number, value: Buffer, settings: DeviceSettings | undefined): void {
  const name = hexName(id, 2)
  readContacts(report, name, value, settings)
  if (id === 0xeb) readNested(report, value, settings)
  else if (id === 0xf4 || id === 0xec) readWifi(report, value)
  else if (id === 0xda && value.length >= 3) {
    keep(report, 'strapCuts', value.readUInt16BE(0))
    keep(report, 'strapStatus', value[2])
  } else if (id === 0x01 && value.length === 4) keep(report, 'odometerM', value.readUInt32BE(0) * 100)
  else if (id === 0x30 && value.length === 1) keep(report, 'rssi', value[0])
  else if (id === 0x31 && value.length === 1) report.satellites = value[0]!
  else if (id === 0xe4 && value.length >= 2) {
    report.charging = value[0] === 0
    setPercent(report, value[1]!)
  } else if (id === 0x56 && value.length >= 1) setPercent(report, value[0]! * 10)
  else if ((id === 0xd4 || id === 0xe1 || id === 0xe9) && value.length === 1) {
    if (value[0] === 0xff) report.charging = true
    else setPercent(report, value[0]!)
  } else if (id === 0x68 && value.length === 2) setPercent(report, value.readUInt16BE(0) / 100)
  else if ((id === 0x69 || id === 0xd5) && value.length === 2) report.batteryVolts = value.readUInt16BE(0) / 100
  else if (id === 0xe3 && value.length === 4) {
    setPercent(report, value[1]!)
    report.batteryVolts = value.readUInt16BE(2) / 100
  } else if (id === 0xf7 && value.length >= 4) {
    report.batteryVolts = value.readUInt32BE(0) / 1000
    if (value.length >= 5) report.charging = value[4] === 2 || value[4] === 3
    if (value.length >= 6) setPercent(report, value[5]!)
  } else if (id === 0xee && value.length >= 6) {
    keep(report, 'rssi', value[0])
    keep(report, 'externalVolts', value.readUInt16BE(1) / 1000)
    report.batteryVolts = value.readUInt16BE(3) / 1000
    report.satellites = value[5]!
  } else keep(report, `item${name}`, hexOf(value))
}

function readNested(report: DeviceReport, value: Buffer, settings: DeviceSettings | undefined): void {
  let at = 0
  while (at + 4 <= value.length) {
    const end = at + 2 + value.readUInt16BE(at)
    if (end < at + 4 || end > value.length) break
    const id = value.readUInt16BE(at + 2)
    const inner = value.subarray(at + 4, end)
    readContacts(report, `EB.${hexName(id, 4)}`, inner, settings)
    if ((id === 0x00a8 || id === 0x00e1) && inner.length >= 1) setPercent(report, inner[inner.length - 1]!)
    else if (id === 0x002d && inner.length === 2) report.batteryVolts = inner.readUInt16BE(0) / 1000
    else if (id === 0x00c6 && inner.length >= 1) {
      if (inner[0] === 3 || inner[0] === 4) addAlarm(report, 'batteryLow')
      keep(report, 'batteryAlarm', inner[0])
    } else keep(report, id === 0x00b9 ? 'wifiRaw' : `itemEB${hexName(id, 4)}`, hexOf(inner))
    at = end
  }
  if (at !== value.length) keep(report, 'itemEB', hexOf(value, at))
}

function readWifi(report: DeviceReport, value: Buffer): void {
  const points: string[] = []
  for (let at = 0; at + 7 <= value.length; at += 7)
    points.push(wifiOf(hexOf(value, at, at + 6), value.readInt8(at + 6)))
  keep(report, 'wifi', points.join('|'))
}

/** By the device's own strap table where it speaks of this item, else by what the item's document says. */
function readContacts(report: DeviceReport, item: string, value: Buffer, settings: DeviceSettings | undefined): void {
  const table = settings?.strapCodes
  const byDevice = table !== undefined && Object.keys(table).some((key) => key.startsWith(`${item}:`))
  for (const [key, state] of Object.entries(byDevice ? table : CONTACT_BITS)) {
    const m = /^([\w.]+):(\w)\.(\d{1,2})=([01])$/.exec(key)
    if (m === null || m[1] !== item) continue
    // `w` is the value as one word, whatever its length.
    const bit = Number(m[3])
    const index = m[2] === 'w' ? value.length - 1 - (bit >> 3) : Number(m[2])
    const byte = value[index]
    if (byte === undefined || ((byte >> (bit & 7)) & 1) !== Number(m[4])) continue
    if (report.strap !== 'open') report.strap = state
    if (state === 'open') addAlarm(report, 'strapOpen')
  }
}

// The strap table names bits here, never alarm numbers.
function alarmTable(settings: DeviceSettings | undefined): DeviceSettings | undefined {
  return settings?.alarmCodes === undefined ? undefined : { alarmCodes: settings.alarmCodes }
}

function setPercent(report: DeviceReport, percent: number): void {
  if (percent <= 100) report.batteryPercent = percent
  else keep(report, 'battery', percent)
}

function hexName(id: number, digits: number): string {
  return id.toString(16).toUpperCase().padStart(digits, '0')
}
