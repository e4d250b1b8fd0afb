import type { BboxE7, CompiledZone } from './compile-zone.ts'
import { A_M, cosine, E2, E7_RAD, foldE7, geodesicM, sine } from './project.ts'

/** Closed rings (or one open line) as flat positions relative to an origin. */
export type Edges = {
  originLatE7: number
  originLonE7: number
  /** x (longitude), y (latitude) by turns, 1e-7 degrees from the origin. */
  xy: Int32Array
  /** Index of the first vertex after each path. */
  pathEnds: Int32Array
}

/** Distances beyond this are taken along the ellipsoid, below it in the plane about the position. */
const PLANE_MAX_M = 2_000

/** A polygon, multipolygon or corridor. */
export class EdgeZone implements CompiledZone {
  readonly kind: 'area' | 'corridor'
  readonly bboxE7: BboxE7
  readonly areaM2: number
  readonly #edges: Edges
  readonly #halfWidthM: number

  constructor(kind: 'area' | 'corridor', edges: Edges, halfWidthM: number, areaM2: number, bboxE7: BboxE7) {
    this.kind = kind
    this.#edges = edges
    this.#halfWidthM = halfWidthM
    this.areaM2 = areaM2
    this.bboxE7 = bboxE7
  }

  get vertices(): number {
    return this.#edges.xy.length / 2
  }

  signedDistanceM(latE7: number, lonE7: number): number {
    const { originLatE7, originLonE7, xy, pathEnds } = this.#edges
    const qx = foldE7(lonE7 - originLonE7)
    const qy = latE7 - originLatE7
    const lat = latE7 * E7_RAD
    const sin = sine(lat)
    const cos = Math.max(1e-4, cosine(lat))
    const w2 = 1 - E2 * sin * sin
    const mOverN = (1 - E2) / w2
    const ratio = cos / mOverN
    const kappa = (0.5 * E7_RAD * mOverN * sin) / cos
    let best2 = Number.POSITIVE_INFINITY
    let bestX = 0
    let bestY = 0
    let inside = false
    let v = 0
    for (const end of pathEnds) {
      let ax = (xy[2 * v]! - qx) * ratio
      let ay = xy[2 * v + 1]! - qy
      for (v++; v < end; v++) {
        const bx = (xy[2 * v]! - qx) * ratio
        const by = xy[2 * v + 1]! - qy
        const ex = bx - ax
        const ey = by - ay
        if (ay > 0 !== by > 0 && ax * ey - ay * ex > 0 === ey > 0) inside = !inside
        const length2 = ex * ex + ey * ey
        let t = length2 > 0 ? -(ax * ex + ay * ey) / length2 : 0
        t = t < 0 ? 0 : t > 1 ? 1 : t
        const x = ax + t * ex
        const y = ay + t * ey
        const f = 1 - kappa * y
        const xf = x * (f < 0.05 ? 0.05 : f)
        const d2 = xf * xf + y * y
        if (d2 < best2) {
          best2 = d2
          bestX = x
          bestY = y
        }
        ax = bx
        ay = by
      }
    }
    const n = A_M / Math.sqrt(w2)
    let distanceM = Math.sqrt(best2) * n * mOverN * E7_RAD
    if (distanceM > PLANE_MAX_M) distanceM = geodesicM(latE7, 0, latE7 + bestY, bestX / ratio)
    if (this.kind === 'corridor') return this.#halfWidthM - distanceM
    return inside ? distanceM : -distanceM
  }

  measure(latE7: number, lonE7: number, out: Float64Array, at: number): void {
    out[at] = this.signedDistanceM(latE7, lonE7)
  }
}
