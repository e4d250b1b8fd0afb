// R16H ankle bracelet: text frames `@TYPE,<imei>[,…]$`, never answered; what three connects could not deliver is stored and sent
// later with `S`.
//
//   @LINK,imei$
//   @GPSD,imei,R|S,yyyymmdd,hhmmss,lat,N|S,lon,E|W,km/h,course,altitude,battery %,L|R,alarm$
//   @LBSD,imei,R|S,yyyymmdd,hhmmss,mcc-mnc-lac-cid:dBm,,,battery %,L|R,alarm$           no GPS; lac and cid are hexadecimal
//
// Newer firmware adds fields at the end, and lines are damaged: the strap's letter is what the rest is found by.
import type { DeviceSettings } from '../../model/plan/directory.ts'
import type { ContactState } from '../../model/report/report.ts'
import { addDefect, readable } from './believe.ts'
import type {
  DecodeContext,
  Decoded,
  DecodedReport,
  DecodeError,
  Framer,
  StreamDecoder,
  StreamProtocol,
} from './decoder.ts'
import { heardFrom } from './heard.ts'
import { ByteWindow } from './wire/byte-window.ts'
import { utcMs } from './wire/iso-time.ts'
import { type Meaning, meaningsOf } from './words/alarm-words.ts'
import { addWord, keep, own } from './words/device-words.ts'

const AT = 0x40
const BEGINNING_CHARS = 32
const DOLLAR = 0x24
const KMH_PER_MPS = 3.6
/** Real frames have some 120 bytes and 15 fields. */
const R16H_FRAME_BYTES_MAX = 4096
const FIELDS_MAX = 64
const ALARM_CODES: Record<string, Meaning> = { SOS: 'sos', LBT: 'batteryLow', ULK: 'strapOpen' }
// L locked; R is the other state.
const STRAP_CODES: Record<string, ContactState> = { L: 'closed', R: 'open' }

const FIELDS = { type: 0, imei: 1, stored: 2, date: 3, time: 4 } as const
const GPSD = { lat: 5, ns: 6, lon: 7, ew: 8, kmh: 9, course: 10, altitude: 11, strap: 13 } as const
const LBSD = { cell: 5, strap: 9 } as const

