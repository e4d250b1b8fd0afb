import { foldE7, geodesicM } from './project.ts'

/** Metres between two positions in 1e-7 degrees, across the antimeridian too. */
export function apartM(aLatE7: number, aLonE7: number, bLatE7: number, bLonE7: number): number {
  return geodesicM(aLatE7, 0, bLatE7, foldE7(bLonE7 - aLonE7))
}
