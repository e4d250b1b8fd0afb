import type { LogReport } from '../../../model/report/report.ts'

/**
 * A fix (or a report without one) as evidence: who it was, where, and how it lay to the boundary. A class whose numbers are
 * fractions from the beginning, so that one is filled again in place.
 */
export class Spot {
  timeMs = Number.NaN
  contentHi = Number.NaN
  contentLo = Number.NaN
  /** NaN where the report had no position. */
  latE7 = Number.NaN
  lonE7 = Number.NaN
  /** Signed, + inside; NaN where no zone is concerned. */
  distanceM = Number.NaN
  radiusM = Number.NaN
}

export function copySpot(from: Spot, to: Spot): Spot {
  to.timeMs = from.timeMs
  to.contentHi = from.contentHi
  to.contentLo = from.contentLo
  to.latE7 = from.latE7
  to.lonE7 = from.lonE7
  to.distanceM = from.distanceM
  to.radiusM = from.radiusM
  return to
}

export function spotOf(report: LogReport, distanceM: number, radiusM: number): Spot {
  const spot = new Spot()
  placeSpot(spot, report)
  spot.distanceM = distanceM
  spot.radiusM = radiusM
  return spot
}

/** All but the metres. */
export function placeSpot(spot: Spot, report: LogReport): void {
  const placed = (report.flags & 1) !== 0
  spot.timeMs = report.timeMs
  spot.contentHi = report.contentHi
  spot.contentLo = report.contentLo
  spot.latE7 = placed ? report.latE7 : Number.NaN
  spot.lonE7 = placed ? report.lonE7 : Number.NaN
}
