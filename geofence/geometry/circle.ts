import type { BboxE7, CompiledZone } from './compiled-zone.ts'
import { PLANE_LAT_MAX_E7, PLANE_ROW, PLANES } from './local-plane.ts'
import { A_M, arcOverChord, cosine, E2, E7_RAD, FULL_TURN_E7, foldE7, sine, trigInto } from './project.ts'

/** Up to this distance from the centre the plane about the position is taken, beyond it the ellipsoid. */
const PLANE_MAX_M = 2_000
/** Within two degrees, and not near a pole, a bound may be taken from the plane. */
const WIDE_E7 = 20_000_000
const BOUND_LAT_MAX_E7 = 700_000_000

const answer = new Float64Array(1)
const trig = new Float64Array(4)
const arc = new Float64Array(3)

/** All positions within `radiusM` of the centre along the ellipsoid. */
export class CircleZone implements CompiledZone {
  readonly latE7: number
  readonly lonE7: number
  readonly radiusM: number
  /** The centre in the meridian plane: distance from the axis, height over the equator, sine of latitude. */
  readonly #p: number
  readonly #z: number
  readonly #sin: number

  constructor(latE7: number, lonE7: number, radiusM: number) {
    this.latE7 = latE7
    this.lonE7 = lonE7
    this.radiusM = radiusM
    const sin = sine(latE7 * E7_RAD)
    const n = A_M / Math.sqrt(1 - E2 * sin * sin)
    this.#p = n * cosine(latE7 * E7_RAD)
    this.#z = n * (1 - E2) * sin
    this.#sin = sin
  }

  get kind(): 'circle' {
    return 'circle'
  }

  get vertices(): number {
    return 1
  }

  get areaM2(): number {
    return Math.PI * this.radiusM * this.radiusM
  }

  get bboxE7(): BboxE7 {
    const north = (this.radiusM / (A_M * (1 - E2))) * 1.0001
    const east = (this.radiusM / Math.max(1, this.#p - this.radiusM)) * 1.0001
    const eastE7 = Math.min(FULL_TURN_E7 / 2, Math.ceil(east / E7_RAD))
    const northE7 = Math.ceil(north / E7_RAD)
    return {
      south: Math.max(-900_000_000, this.latE7 - northE7),
      north: Math.min(900_000_000, this.latE7 + northE7),
      west: this.lonE7 - eastE7,
      east: this.lonE7 + eastE7,
    }
  }

  measure(latE7: number, lonE7: number, nearM: number, out: Float64Array, at: number): void {
    const dy = latE7 - this.latE7
    const dLon = foldE7(lonE7 - this.lonE7)
    if (
      latE7 < PLANE_LAT_MAX_E7 &&
      latE7 > -PLANE_LAT_MAX_E7 &&
      dy < WIDE_E7 &&
      dy > -WIDE_E7 &&
      dLon < WIDE_E7 &&
      dLon > -WIDE_E7
    ) {
      const place = (latE7 * 1e-7 + 90.5) | 0
      const t = latE7 * 1e-7 + 90 - place
      const row = place * PLANE_ROW
      const planes = PLANES
      const unitM = planes[row]! + t * (planes[row + 1]! + t * (planes[row + 2]! + t * planes[row + 3]!))
      const ratio = planes[row + 4]! + t * (planes[row + 5]! + t * (planes[row + 6]! + t * planes[row + 7]!))
      const kappa = planes[row + 8]! + t * (planes[row + 9]! + t * (planes[row + 10]! + t * planes[row + 11]!))
      const dx = dLon * ratio * (1 + kappa * dy)
      const planeM = Math.sqrt(dx * dx + dy * dy) * unitM
      if (planeM < PLANE_MAX_M) {
        out[at] = this.radiusM - planeM
        return
      }
      // 5 % is more than the plane is wrong by where it is asked.
      const atLeastM = planeM * 0.95 - this.radiusM
      if (atLeastM > nearM && latE7 < BOUND_LAT_MAX_E7 && latE7 > -BOUND_LAT_MAX_E7) {
        out[at] = -atLeastM
        return
      }
    }
    trig[0] = latE7 * E7_RAD
    trig[2] = dLon * E7_RAD * 0.5
    trigInto(trig, 0)
    trigInto(trig, 2)
    const sin = trig[0]!
    const n = A_M / Math.sqrt(1 - E2 * sin * sin)
    const p = n * trig[1]!
    const dP = p - this.#p
    const dZ = (1 - E2) * n * sin - this.#z
    const half = trig[2]!
    arc[0] = 4 * p * this.#p * half * half
    arc[1] = dP * dP + dZ * dZ
    arc[2] = (sin + this.#sin) * 0.5
    arcOverChord(arc)
    out[at] = this.radiusM - arc[0]!
  }

  signedDistanceM(latE7: number, lonE7: number, nearM: number = Number.POSITIVE_INFINITY): number {
    this.measure(latE7, lonE7, nearM, answer, 0)
    return answer[0]!
  }
}