/** Frames from `@` to `$`. A new `@` inside a frame means that the one before was cut. */
class R16hFramer implements Framer {
  garbageBytes = 0
  readonly #window = new ByteWindow()
  readonly #frameBytesMax: number
  #scanned = 0

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax
  }

  get pendingBytes(): number {
    return this.#window.length
  }

  reset(): void {
    this.#window.clear()
    this.#scanned = 0
  }

  push(chunk: Uint8Array): Uint8Array[] {
    const window = this.#window
    const frames: Uint8Array[] = []
    window.append(chunk)
    while (this.#scanned < window.length) {
      const byte = window.bytes[window.start + this.#scanned] as number
      if (this.#scanned === 0) {
        if (byte === AT) this.#scanned = 1
        else {
          if (byte !== 0x0d && byte !== 0x0a) this.garbageBytes++
          window.take(1)
        }
      } else if (byte === DOLLAR) {
        frames.push(window.take(this.#scanned + 1))
        this.#scanned = 0
      } else if (byte === AT || this.#scanned + 1 >= this.#frameBytesMax) {
        this.garbageBytes += this.#scanned
        window.take(this.#scanned)
        this.#scanned = 0
      } else this.#scanned++
    }
    return frames
  }
}

class R16hDecoder implements StreamDecoder {
  decode(frame: Uint8Array, context: DecodeContext): Decoded {
    const fields = Buffer.from(frame.buffer, frame.byteOffset + 1, Math.max(0, frame.length - 2))
      .toString('latin1')
      .split(',', FIELDS_MAX)
      .map((field) => field.trim())
    const deviceId = fields[FIELDS.imei] ?? ''
    if (!/^\d{15}$/.test(deviceId)) return { reports: [], error: malformed('the id is no IMEI') }
    if (!context.authorize({ deviceId })) return { reports: [], deviceId }
    const type = fields[FIELDS.type]!.toUpperCase()
    if (type === 'LINK') return { reports: [], deviceId }
    if (type !== 'GPSD' && type !== 'LBSD') return heardFrom(deviceId, context, malformed('the type is not known'))
    const report = readFields(type, fields, deviceId, context)
    return { reports: [report], deviceId }
  }

  beganBy(rest: Uint8Array): string | undefined {
    return /^@[A-Z]{4},(\d{15}),/i.exec(Buffer.from(rest).toString('latin1', 0, BEGINNING_CHARS))?.[1]
  }
}

function readFields(type: 'GPSD' | 'LBSD', fields: string[], deviceId: string, context: DecodeContext): DecodedReport {
  const settings = context.settingsOf(deviceId)
  const stored = fields[FIELDS.stored]
  const timeMs = timeOf(fields[FIELDS.date] ?? '', fields[FIELDS.time] ?? '', settings?.utcOffsetMinutes ?? 0)
  const report: DecodedReport = { deviceId, timeMs, fixValid: false, alarms: [], archived: stored === 'S' }
  const strapAt = strapIndex(fields, type === 'GPSD' ? GPSD.strap : LBSD.strap)
  if (stored !== 'R' && stored !== 'S') addDefect(report, { reason: 'malformed', detail: 'neither R nor S' })
  if (strapAt === undefined) addDefect(report, { reason: 'malformed', detail: 'the strap is missing' })
  // The fields in front of it are where they belong only if none of them is missing.
  const isWhole = strapAt === (type === 'GPSD' ? GPSD.strap : LBSD.strap)
  if (type === 'LBSD') {
    report.source = 'cell'
    keep(report, 'cell', cellOf(fields[LBSD.cell] ?? ''))
  } else readFix(report, fields, isWhole)
  readTail(report, fields, strapAt ?? fields.length, settings)
  return readable(report, fields.slice(GPSD.lat, GPSD.ew + 1).join(','))
}

/** Where the strap's letter is: where it belongs, else the last place behind a number (the battery) that has one. */
function strapIndex(fields: string[], usual: number): number | undefined {
  const isStrap = (at: number) => /^[LR]$/i.test(fields[at] ?? '')
  if (isStrap(usual)) return usual
  for (let at = fields.length - 1; at > FIELDS.time + 1; at--)
    if (isStrap(at) && /^\d{0,3}$/.test(fields[at - 1]!)) return at
  return undefined
}

function readFix(report: DecodedReport, fields: string[], isWhole: boolean): void {
  const lat = decimal(fields[GPSD.lat] ?? '')
  const lon = decimal(fields[GPSD.lon] ?? '')
  const ns = fields[GPSD.ns]?.toUpperCase()
  const ew = fields[GPSD.ew]?.toUpperCase()
  if (!(lat >= 0 && lon >= 0) || (ns !== 'N' && ns !== 'S') || (ew !== 'E' && ew !== 'W')) {
    report.latDeg = Number.NaN
    report.lonDeg = Number.NaN
    return
  }
  report.latDeg = ns === 'S' ? -lat : lat
  report.lonDeg = ew === 'W' ? -lon : lon
  report.fixValid = true
  report.source = 'gps'
  if (!isWhole) return
  const kmh = decimal(fields[GPSD.kmh]!)
  if (kmh >= 0) report.speedMps = kmh / KMH_PER_MPS
  const course = decimal(fields[GPSD.course]!)
  if (course >= 0 && course <= 360) report.courseDeg = course
  const altitude = decimal(fields[GPSD.altitude]!)
  if (!Number.isNaN(altitude)) report.altitudeM = altitude
}

function readTail(
  report: DecodedReport,
  fields: string[],
  strapAt: number,
  settings: DeviceSettings | undefined,
): void {
  if (strapAt < fields.length) {
    const battery = decimal(fields[strapAt - 1]!)
    if (battery >= 0 && battery <= 100) report.batteryPercent = battery
    else if (fields[strapAt - 1] !== '') keep(report, 'battery', fields[strapAt - 1]!)
    const strapCode = fields[strapAt]!
    const strap = own(settings?.strapCodes, strapCode) ?? own(STRAP_CODES, strapCode.toUpperCase())
    if (strap !== undefined) report.strap = strap
  }
  const [alarm = '', ...more] =
    strapAt < fields.length ? fields.slice(strapAt + 1) : ['', ...fields.slice(LBSD.cell + 1)]
  addWord(report, alarm, settings, ALARM_CODES)
  // What newer firmware adds is an alarm only where it says one in plain words.
  for (const field of more) {
    if (
      /[a-z]{2}/i.test(field) &&
      (own(ALARM_CODES, field.toUpperCase()) !== undefined || meaningsOf(field).length > 0)
    )
      addWord(report, field.toUpperCase(), settings, ALARM_CODES)
    else if (strapAt < fields.length) keep(report, 'more', field)
  }
}

/** As all protocols keep a cell: mcc,mnc,lac,cid,dBm in decimals; as it came where it cannot be read. */
function cellOf(raw: string): string {
  const m = /^(\d{1,3})-(\d{1,3})-([0-9a-f]{1,8})-([0-9a-f]{1,8}):(-?\d{1,4})$/i.exec(raw)
  if (m === null) return raw
  return [m[1]!, m[2]!, Number.parseInt(m[3]!, 16), Number.parseInt(m[4]!, 16), m[5]!].map(Number).join(',')
}

function decimal(text: string): number {
  return /^-?\d{1,9}(\.\d{1,12})?$/.test(text) ? Number(text) : Number.NaN
}

function timeOf(date: string, time: string, utcOffsetMinutes: number): number {
  const d = /^(\d{4})(\d\d)(\d\d)$/.exec(date)
  const t = /^(\d\d)(\d\d)(\d\d)$/.exec(time)
  if (d === null || t === null) return Number.NaN
  return utcMs(+d[1]!, +d[2]!, +d[3]!, +t[1]!, +t[2]!, +t[3]!) - utcOffsetMinutes * 60_000
}

function malformed(detail: string): DecodeError {
  return { reason: 'malformed', detail }
}

export const r16h: StreamProtocol = {
  name: 'r16h',
  transport: 'tcp',
  port: 5266,
  lines: 'text',
  checksummed: false,
  acknowledges: false,
  newFramer: (frameBytesMax) => new R16hFramer(Math.min(frameBytesMax, R16H_FRAME_BYTES_MAX)),
  newDecoder: () => new R16hDecoder(),
}
