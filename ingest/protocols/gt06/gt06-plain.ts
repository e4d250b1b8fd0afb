// The form of GT06 without serial and CRC (Topin, ZhongXun and clones), on the same port.
//
//   78 78 | length | type | content | 0D 0A            length: of type and content, of content alone, or the number of Wi-Fi points
//
//   01 login: 8 bytes BCD, u8 version → 78 78 01 01 0D 0A      08 sign of life         30 time → u16 year, month, day, h, m, s
//   10 GPS, then i16 altitude and alarm bits, 11 the same from memory → the frame's time        13 battery %, … → the same back
//   17 19 (from memory) 69 18 1A: BCD time, (6 MAC, u8 −dBm)…, u8 cells, u16 MCC, u8 MNC, (u16 LAC, u16 cell, u8 −dBm)…, newer ones
//         alarm bits → the time        94 vibration, 99 SOS: alarms without a place        14 57 80–83 … answers and states: heard
//
// Keys of a device's own alarm table: `bit:` and the number of a bit of the alarm byte; `type:` and the type of a frame (`type:99`).
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import type { DeviceReport } from '../../../model/report/report.ts'
import { readable, reportAtReceipt } from '../believe.ts'
import { cameLate, type DecodeContext, type Decoded } from '../decoder.ts'
import { bcdTimeMs, hexOf, wifiOf } from '../wire/wire-fields.ts'
import type { Meaning } from '../words/alarm-words.ts'
import { addByCode, keep, own, strapOf } from '../words/device-words.ts'
import { GPS_BYTES, readGps } from './gt06-content.ts'
import type { Gt06Reading } from './gt06-read.ts'
import { hexCode } from './gt06-status.ts'

const SHORT = 0x78
const CONTENT_AT = 4
/** Head, length, type and tail. */
export const PLAIN_BYTES_MIN = 6
const TAIL_BYTES = 2
const WIFI_BYTES = 7
const CELL_BYTES = 5
const PLAIN_LOGIN_BYTES = 15
const WIFI_TYPES: readonly number[] = [0x17, 0x18, 0x19, 0x69]
const FROM_MEMORY: readonly number[] = [0x11, 0x17, 0x19]

/** 1A is of the usual form too, so only a device that logged in without CRC means Wi-Fi by it. */
const WIFI_TYPES_LOGGED_IN: readonly number[] = [...WIFI_TYPES, 0x1a]
const QUIET_TYPES: readonly number[] = [0x08, 0x09, 0x14, 0x15, 0x16, 0x33, 0x57, 0x80, 0x81, 0x82, 0x83]
const ALARM_TYPES: Record<string, Meaning> = { 'type:94': 'vibration', 'type:99': 'sos' }

const ALARM_BITS: Record<string, Meaning> = { 'bit:0': 'vibration', 'bit:1': 'overspeed', 'bit:4': 'batteryLow' }

/** A login of this form: complete by its tail, shorter than one with serial and CRC. */
export function isPlainLogin(bytes: Uint8Array, from: number, end: number): boolean {
  return end - from === PLAIN_LOGIN_BYTES && bytes[from + 2] === 0x0d && bytes[from + 3] === 1 && isTail(bytes, end)
}

/** Bytes of a frame of Wi-Fi points and cells, whose length byte counts the points; undefined where they are not there yet. */
export function plainWifiBytes(bytes: Uint8Array, from: number, end: number): number | undefined {
  if (!WIFI_TYPES.includes(bytes[from + 3] ?? 0)) return undefined
  const countAt = from + CONTENT_AT + 6 + WIFI_BYTES * (bytes[from + 2] ?? 0)
  if (countAt >= end) return undefined
  const cells = bytes[countAt]!
  return countAt - from + 1 + (cells === 0 ? 0 : 3) + CELL_BYTES * cells + TAIL_BYTES
}

/** Without room for a serial and a CRC, and as long as it says. */
export function isPlainShort(bytes: Uint8Array, from: number, end: number): boolean {
  return end - from >= 6 && end - from < 10 && bytes[from + 2]! + 5 === end - from && isTail(bytes, end)
}

/** Whether a frame of this form that begins there ends there by its length, its points and cells, or its being a login. */
export function isPlainEnd(bytes: Uint8Array, from: number, end: number): boolean {
  if (bytes[from] !== SHORT || !isTail(bytes, end)) return false
  const size = end - from
  return bytes[from + 2]! + 5 === size || plainWifiBytes(bytes, from, end) === size || isPlainLogin(bytes, from, end)
}

function isTail(bytes: Uint8Array, end: number): boolean {
  return bytes[end - 2] === 0x0d && bytes[end - 1] === 0x0a
}

