// The place that UD, UD2 and AL carry, and the terminal's state in it.
//
//   ddmmyy,hhmmss (UTC),A|V,latitude °,N|S,longitude °,E|W,km/h,course,altitude,satellites,GSM %,battery %,steps,rolls,
//   state (8 hex digits),cells,advance,mcc,mnc,(lac,cid,strength)…,Wi-Fi points,(name,MAC,dBm)…[,accuracy m]
//
//   state  0 battery low, 1 out of the fence, 2 in it, 3 band; alarms: 14 power, 16 SOS, 17 battery low, 18 fence left, 19 entered,
//          20 taken off, 21 22 fall
//
// Keys of a device's own alarm table: `bit:` and the number of a bit of the state.
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import { addDefect } from '../believe.ts'
import type { DecodedReport } from '../decoder.ts'
import { decimal, MPS_PER_KMH, nmeaTimeMs, wifiOf } from '../wire/wire-fields.ts'
import type { Meaning } from '../words/alarm-words.ts'
import { addByCode, addUnknown, keep } from '../words/device-words.ts'

// biome-ignore format: the numbers are the document's
const FIELD = {
  date: 1, time: 2, valid: 3, lat: 4, ns: 5, lon: 6, ew: 7, kmh: 8, course: 9, altitude: 10, satellites: 11, gsm: 12, battery: 13,
  state: 16, cells: 17,
} as const
const CELLS_MAX = 16
const POINTS_MAX = 16
/** A larger value is no measurement. */
const ACCURACY_M_MAX = 20_000

// 1 and 2 are states of the watch's own fence, whose changes are 18 and 19. 3 has no public meaning that models agree on.
const STATE_BITS: Record<string, Meaning> = {
  'bit:0': 'batteryLow',
  'bit:1': 'none',
  'bit:2': 'none',
  'bit:3': 'none',
  'bit:14': 'powerCut',
  'bit:16': 'sos',
  'bit:17': 'batteryLow',
  'bit:18': 'zoneOut',
  'bit:19': 'zoneIn',
  'bit:20': 'strapOpen',
  'bit:21': 'fall',
  'bit:22': 'fall',
}

/** Fills the report from a frame's fields, the type being the first. False where the state is missing. */
export function readWatchPlace(report: DecodedReport, fields: string[], settings: DeviceSettings | undefined): boolean {
  const stateAt = indexOfState(fields)
  readTime(report, fields, settings)
  // What is in front of the state is in its place only if none of it is missing.
  if (stateAt === FIELD.state) {
    readFix(report, fields)
    readBattery(report, fields[FIELD.battery]!)
    keep(report, 'gsm', decimal(fields[FIELD.gsm]!))
    readNearby(report, fields)
  } else {
    addDefect(report, { reason: 'malformed', detail: 'not the fields of a place' })
    if (stateAt !== undefined) readBattery(report, fields[stateAt - 3] ?? '')
  }
  if (stateAt === undefined) return false
  readState(report, Number.parseInt(fields[stateAt]!, 16), settings)
  return true
}

/** Where the state's eight digits are: in their place, else the nearest to it. */
function indexOfState(fields: string[]): number | undefined {
  const isState = (at: number) => /^[0-9a-f]{8}$/i.test(fields[at] ?? '')
  for (let off = 0; off <= 3; off++) {
    if (isState(FIELD.state + off)) return FIELD.state + off
    if (isState(FIELD.state - off)) return FIELD.state - off
  }
  return /^[0-9a-f]{1,7}$/i.test(fields[FIELD.state] ?? '') ? FIELD.state : undefined
}

function readTime(report: DecodedReport, fields: string[], settings: DeviceSettings | undefined): void {
  delete report.timeFromReceipt
  report.timeMs =
    nmeaTimeMs(fields[FIELD.date] ?? '', fields[FIELD.time] ?? '') - (settings?.utcOffsetMinutes ?? 0) * 60_000
}

