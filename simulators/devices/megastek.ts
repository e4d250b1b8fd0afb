// A Megastek ankle unit: `$MGV` with its length in front, `R` live and `S` from memory, never answered.
import type { DeviceReport } from '../../model/report/report.ts'
import { KNOTS_PER_MPS, nmeaClock, nmeaPlace } from './wire-bytes.ts'
import type { WireDevice } from './wire-device.ts'

const ALERTS = {
  strapOpen: 'Belt Off',
  sos: 'SOS',
  batteryLow: 'LowBattery',
  powerCut: 'PSD',
  vibration: 'VIB',
  gnssFault: 'GPS cut',
}

function messageOf(deviceId: string, report: DeviceReport, stored: boolean): string {
  const [date, time] = nmeaClock(report.timeMs)
  const alarm = report.alarms.find((word) => word in ALERTS) as keyof typeof ALERTS | undefined
  const alert = alarm !== undefined ? ALERTS[alarm] : report.strap === 'closed' ? 'Belt On' : 'Timer'
  const satellites = String(report.satellites ?? 9).padStart(2, '0')
  const speed = ((report.speedMps ?? 0) * KNOTS_PER_MPS).toFixed(3)
  const battery = report.batteryPercent === undefined ? '' : String(Math.round(report.batteryPercent)).padStart(3, '0')
  const message =
    `$MGV002,${deviceId},,${stored ? 'S' : 'R'},${date},${time},${report.fixValid ? 'A' : 'V'},${nmeaPlace(report, 5)},` +
    `00,${satellites},00,0.95,${speed},${(report.courseDeg ?? 0).toFixed(2)},${(report.altitudeM ?? 0).toFixed(1)},0.000,` +
    `510,10,1234,ABCD,21,0000,0000,0,0,0,,,,${report.charging ? 1 : 0}1,${battery},${alert};!`
  return `${String(message.length).padStart(4, '0')}${message}`
}

export const megastekDevice: WireDevice = {
  protocol: 'megastek',
  acknowledges: false,
  batchReportsMax: 1,
  saysStored: true,
  newSession: (deviceId) => ({
    hello: [],
    encode: (reports, stored) => ({ bytes: Buffer.from(messageOf(deviceId, reports[0]!, stored), 'latin1'), reports }),
    read: () => [],
  }),
}
