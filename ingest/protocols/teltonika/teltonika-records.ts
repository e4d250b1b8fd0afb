// The records of Codec 8 (08), Codec 8 Extended (8E) and Codec 16 (10): what a frame over TCP and a datagram have in common.
//
//   u8 codec | u8 records | record… | u8 records again
//   record  u64 ms | u8 priority | i32 longitude, i32 latitude (° × 10⁷), i16 altitude, u16 course, u8 satellites, u16 km/h | elements
//   elements  event, total, then by size 1, 2, 4, 8: count, (number, value)…; 8E also: count, (number, u16 bytes, value)…
//             08: numbers and counts u8. 8E: all u16. 10: numbers u16, counts u8, and a u8 generation type behind the event
//
// Without a fix there are no satellites, and the place is the last known one.
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import { readable } from '../believe.ts'
import { cameLate, type DecodeContext, type DecodedReport, type DecodeError } from '../decoder.ts'
import { hexOf, MPS_PER_KMH } from '../wire/wire-fields.ts'
import { keep } from '../words/device-words.ts'
import { readElements } from './teltonika-elements.ts'

type Layout = { numberBytes: 1 | 2; countBytes: 1 | 2; generation: boolean; variable: boolean }
const LAYOUTS: Record<number, Layout> = {
  8: { numberBytes: 1, countBytes: 1, generation: false, variable: false },
  142: { numberBytes: 2, countBytes: 2, generation: false, variable: true },
  16: { numberBytes: 2, countBytes: 1, generation: true, variable: false },
}
const FIXED_BYTES = 24
const DEGREES = 1e7
const NO_SPEED = 255
const SIZES = [1, 2, 4, 8] as const

type TeltonikaRecords = {
  reports: DecodedReport[]
  /** What the answer confirms: the sender's count. It is sent when the reports are in the log or in quarantine. */
  count: number
  error?: DecodeError
}

/** Undefined where the codec carries no records. */
export function readRecords(
  data: Buffer,
  deviceId: string,
  settings: DeviceSettings | undefined,
  context: DecodeContext,
): TeltonikaRecords | undefined {
  const layout = LAYOUTS[data[0] ?? 0]
  if (layout === undefined) return undefined
  const count = data[1] ?? 0
  const records: TeltonikaRecords = { reports: [], count }
  const end = data.length - 1
  const cursor = new Cursor(data.subarray(0, end), 2)
  while (records.reports.length < count && cursor.has(FIXED_BYTES)) {
    const report = readRecord(cursor, layout, deviceId, settings, context)
    records.reports.push(readable(report))
    if (cursor.isCut) break
  }
  if (cursor.isCut || records.reports.length !== count || cursor.at !== end || data[end] !== count)
    records.error = { reason: 'malformed', detail: 'not the records that it counts' }
  return records
}

/** A place in the data. A read beyond its end gives 0 and says so. */
class Cursor {
  isCut = false
  readonly data: Buffer
  at: number

  constructor(data: Buffer, at: number) {
    this.data = data
    this.at = at
  }

  has(bytes: number): boolean {
    return this.at + bytes <= this.data.length
  }

  uint(bytes: 1 | 2 | 4 | 8): number {
    const from = this.skip(bytes)
    if (from === undefined) return 0
    return bytes === 8 ? Number(this.data.readBigUInt64BE(from)) : this.data.readUIntBE(from, bytes)
  }

  int(bytes: 2 | 4): number {
    const from = this.skip(bytes)
    return from === undefined ? 0 : this.data.readIntBE(from, bytes)
  }

  skip(bytes: number): number | undefined {
    const from = this.at
    if (this.isCut || !this.has(bytes)) {
      this.isCut = true
      return undefined
    }
    this.at += bytes
    return from
  }
}

function readRecord(
  cursor: Cursor,
  layout: Layout,
  deviceId: string,
  settings: DeviceSettings | undefined,
  context: DecodeContext,
): DecodedReport {
  const sentMs = cursor.uint(8)
  const timeMs = sentMs <= 8.64e15 ? sentMs - (settings?.utcOffsetMinutes ?? 0) * 60_000 : Number.NaN
  const report: DecodedReport = { deviceId, timeMs, fixValid: false, alarms: [], archived: cameLate(timeMs, context) }
  keep(report, 'priority', cursor.uint(1))
  const lonDeg = cursor.int(4) / DEGREES
  const latDeg = cursor.int(4) / DEGREES
  const altitudeM = cursor.int(2)
  const course = cursor.uint(2)
  const satellites = cursor.uint(1)
  const kmh = cursor.uint(2)
  report.satellites = satellites
  if (latDeg !== 0 || lonDeg !== 0) {
    report.latDeg = latDeg
    report.lonDeg = lonDeg
    report.source = 'gps'
    report.altitudeM = altitudeM
    report.fixValid = satellites > 0
    if (course <= 360) report.courseDeg = course
    if (satellites > 0 || kmh !== NO_SPEED) report.speedMps = kmh * MPS_PER_KMH
  }
  const elements = new Map<number, number>()
  const eventId = readElementList(report, cursor, layout, elements)
  readElements(report, elements, eventId, settings)
  return report
}

/** Gives the event's number. */
function readElementList(
  report: DecodedReport,
  cursor: Cursor,
  { numberBytes, countBytes, generation, variable }: Layout,
  elements: Map<number, number>,
): number {
  const eventId = cursor.uint(numberBytes)
  if (generation) keep(report, 'generation', cursor.uint(1))
  cursor.uint(countBytes)
  for (const size of SIZES)
    for (let left = cursor.uint(countBytes); left > 0 && !cursor.isCut; left--) {
      const number = cursor.uint(numberBytes)
      const value = cursor.uint(size)
      if (!cursor.isCut) elements.set(number, value)
    }
  if (!variable) return eventId
  for (let left = cursor.uint(2); left > 0 && !cursor.isCut; left--) {
    const number = cursor.uint(2)
    const bytes = cursor.uint(2)
    const from = cursor.skip(bytes)
    if (from !== undefined) keep(report, `io${number}`, hexOf(cursor.data, from, from + bytes))
  }
  return eventId
}
