// The old variant of Megastek: a line around a GPRMC sentence. Its layouts are in megastek.ts.
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import { addDefect, readable } from '../believe.ts'
import type { DecodeContext, Decoded, DecodedReport, DecodeError } from '../decoder.ts'
import { isDeviceId } from '../own-json/json-report.ts'
import { xorOf } from '../wire/checksums.ts'
import { decimal, MPS_PER_KNOT, nmeaDegrees, nmeaTimeMs } from '../wire/wire-fields.ts'
import { meaningsOf } from '../words/alarm-words.ts'
import { addWord, addWords, keep } from '../words/device-words.ts'

const RMC = { time: 1, fix: 2, lat: 3, ns: 4, lon: 5, ew: 6, knots: 7, course: 8, date: 9 } as const
const PADDED_ID_CHARS = 16
/** Behind the sentence of the padded form. */
const PADDED = { mcc: 0, mnc: 1, lac: 2, cell: 3, gsm: 4, battery: 5 } as const

export function decodeOld(text: string, context: DecodeContext): Decoded {
  const at = text.indexOf('$GPRMC,')
  if (at < 0) return malformed('not the old variant')
  const archived = text.startsWith('LOG')
  const head = text.slice(text.indexOf('STX') + 3, at)
  const padded = !head.startsWith(',')
  const parts = partsOf(text.slice(at + 1))
  const named = parts.rest.find((field) => field.startsWith('imei:'))?.slice(5)
  const deviceId = isDeviceId(named) ? named : padded ? paddedId(head) : head.replace(/^,|,$/g, '').trim()
  if (!isDeviceId(deviceId)) return malformed('no IMEI')
  if (!context.authorize({ deviceId })) return { reports: [], deviceId }
  const settings = context.settingsOf(deviceId)
  const { rmc, checksum, rest } = parts
  if (checksum !== undefined && checksum !== sumOf(rmc.join(',')) && settings?.acceptBadChecksum !== true)
    return { reports: [], deviceId, error: { reason: 'checksum', detail: 'the checksum of GPRMC is another' } }
  const report: DecodedReport = {
    deviceId,
    timeMs: nmeaTimeMs(rmc[RMC.date] ?? '', rmc[RMC.time] ?? '') - (settings?.utcOffsetMinutes ?? 0) * 60_000,
    fixValid: rmc[RMC.fix] === 'A',
    alarms: [],
    archived,
  }
  if (rmc[RMC.fix] !== 'A' && rmc[RMC.fix] !== 'V')
    addDefect(report, { reason: 'malformed', detail: 'neither A nor V' })
  readPlace(report, rmc)
  if (padded) readPadded(report, rest, settings)
  else readRest(report, rest, settings)
  return { deviceId, reports: [readable(report, rmc.slice(RMC.lat, RMC.ew + 1).join(','))] }
}

/** Only where the id is shorter than the place for it are there blanks in it. */
function paddedId(head: string): string {
  return head.slice(0, PADDED_ID_CHARS).trim().split(/\s/, 1)[0] ?? ''
}

type Parts = { rmc: string[]; checksum: number | undefined; rest: string[] }

/** Some firmware leaves the checksum out; then the live or logged flag shows where the sentence has ended. */
function partsOf(text: string): Parts {
  const body = text.replace(/;[0-9a-f]{0,2}!?$/i, '')
  const star = body.indexOf('*')
  if (star >= 0) {
    const sum = /^[0-9a-f]{2}/i.exec(body.slice(star + 1, star + 3))?.[0]
    return {
      rmc: body.slice(0, star).split(','),
      checksum: sum === undefined ? undefined : Number.parseInt(sum, 16),
      rest: body
        .slice(star + 1 + (sum?.length ?? 0))
        .replace(/^,/, '')
        .split(','),
    }
  }
  const fields = body.split(',')
  const end = fields.findIndex((field, at) => at > RMC.date && (field === 'F' || field === 'L'))
  const cut = end < 0 ? Math.min(fields.length, RMC.date + 1) : end
  return { rmc: fields.slice(0, cut), checksum: undefined, rest: fields.slice(cut) }
}

function sumOf(sentence: string): number {
  const bytes = Buffer.from(sentence, 'latin1')
  return xorOf(bytes, 0, bytes.length)
}

function readPlace(report: DecodedReport, rmc: string[]): void {
  const latDeg = nmeaDegrees(rmc[RMC.lat] ?? '', rmc[RMC.ns] ?? '', 'NS')
  const lonDeg = nmeaDegrees(rmc[RMC.lon] ?? '', rmc[RMC.ew] ?? '', 'EW')
  if (latDeg !== undefined || lonDeg !== undefined || report.fixValid)
    Object.assign(report, { latDeg: latDeg ?? Number.NaN, lonDeg: lonDeg ?? Number.NaN, source: 'gps' })
  const knots = decimal(rmc[RMC.knots] ?? '')
  if (knots >= 0) report.speedMps = knots * MPS_PER_KNOT
  const course = decimal(rmc[RMC.course] ?? '')
  if (course >= 0 && course <= 360) report.courseDeg = course
}

function readRest(report: DecodedReport, rest: string[], settings: DeviceSettings | undefined): void {
  const imeiAt = rest.findIndex((field) => field.startsWith('imei:'))
  const words = (imeiAt < 0 ? rest.slice(1, 2) : rest.slice(1, imeiAt)).join(',').trim()
  keep(report, 'alert', words)
  addWords(report, words, settings)
  if (imeiAt >= 0) {
    const used = decimal((rest[imeiAt + 1] ?? '').split('/')[0]!)
    if (used >= 0 && used <= 99) report.satellites = used
    const altitude = decimal(rest[imeiAt + 2] ?? '')
    if (!Number.isNaN(altitude)) report.altitudeM = altitude
  }
  const battery = rest.map((field) => /^Battery=(\d{1,3})%$/i.exec(field.trim())?.[1]).find((n) => n !== undefined)
  if (battery !== undefined && Number(battery) <= 100) report.batteryPercent = Number(battery)
}

function readPadded(report: DecodedReport, rest: string[], settings: DeviceSettings | undefined): void {
  const [mcc, mnc] = [decimal(rest[PADDED.mcc] ?? ''), decimal(rest[PADDED.mnc] ?? '')]
  const [lac, cell] = [rest[PADDED.lac] ?? '', rest[PADDED.cell] ?? '']
  if (mcc > 0 && mnc >= 0 && /^[0-9a-f]{1,8}$/i.test(lac) && /^[0-9a-f]{1,8}$/i.test(cell))
    keep(report, 'cell', `${mcc},${mnc},${Number.parseInt(lac, 16)},${Number.parseInt(cell, 16)}`)
  keep(report, 'gsm', decimal(rest[PADDED.gsm] ?? ''))
  const battery = decimal(rest[PADDED.battery] ?? '')
  if (battery >= 0 && battery <= 100) report.batteryPercent = battery
  // The last field with a word in it: further ones have been seen behind it.
  const words = rest.slice(PADDED.battery + 1).filter((field) => /[a-z]{2}/i.test(field) && !/^[0-9a-f]+$/i.test(field))
  for (const word of words)
    if (word === words.at(-1) || meaningsOf(word).length > 0) addWord(report, word.trim(), settings)
  keep(report, 'alert', words.at(-1))
}

function malformed(detail: string): Decoded {
  const error: DecodeError = { reason: 'malformed', detail }
  return { reports: [], error }
}
