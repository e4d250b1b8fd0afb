// Laipac S911 bracelet over TCP: lines `$…*hh` CR LF, hh the xor of the bytes between.
//
//   $AVRMC,id,hhmmss,status,ddmm.mmmm,N|S,dddmm.mmmm,E|W,knots,course,ddmmyy,event,battery,mileage km,gps on,adc1,adc2[,lac and cell
//          as 8 hex digits,mcc and mnc as 6 digits][,more]         UTC. status A a live fix; R the last GPS
//          data again, P GPS off: the last place, no evidence; V none. Lower case: an answer is wanted
//   $AVRSP,id,… sign of life of a quiet unit
//   $ECHK,id,0 keep-alive, echoed unchanged      $AVSYS,id,… and $EAVSYS,id,… say who it is
//
// Answers: lower case → $EAVACK,event,hh of the line; the events of RESETS → $AVCFG,00000000,letter after it. A bracelet that waits
// for the server to speak is asked with $AVREQ,? after some silence. Unanswered upper-case lines are not repeated.
import type { DeviceSettings } from '../../model/plan/directory.ts'
import { addDefect, readable, reportAtReceipt } from './believe.ts'
import type { DecodeContext, Decoded, DecodedReport, StreamDecoder, StreamProtocol } from './decoder.ts'
import { cameLate } from './decoder.ts'
import { heardFrom } from './heard.ts'
import { isDeviceId } from './own-json/json-report.ts'
import { xorOf } from './wire/checksums.ts'
import { WindowFramer } from './wire/window-framer.ts'
import { decimal, MPS_PER_KNOT, nmeaDegrees, nmeaTimeMs } from './wire/wire-fields.ts'
import type { Meaning } from './words/alarm-words.ts'
import { addByCode, keep } from './words/device-words.ts'

/** Real lines have some 130 bytes. */
const FRAME_BYTES_MAX = 1024
const BEGINNING_CHARS = 80
const DOLLAR = 0x24
const CR = 0x0d
const LF = 0x0a
const GREETING_AFTER_MS = 5000
const PASSWORD = '00000000'

// biome-ignore format: the numbers are the document's
const FIELD = {
  id: 1, time: 2, status: 3, lat: 4, ns: 5, lon: 6, ew: 7, knots: 8, course: 9, date: 10, event: 11, battery: 12, mileage: 13,
  gpsOn: 14, adc1: 15, adc2: 16, cell: 17, network: 18,
} as const

const EVENTS: Record<string, Meaning> = {
  0: 'none',
  3: 'sos',
  4: 'zoneOut',
  5: 'powerCut',
  6: 'overspeed',
  7: 'zoneOut',
  8: 'vibration',
  H: 'powerOff',
  S: 'tamper',
  T: 'tamper',
  X: 'zoneIn',
  Y: 'movement',
  Z: 'batteryLow',
}
// Digital inputs; M: reset with code m.
for (const letter of 'ABCDOPQR') EVENTS[letter] = 'none'
EVENTS.M = 'other'

/** What ends an alarm in the bracelet. */
const RESETS: Record<string, string> = { 3: 'd', S: 't', T: 't', X: 'x', 4: 'x', Y: 'y', Z: 'z', M: 'm' }

/** Lines from `$` to their end. A new `$` inside a line means that the one before was cut. */
class LaipacFramer extends WindowFramer {
  protected next(): Uint8Array | undefined {
    const { window } = this
    while (true) {
      if (this.scanned === 0) {
        let skip = 0
        while (skip < window.length && this.at(skip) !== DOLLAR) skip++
        if (skip > 0) this.drop(skip)
        if (window.length === 0) return undefined
        this.scanned = 1
      }
      while (this.scanned < window.length) {
        const byte = this.at(this.scanned)
        if (byte === LF || byte === CR) return this.give(this.scanned)
        if (byte === DOLLAR) return this.give(this.scanned)
        if (++this.scanned >= this.frameBytesMax) {
          this.drop(this.scanned)
          break
        }
      }
      if (this.scanned > 0) return undefined
    }
  }
}

class LaipacDecoder implements StreamDecoder {
  decode(frame: Uint8Array, context: DecodeContext): Decoded {
    const line = Buffer.from(frame.buffer, frame.byteOffset, frame.length).toString('latin1')
    const m = /^\$([^*]*)\*([0-9A-Fa-f]{2})$/.exec(line)
    if (m === null) return heardFrom(this.beganBy(frame), context, { reason: 'malformed', detail: 'the line was cut' })
    const fields = m[1]!.split(',')
    const deviceId = fields[FIELD.id] ?? ''
    if (!isDeviceId(deviceId)) return { reports: [], error: { reason: 'malformed', detail: 'no id' } }
    const settings = context.settingsOf(deviceId)
    if (xorOf(frame, 1, frame.length - 3) !== Number.parseInt(m[2]!, 16) && settings?.acceptBadChecksum !== true)
      return heardFrom(deviceId, context, { reason: 'checksum', detail: 'the checksum is another' })
    if (!context.authorize({ deviceId })) return { reports: [], deviceId }
    switch (fields[0]) {
      case 'ECHK':
        return { reports: [], deviceId, reply: Buffer.from(`${line}\r\n`, 'latin1') }
      case 'AVSYS':
      case 'EAVSYS':
        return { reports: [], deviceId }
      case 'AVRSP':
        return { reports: [reportAtReceipt(deviceId, context.receivedMs)], deviceId }
      case 'AVRMC':
        return decodeReport(fields, m[2]!, deviceId, settings, context)
      default:
        return heardFrom(deviceId, context, { reason: 'malformed', detail: 'the type is not known' })
    }
  }

