import type { Incident } from '../../model/incident/incident.ts'
import { worldX, worldY } from '../ground/mercator.ts'
import type { Place } from '../map/corners.ts'

/** A place in degrees, and where it lies on the sheet. */
export type TrialPlace = Place & { x: number; y: number }

const WEIGHT = { deepest: 3, confirm: 2, start: 1, sign: 0, end: 0 } as const

/** Where an incident is shown: at its deepest, else where it was confirmed; undefined where no position is known. */
export function placeOf({ evidence }: Incident): TrialPlace | undefined {
  let best: Incident['evidence'][number] | undefined
  for (const one of evidence) {
    if (one.latE7 === undefined || one.lonE7 === undefined) continue
    if (best === undefined || WEIGHT[one.role] > WEIGHT[best.role]) best = one
  }
  if (best === undefined) return undefined
  const latDeg = best.latE7! / 1e7
  const lonDeg = best.lonE7! / 1e7
  return { latDeg, lonDeg, x: worldX(lonDeg), y: worldY(latDeg) }
}
