import type { IncidentView } from '../../model/console/console.ts'
import type { Evidence } from '../../model/incident/incident.ts'

/** Where an incident was seen, by one of the reports that decided it. */
type IncidentPlace = { latDeg: number; lonDeg: number; timeMs: number; accuracyM: number | undefined }

const WEIGHT: Record<Evidence['role'], number> = { end: 0, start: 1, confirm: 2, deepest: 3, sign: 4 }

/** The newest place that an incident names: of the last sign, else the deepest, else where it was confirmed. */
export function placeOfIncident({ evidence }: IncidentView): IncidentPlace | undefined {
  let best: Evidence | undefined
  for (const one of evidence) {
    if (one.latE7 === undefined || one.lonE7 === undefined) continue
    if (best === undefined || WEIGHT[one.role] >= WEIGHT[best.role]) best = one
  }
  return (
    best && {
      latDeg: best.latE7! / 1e7,
      lonDeg: best.lonE7! / 1e7,
      timeMs: best.timeMs,
      accuracyM: best.radiusM,
    }
  )
}
