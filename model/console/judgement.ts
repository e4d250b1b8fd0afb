// What the engine makes of a stored track, beside incidents: an explanation fix by fix, and the minutes of a ledger.
import type { Incident } from '../incident/incident.ts'
import type { Condition, ConditionKind } from '../plan/plan.ts'
import type { ZoneShape } from '../plan/zone.ts'

/** How one fix was weighed against the condition of an incident. */
export type Weighing = {
  timeMs: number
  contentKey: string
  latE7: number
  lonE7: number
  /** Signed distance to the boundary, + inside. */
  distanceM: number
  radiusM: number
  /** Metres on the right side up to which the fix proves nothing; the same on the wrong side. */
  complyGuardM: number
  breachGuardM: number
  evidence: 'breach' | 'unsure' | 'comply'
  /** What the engine held to be so after this fix. */
  side: 'right' | 'wrong'
  active: boolean
  breachRun: number
  returnRun: number
}

/** Why an incident stands. */
export type Explanation = {
  incident: Incident
  engineVersion: string
  planHash: string
  /** Fixes weighed against the incident's condition from shortly before it to shortly after; empty for device incidents. */
  weighings: Weighing[]
  /** SHA-256 of all of the above: the same when run again. */
  hash: string
}

/** Of one condition and one local week. */
export type LedgerRow = {
  /** A permit's id where the permit names a zone. */
  conditionId: string
  kind: ConditionKind
  timeZone: string
  /** Monday 00.00 local to the next one, cut to the time asked about; UTC ms. */
  fromMs: number
  toMs: number
  /** The condition applied: versions, windows and permits worked in. */
  inForceMs: number
  /** In an incident that stands. */
  violationMs: number
  /**
   * Known to be where the condition wants it: between two fixes that say so and are no further apart than the wearer's
   * fixes may be; both lie within the time in force. What is neither violation nor served, nobody knows.
   */
  servedMs: number
}

/** What is asked of the API for one wearer. */
export type TrialRequest = {
  wearerId: string
  days: number
  zone: { id: string } | { shape: ZoneShape }
  condition: Pick<Condition, 'kind' | 'timeZone' | 'windows' | 'parameters'>
  reason: string
}

/** What a proposed condition would have raised on one wearer. */
export type TriedWearer = {
  wearer: { id: string; n: number; name: string }
  reports: number
  incidentCount: number
  countByType: Record<string, number>
  /** Oldest first; of very many not all, though all are counted. */
  incidents: Incident[]
}

export type BacktestAnswer = {
  fromMs: number
  toMs: number
  wearers: TriedWearer[]
  incidentCount: number
  /** Incidents per wearer and day, over this answer. */
  perWearerDay: number
  /**
   * Only for an avoided zone that is nowhere deeper than this, the guard of a GPS fix that states no accuracy: whoever stays in it
   * is told late and as *location unverifiable*, or not at all.
   */
  smallerThanGuardM?: number
  /** There are more wearers: ask again with this as `after`. */
  next?: string
}
