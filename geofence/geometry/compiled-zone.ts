/** 1e-7 degrees. `west` ≤ `east` always; across the antimeridian one of them lies beyond ±180°. */
export type BboxE7 = { readonly south: number; readonly west: number; readonly north: number; readonly east: number }

/** Frozen: nothing in it changes after compiling, so it is shared by all wearers and swapped as a whole. */
export type CompiledZone = {
  readonly kind: 'circle' | 'area' | 'corridor'
  /**
   * Metres from the position to the zone's boundary, positive inside; never NaN. With `nearM` the answer may stop short:
   * it is exact where it lies within ±nearM; else it has the right sign and lies between ±nearM and the truth.
   */
  signedDistanceM(latE7: number, lonE7: number, nearM?: number): number
  /** The same into `out[at]`. A returned number is boxed on the heap where the call is not inlined, a stored one never. */
  measure(latE7: number, lonE7: number, nearM: number, out: Float64Array, at: number): void
  readonly bboxE7: BboxE7
  readonly areaM2: number
  readonly vertices: number
}
