// A JT/T 808 terminal of 2013: registers, authenticates with the code it was given, 0200 live, 0704 from memory.
import type { DeviceReport } from '../../model/report/report.ts'
import { clockFields, hex, KMH_PER_MPS, two, uint } from './wire-bytes.ts'
import type { Outgoing, Session, WireDevice } from './wire-device.ts'

const ALARM_BITS = {
  sos: 0,
  overspeed: 1,
  gnssFault: 4,
  batteryLow: 7,
  powerCut: 8,
  movement: 28,
  vibration: 29,
  fall: 30,
}
const CHINA_MS = 8 * 3_600_000

class Jt808Session implements Session {
  readonly hello: (() => Outgoing)[]
  readonly #id: string
  #serial = 0
  #code = ''
  #rest: number[] = []

  constructor(deviceId: string) {
    this.#id = deviceId.padStart(12, '0')
    this.hello = [
      () => this.#send(0x0100, new Array(37).fill(0)),
      () => this.#send(0x0102, [...Buffer.from(this.#code)]),
    ]
  }

  keepAlive(): Outgoing {
    return this.#send(0x0002, [])
  }

  encode(reports: DeviceReport[], stored: boolean): Outgoing {
    if (!stored) return this.#send(0x0200, bodyOf(reports[0]!), reports)
    const records = reports.map(bodyOf).flatMap((body) => [...uint(body.length, 2), ...body])
    return this.#send(0x0704, [...uint(reports.length, 2), 1, ...records], reports)
  }

  read(chunk: Uint8Array): string[] {
    this.#rest.push(...chunk)
    const answers: string[] = []
    for (let end = this.#rest.indexOf(0x7e, 1); end > 0; end = this.#rest.indexOf(0x7e, 1)) {
      const bytes = plain(this.#rest.splice(0, end + 1).slice(1, -1))
      if (bytes.reduce((a, b) => a ^ b, 0) !== 0) continue
      const message = bytes[0]! * 256 + bytes[1]!
      const body = bytes.slice(12, -1)
      const serial = body[0]! * 256 + body[1]!
      if (message === 0x8100 && body[2] === 0) {
        this.#code = Buffer.from(body.slice(3)).toString('latin1')
        answers.push(`${0x0100}:${serial}`)
      } else if (message === 0x8001) answers.push(body[4] === 0 ? `${body[2]! * 256 + body[3]!}:${serial}` : 'refused')
    }
    return answers
  }

  #send(message: number, body: number[], reports: DeviceReport[] = []): Outgoing {
    const serial = this.#serial++ & 0xffff
    const bytes = [...uint(message, 2), ...uint(body.length, 2), ...hex(this.#id), ...uint(serial, 2), ...body]
    bytes.push(bytes.reduce((a, b) => a ^ b, 0))
    const escaped = bytes.flatMap((byte) => (byte === 0x7e ? [0x7d, 2] : byte === 0x7d ? [0x7d, 1] : [byte]))
    return { bytes: Uint8Array.from([0x7e, ...escaped, 0x7e]), reports, answer: `${message}:${serial}` }
  }
}

function bodyOf(report: DeviceReport): number[] {
  const { latDeg = 0, lonDeg = 0, alarms, batteryPercent, strap } = report
  let alarmBits = 0
  for (const alarm of alarms) {
    const bit = ALARM_BITS[alarm as keyof typeof ALARM_BITS]
    if (bit !== undefined) alarmBits |= 1 << bit
  }
  const status = (report.fixValid ? 2 : 0) | (latDeg < 0 ? 4 : 0) | (lonDeg < 0 ? 8 : 0)
  const body = [
    ...uint(alarmBits >>> 0, 4),
    ...uint(status, 4),
    ...uint(Math.round(Math.abs(latDeg) * 1e6), 4),
    ...uint(Math.round(Math.abs(lonDeg) * 1e6), 4),
    ...uint(Math.round(report.altitudeM ?? 0) & 0xffff, 2),
    ...uint(Math.round((report.speedMps ?? 0) * KMH_PER_MPS * 10), 2),
    ...uint(Math.round(report.courseDeg ?? 0), 2),
    ...hex(
      clockFields(report.timeMs + CHINA_MS)
        .map((n) => two(n))
        .join(''),
    ),
  ]
  if (batteryPercent !== undefined) body.push(0xe4, 2, report.charging ? 0 : 1, Math.round(batteryPercent))
  if (strap !== undefined) body.push(0xda, 3, 0, 0, strap === 'closed' ? 1 : 0)
  return body
}

function plain(escaped: number[]): number[] {
  const bytes: number[] = []
  for (let i = 0; i < escaped.length; i++)
    bytes.push(escaped[i] === 0x7d ? (escaped[++i] === 2 ? 0x7e : 0x7d) : escaped[i]!)
  return bytes
}

export const jt808Device: WireDevice = {
  protocol: 'jt808',
  acknowledges: true,
  batchReportsMax: 10,
  saysStored: true,
  newSession: (deviceId) => new Jt808Session(deviceId),
}
