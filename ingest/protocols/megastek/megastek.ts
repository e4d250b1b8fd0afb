// Megastek `$MGV` (ankle units MT-60, MT-65 and relatives) over TCP, never answered; what TCP took counts as delivered.
//
//   [4 digits: characters from here to the !]$MGV002,imei,name,R|S,ddmmyy,hhmmss,A|V,ddmm.mmmmm,N|S,dddmm.mmmmm,E|W,
//   BeiDou,GPS,GLONASS,hdop,knots,course,altitude m,mileage km,mcc,mnc,lac hex,cell hex,gsm,…,accessories,battery %,ALERT[,Wi-Fi],…;!
//
// S: from memory. V: no fix, the place is the last known one. The tail moves between models, so the alert word is the anchor: from
// field 30 on the first with a letter that is no hexadecimal number. Accessories: charger 0|1 and a belt digit whose meaning is
// not public: it is kept, and the device's strap table may map it (`1` → closed). Wi-Fi: MAC:strength joined by `|`, −dBm.
//
//   old variant: [LOG]STX,id,$GPRMC,…*hh,F|L,alarm words,imei:…,satellites[/visible],altitude,Battery=n%,…;hh
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import type { Alarm, DeviceReport } from '../../../model/report/report.ts'
import { believed, believedDespite } from '../believe.ts'
import type { DecodeContext, Decoded, DecodeError, StreamDecoder, StreamProtocol } from '../decoder.ts'
import { isDeviceId } from '../own-json/json-report.ts'
import { xorOf } from '../wire/checksums.ts'
import { decimal, MPS_PER_KNOT, nmeaDegrees, nmeaTimeMs, wifiOf } from '../wire/wire-fields.ts'
import { addAlarm, addByCode, keep, own, strapOf } from '../words/device-words.ts'
import { MegastekFramer } from './megastek-framer.ts'

/** Real messages have some 250 bytes, with a Wi-Fi list twice that. */
const FRAME_BYTES_MAX = 4096

// biome-ignore format: the numbers are the document's
const FIELD = {
  imei: 1, name: 2, stored: 3, date: 4, time: 5, fix: 6, lat: 7, ns: 8, lon: 9, ew: 10, beidou: 11, gps: 12, glonass: 13,
  hdop: 14, knots: 15, course: 16, altitude: 17, mileage: 18, mcc: 19, mnc: 20, lac: 21, cell: 22, gsm: 23,
} as const
const ALERT_FROM = 30
const HDOP_NONE = 99.9

// Without blanks, in lower case.
const ALERTS: Record<string, Alarm | 'none'> = {
  timer: 'none',
  dist: 'none',
  restart: 'restart',
  pwon: 'restart',
  poweron: 'restart',
  poweroff: 'powerOff',
  sos: 'sos',
  help: 'sos',
  lowbattery: 'batteryLow',
  lowexternvoltage: 'batteryLow',
  overspeed: 'overspeed',
  lowspeed: 'none',
  vib: 'vibration',
  hit: 'vibration',
  belton: 'none',
  beltoff: 'strapOpen',
  movein: 'zoneIn',
  moveout: 'zoneOut',
  gpscut: 'gnssFault',
  psd: 'powerCut',
  psr: 'none',
  error: 'other',
  'nil-alarms': 'none',
}

class MegastekDecoder implements StreamDecoder {
  decode(frame: Uint8Array, context: DecodeContext): Decoded {
    const text = Buffer.from(frame.buffer, frame.byteOffset, frame.length).toString('latin1')
    return /^(LOG|STX)/.test(text) ? decodeOld(text.trimEnd(), context) : decodeMgv(text, context)
  }
}

