// R16H ankle bracelet: text frames `@TYPE,<imei>[,…]$`, never answered; what three connects could not deliver is stored and sent
// later with `S`.
//
//   @LINK,imei$
//   @GPSD,imei,R|S,yyyymmdd,hhmmss,lat,N|S,lon,E|W,km/h,course,altitude,battery %,L|R,alarm$
//   @LBSD,imei,R|S,yyyymmdd,hhmmss,mcc-mnc-lac-cid:dBm,,,battery %,L|R,alarm$           no GPS; lac and cid are hexadecimal
import type { DeviceSettings } from '../../model/plan/directory.ts'
import type { Alarm, ContactState, DeviceReport } from '../../model/report/report.ts'
import { believed, believedDespite } from './believe.ts'
import type { DecodeContext, Decoded, Framer, StreamDecoder, StreamProtocol } from './decoder.ts'
import { ByteWindow } from './wire/byte-window.ts'
import { utcMs } from './wire/iso-time.ts'
import { alarmOf } from './words/alarm-words.ts'
import { keep, own } from './words/device-words.ts'

const AT = 0x40
const DOLLAR = 0x24
const KMH_PER_MPS = 3.6
/** Real frames have some 120 bytes. */
const R16H_FRAME_BYTES_MAX = 4096
const ALARM_CODES: Record<string, Alarm> = { SOS: 'sos', LBT: 'batteryLow', ULK: 'strapOpen' }
// L locked; R is the other state.
const STRAP_CODES: Record<string, ContactState> = { L: 'closed', R: 'open' }

const FIELDS = { type: 0, imei: 1, stored: 2, date: 3, time: 4 } as const
const GPSD = { lat: 5, ns: 6, lon: 7, ew: 8, kmh: 9, course: 10, altitude: 11, tail: 12, count: 15 } as const
const LBSD = { cell: 5, tail: 8, count: 11 } as const

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
      .split(',')
    const deviceId = fields[FIELDS.imei] ?? ''
    if (!/^\d{15}$/.test(deviceId)) return malformed('the id is no IMEI')
    const type = fields[FIELDS.type]
    if (type === 'LINK') return { reports: [], deviceId }
    if (type !== 'GPSD' && type !== 'LBSD') return malformed('the type is not known', deviceId)
    if (fields.length !== (type === 'GPSD' ? GPSD.count : LBSD.count))
      return malformed('wrong number of fields', deviceId)
    const stored = fields[FIELDS.stored]
    const settings = context.settingsOf(deviceId)
    const timeMs = timeOf(fields[FIELDS.date]!, fields[FIELDS.time]!, settings?.utcOffsetMinutes ?? 0)
    const report: DeviceReport = { deviceId, timeMs, fixValid: false, alarms: [], archived: stored === 'S' }
    if (type === 'LBSD') {
      report.source = 'cell'
      keep(report, 'cell', cellOf(fields[LBSD.cell]!))
    } else if (!readFix(report, fields)) {
      report.latDeg = Number.NaN
      report.lonDeg = Number.NaN
    }
    readTail(report, fields, type === 'GPSD' ? GPSD.tail : LBSD.tail, settings)
    if (stored !== 'R' && stored !== 'S')
      return { deviceId, ...believedDespite({ reason: 'malformed', detail: 'neither R nor S' }, report, context) }
    return { deviceId, ...believed(report, context) }
  }
}

function readFix(report: DeviceReport, fields: string[]): boolean {
  const lat = decimal(fields[GPSD.lat]!)
  const lon = decimal(fields[GPSD.lon]!)
  const ns = fields[GPSD.ns]
  const ew = fields[GPSD.ew]
  if (!(lat >= 0 && lon >= 0) || (ns !== 'N' && ns !== 'S') || (ew !== 'E' && ew !== 'W')) return false
  report.latDeg = ns === 'S' ? -lat : lat
  report.lonDeg = ew === 'W' ? -lon : lon
  report.fixValid = true
  report.source = 'gps'
  const kmh = decimal(fields[GPSD.kmh]!)
  if (kmh >= 0) report.speedMps = kmh / KMH_PER_MPS
  const course = decimal(fields[GPSD.course]!)
  if (course >= 0 && course <= 360) report.courseDeg = course
  const altitude = decimal(fields[GPSD.altitude]!)
  if (!Number.isNaN(altitude)) report.altitudeM = altitude
  return true
}

function readTail(report: DeviceReport, fields: string[], at: number, settings: DeviceSettings | undefined): void {
  const battery = decimal(fields[at]!)
  if (battery >= 0 && battery <= 100) report.batteryPercent = battery
  else if (fields[at] !== '') keep(report, 'battery', fields[at]!)
  const strapCode = fields[at + 1]!
  const strap = own(settings?.strapCodes, strapCode) ?? own(STRAP_CODES, strapCode)
  if (strap !== undefined) report.strap = strap
  else if (strapCode !== '') keep(report, 'strap', strapCode)
  const alarmCode = fields[at + 2]!
  if (alarmCode === '') return
  const byDevice = settings?.alarmCodes && own(settings.alarmCodes, alarmCode)
  const alarm = byDevice === undefined ? (own(ALARM_CODES, alarmCode) ?? 'other') : alarmOf(byDevice)
  report.alarms.push(alarm)
  if (alarm === 'other') keep(report, 'alarm', alarmCode)
}

/** As all protocols keep a cell: mcc,mnc,lac,cid,dBm in decimals; as it came where it is none. */
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

function malformed(detail: string, deviceId?: string): Decoded {
  return { reports: [], ...(deviceId === undefined ? {} : { deviceId }), error: { reason: 'malformed', detail } }
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
