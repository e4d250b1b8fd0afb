// Nearly every report: no edge since the last one, nothing open or begun, and the wearer still within the distance at which no
// verdict can change. One distance in the plane, on the wearer's row alone.
import { CONTACT, type LogReport, REPORT_FLAG, TRISTATE } from '../../model/report/report.ts'
import { PLANE_LAT_MAX_E7, PLANE_ROW, PLANES } from '../geometry/local-plane.ts'
import { FULL_TURN_E7 } from '../geometry/project.ts'
import { ENGINE } from '../parameters.ts'
import { measureRadius } from './state/measure-radius.ts'
import { chargingOf, HOT, packTrail } from './state/wearer-row.ts'

/** Metres by which a distance along the ground may differ from a difference of signed distances. */
export const SLACK_M = 1
export const SLACK_SHARE = 1.01
/** What anybody may have gone since the last fix, were it in the same second. */
const LINE_M_PER_MS = ENGINE.groundSpeedMps / 1000
const FAST_LINE_M = ENGINE.clockSlackMs * LINE_M_PER_MS
/** A longer leap is looked at: it may be one of a device at two places in turn. */
const LEAP_M = ENGINE.hopLeastM
/** As far as the plane is right. */
const FAST_REACH_M = 2000
const HALF_TURN_E7 = FULL_TURN_E7 / 2

const TAKEN_FLAGS =
  REPORT_FLAG.fixValid | REPORT_FLAG.hasPosition | REPORT_FLAG.mock | REPORT_FLAG.disputed | REPORT_FLAG.defective

const radius = new Float64Array(1)

/**
 * Takes the report into the row and gives true where that is all there is to do; else changes nothing. What is decided here
 * would be decided the same by the whole of `step`; where rounding could matter it is left to that. The row has a fast path only
 * while its state is quiet, so none of that is asked here.
 */
export function tryFastPath(hot: Float64Array, at: number, report: LogReport): boolean {
  const { timeMs, latE7, lonE7 } = report
  if (!(timeMs < hot[at + HOT.fastUntilMs]!)) return false
  if (
    (report.flags & TAKEN_FLAGS) !== 3 ||
    report.alarms !== 0 ||
    report.strap === CONTACT.open ||
    report.case === CONTACT.open ||
    report.batteryPercent <= ENGINE.batteryLowPercent ||
    !(latE7 < PLANE_LAT_MAX_E7 && latE7 > -PLANE_LAT_MAX_E7)
  )
    return false
  measureRadius(report, hot, at, radius, 0)

  const place = (latE7 * 1e-7 + 90.5) | 0
  const t = latE7 * 1e-7 + 90 - place
  const row = place * PLANE_ROW
  const planes = PLANES
  const unitM = planes[row]! + t * (planes[row + 1]! + t * planes[row + 2]!)
  const ratio = planes[row + 4]! + t * (planes[row + 5]! + t * planes[row + 6]!)
  const kappa = planes[row + 8]! + t * planes[row + 9]!

  let dy = latE7 - hot[at + HOT.fixLatE7]!
  let dLon = lonE7 - hot[at + HOT.fixLonE7]!
  if (dLon > HALF_TURN_E7 || dLon < -HALF_TURN_E7) return false
  let dx = dLon * ratio * (1 + kappa * dy)
  const lineM = Math.sqrt(dx * dx + dy * dy) * unitM * SLACK_SHARE + SLACK_M
  // Further than anybody may have gone since the last fix, the clocks' slack granted, it must be weighed whether it is credible.
  if (!(lineM < FAST_LINE_M) && !(lineM < (timeMs - hot[at + HOT.fixMs]! + ENGINE.clockSlackMs) * LINE_M_PER_MS))
    return false
  if (!(lineM < LEAP_M)) return false
  dy = latE7 - hot[at + HOT.anchorLatE7]!
  dLon = lonE7 - hot[at + HOT.anchorLonE7]!
  if (dLon > HALF_TURN_E7 || dLon < -HALF_TURN_E7) return false
  dx = dLon * ratio * (1 + kappa * dy)
  const movedM = Math.sqrt(dx * dx + dy * dy) * unitM * SLACK_SHARE + SLACK_M
  if (!(movedM < FAST_REACH_M)) return false
  const leftM = hot[at + HOT.safeM]! - movedM
  if (!(leftM > lineM && leftM > radius[0]! * ENGINE.complyGuardPerRadius && leftM > hot[at + HOT.guardFloorM]!))
    return false

  const { charging } = report
  hot[at + HOT.trail] = packTrail(
    latE7 - hot[at + HOT.fixLatE7]!,
    lonE7 - hot[at + HOT.fixLonE7]!,
    charging === TRISTATE.unknown ? chargingOf(hot[at + HOT.trail]!) : charging === TRISTATE.yes ? 1 : 0,
  )
  hot[at + HOT.cursorMs] = timeMs
  hot[at + HOT.fixLatE7] = latE7
  hot[at + HOT.fixLonE7] = lonE7
  hot[at + HOT.fixMs] = timeMs
  hot[at + HOT.fixRadiusM] = radius[0]!
  hot[at + HOT.fixHi] = report.contentHi
  hot[at + HOT.fixLo] = report.contentLo
  return true
}