function decodeMgv(text: string, context: DecodeContext): Decoded {
  const message = text.replace(/^\d{4}/, '').trimEnd()
  const closed = message.endsWith('!')
  // The checksum between the last `;` and the `!` is empty on every model seen.
  const fields = message.replace(/(;[^,;]*)?!?$/, '').split(',')
  const deviceId = fields[FIELD.imei] ?? ''
  if (!isDeviceId(deviceId)) return malformed('no IMEI')
  const settings = context.settingsOf(deviceId)
  const alertAt = alertIndex(fields)
  const alert = alertAt === undefined ? undefined : fields[alertAt]!
  if (!closed && !isWholeLine(text, message, alert)) return malformed('the message was cut', deviceId)
  const stored = fields[FIELD.stored]
  const fix = fields[FIELD.fix]
  if (fields.length <= FIELD.gsm) return malformed('not the fields of a report', deviceId)
  const report: DeviceReport = {
    deviceId,
    timeMs: nmeaTimeMs(fields[FIELD.date]!, fields[FIELD.time]!) - (settings?.utcOffsetMinutes ?? 0) * 60_000,
    fixValid: fix === 'A',
    alarms: [],
    archived: stored === 'S',
  }
  readPlace(report, fields)
  readRest(report, fields)
  if (alertAt !== undefined) readTail(report, fields, alertAt, settings)
  if ((stored !== 'R' && stored !== 'S') || (fix !== 'A' && fix !== 'V')) {
    const error: DecodeError = { reason: 'malformed', detail: 'neither R nor S, or neither A nor V' }
    return { deviceId, ...believedDespite(error, report, context) }
  }
  return { deviceId, ...believed(report, context) }
}

// Some firmware ends its line without a `!`. A line that was cut must not pass for one: its last word is one we know, or its
// closing `;` is there, and no length says that more was meant.
function isWholeLine(text: string, message: string, alert: string | undefined): boolean {
  if (!/[\r\n]$/.test(text) || /^\d{4}/.test(text) || alert === undefined) return false
  return /;[^,;]*$/.test(message) || own(ALERTS, wordOf(alert)) !== undefined
}

function readPlace(report: DeviceReport, fields: string[]): void {
  const latDeg = nmeaDegrees(fields[FIELD.lat]!, fields[FIELD.ns]!, 'NS')
  const lonDeg = nmeaDegrees(fields[FIELD.lon]!, fields[FIELD.ew]!, 'EW')
  if (latDeg === undefined && lonDeg === undefined && !report.fixValid) return
  report.latDeg = latDeg ?? Number.NaN
  report.lonDeg = lonDeg ?? Number.NaN
  report.source = 'gps'
}

