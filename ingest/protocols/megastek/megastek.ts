// Megastek `$MGV` (ankle units MT-60, MT-65 and relatives) over TCP, never answered; what TCP took counts as delivered.
//
//   [4 digits: characters from here to the !]$MGV002,imei,name,R|S,ddmmyy,hhmmss,A|V,ddmm.mmmmm,N|S,dddmm.mmmmm,E|W,
//   BeiDou,GPS,GLONASS,hdop,knots,course,altitude m,mileage km,mcc,mnc,lac hex,cell hex,gsm,…,accessories,battery %,ALERT[,Wi-Fi],…;!
//
// S: from memory. V: no fix, the place is the last known one. The tail moves between models, so the alert word is the anchor: from
// field 30 on the first with a letter that is no hexadecimal number. Accessories: charger 0|1 and a belt digit whose meaning is
// not public: it is kept, and the device's strap table may map it (`1` → closed). Wi-Fi: MAC:strength joined by `|`, −dBm.
//
//   old variant: [LOG]STX,id,$GPRMC,…[*hh],F|L,alarm words,imei:…,satellites[/visible],altitude,Battery=n%,…;hh
//        or STX, id padded to 16 characters, $GPRMC,…*hh,mcc,mnc,lac,cell,gsm,battery %,…,temperature,alarm words;hh
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import { addDefect, readable } from '../believe.ts'
import type { DecodeContext, Decoded, DecodedReport, DecodeError, StreamDecoder, StreamProtocol } from '../decoder.ts'
import { heardFrom } from '../heard.ts'
import { isDeviceId } from '../own-json/json-report.ts'
import { decimal, MPS_PER_KNOT, nmeaDegrees, nmeaTimeMs, wifiOf } from '../wire/wire-fields.ts'
import { type Meaning, meaningsOf } from '../words/alarm-words.ts'
import { addWords, keep, strapOf } from '../words/device-words.ts'
import { MegastekFramer } from './megastek-framer.ts'
import { decodeOld } from './megastek-old.ts'

/** Real messages have some 250 bytes, with a Wi-Fi list twice that. */
const FRAME_BYTES_MAX = 4096

// biome-ignore format: the numbers are the document's
const FIELD = {
  imei: 1, name: 2, stored: 3, date: 4, time: 5, fix: 6, lat: 7, ns: 8, lon: 9, ew: 10, beidou: 11, gps: 12, glonass: 13,
  hdop: 14, knots: 15, course: 16, altitude: 17, mileage: 18, mcc: 19, mnc: 20, lac: 21, cell: 22, gsm: 23,
} as const
const ALERT_FROM = 30
const BEGINNING_CHARS = 80
const HDOP_NONE = 99.9

/** What the vocabulary does not know of this maker's words. */
const ALERTS: Record<string, Meaning> = { Error: 'other', Dist: 'none' }

class MegastekDecoder implements StreamDecoder {
  decode(frame: Uint8Array, context: DecodeContext): Decoded {
    const text = Buffer.from(frame.buffer, frame.byteOffset, frame.length).toString('latin1')
    return /^(LOG|STX)/.test(text) ? decodeOld(text.trimEnd(), context) : decodeMgv(text, context)
  }

  /** The old variant names its device at its end. */
  beganBy(rest: Uint8Array): string | undefined {
    const text = Buffer.from(rest).toString('latin1', 0, BEGINNING_CHARS)
    return /^(?:\d{4})?\$MGV\d{3},([\x21-\x2b\x2d-\x7e]{1,64}),/.exec(text)?.[1]
  }
}

function decodeMgv(text: string, context: DecodeContext): Decoded {
  const message = text.replace(/^\d{4}/, '').trimEnd()
  const closed = message.endsWith('!')
  // The checksum between the last `;` and the `!` is empty on every model seen.
  const fields = message.replace(/(;[^,;]*)?!?$/, '').split(',')
  const deviceId = fields[FIELD.imei] ?? ''
  if (!isDeviceId(deviceId)) return { reports: [], error: malformed('no IMEI') }
  if (!context.authorize({ deviceId })) return { reports: [], deviceId }
  const settings = context.settingsOf(deviceId)
  const alertAt = alertIndex(fields)
  const alert = alertAt === undefined ? undefined : fields[alertAt]!
  if (!closed && !isWholeLine(text, message, alert))
    return heardFrom(deviceId, context, malformed('the message was cut'))
  const stored = fields[FIELD.stored]
  const fix = fields[FIELD.fix]
  const report: DecodedReport = {
    deviceId,
    timeMs: nmeaTimeMs(fields[FIELD.date] ?? '', fields[FIELD.time] ?? '') - (settings?.utcOffsetMinutes ?? 0) * 60_000,
    fixValid: fix === 'A',
    alarms: [],
    archived: stored === 'S',
  }
  if ((stored !== 'R' && stored !== 'S') || (fix !== 'A' && fix !== 'V'))
    addDefect(report, { reason: 'malformed', detail: 'neither R nor S, or neither A nor V' })
  if (fields.length > FIELD.gsm) {
    readPlace(report, fields)
    readRest(report, fields)
  } else addDefect(report, { reason: 'malformed', detail: 'not the fields of a report' })
  if (alertAt !== undefined) readTail(report, fields, alertAt, settings)
  return { deviceId, reports: [readable(report, fields.slice(FIELD.lat, FIELD.ew + 1).join(','))] }
}

