import type { DeviceReport } from '../../model/report/report.ts'

/** A plain report; its time distinguishes it. */
export function reportAt(timeMs: number): DeviceReport {
  return { deviceId: 'd', timeMs, fixValid: true, latDeg: -6.2, lonDeg: 106.8, alarms: [], archived: false }
}
