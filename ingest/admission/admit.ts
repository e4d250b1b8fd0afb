// The one door for every protocol: what is believed of a report, and whose timeline it joins.
import { type DirectoryDevice, wearerAt } from '../../model/plan/directory.ts'
import type { RefusalReason } from '../../model/report/quarantine.ts'
import type { DeviceReport } from '../../model/report/report.ts'
import { isUrgent } from '../protocols/urgent.ts'

/**
 * The wearer whose timeline the report joins, or why it joins none: `no_wearer` is to be discarded, all else to be
 * quarantined. It may change the report:
 *
 * - exactly 0/0 is what receivers without a fix send; nobody under supervision in Indonesia is in the Gulf of Guinea. The
 *   report stays, without a position and marked `zeroPosition`.
 * - an impossible position is refused, except when the report carries an alarm or an opened strap or case: a cut strap must
 *   not be lost to a broken receiver. Then it stays without a position, what was sent kept in `refusedPosition`.
 * - neither must it be lost to a clock that was set back: a cut strap, an opened case, an SOS whose time cannot be believed
 *   counts from its receipt, what was sent kept in `refusedTime`, and its position, of no known time, is no evidence.
 *
 * What else of such a report cannot be is left out before it comes here, by who decodes it.
 */
export function admit(
  report: DeviceReport,
  device: DirectoryDevice,
  nowMs: number,
  limits: { futureMsMax: number; ancientMsMax: number },
): number | RefusalReason {
  const { latDeg, lonDeg } = report
  if (device.revoked) return 'revoked_device'
  const doubt = doubtOfTime(report.timeMs, nowMs, limits)
  if (doubt !== undefined) {
    if (!isUrgent(report)) return doubt
    report.attributes = { ...report.attributes, refusedTime: String(report.timeMs) }
    report.timeMs = nowMs
    report.fixValid = false
  }
  if (latDeg !== undefined || lonDeg !== undefined) {
    if (!(latDeg! >= -90 && latDeg! <= 90 && lonDeg! >= -180 && lonDeg! <= 180)) {
      if (report.alarms.length === 0 && report.strap !== 'open' && report.case !== 'open') return 'impossible_position'
      takePositionOut(report, 'refusedPosition', `${latDeg},${lonDeg}`)
    } else if (latDeg === 0 && lonDeg === 0) takePositionOut(report, 'zeroPosition', true)
  }
  return wearerAt(device, report.timeMs) ?? 'no_wearer'
}

function doubtOfTime(
  timeMs: number,
  nowMs: number,
  limits: { futureMsMax: number; ancientMsMax: number },
): RefusalReason | undefined {
  if (!Number.isFinite(timeMs)) return 'impossible_time'
  if (timeMs > nowMs + limits.futureMsMax) return 'future'
  return timeMs < nowMs - limits.ancientMsMax ? 'ancient' : undefined
}

function takePositionOut(report: DeviceReport, why: string, value: string | boolean): void {
  delete report.latDeg
  delete report.lonDeg
  report.fixValid = false
  report.attributes = { ...report.attributes, [why]: value }
}
