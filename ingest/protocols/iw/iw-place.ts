// The place that types 01 and 10 begin with, without separators, and the battery inside it.
//
//   yymmdd  A|V  ddmm.mmmm N|S  dddmm.mmmm E|W  000.1 km/h  hhmmss (UTC)  323.87 course  status
//   status  of 14 digits: GSM 3, satellites 3, battery % 3, space 1, armed 2, mode 2
//           of 8 or 10 hex digits (newer): GSM, satellites, battery %, … a byte each; the course in front has 3 digits then
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import type { DecodedReport } from '../decoder.ts'
import { decimal, MPS_PER_KMH, nmeaDegrees, nmeaTimeMs, wifiOf } from '../wire/wire-fields.ts'
import { keep } from '../words/device-words.ts'

const BLOCK =
  /^(\d{2})(\d{2})(\d{2})([AV])(\d{1,5}(?:\.\d{1,6})?)([NS])(\d{1,6}(?:\.\d{1,6})?)([EW])(\d{1,3}\.\d)(\d{6})(?:(\d{3}\.\d{2})(\d*)|(\d{3})([0-9A-F]*))$/i
const BLOCK_CHARS_MAX = 96
const WIFI_POINTS_MAX = 16

/** False where the block cannot be read; the report is unchanged then. */
export function readPlace(report: DecodedReport, block: string, settings: DeviceSettings | undefined): boolean {
  const m = BLOCK.exec(block.slice(0, BLOCK_CHARS_MAX))
  if (m === null || block.length > BLOCK_CHARS_MAX) return false
  // Some firmware writes the day first.
  const date = settings?.dateOrder === 'dmy' ? m[1]! + m[2]! + m[3]! : m[3]! + m[2]! + m[1]!
  delete report.timeFromReceipt
  report.timeMs = nmeaTimeMs(date, m[10]!) - (settings?.utcOffsetMinutes ?? 0) * 60_000
  report.latDeg = nmeaDegrees(m[5]!, m[6]!, 'NS') ?? Number.NaN
  report.lonDeg = nmeaDegrees(m[7]!, m[8]!, 'EW') ?? Number.NaN
  report.fixValid = m[4]!.toUpperCase() === 'A'
  report.source = 'gps'
  report.speedMps = Number(m[9]) * MPS_PER_KMH
  const course = Number(m[11] ?? m[13])
  if (course <= 360) report.courseDeg = course
  readStatus(report, m[12] ?? m[14] ?? '')
  return true
}

export function readStatus(report: DecodedReport, status: string): void {
  if (/^\d{12,17}$/.test(status))
    readParts(report, Number(status.slice(0, 3)), Number(status.slice(3, 6)), Number(status.slice(6, 9)))
  else if (/^([0-9a-f]{8}|[0-9a-f]{10})$/i.test(status)) {
    const bytes = Buffer.from(status, 'hex')
    readParts(report, bytes[0]!, bytes[1]!, bytes[2]!)
  } else keep(report, 'status', status)
}

function readParts(report: DecodedReport, gsm: number, satellites: number, battery: number): void {
  keep(report, 'gsm', gsm)
  if (satellites <= 64) report.satellites = satellites
  if (battery <= 100) report.batteryPercent = battery
  else keep(report, 'battery', battery)
}

/** The cell as all protocols keep it: mcc,mnc,lac,cid; nothing where a part of it is missing. */
export function readCell(report: DecodedReport, fields: readonly string[]): void {
  const parts = fields.slice(0, 4).map((field) => (/[a-f]/i.test(field) ? hexOf(field) : decimal(field)))
  if (parts.length === 4 && parts.every((part) => part >= 0)) keep(report, 'cell', parts.join(','))
}

function hexOf(field: string): number {
  return /^[0-9a-f]{1,8}$/i.test(field) ? Number.parseInt(field, 16) : Number.NaN
}

/** `name|MAC|strength&…`; the names say nothing that we need. */
export function readWifi(report: DecodedReport, list: string): boolean {
  const points: string[] = []
  for (const point of list.split('&', WIFI_POINTS_MAX)) {
    const parts = point.split('|')
    const mac = (parts.at(-2) ?? '').replace(/[-:]/g, '')
    const dbm = decimal(parts.at(-1) ?? '')
    if (/^[0-9a-f]{12}$/i.test(mac) && Math.abs(dbm) <= 127) points.push(wifiOf(mac, -Math.abs(dbm)))
  }
  keep(report, 'wifi', points.join('|'))
  return points.length > 0
}
