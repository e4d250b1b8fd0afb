import type { BboxE7, CompiledZone } from './compile-zone.ts'
import { A_M, arcOverChord, cosine, E2, E7_RAD, FULL_TURN_E7, foldE7, sine } from './project.ts'

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

  signedDistanceM(latE7: number, lonE7: number): number {
    const lat = latE7 * E7_RAD
    const sin = sine(lat)
    const n = A_M / Math.sqrt(1 - E2 * sin * sin)
    const p = n * cosine(lat)
    const dP = p - this.#p
    const dZ = (1 - E2) * n * sin - this.#z
    const half = sine(foldE7(lonE7 - this.lonE7) * E7_RAD * 0.5)
    return this.radiusM - arcOverChord(4 * p * this.#p * half * half, dP * dP + dZ * dZ, (sin + this.#sin) * 0.5)
  }

  measure(latE7: number, lonE7: number, _nearM: number, out: Float64Array, at: number): void {
    out[at] = this.signedDistanceM(latE7, lonE7)
  }
}
