// H02 (Sinotrack, LK, Coban and their clones) over TCP: `*<maker>,<id>,<type>,…#`, and a binary form (h02-binary.ts).
//
//   V1 V6 VI1 VP1  hhmmss,A|V|B,ddmm.mmmm,N|S,dddmm.mmmm,E|W,knots,course,ddmmyy,status[,more]      V1 → V4,V1,yyyymmddhhmmss
//   V4   command,time of it,then as V1 (some send no status)                                       time is UTC
//   NBR  hhmmss,mcc,mnc,advance,n,(lac,cid,strength)…,ddmmyy,status[,battery]
//   V3   hhmmss,mcc and mnc,n,cells…,battery,restarts,ddmmyy,status
//   LINK hhmmss,GSM,satellites,battery %,steps,turns,ddmmyy,status      HTBT[,battery %] → the same type      XT sign of life → R12
//
// V: no fix. B: a place from cells. Some units repeat unanswered frames and some do not, so the server keeps what TCP delivered.
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import { addDefect, readable, reportAtReceipt } from '../believe.ts'
import {
  cameLate,
  type DecodeContext,
  type Decoded,
  type DecodedReport,
  type StreamDecoder,
  type StreamProtocol,
} from '../decoder.ts'
import { decimal, MPS_PER_KNOT, nmeaDegrees, nmeaTimeMs } from '../wire/wire-fields.ts'
import { keep } from '../words/device-words.ts'
import { beginningId, binaryId, readBinary } from './h02-binary.ts'
import { H02Framer } from './h02-framer.ts'
import { readStatus } from './h02-status.ts'

/** Real texts have some 150 bytes. */
const FRAME_BYTES_MAX = 1024
const FIELDS_MAX = 64
const BEGINNING_CHARS = 32
const DOLLAR = 0x24
const TEXT = /^\*([0-9A-Za-z]{2}),(\d{5,15}),([0-9A-Za-z]{1,8})(?:,|$)/
const PLACES: readonly string[] = ['V1', 'V6', 'VI1', 'VP1', 'V2']
/** Behind the type, in V1. Where the date is found decides where the rest is. */
// biome-ignore format: the numbers are the document's
const FIELD = { time: 0, valid: 1, lat: 2, ns: 3, lon: 4, ew: 5, knots: 6, course: 7, date: 8, status: 9 } as const

class H02Decoder implements StreamDecoder {
  decode(frame: Uint8Array, context: DecodeContext): Decoded {
    const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.length)
    if (bytes[0] === DOLLAR) return decodeBinary(bytes, context)
    const text = bytes.toString('latin1', 0, Math.max(0, bytes.length - 1))
    const head = TEXT.exec(text)
    if (head === null) return malformed('no maker, id and type')
    const deviceId = head[2]!
    if (!context.authorize({ deviceId })) return { reports: [], deviceId }
    const fields = text
      .slice(head[0].length)
      .split(',', FIELDS_MAX)
      .map((field) => field.trim())
    return decodeText(head, fields, deviceId, context)
  }

  beganBy(rest: Uint8Array): string | undefined {
    const bytes = Buffer.from(rest)
    if (bytes[0] === DOLLAR) return beginningId(bytes)
    return /^\*[0-9A-Za-z]{2},(\d{5,15}),/.exec(bytes.toString('latin1', 0, BEGINNING_CHARS))?.[1]
  }
}

function decodeBinary(bytes: Buffer, context: DecodeContext): Decoded {
  const deviceId = binaryId(bytes)
  if (deviceId === undefined) return malformed('the id is no number')
  if (!context.authorize({ deviceId })) return { reports: [], deviceId }
  return { reports: [readable(readBinary(bytes, deviceId, context))], deviceId }
}

function decodeText(head: RegExpExecArray, fields: string[], deviceId: string, context: DecodeContext): Decoded {
  const settings = context.settingsOf(deviceId)
  const report: DecodedReport = reportAtReceipt(deviceId, context.receivedMs)
  const type = head[3]!.toUpperCase()
  const place = type === 'V4' ? fields.slice(2) : fields
  if (PLACES.includes(type) || type === 'V4') readPlace(report, place, settings)
  else if (type === 'NBR' || type === 'LINK' || type === 'V3') readWithoutPlace(report, type, fields, settings)
  else if (type === 'HTBT') readPercent(report, fields[0])
  else if (type !== 'XT') {
    readStatusField(report, fields, fields.length - 1, settings)
    return { reports: [report], deviceId, error: { reason: 'malformed', detail: 'the type is not known' } }
  }
  if (!report.timeFromReceipt) report.archived = cameLate(report.timeMs, context)
  const answer = answerTo(type, context.receivedMs)
  return {
    reports: [readable(report, place.slice(FIELD.lat, FIELD.ew + 1).join(','))],
    deviceId,
    ...(answer !== undefined && { reply: Buffer.from(`*${head[1]},${deviceId},${answer}#`, 'latin1') }),
  }
}

function answerTo(type: string, nowMs: number): string | undefined {
  const now = new Date(nowMs).toISOString().replace(/\D/g, '').slice(0, 14)
  if (type === 'V1') return `V4,V1,${now}`
  if (type === 'XT') return `R12,${now.slice(8)}`
  return type === 'HTBT' ? 'HTBT' : undefined
}

