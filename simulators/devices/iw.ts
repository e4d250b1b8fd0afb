// An IW wristband: login, 01 for places and 10 for alarms, each answered with its type.
import type { DeviceReport } from '../../model/report/report.ts'
import { clockFields, KMH_PER_MPS, nmeaPlace, two } from './wire-bytes.ts'
import type { Outgoing, Session, WireDevice } from './wire-device.ts'

const ALARMS = { sos: '01', batteryLow: '02', strapOpen: '03', tamper: '05', fall: '06', powerOff: '19' }

class IwSession implements Session {
  readonly hello: (() => Outgoing)[]
  #rest = ''

  constructor(deviceId: string) {
    this.hello = [() => frame('00', `${deviceId},89620000000000000001,510100000000001`)]
  }

  keepAlive(): Outgoing {
    return frame('03', ',08000908300102,1200,3')
  }

  encode([report]: DeviceReport[]): Outgoing {
    const alarm = report!.alarms.find((word) => word in ALARMS) as keyof typeof ALARMS | undefined
    const place = `${placeOf(report!)},510,10,4660,43981`
    if (alarm === undefined) return frame('01', `${place},`, report)
    return frame('10', `${place},${ALARMS[alarm]},en,00,`, report)
  }

  read(chunk: Uint8Array): string[] {
    const parts = (this.#rest + Buffer.from(chunk).toString('latin1')).split('#')
    this.#rest = parts.pop() as string
    return parts.map((part) => part.slice(4, 6))
  }
}

function frame(type: string, content: string, report?: DeviceReport): Outgoing {
  return {
    bytes: Buffer.from(`IWAP${type}${content}#`, 'latin1'),
    reports: report === undefined ? [] : [report],
    answer: type,
  }
}

function placeOf(report: DeviceReport): string {
  const [year, month, day, ...clock] = clockFields(report.timeMs).map((field) => two(field))
  const speed = ((report.speedMps ?? 0) * KMH_PER_MPS).toFixed(1).padStart(5, '0')
  const course = (report.courseDeg ?? 0).toFixed(2).padStart(6, '0')
  const battery = String(Math.round(report.batteryPercent ?? 100)).padStart(3, '0')
  const place = nmeaPlace(report, 4).replaceAll(',', '')
  return `${year}${month}${day}${report.fixValid ? 'A' : 'V'}${place}${speed}${clock.join('')}${course}060009${battery}00102`
}

export const iwDevice: WireDevice = {
  protocol: 'iw',
  acknowledges: true,
  answersAnyFrame: true,
  batchReportsMax: 1,
  saysStored: false,
  newSession: (deviceId) => new IwSession(deviceId),
}
