// A tracker with the GT06 form without serial and CRC (Topin and clones): login, then 10 for positions and 11 for those from memory,
// each answered with its time.
import type { DeviceReport } from '../../model/report/report.ts'
import { gpsOf } from './gt06.ts'
import { hex, uint } from './wire-bytes.ts'
import type { Outgoing, Session, WireDevice } from './wire-device.ts'

const ALARM_BITS = { vibration: 1, overspeed: 2, batteryLow: 16 }
const LOGIN = 0x01
const LOGIN_ANSWER_BYTES = 6
const TIME_ANSWER_BYTES = 12

class TopinSession implements Session {
  readonly hello: (() => Outgoing)[]
  #rest: number[] = []

  constructor(deviceId: string) {
    const content = [...hex(deviceId.padStart(16, '0')), 1]
    // The length of a login counts neither its type nor its version.
    this.hello = [() => ({ bytes: frame(0x0d, LOGIN, content), reports: [], answer: String(LOGIN) })]
  }

  encode([report]: DeviceReport[], stored: boolean): Outgoing {
    const gps = gpsOf(report!)
    const bits = report!.alarms.reduce((sum, word) => sum | (ALARM_BITS[word as keyof typeof ALARM_BITS] ?? 0), 0)
    const content = [...gps, ...uint(Math.round(report!.altitudeM ?? 0) & 0xffff, 2), bits]
    const type = stored ? 0x11 : 0x10
    const answer = `${type}:${gps.slice(0, 6).join('.')}`
    return { bytes: frame(content.length + 1, type, content), reports: [report!], answer }
  }

  read(chunk: Uint8Array): string[] {
    this.#rest.push(...chunk)
    const answers: string[] = []
    for (;;) {
      const type = this.#rest[3]
      const size = type === LOGIN ? LOGIN_ANSWER_BYTES : TIME_ANSWER_BYTES
      if (type === undefined || this.#rest.length < size) return answers
      const answer = this.#rest.splice(0, size)
      answers.push(type === LOGIN ? String(LOGIN) : `${type}:${answer.slice(4, 10).join('.')}`)
    }
  }
}

function frame(length: number, type: number, content: readonly number[]): Uint8Array {
  return Uint8Array.from([0x78, 0x78, length, type, ...content, 0x0d, 0x0a])
}

export const topinDevice: WireDevice = {
  protocol: 'gt06',
  acknowledges: true,
  batchReportsMax: 1,
  saysStored: true,
  newSession: (deviceId) => new TopinSession(deviceId),
}
