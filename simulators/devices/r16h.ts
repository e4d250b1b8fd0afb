// An R16H ankle bracelet: LINK, then GPSD live or stored; the server never answers.
import type { DeviceReport } from '../../model/report/report.ts'
import { KMH_PER_MPS, two } from './wire-bytes.ts'
import type { WireDevice } from './wire-device.ts'

const ALARMS = { sos: 'SOS', batteryLow: 'LBT', strapOpen: 'ULK' }

function frameOf(deviceId: string, report: DeviceReport, stored: boolean): string {
  const t = new Date(report.timeMs)
  const date = `${t.getUTCFullYear()}${two(t.getUTCMonth() + 1)}${two(t.getUTCDate())}`
  const time = `${two(t.getUTCHours())}${two(t.getUTCMinutes())}${two(t.getUTCSeconds())}`
  const alarm = ALARMS[report.alarms.find((word) => word in ALARMS) as keyof typeof ALARMS] ?? ''
  const tail = `${Math.round(report.batteryPercent ?? 100)},${report.strap === 'open' ? 'R' : 'L'},${alarm}$`
  const head = `${deviceId},${stored ? 'S' : 'R'},${date},${time}`
  if (!report.fixValid) return `@LBSD,${head},510-10-1234-abcd:-87,,,${tail}`
  const { latDeg = 0, lonDeg = 0, speedMps = 0, courseDeg = 0, altitudeM = 0 } = report
  const place = `${Math.abs(latDeg).toFixed(6)},${latDeg < 0 ? 'S' : 'N'},${Math.abs(lonDeg).toFixed(6)},${lonDeg < 0 ? 'W' : 'E'}`
  return `@GPSD,${head},${place},${Math.round(speedMps * KMH_PER_MPS)},${Math.round(courseDeg)},${Math.round(altitudeM)},${tail}`
}

export const r16hDevice: WireDevice = {
  protocol: 'r16h',
  acknowledges: false,
  batchReportsMax: 1,
  saysStored: true,
  newSession: (deviceId) => ({
    hello: [() => ({ bytes: Buffer.from(`@LINK,${deviceId}$`, 'latin1'), reports: [] })],
    keepAlive: () => ({ bytes: Buffer.from(`@LINK,${deviceId}$`, 'latin1'), reports: [] }),
    encode: (reports, stored) => ({ bytes: Buffer.from(frameOf(deviceId, reports[0]!, stored), 'latin1'), reports }),
    read: () => [],
  }),
}
