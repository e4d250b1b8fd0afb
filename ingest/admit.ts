// The one door for every protocol: what is believed of a report, and whose timeline it joins.
import { type DirectoryDevice, wearerAt } from '../model/directory.ts'
import type { RefusalReason } from '../model/quarantine.ts'
import type { DeviceReport } from '../model/report.ts'

/**
 * The wearer whose timeline the report joins, or why it joins none: `no_wearer` is to be discarded, all else to be
 * quarantined. It may take the position out of the report:
 *
 * - exactly 0/0 is what receivers without a fix send; nobody under supervision in Indonesia is in the Gulf of Guinea. The
 *   report stays, without a position and marked `zeroPosition`.
 * - an impossible position is refused, except when the report carries an alarm or an opened strap or case: a cut strap must
 *   not be lost to a broken receiver. Then it stays without a position, what was sent kept in `refusedPosition`.
 */
export function admit(
  report: DeviceReport,
  device: DirectoryDevice,
  nowMs: number,
  limits: { futureMsMax: number; ancientMsMax: number },
): number | RefusalReason {
  const { timeMs, latDeg, lonDeg } = report
  if (device.revoked) return 'revoked_device'
  if (!Number.isFinite(timeMs)) return 'impossible_time'
  if (timeMs > nowMs + limits.futureMsMax) return 'future'
  if (timeMs < nowMs - limits.ancientMsMax) return 'ancient'
  if (latDeg !== undefined || lonDeg !== undefined) {
    if (!(latDeg! >= -90 && latDeg! <= 90 && lonDeg! >= -180 && lonDeg! <= 180)) {
      if (report.alarms.length === 0 && report.strap !== 'open' && report.case !== 'open') return 'impossible_position'
      takePositionOut(report, 'refusedPosition', `${latDeg},${lonDeg}`)
    } else if (latDeg === 0 && lonDeg === 0) takePositionOut(report, 'zeroPosition', true)
  }
  return wearerAt(device, timeMs) ?? 'no_wearer'
}

function takePositionOut(report: DeviceReport, why: string, value: string | boolean): void {
  delete report.latDeg
  delete report.lonDeg
  report.fixValid = false
  report.attributes = { ...report.attributes, [why]: value }
}
