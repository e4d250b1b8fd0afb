// A GT06 device: login, then 22 for positions (with the re-upload byte) and 26 for alarms, which the server must answer.
import type { DeviceReport } from '../../model/report/report.ts'
import { clockFields, crc16, hex, KMH_PER_MPS, uint } from './wire-bytes.ts'
import type { Outgoing, Session, WireDevice } from './wire-device.ts'

const CELL = hex('01fe0a123400abcd')
const ALARM_BYTES = {
  sos: 0x01,
  powerCut: 0x02,
  vibration: 0x03,
  tamper: 0x13,
  caseOpen: 0x18,
  batteryLow: 0x19,
  fall: 0x23,
}

class Gt06Session implements Session {
  readonly hello: (() => Outgoing)[]
  #serial = 0
  #rest: number[] = []

  constructor(deviceId: string) {
    this.hello = [() => this.#frame(0x01, hex(deviceId.padStart(16, '0')))]
  }

  keepAlive(): Outgoing {
    return this.#frame(0x13, [0x40, 6, 4, 0, 2])
  }

  encode([report]: DeviceReport[], stored: boolean): Outgoing {
    const { alarms } = report!
    const code = alarms
      .map((alarm) => ALARM_BYTES[alarm as keyof typeof ALARM_BYTES])
      .find((byte) => byte !== undefined)
    const removed = report!.strap === 'open' || alarms.includes('strapOpen')
    if (code === undefined && !removed) {
      return this.#frame(0x22, [...gpsOf(report!), ...CELL, 0, 0, stored ? 1 : 0], report)
    }
    const info = 0x40 | (removed ? 7 << 3 : 0) | (report!.charging ? 4 : 0)
    const percent = report!.batteryPercent === undefined ? 6 : Math.max(7, Math.round(report!.batteryPercent))
    return this.#frame(0x26, [...gpsOf(report!), 9, ...CELL, info, percent, 4, code ?? 0, 2], report)
  }

  read(chunk: Uint8Array): string[] {
    this.#rest.push(...chunk)
    const answers: string[] = []
    while (this.#rest.length >= 3 && this.#rest.length >= this.#rest[2]! + 5) {
      const frame = this.#rest.splice(0, this.#rest[2]! + 5)
      const covered = frame.slice(2, -4)
      const crc = crc16(covered, 'x25')
      if (frame.at(-4) === crc >> 8 && frame.at(-3) === (crc & 0xff))
        answers.push(`${frame[3]}:${covered.slice(-2).join('.')}`)
    }
    return answers
  }

  #frame(type: number, content: number[], report?: DeviceReport): Outgoing {
    const serial = uint(++this.#serial & 0xffff, 2)
    const covered = [content.length + 5, type, ...content, ...serial]
    const bytes = [0x78, 0x78, ...covered, ...uint(crc16(covered, 'x25'), 2), 0x0d, 0x0a]
    return {
      bytes: Uint8Array.from(bytes),
      reports: report === undefined ? [] : [report],
      answer: `${type}:${serial.join('.')}`,
    }
  }
}

/** Time, satellites, place, speed and course, as all forms of the protocol have them. */
export function gpsOf(report: DeviceReport): number[] {
  const { latDeg = 0, lonDeg = 0 } = report
  const flags =
    (Math.round(report.courseDeg ?? 0) & 0x3ff) |
    (latDeg >= 0 ? 1 << 10 : 0) |
    (lonDeg < 0 ? 1 << 11 : 0) |
    (report.fixValid ? 1 << 12 : 0)
  return [
    ...clockFields(report.timeMs),
    0xc0 | Math.min(15, report.satellites ?? 8),
    ...uint(Math.round(Math.abs(latDeg) * 1_800_000), 4),
    ...uint(Math.round(Math.abs(lonDeg) * 1_800_000), 4),
    Math.min(255, Math.round((report.speedMps ?? 0) * KMH_PER_MPS)),
    ...uint(flags, 2),
  ]
}

export const gt06Device: WireDevice = {
  protocol: 'gt06',
  acknowledges: true,
  batchReportsMax: 1,
  saysStored: false,
  newSession: (deviceId) => new Gt06Session(deviceId),
}
