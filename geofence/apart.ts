import { metresApart } from './local-plane.ts'

/** Metres between two positions in 1e-7 degrees, across the antimeridian too. */
export function apartM(aLatE7: number, aLonE7: number, bLatE7: number, bLonE7: number): number {
  return metresApart(aLatE7, aLonE7, bLatE7, bLonE7)
}
