// A Teltonika personal tracker: IMEI, then records of Codec 8 Extended, confirmed by their number.
import type { DeviceReport } from '../../model/report/report.ts'
import { crc16, KMH_PER_MPS, uint } from './wire-bytes.ts'
import type { Outgoing, Session, WireDevice } from './wire-device.ts'

const CODEC_8E = 0x8e
const EVENTS = { sos: 236, fall: 242, movement: 246, jamming: 249, powerCut: 252 }
const BATTERY_PERCENT = 113
const CHARGER = 116
const BATTERY_MILLIVOLTS = 67
/** Digital input 1: the strap's loop, which is 1 while it is closed. */
const STRAP = 1

class TeltonikaSession implements Session {
  readonly hello: (() => Outgoing)[]
  #rest: number[] = []
  #isTaken = false

  constructor(deviceId: string) {
    const imei = [...Buffer.from(deviceId, 'latin1')]
    this.hello = [() => ({ bytes: Uint8Array.from([...uint(imei.length, 2), ...imei]), reports: [], answer: 'login' })]
  }

  encode(reports: DeviceReport[]): Outgoing {
    const data = recordsOf(reports)
    const bytes = Uint8Array.from([...uint(0, 4), ...uint(data.length, 4), ...data, ...uint(crc16(data, 'arc'), 4)])
    return { bytes, reports, answer: String(reports.length) }
  }

  read(chunk: Uint8Array): string[] {
    this.#rest.push(...chunk)
    const answers: string[] = []
    if (!this.#isTaken && this.#rest.length > 0) {
      this.#isTaken = this.#rest.shift() === 1
      answers.push(this.#isTaken ? 'login' : 'refused')
    }
    while (this.#rest.length >= 4) answers.push(String(this.#rest.splice(0, 4)[3]))
    return answers
  }
}

/** The data of a packet: the same over TCP and UDP. */
export function recordsOf(reports: readonly DeviceReport[]): number[] {
  return [CODEC_8E, reports.length, ...reports.flatMap(recordOf), reports.length]
}

function recordOf(report: DeviceReport): number[] {
  const { latDeg = 0, lonDeg = 0, speedMps = 0, courseDeg = 0, altitudeM = 0, alarms } = report
  const isRemoved = report.strap === 'open' || alarms.includes('strapOpen')
  const event = isRemoved ? STRAP : (EVENTS[alarms.find((word) => word in EVENTS) as keyof typeof EVENTS] ?? 0)
  const bytes: number[][] = [
    [...uint(STRAP, 2), isRemoved ? 0 : 1],
    [...uint(BATTERY_PERCENT, 2), Math.round(report.batteryPercent ?? 100)],
    [...uint(CHARGER, 2), report.charging ? 1 : 0],
  ]
  if (event !== 0 && event !== STRAP) bytes.push([...uint(event, 2), 1])
  return [
    ...uint(Math.floor(report.timeMs / 2 ** 32), 4),
    ...uint(report.timeMs % 2 ** 32, 4),
    event === 0 ? 0 : 1,
    ...uint(Math.round(lonDeg * 1e7), 4),
    ...uint(Math.round(latDeg * 1e7), 4),
    ...uint(Math.round(altitudeM), 2),
    ...uint(Math.round(courseDeg), 2),
    report.fixValid ? (report.satellites ?? 9) : 0,
    ...uint(Math.round(speedMps * KMH_PER_MPS), 2),
    ...uint(event, 2),
    ...uint(bytes.length + 1, 2),
    ...uint(bytes.length, 2),
    ...bytes.flat(),
    ...uint(1, 2),
    ...uint(BATTERY_MILLIVOLTS, 2),
    ...uint(3900, 2),
    ...uint(0, 2),
    ...uint(0, 2),
    ...uint(0, 2),
  ]
}

export const teltonikaDevice: WireDevice = {
  protocol: 'teltonika',
  acknowledges: true,
  answersAnyFrame: true,
  batchReportsMax: 10,
  saysStored: false,
  newSession: (deviceId) => new TeltonikaSession(deviceId),
}
