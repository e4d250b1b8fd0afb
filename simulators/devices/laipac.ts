// A Laipac S911: says who it is, waits for the echo of its ECHK, and sends lower-case reports until each is acknowledged.
import type { DeviceReport } from '../../model/report/report.ts'
import { KNOTS_PER_MPS, Lines, nmeaClock, nmeaLine, nmeaPlace } from './wire-bytes.ts'
import type { Outgoing, Session, WireDevice } from './wire-device.ts'

const EVENTS = { sos: '3', tamper: 'T', strapOpen: 'T', batteryLow: 'Z', powerCut: '5', vibration: '8', movement: 'Y' }

class LaipacSession implements Session {
  readonly hello: (() => Outgoing)[]
  readonly #deviceId: string
  readonly #lines = new Lines()

  constructor(deviceId: string) {
    this.#deviceId = deviceId
    const echo = nmeaLine(`ECHK,${deviceId},0`)
    this.hello = [
      () => ({ bytes: text(nmeaLine(`AVSYS,${deviceId},V1.50,SN0000103,32768`)), reports: [] }),
      () => ({ bytes: text(echo), reports: [], answer: echo }),
    ]
  }

  keepAlive(): Outgoing {
    return this.hello[1]!()
  }

  encode([report]: DeviceReport[]): Outgoing {
    const { timeMs, fixValid, speedMps = 0, courseDeg = 0, batteryVolts = 3.9, alarms } = report!
    const [date, time] = nmeaClock(timeMs)
    const event = EVENTS[alarms.find((alarm) => alarm in EVENTS) as keyof typeof EVENTS] ?? '0'
    const line = nmeaLine(
      `AVRMC,${this.#deviceId},${time},${fixValid ? 'a' : 'v'},${nmeaPlace(report!, 4)},${(speedMps * KNOTS_PER_MPS).toFixed(2)},` +
        `${courseDeg.toFixed(2)},${date},${event},${Math.round(batteryVolts * 1000)},12,1,0,0`,
    )
    return { bytes: text(line), reports: [report!], answer: nmeaLine(`EAVACK,${event},${line.slice(-2)}`) }
  }

  read(chunk: Uint8Array): string[] {
    return this.#lines.take(chunk)
  }
}

function text(line: string): Uint8Array {
  return Buffer.from(`${line}\r\n`, 'latin1')
}

export const laipacDevice: WireDevice = {
  protocol: 'laipac',
  acknowledges: true,
  answersAnyFrame: true,
  batchReportsMax: 1,
  saysStored: false,
  newSession: (deviceId) => new LaipacSession(deviceId),
}
