// From a fix to evidence, and from evidence to a side.
//
//   margin m = signed distance, turned so that + is the right side; guard g = max(floor, radius × …GuardPerRadius)
//     m < −g(breach)  breach      m > g(comply)  comply      between  unsure
//
//   side      evidence  what follows
//   right     comply    forgets a breach run
//   right     unsure    nothing at once; a breach run lives on, but only for runLinkMs (noise of hours never adds up);
//                       for too long, and not merely near the wall: location unverifiable
//                       in an avoided zone, all of many inside or their mean deep inside: location unverifiable, too
//   right     breach    one more in the run; enough of them (one more where all are near the wall) and long enough:
//                       wrong side, from the run's first fix; over a gap of runGapMs without a fix one more, from the first behind it
//   wrong     breach    forgets a return run
//   wrong     unsure    nothing at once; on the right side of the line with a good radius for long, as after comply
//   wrong     comply    one more in the return run; enough and long enough: right side, from that run's first fix
import { POSITION_SOURCE } from '../model/report/report.ts'
import { DEFAULT_RADIUS_M, ENGINE } from './parameters.ts'

/** Error radius in metres: what the fix states, or the default of its source where that is missing or a sentinel. */
export function errorRadiusM(accuracyM: number, hdop: number, source: number): number {
  if (accuracyM > 0 && accuracyM <= ENGINE.accuracyMaxM) return Math.max(accuracyM, ENGINE.radiusFloorM)
  const fallback = DEFAULT_RADIUS_M[source] ?? DEFAULT_RADIUS_M[POSITION_SOURCE.unknown]!
  return hdop > 0 && hdop <= ENGINE.hdopMax ? Math.max(fallback, hdop * ENGINE.hdopToM) : fallback
}

/** Metres on the right side of a boundary up to which a fix of this error radius does not prove compliance. */
export function complyGuardM(radiusM: number, floorM: number): number {
  return Math.max(floorM, radiusM * ENGINE.complyGuardPerRadius)
}

/** Metres on the wrong side of a boundary up to which a fix of this error radius does not prove a breach. */
export function breachGuardM(radiusM: number, floorM: number): number {
  return Math.max(floorM, radiusM * ENGINE.breachGuardPerRadius)
}

/** Evidence of a margin (positive on the right side): 1 comply, 0 unsure, -1 breach. */
export function weigh(marginM: number, radiusM: number, floorM: number): -1 | 0 | 1 {
  if (marginM > complyGuardM(radiusM, floorM)) return 1
  return marginM < -breachGuardM(radiusM, floorM) ? -1 : 0
}