function readRest(report: DeviceReport, fields: string[]): void {
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

function readTail(report: DeviceReport, fields: string[], alertAt: number, settings: DeviceSettings | undefined): void {
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
  readAlert(report, alert, settings)
  for (const field of fields.slice(alertAt + 1))
    if (/^[0-9a-f]{12}:\d{1,3}(\|[0-9a-f]{12}:\d{1,3})*\|?$/i.test(field)) keep(report, 'wifi', wifiList(field))
    else if (field.trim() !== '' && field !== '0') keep(report, 'more', field)
}

function readAlert(report: DeviceReport, alert: string, settings: DeviceSettings | undefined): void {
  const word = wordOf(alert)
  if (word === 'belton') report.strap = 'closed'
  if (word === 'beltoff') report.strap = 'open'
  if (/^geo.*in$/.test(word)) addAlarm(report, 'zoneIn')
  else if (/^geo.*out$/.test(word)) addAlarm(report, 'zoneOut')
  else if (own(settings?.alarmCodes, alert) !== undefined || strapOf(alert, settings) !== undefined)
    addByCode(report, alert, ALERTS, settings)
  else addByCode(report, word, ALERTS, settings)
}

function decodeOld(text: string, context: DecodeContext): Decoded {
  const m = /^(LOG)?STX,([^,]*),\$(GPRMC,[^*]{0,200})\*([0-9a-f]{2}),(.*?)(;[0-9a-f]{2})?$/i.exec(text)
  if (m === null) return malformed('not the old variant')
  const rest = m[5]!.split(',')
  const named = rest.find((field) => field.startsWith('imei:'))?.slice(5)
  const deviceId = isDeviceId(named) ? named : m[2]!
  if (!isDeviceId(deviceId)) return malformed('no IMEI')
  const settings = context.settingsOf(deviceId)
  const sentence = Buffer.from(m[3]!, 'latin1')
  if (xorOf(sentence, 0, sentence.length) !== Number.parseInt(m[4]!, 16) && settings?.acceptBadChecksum !== true)
    return { reports: [], deviceId, error: { reason: 'checksum', detail: 'the checksum of GPRMC is another' } }
  const rmc = m[3]!.split(',')
  if (rmc.length < 10) return malformed('not the fields of GPRMC', deviceId)
  const report: DeviceReport = {
    deviceId,
    timeMs: nmeaTimeMs(rmc[9]!, rmc[1]!) - (settings?.utcOffsetMinutes ?? 0) * 60_000,
    fixValid: rmc[2] === 'A',
    alarms: [],
    archived: m[1] !== undefined,
  }
  const latDeg = nmeaDegrees(rmc[3]!, rmc[4]!, 'NS')
  const lonDeg = nmeaDegrees(rmc[5]!, rmc[6]!, 'EW')
  if (latDeg !== undefined || lonDeg !== undefined || report.fixValid) {
    Object.assign(report, { latDeg: latDeg ?? Number.NaN, lonDeg: lonDeg ?? Number.NaN, source: 'gps' })
  }
  if (decimal(rmc[7]!) >= 0) report.speedMps = decimal(rmc[7]!) * MPS_PER_KNOT
  const course = decimal(rmc[8]!)
  if (course >= 0 && course <= 360) report.courseDeg = course
  const words = (rest[1] ?? '').trim()
  keep(report, 'alert', words)
  if (words !== '') for (const word of words.split(/[|/]/)) readAlert(report, word.trim(), settings)
  readOldTail(report, rest)
  if (rmc[2] !== 'A' && rmc[2] !== 'V') {
    const error: DecodeError = { reason: 'malformed', detail: 'neither A nor V' }
    return { deviceId, ...believedDespite(error, report, context) }
  }
  return { deviceId, ...believed(report, context) }
}

function readOldTail(report: DeviceReport, rest: string[]): void {
  const imeiAt = rest.findIndex((field) => field.startsWith('imei:'))
  if (imeiAt >= 0) {
    const used = decimal((rest[imeiAt + 1] ?? '').split('/')[0]!)
    if (used >= 0 && used <= 99) report.satellites = used
    const altitude = decimal(rest[imeiAt + 2] ?? '')
    if (!Number.isNaN(altitude)) report.altitudeM = altitude
  }
  const battery = rest.map((field) => /^Battery=(\d{1,3})%$/i.exec(field.trim())?.[1]).find((n) => n !== undefined)
  if (battery !== undefined && Number(battery) <= 100) report.batteryPercent = Number(battery)
}

function alertIndex(fields: string[]): number | undefined {
  for (let at = ALERT_FROM; at < fields.length; at++)
    if (/[a-z]/i.test(fields[at]!) && !/^\s*[0-9a-f]+\s*$/i.test(fields[at]!)) return at
  return undefined
}

function wordOf(alert: string): string {
  return alert.toLowerCase().replace(/\s/g, '')
}

function wifiList(field: string): string {
  const points = field.split('|').filter((point) => point !== '')
  return points.map((point) => wifiOf(point.slice(0, 12), -Number(point.slice(13)))).join('|')
}

function hexNumber(text: string): number {
  return /^[0-9a-f]{1,8}$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN
}

function malformed(detail: string, deviceId?: string): Decoded {
  const error: DecodeError = { reason: 'malformed', detail }
  return { reports: [], ...(deviceId === undefined ? {} : { deviceId }), error }
}

export const megastek: StreamProtocol = {
  name: 'megastek',
  transport: 'tcp',
  port: 5024,
  lines: 'text',
  checksummed: false,
  acknowledges: false,
  newFramer: (frameBytesMax) => new MegastekFramer(Math.min(frameBytesMax, FRAME_BYTES_MAX)),
  newDecoder: () => new MegastekDecoder(),
}