// Some firmware ends its line without a `!`. A line that was cut must not pass for one: its last word is one we know, or its
// closing `;` is there, and no length says that more was meant.
function isWholeLine(text: string, message: string, alert: string | undefined): boolean {
  if (!/[\r\n]$/.test(text) || /^\d{4}/.test(text) || alert === undefined) return false
  return /;[^,;]*$/.test(message) || meaningsOf(alert).length > 0
}

function readPlace(report: DecodedReport, fields: string[]): void {
  const latDeg = nmeaDegrees(fields[FIELD.lat]!, fields[FIELD.ns]!, 'NS')
  const lonDeg = nmeaDegrees(fields[FIELD.lon]!, fields[FIELD.ew]!, 'EW')
  if (latDeg === undefined && lonDeg === undefined && !report.fixValid) return
  report.latDeg = latDeg ?? Number.NaN
  report.lonDeg = lonDeg ?? Number.NaN
  report.source = 'gps'
}

function readRest(report: DecodedReport, fields: string[]): void {
  const satellites = [FIELD.beidou, FIELD.gps, FIELD.glonass].map((at) => decimal(fields[at]!)).filter((n) => n >= 0)
  if (satellites.length > 0) report.satellites = satellites.reduce((sum, n) => sum + n, 0)
  const hdop = decimal(fields[FIELD.hdop]!)
  if (hdop >= 0 && hdop < HDOP_NONE) report.hdop = hdop
  const knots = decimal(fields[FIELD.knots]!)
  if (knots >= 0) report.speedMps = knots * MPS_PER_KNOT
  const course = decimal(fields[FIELD.course]!)
  if (course >= 0 && course <= 360) report.courseDeg = course
  const altitude = decimal(fields[FIELD.altitude]!)
  if (!Number.isNaN(altitude)) report.altitudeM = altitude
  const [mcc, mnc] = [decimal(fields[FIELD.mcc]!), decimal(fields[FIELD.mnc]!)]
  const [lac, cell] = [hexNumber(fields[FIELD.lac]!), hexNumber(fields[FIELD.cell]!)]
  if (mcc > 0 && mnc >= 0 && lac >= 0 && cell >= 0) keep(report, 'cell', `${mcc},${mnc},${lac},${cell}`)
  keep(report, 'mileageKm', decimal(fields[FIELD.mileage]!))
  keep(report, 'gsm', decimal(fields[FIELD.gsm]!))
}

function readTail(
  report: DecodedReport,
  fields: string[],
  alertAt: number,
  settings: DeviceSettings | undefined,
): void {
  const alert = fields[alertAt]!.trim()
  keep(report, 'alert', alert)
  const battery = decimal(fields[alertAt - 1]!)
  if (battery >= 0 && battery <= 100) report.batteryPercent = battery
  const accessories = fields[alertAt - 2]!
  keep(report, 'accessories', accessories)
  if (/^\d\d$/.test(accessories)) {
    if (accessories[0] === '0' || accessories[0] === '1') report.charging = accessories[0] === '1'
    keep(report, 'belt', Number(accessories[1]))
    const strap = strapOf(accessories[1]!, settings)
    if (strap !== undefined) report.strap = strap
  }
  addWords(report, alert, settings, ALERTS)
  for (const field of fields.slice(alertAt + 1))
    if (/^[0-9a-f]{12}:\d{1,3}(\|[0-9a-f]{12}:\d{1,3})*\|?$/i.test(field)) keep(report, 'wifi', wifiList(field))
    else if (field.trim() !== '' && field !== '0') keep(report, 'more', field)
}

/**
 * The anchor of the tail: from field 30 on the first with a letter that is no hexadecimal number. In a shorter message it may
 * come earlier: then it is the first known word.
 */
function alertIndex(fields: string[]): number | undefined {
  for (let at = ALERT_FROM; at < fields.length; at++) if (isWord(fields[at]!)) return at
  for (let at = FIELD.gsm + 1; at < Math.min(ALERT_FROM, fields.length); at++)
    if (isWord(fields[at]!) && meaningsOf(fields[at]!).length > 0) return at
  return undefined
}

function isWord(field: string): boolean {
  return /[a-z]/i.test(field) && !/^\s*[0-9a-f]+\s*$/i.test(field)
}

function wifiList(field: string): string {
  const points = field.split('|').filter((point) => point !== '')
  return points.map((point) => wifiOf(point.slice(0, 12), -Number(point.slice(13)))).join('|')
}

function hexNumber(text: string): number {
  return /^[0-9a-f]{1,8}$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN
}

function malformed(detail: string): DecodeError {
  return { reason: 'malformed', detail }
}

export const megastek: StreamProtocol = {
  name: 'megastek',
  transport: 'tcp',
  udp: {},
  port: 5024,
  lines: 'text',
  checksummed: false,
  acknowledges: false,
  newFramer: (frameBytesMax) => new MegastekFramer(Math.min(frameBytesMax, FRAME_BYTES_MAX)),
  newDecoder: () => new MegastekDecoder(),
}
