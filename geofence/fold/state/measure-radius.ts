// The error radius of a fix, as its wearer's fold has it.
import type { LogReport } from '../../../model/report/report.ts'
import { errorRadiusM } from '../../evidence.ts'
import { ENGINE } from '../../parameters.ts'
import { HOT } from './wearer-row.ts'

/**
 * Error radius of a report of the wearer whose row is in `hot` at `row`, into `out[at]`: nothing is boxed where the call is not
 * inlined. A device that leaves its accuracy out, for once, has not come out into the open: most of the last one counts on.
 */
export function measureRadius(report: LogReport, hot: Float64Array, row: number, out: Float64Array, at: number): void {
  const statedM = report.accuracyM
  if (statedM > 0 && statedM <= ENGINE.accuracyMaxM) {
    out[at] = Math.max(statedM, ENGINE.radiusFloorM)
    return
  }
  const ownM = errorRadiusM(statedM, report.hdop, report.source)
  const lastM = hot[row + HOT.fixRadiusM]!
  const counts = lastM <= ENGINE.poorRadiusM && report.timeMs - hot[row + HOT.fixMs]! <= ENGINE.radiusLastsMs
  out[at] = counts ? Math.max(ownM, lastM * ENGINE.radiusKept) : ownM
}