function readFix(report: DecodedReport, fields: string[]): void {
  report.latDeg = degreesOf(fields[FIELD.lat]!, fields[FIELD.ns]!, 'NS')
  report.lonDeg = degreesOf(fields[FIELD.lon]!, fields[FIELD.ew]!, 'EW')
  report.fixValid = fields[FIELD.valid]!.toUpperCase() === 'A'
  report.source = 'gps'
  const kmh = decimal(fields[FIELD.kmh]!)
  if (kmh >= 0) report.speedMps = kmh * MPS_PER_KMH
  const course = decimal(fields[FIELD.course]!)
  if (course >= 0 && course <= 360) report.courseDeg = course
  const altitude = decimal(fields[FIELD.altitude]!)
  if (!Number.isNaN(altitude)) report.altitudeM = altitude
  const satellites = decimal(fields[FIELD.satellites]!)
  if (satellites >= 0 && satellites <= 64) report.satellites = Math.floor(satellites)
}

/** Decimal degrees; some firmware writes a sign in front, and `N` and `E` beside it whatever the sign is. */
function degreesOf(text: string, side: string, of: 'NS' | 'EW'): number {
  const degrees = decimal(text)
  const letter = side.toUpperCase()
  if (letter.length !== 1 || !of.includes(letter)) return Number.NaN
  return letter === of[1] ? -Math.abs(degrees) : degrees
}

export function readBattery(report: DecodedReport, field: string): void {
  const percent = decimal(field)
  if (percent >= 0 && percent <= 100) report.batteryPercent = percent
}

function readState(report: DecodedReport, state: number, settings: DeviceSettings | undefined): void {
  keep(report, 'state', state)
  for (let bit = 0; bit < 32; bit++)
    if ((state >>> bit) & 1) addByCode(report, `bit:${bit}`, STATE_BITS, settings, `state bit ${bit}`)
}

/** An alarm frame in which nothing says which alarm it is. */
export function addUnsaidAlarm(report: DecodedReport, fields: string[], settings: DeviceSettings | undefined): void {
  if (report.alarms.length === 0 && report.strap === undefined && report.case === undefined)
    addUnknown(report, `AL ${fields[FIELD.state] ?? ''}`.trim(), settings)
}

function readNearby(report: DecodedReport, fields: string[]): void {
  const count = decimal(fields[FIELD.cells] ?? '')
  if (!(count >= 0 && count <= CELLS_MAX)) return
  const networkAt = FIELD.cells + 2
  const [lac, cid] = [fields[networkAt + 2], fields[networkAt + 3]]
  if (count > 0 && lac !== undefined && cid !== undefined) {
    const parts = [fields[networkAt], fields[networkAt + 1], lac, cid].map((field) => decimal(field ?? ''))
    if (parts.every((part) => part >= 0)) keep(report, 'cell', parts.join(','))
  }
  const pointsAt = count > 0 ? networkAt + 2 + 3 * count : FIELD.cells + 1
  const points = decimal(fields[pointsAt] ?? '')
  if (!(points >= 0 && points <= POINTS_MAX)) return
  const seen: string[] = []
  for (let at = pointsAt + 1; at + 2 < fields.length && seen.length < points; at += 3) {
    const mac = fields[at + 1]!.replace(/[-:]/g, '')
    const dbm = decimal(fields[at + 2]!)
    if (/^[0-9a-f]{12}$/i.test(mac) && Math.abs(dbm) <= 127) seen.push(wifiOf(mac, -Math.abs(dbm)))
  }
  keep(report, 'wifi', seen.join('|'))
  if (!report.fixValid) report.source = seen.length > 0 ? 'wifi' : 'cell'
  const accuracyM = decimal(fields[pointsAt + 1 + 3 * points] ?? '')
  if (accuracyM > 0 && accuracyM <= ACCURACY_M_MAX) report.accuracyM = accuracyM
}
