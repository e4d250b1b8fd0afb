import type { CompiledZone } from './compiled-zone.ts'
import { foldE7, geodesicM } from './project.ts'

/** Depths are found to so many metres. */
const TOLERANCE_M = 0.25
const STEPS_MAX = 4096

/**
 * How deep the straight line between two positions goes into the zone: the greatest signed distance along it, metres, at
 * most TOLERANCE_M too small. Zero or less when the line stays outside; how far outside it does not say. Straight means
 * in longitude and latitude, the shorter way around.
 */
export function segmentDepthM(
  zone: CompiledZone,
  aLatE7: number,
  aLonE7: number,
  bLatE7: number,
  bLonE7: number,
): number {
  const dLat = bLatE7 - aLatE7
  const dLon = foldE7(bLonE7 - aLonE7)
  // Longer than any such line, so that a share of it is longer than that part of the line.
  const lengthM =
    geodesicM(aLatE7, 0, bLatE7, 0) + geodesicM(nearerEquator(aLatE7, bLatE7), 0, nearerEquator(aLatE7, bLatE7), dLon)
  const fa = nearDistanceM(zone, aLatE7, aLonE7, lengthM)
  const fb = nearDistanceM(zone, bLatE7, bLonE7, lengthM)
  let best = Math.max(fa, fb)
  // The distance changes by at most a metre a metre, so the ends of a stretch bound what lies between them.
  const open: [from: number, to: number, fFrom: number, fTo: number][] = [[0, 1, fa, fb]]
  for (let steps = 0; open.length > 0 && steps < STEPS_MAX; steps++) {
    const [from, to, fFrom, fTo] = open.pop()!
    const bound = (fFrom + fTo + (to - from) * lengthM) / 2
    if (bound <= 0 || bound <= best + TOLERANCE_M) continue
    const middle = (from + to) / 2
    const f = zone.signedDistanceM(Math.round(aLatE7 + dLat * middle), foldE7(Math.round(aLonE7 + dLon * middle)))
    if (f > best) best = f
    if (fFrom < fTo) open.push([from, middle, fFrom, f], [middle, to, f, fTo])
    else open.push([middle, to, f, fTo], [from, middle, fFrom, f])
  }
  return best
}

/** Exact inside and where the line could reach the zone; else at least too far for that. */
function nearDistanceM(zone: CompiledZone, latE7: number, lonE7: number, lengthM: number): number {
  const distanceM = zone.signedDistanceM(latE7, lonE7, lengthM * 1.01 + 1)
  return distanceM > lengthM ? zone.signedDistanceM(latE7, lonE7) : distanceM
}

function nearerEquator(aLatE7: number, bLatE7: number): number {
  if (aLatE7 > 0 !== bLatE7 > 0) return 0
  return Math.abs(aLatE7) < Math.abs(bLatE7) ? aLatE7 : bLatE7
}
