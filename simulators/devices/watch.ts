// A Watch wristband: LK first, UD for places, UD2 for those from memory, AL for alarms; LK and AL are answered.
import type { DeviceReport } from '../../model/report/report.ts'
import { KMH_PER_MPS, nmeaClock } from './wire-bytes.ts'
import type { Outgoing, Session, WireDevice } from './wire-device.ts'

const ALARM_BITS = { powerCut: 14, sos: 16, batteryLow: 17, strapOpen: 20, fall: 21 }

class WatchSession implements Session {
  readonly hello: (() => Outgoing)[]
  readonly #id: string
  #rest = ''

  constructor(deviceId: string) {
    this.#id = deviceId
    this.hello = [() => this.keepAlive()]
  }

  keepAlive(): Outgoing {
    return { bytes: this.#frame('LK,1200,3,80'), reports: [], answer: 'LK' }
  }

  encode([report]: DeviceReport[], stored: boolean): Outgoing {
    const bits = report!.alarms.map((word) => ALARM_BITS[word as keyof typeof ALARM_BITS] ?? -1)
    const state = bits.filter((bit) => bit >= 0).reduce((sum, bit) => sum + 2 ** bit, 0)
    if (state > 0) return { bytes: this.#frame(`AL,${placeOf(report!, state)}`), reports: [report!], answer: 'AL' }
    return { bytes: this.#frame(`${stored ? 'UD2' : 'UD'},${placeOf(report!, state)}`), reports: [report!] }
  }

  read(chunk: Uint8Array): string[] {
    const parts = (this.#rest + Buffer.from(chunk).toString('latin1')).split(']')
    this.#rest = parts.pop() as string
    return parts.map((part) => part.split('*')[3]!)
  }

  #frame(content: string): Uint8Array {
    const length = content.length.toString(16).padStart(4, '0').toUpperCase()
    return Buffer.from(`[3G*${this.#id}*${length}*${content}]`, 'latin1')
  }
}

function placeOf(report: DeviceReport, state: number): string {
  const { latDeg = 0, lonDeg = 0, speedMps = 0, courseDeg = 0, altitudeM = 0, batteryPercent = 100 } = report
  const [date, time] = nmeaClock(report.timeMs)
  return [
    `${date},${time},${report.fixValid ? 'A' : 'V'}`,
    `${Math.abs(latDeg).toFixed(6)},${latDeg < 0 ? 'S' : 'N'},${Math.abs(lonDeg).toFixed(6)},${lonDeg < 0 ? 'W' : 'E'}`,
    `${(speedMps * KMH_PER_MPS).toFixed(2)},${courseDeg.toFixed(1)},${altitudeM.toFixed(1)}`,
    `9,100,${Math.round(batteryPercent)},1200,3,${state.toString(16).padStart(8, '0').toUpperCase()}`,
    '1,0,510,10,4660,43981,142,0,12.5',
  ].join(',')
}

export const watchDevice: WireDevice = {
  protocol: 'watch',
  acknowledges: false,
  answersAnyFrame: true,
  batchReportsMax: 1,
  saysStored: false,
  newSession: (deviceId) => new WatchSession(deviceId),
}