function readPlace(report: DecodedReport, fields: string[], settings: DeviceSettings | undefined): void {
  const dateAt = dateIn(fields, FIELD.date)
  readTime(report, fields[dateAt ?? FIELD.date], fields[FIELD.time], settings)
  // A field more or less in front of the date: what is in front of it is in no known order.
  if (dateAt !== FIELD.date) addDefect(report, { reason: 'malformed', detail: 'not the fields of a place' })
  else readFix(report, fields)
  const statusAt = (dateAt ?? FIELD.date) + 1
  readStatusField(report, fields, statusAt, settings)
  keep(report, 'more', fields.slice(statusAt + 1).join(','))
}

function readFix(report: DecodedReport, fields: string[]): void {
  const valid = fields[FIELD.valid]!.toUpperCase()
  const latDeg = nmeaDegrees(fields[FIELD.lat]!, fields[FIELD.ns]!, 'NS')
  const lonDeg = nmeaDegrees(fields[FIELD.lon]!, fields[FIELD.ew]!, 'EW')
  keep(report, 'valid', valid)
  if (valid !== 'A' && latDeg === undefined && lonDeg === undefined) return
  report.latDeg = latDeg ?? Number.NaN
  report.lonDeg = lonDeg ?? Number.NaN
  report.fixValid = valid === 'A'
  report.source = valid === 'B' ? 'cell' : 'gps'
  const knots = decimal(fields[FIELD.knots]!)
  if (knots >= 0) report.speedMps = knots * MPS_PER_KNOT
  const course = decimal(fields[FIELD.course]!)
  if (course >= 0 && course <= 360) report.courseDeg = course
}

function readWithoutPlace(
  report: DecodedReport,
  type: 'NBR' | 'LINK' | 'V3',
  fields: string[],
  settings: DeviceSettings | undefined,
): void {
  const dateAt = dateIn(fields, dateAtOf(type, fields))
  if (type === 'LINK') {
    keep(report, 'gsm', decimal(fields[1] ?? ''))
    readPercent(report, fields[3])
  } else if (type === 'V3') {
    report.source = 'cell'
    keep(report, 'cells', fields.slice(1, dateAt).join(','))
  } else {
    report.source = 'cell'
    const cell = [fields[1], fields[2], fields[5], fields[6]].map((field) => decimal(field ?? ''))
    if (cell.every((part) => part >= 0)) keep(report, 'cell', cell.join(','))
    if (dateAt !== undefined) readPercent(report, fields[dateAt + 2])
  }
  if (dateAt === undefined) {
    addDefect(report, { reason: 'malformed', detail: 'no date' })
    readStatusField(report, fields, fields.length - 1, settings)
    return
  }
  readTime(report, fields[dateAt], fields[0], settings)
  readStatusField(report, fields, dateAt + 1, settings)
}

/** Fields in front of the date. In V3 how many there are of a cell differs, and the status ends the frame. */
function dateAtOf(type: 'NBR' | 'LINK' | 'V3', fields: string[]): number {
  if (type === 'LINK') return 6
  return type === 'V3' ? fields.length - 2 : 5 + 3 * (decimal(fields[4] ?? '') || 0)
}

/** Where the date is: in its place, else the nearest six digits within two fields of it. */
function dateIn(fields: string[], usual: number): number | undefined {
  const isDate = (at: number) => at > 0 && !Number.isNaN(nmeaTimeMs(fields[at] ?? '', '000000'))
  return [usual, usual - 1, usual + 1, usual - 2, usual + 2].find(isDate)
}

function readTime(
  report: DecodedReport,
  date: string | undefined,
  time: string | undefined,
  settings: DeviceSettings | undefined,
): void {
  delete report.timeFromReceipt
  report.timeMs = nmeaTimeMs(date ?? '', time ?? '') - (settings?.utcOffsetMinutes ?? 0) * 60_000
}

/** Eight hex digits where they belong, else the last field that has eight with a letter in them. */
function readStatusField(
  report: DecodedReport,
  fields: string[],
  usual: number,
  settings: DeviceSettings | undefined,
): void {
  const isStatus = (field: string | undefined) => field !== undefined && /^[0-9a-f]{8}$/i.test(field)
  const field = isStatus(fields[usual])
    ? fields[usual]
    : fields.findLast((each) => isStatus(each) && /[a-f]/i.test(each))
  if (field !== undefined) readStatus(report, Number.parseInt(field, 16), settings)
}

function readPercent(report: DecodedReport, field: string | undefined): void {
  const percent = decimal(field ?? '')
  if (percent >= 0 && percent <= 100) report.batteryPercent = percent
}

function malformed(detail: string): Decoded {
  return { reports: [], error: { reason: 'malformed', detail } }
}

export const h02: StreamProtocol = {
  name: 'h02',
  transport: 'tcp',
  port: 5013,
  lines: 'text',
  checksummed: false,
  acknowledges: false,
  newFramer: (frameBytesMax) => new H02Framer(Math.min(frameBytesMax, FRAME_BYTES_MAX)),
  newDecoder: () => new H02Decoder(),
  udp: {},
}
