// A Xexun v3 ankle unit: type 01 first, then data frames with place, alarm and status; each is answered.
import type { DeviceReport } from '../../model/report/report.ts'
import { crc16, hex, uint } from './wire-bytes.ts'
import type { Outgoing, Session, WireDevice } from './wire-device.ts'

const ALARM_IDS = { sos: 1, batteryLow: 2, strapOpen: 4, movement: 5, fall: 7 }
const ANSWER_BYTES = 18

class Xexun3Session implements Session {
  readonly hello: (() => Outgoing)[]
  readonly #id: number[]
  #sequence = 0
  #rest: number[] = []

  constructor(deviceId: string) {
    this.#id = hex(deviceId.padStart(16, '0'))
    this.hello = [() => this.#frame(0x01, [], [])]
  }

  keepAlive(): Outgoing {
    return this.#frame(0x01, [], [])
  }

  encode(reports: DeviceReport[]): Outgoing {
    return this.#frame(0x20, reports.flatMap(itemsOf), reports)
  }

  read(chunk: Uint8Array): string[] {
    this.#rest.push(...chunk)
    const answers: string[] = []
    while (this.#rest.length >= ANSWER_BYTES) {
      const frame = this.#rest.splice(0, ANSWER_BYTES)
      const crc = crc16(frame.slice(3, 15), 'ccitt-false')
      if (frame[15] === crc >> 8 && frame[16] === (crc & 0xff))
        answers.push(frame[14] === 0 ? `${frame[4]}:${frame[5]}` : 'refused')
    }
    return answers
  }

  #frame(type: number, body: number[], reports: DeviceReport[]): Outgoing {
    const sequence = this.#sequence++ & 0xff
    const covered = [3, type, sequence, ...this.#id, ...body]
    const bytes = [0xfc, ...uint(covered.length, 2), ...covered, ...uint(crc16(covered, 'ccitt-false'), 2), 0xcf]
    return { bytes: Uint8Array.from(bytes), reports, answer: `${type}:${sequence}` }
  }
}

function itemsOf(report: DeviceReport): number[] {
  const seconds = uint(Math.floor(report.timeMs / 1000), 4)
  const items: number[] = []
  if (report.fixValid) {
    const place = Buffer.alloc(20)
    place.writeDoubleBE(report.latDeg!, 0)
    place.writeDoubleBE(report.lonDeg!, 8)
    place.writeFloatBE(report.altitudeM ?? 0, 16)
    items.push(0x64, 33, ...seconds, ...place, 1, report.satellites ?? 9, 0, 0, 0, 0, 0, 0, 0)
  }
  const alarms = report.alarms
    .map((alarm) => ALARM_IDS[alarm as keyof typeof ALARM_IDS])
    .filter((id) => id !== undefined)
  for (const id of alarms) items.push(0x69, 6, ...seconds, id, 0)
  // A frame without a place still says when: no access points seen.
  if (items.length === 0) items.push(0x65, 5, ...seconds, 0)
  const percent = report.batteryPercent === undefined ? 0xff : Math.round(report.batteryPercent)
  items.push(0x6a, 16, percent, 0, 30, 24, 1, 1, report.charging ? 1 : 0, ...new Array(9).fill(0xff))
  return items
}

export const xexun3Device: WireDevice = {
  protocol: 'xexun3',
  acknowledges: true,
  batchReportsMax: 1,
  saysStored: false,
  newSession: (deviceId) => new Xexun3Session(deviceId),
}
