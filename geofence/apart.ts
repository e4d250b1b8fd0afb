import { metresApart } from './local-plane.ts'

/** Metres between two positions in 1e-7 degrees, across the antimeridian too. */
export function apartM(aLatE7: number, aLonE7: number, bLatE7: number, bLonE7: number): number {
  return metresApart(aLatE7, aLonE7, bLatE7, bLonE7)
}

/** The same into `out[at]`: with whole numbers given, nothing is boxed for the call or its answer. */
export function measureApart(
  aLatE7: number,
  aLonE7: number,
  bLatE7: number,
  bLonE7: number,
  out: Float64Array,
  at: number,
): void {
  out[at] = metresApart(aLatE7, aLonE7, bLatE7, bLonE7)
}
