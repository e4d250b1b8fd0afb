// The plane about a position: how many metres a step of latitude or longitude is there. Sine, cosine, a root and three
// divisions a question would cost more than the nearest edge, so the three scales are cubics in latitude, one set for each
// degree, made once when the module loads. Against the formulas: relative error below 1e-9 up to 85° of latitude.
import { A_M, cosine, E2, E7_RAD, foldE7, geodesicInto, sine } from './project.ts'

/** Doubles a row: unit (4 coefficients), ratio (4), kappa (4). */
export const PLANE_ROW = 12
const DEGREE_E7 = 10_000_000
/** Beyond it the plane is that of 89°. */
export const PLANE_LAT_MAX_E7 = 890_000_000

/**
 * Rows for −90° … 90°. With `t` the latitude in degrees from the row's own:
 *   unit   metres in 1e-7 degrees of latitude (M · π/180e7)
 *   ratio  a degree of longitude over a degree of latitude (N cos φ / M)
 *   kappa  what the ratio loses in half of 1e-7 degrees towards north, as a share (M sin φ / (2 N cos φ) · π/180e7)
 */
export const PLANES = makePlanes()

function makePlanes(): Float64Array {
  const planes = new Float64Array(181 * PLANE_ROW)
  for (let degree = -90; degree <= 90; degree++) {
    const at = (degree + 90) * PLANE_ROW
    for (const [k, scale] of [unitM, lonOverLat, kappa].entries())
      planes.set(
        cubic((t) => scale((degree + t) * DEGREE_E7 * E7_RAD)),
        at + 4 * k,
      )
  }
  return planes
}

function mOverN(lat: number): number {
  return (1 - E2) / (1 - E2 * sine(lat) ** 2)
}

function unitM(lat: number): number {
  return (A_M / Math.sqrt(1 - E2 * sine(lat) ** 2)) * mOverN(lat) * E7_RAD
}

function lonOverLat(lat: number): number {
  return cosine(lat) / mOverN(lat)
}

function kappa(lat: number): number {
  return (0.5 * E7_RAD * mOverN(lat) * sine(lat)) / Math.max(0.005, cosine(lat))
}

/** Coefficients of the cubic that agrees with f at t = ±0.5 and ±0.2. */
function cubic(f: (t: number) => number): [number, number, number, number] {
  const [u, v] = [0.25, 0.04]
  const evenFar = (f(0.5) + f(-0.5)) / 2
  const evenNear = (f(0.2) + f(-0.2)) / 2
  const oddFar = f(0.5) - f(-0.5)
  const oddNear = (f(0.2) - f(-0.2)) / 0.4
  const c2 = (evenFar - evenNear) / (u - v)
  const c3 = (oddFar - oddNear) / (u - v)
  return [evenNear - c2 * v, oddNear - c3 * v, c2, c3]
}

/** Up to this distance the plane is right to a few millimetres; beyond it the ellipsoid is asked. */
const PLANE_MAX_M = 2_000

/**
 * Metres between two positions, across the antimeridian too, into `out[at]`; a third of the cost of `geodesicM` where they are
 * near. With whole numbers given, nothing is boxed for the call or its answer.
 */
export function measureApart(
  aLatE7: number,
  aLonE7: number,
  bLatE7: number,
  bLonE7: number,
  out: Float64Array,
  at: number,
): void {
  const dy = bLatE7 - aLatE7
  const dLon = foldE7(bLonE7 - aLonE7)
  if (aLatE7 < PLANE_LAT_MAX_E7 && aLatE7 > -PLANE_LAT_MAX_E7) {
    const place = (aLatE7 * 1e-7 + 90.5) | 0
    const t = aLatE7 * 1e-7 + 90 - place
    const row = place * PLANE_ROW
    const planes = PLANES
    const unitM = planes[row]! + t * (planes[row + 1]! + t * (planes[row + 2]! + t * planes[row + 3]!))
    const ratio = planes[row + 4]! + t * (planes[row + 5]! + t * (planes[row + 6]! + t * planes[row + 7]!))
    const kappa = planes[row + 8]! + t * (planes[row + 9]! + t * (planes[row + 10]! + t * planes[row + 11]!))
    const dx = dLon * ratio * (1 - kappa * dy)
    const planeM = Math.sqrt(dx * dx + dy * dy) * unitM
    if (planeM < PLANE_MAX_M) {
      out[at] = planeM
      return
    }
  }
  ends[0] = aLatE7
  ends[1] = 0
  ends[2] = bLatE7
  ends[3] = dLon
  geodesicInto(ends)
  out[at] = ends[0]!
}

const answer = new Float64Array(1)
const ends = new Float64Array(4)

export function metresApart(aLatE7: number, aLonE7: number, bLatE7: number, bLonE7: number): number {
  measureApart(aLatE7, aLonE7, bLatE7, bLonE7, answer, 0)
  return answer[0]!
}
