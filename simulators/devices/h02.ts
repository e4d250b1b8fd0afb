// An H02 device: V1 for each report. A status bit is 0 where its alarm holds. The server confirms each V1.
import type { DeviceReport } from '../../model/report/report.ts'
import { KNOTS_PER_MPS, nmeaClock, nmeaPlace } from './wire-bytes.ts'
import type { Outgoing, Session, WireDevice } from './wire-device.ts'

const ALARM_BITS = { vibration: 0, sos: 1, overspeed: 2, zoneIn: 4, zoneOut: 7, powerCut: 19, jamming: 26 }
const QUIET_STATUS = 0xff_ff_fb_ff

class H02Session implements Session {
  readonly hello: (() => Outgoing)[] = []
  readonly #id: string
  #rest = ''

  constructor(deviceId: string) {
    this.#id = deviceId
  }

  keepAlive(): Outgoing {
    return { bytes: this.#frame('HTBT,80'), reports: [], answer: 'HTBT' }
  }

  encode([report]: DeviceReport[]): Outgoing {
    const { timeMs, fixValid, speedMps = 0, courseDeg = 0, alarms } = report!
    const [date, time] = nmeaClock(timeMs)
    const status = alarms.reduce((bits, word) => bits - bitOf(word), QUIET_STATUS)
    const content =
      `V1,${time},${fixValid ? 'A' : 'V'},${nmeaPlace(report!, 4)},${(speedMps * KNOTS_PER_MPS).toFixed(2)},` +
      `${Math.round(courseDeg)},${date},${status.toString(16).toUpperCase().padStart(8, '0')},510,10,4660,43981`
    return { bytes: this.#frame(content), reports: [report!], answer: 'V4' }
  }

  read(chunk: Uint8Array): string[] {
    const parts = (this.#rest + Buffer.from(chunk).toString('latin1')).split('#')
    this.#rest = parts.pop() as string
    return parts.map((part) => part.split(',')[2]!)
  }

  #frame(content: string): Uint8Array {
    return Buffer.from(`*HQ,${this.#id},${content}#`, 'latin1')
  }
}

function bitOf(word: string): number {
  const bit = ALARM_BITS[word as keyof typeof ALARM_BITS]
  return bit === undefined ? 0 : 2 ** bit
}

export const h02Device: WireDevice = {
  protocol: 'h02',
  acknowledges: true,
  answersAnyFrame: true,
  batchReportsMax: 1,
  saysStored: false,
  newSession: (deviceId) => new H02Session(deviceId),
}