  beganBy(rest: Uint8Array): string | undefined {
    return /^\$[0-9A-Z]{4,6},([\x21-\x2b\x2d-\x7e]{1,64}),/.exec(
      Buffer.from(rest).toString('latin1', 0, BEGINNING_CHARS),
    )?.[1]
  }
}

function decodeReport(
  fields: string[],
  checksum: string,
  deviceId: string,
  settings: DeviceSettings | undefined,
  context: DecodeContext,
): Decoded {
  const status = fields[FIELD.status] ?? ''
  // A field more or less in front of the date moves what follows it; the order of what comes before is then unknown.
  const dateAt = fields.findIndex((field, at) => at >= FIELD.date - 2 && /^\d{6}$/.test(field))
  const moved = dateAt < 0 ? 0 : dateAt - FIELD.date
  const event = fields[FIELD.event + moved] ?? ''
  const answer = answerTo(status, event, checksum)
  const reply = answer === '' ? {} : { reply: Buffer.from(answer, 'latin1') }
  const timeMs = nmeaTimeMs(fields[FIELD.date + moved] ?? '', fields[FIELD.time] ?? '')
  const report: DecodedReport = {
    deviceId,
    timeMs: timeMs - (settings?.utcOffsetMinutes ?? 0) * 60_000,
    fixValid: status.toUpperCase() === 'A',
    alarms: [],
    archived: false,
  }
  report.archived = cameLate(report.timeMs, context)
  if (!/^[ARPV]$/i.test(status)) addDefect(report, { reason: 'malformed', detail: 'the status is not known' })
  if (moved !== 0 || fields.length <= FIELD.event) {
    addDefect(report, { reason: 'malformed', detail: 'not the fields of a report' })
    report.fixValid = false
  } else readPlace(report, fields)
  if (fields.length > FIELD.event + moved)
    addByCode(report, event.trim().toUpperCase(), EVENTS, settings, `event ${event}`)
  if (event !== '0') keep(report, 'event', event)
  keep(report, 'status', status)
  readRest(report, fields, moved)
  return { deviceId, ...reply, reports: [readable(report, fields.slice(FIELD.lat, FIELD.ew + 1).join(','))] }
}

function answerTo(status: string, event: string, checksum: string): string {
  let answer = ''
  if (/^[a-z]$/.test(status)) answer += line(`EAVACK,${event},${checksum}`)
  const reset = Object.hasOwn(RESETS, event) ? RESETS[event] : undefined
  if (reset !== undefined) answer += line(`AVCFG,${PASSWORD},${reset}`)
  return answer
}

function line(text: string): string {
  const bytes = Buffer.from(text, 'latin1')
  const sum = xorOf(bytes, 0, bytes.length)
  return `$${text}*${sum.toString(16).toUpperCase().padStart(2, '0')}\r\n`
}

function readPlace(report: DecodedReport, fields: string[]): void {
  const latDeg = nmeaDegrees(fields[FIELD.lat]!, fields[FIELD.ns]!, 'NS')
  const lonDeg = nmeaDegrees(fields[FIELD.lon]!, fields[FIELD.ew]!, 'EW')
  if (latDeg === undefined && lonDeg === undefined && !report.fixValid) return
  report.latDeg = latDeg ?? Number.NaN
  report.lonDeg = lonDeg ?? Number.NaN
  report.source = 'gps'
  const knots = decimal(fields[FIELD.knots]!)
  if (knots >= 0) report.speedMps = knots * MPS_PER_KNOT
  const course = decimal(fields[FIELD.course]!)
  if (course >= 0 && course <= 360) report.courseDeg = course
}

function readRest(report: DecodedReport, fields: string[], moved: number): void {
  const millivolts = decimal((fields[FIELD.battery + moved] ?? '').replace('.', ''))
  if (millivolts > 0 && millivolts < 60_000) report.batteryVolts = millivolts / 1000
  for (const name of ['mileage', 'gpsOn', 'adc1', 'adc2'] as const)
    keep(report, name, decimal(fields[FIELD[name] + moved] ?? ''))
  const cell = /^([0-9a-f]{4})([0-9a-f]{4})$/i.exec(fields[FIELD.cell + moved] ?? '')
  const network = /^(\d{3})(\d{3})$/.exec(fields[FIELD.network + moved] ?? '')
  if (cell !== null && network !== null) {
    const [mcc, mnc] = [Number(network[1]), Number(network[2])]
    keep(report, 'cell', `${mcc},${mnc},${Number.parseInt(cell[1]!, 16)},${Number.parseInt(cell[2]!, 16)}`)
  }
  keep(report, 'more', fields.slice(FIELD.network + 1 + moved).join(','))
}

export const laipac: StreamProtocol = {
  name: 'laipac',
  transport: 'tcp',
  udp: {},
  port: 5048,
  lines: 'text',
  checksummed: true,
  acknowledges: false,
  greeting: { bytes: Buffer.from(line('AVREQ,?'), 'latin1'), afterSilenceMs: GREETING_AFTER_MS },
  newFramer: (frameBytesMax) => new LaipacFramer(Math.min(frameBytesMax, FRAME_BYTES_MAX)),
  newDecoder: () => new LaipacDecoder(),
}