export function decodePlain(
  bytes: Buffer,
  deviceId: string,
  settings: DeviceSettings | undefined,
  utcOffsetMinutes: number,
  context: DecodeContext,
): Decoded {
  const type = bytes[3]!
  const content = bytes.subarray(CONTENT_AT, bytes.length - TAIL_BYTES)
  const report = reportAtReceipt(deviceId, context.receivedMs)
  if (WIFI_TYPES_LOGGED_IN.includes(type))
    return readWifi({ report, settings, utcOffsetMinutes, context }, bytes, content)
  switch (type) {
    case 0x94:
    case 0x99:
      addByCode(report, `type:${hexCode(type)}`, ALARM_TYPES, settings)
      keep(report, 'more', hexOf(content))
      return { reports: [report], deviceId }
    case 0x30:
      return { reports: [], deviceId, reply: replyOf(7, type, timeNow(context.receivedMs)) }
    case 0x13:
      if (content[0] !== undefined && content[0] <= 100) report.batteryPercent = content[0]
      keep(report, 'more', hexOf(content, 1))
      return { reports: [report], deviceId, reply: Uint8Array.from(bytes) }
    case 0x10:
    case 0x11: {
      const reply = replyOf(bytes[2]!, type, content.subarray(0, 6))
      if (content.length < GPS_BYTES)
        return {
          reports: [report],
          deviceId,
          reply,
          error: { reason: 'malformed', detail: 'shorter than its GPS block' },
        }
      delete report.timeFromReceipt
      readGps(report, content, 0, utcOffsetMinutes)
      report.archived = type === 0x11 || cameLate(report.timeMs, context)
      if (content.length >= GPS_BYTES + 3) {
        report.altitudeM = content.readInt16BE(GPS_BYTES)
        readAlarmBits(report, content[GPS_BYTES + 2]!, settings)
      }
      return { reports: [readable(report)], deviceId, reply }
    }
    default: {
      const code = `type:${hexCode(type)}`
      if (own(settings?.alarmCodes, code) !== undefined || strapOf(code, settings) !== undefined)
        addByCode(report, code, {}, settings)
      else if (!QUIET_TYPES.includes(type))
        return { reports: [report], deviceId, error: { reason: 'malformed', detail: 'the type is not known' } }
      keep(report, 'more', hexOf(content))
      return { reports: [report], deviceId }
    }
  }
}

function readWifi(
  { report, settings, utcOffsetMinutes, context }: Gt06Reading,
  bytes: Buffer,
  content: Buffer,
): Decoded {
  const { deviceId } = report
  const [points, type] = [bytes[2]!, bytes[3]!]
  const reply = replyOf(0, type, content.subarray(0, 6))
  report.source = points > 0 ? 'wifi' : 'cell'
  const timeMs = bcdTimeMs(content, 0) - utcOffsetMinutes * 60_000
  if (!Number.isNaN(timeMs)) {
    delete report.timeFromReceipt
    report.timeMs = timeMs
    report.archived = FROM_MEMORY.includes(type) || cameLate(timeMs, context)
  }
  const seen: string[] = []
  let at = 6
  for (let left = points; left > 0 && at + WIFI_BYTES <= content.length; left--, at += WIFI_BYTES)
    seen.push(wifiOf(hexOf(content, at, at + 6), -content[at + 6]!))
  keep(report, 'wifi', seen.join('|'))
  const cells = content[at] ?? 0
  const alarmAt = at + 1 + (cells === 0 ? 0 : 3) + CELL_BYTES * cells
  keep(report, 'cells', hexOf(content, at, Math.min(alarmAt, content.length)))
  if (alarmAt < content.length) readAlarmBits(report, content[alarmAt]!, settings)
  return { reports: [report], deviceId, reply }
}

function readAlarmBits(report: DeviceReport, bits: number, settings: DeviceSettings | undefined): void {
  if (bits === 0) return
  keep(report, 'alarmBits', bits)
  for (let bit = 0; bit < 8; bit++)
    if ((bits >> bit) & 1) addByCode(report, `bit:${bit}`, ALARM_BITS, settings, `alarm bit ${bit}`)
}

export function plainLoginReply(): Uint8Array {
  return replyOf(1, 1, [])
}

function replyOf(length: number, type: number, content: ArrayLike<number>): Uint8Array {
  return Uint8Array.from([0x78, 0x78, length, type, ...Array.from(content), 0x0d, 0x0a])
}

function timeNow(nowMs: number): number[] {
  const now = new Date(nowMs)
  const year = now.getUTCFullYear()
  return [
    year >> 8,
    year & 0xff,
    now.getUTCMonth() + 1,
    now.getUTCDate(),
    now.getUTCHours(),
    now.getUTCMinutes(),
    now.getUTCSeconds(),
  ]
}
