// What each kind of condition asks for: whether it is judged, which side of the boundary is right, what the wrong side opens.
import type { IncidentType } from '../../model/incident/incident.ts'
import type { ConditionKind } from '../../model/plan/plan.ts'

/** The incident that is open while a wearer is on the wrong side. */
export const VIOLATION = {
  required: 'away_from_required_zone',
  region: 'away_from_required_zone',
  corridor: 'off_corridor',
  avoided: 'inside_avoided_zone',
  neutral: 'away_from_required_zone', // not judged
} as const satisfies Record<ConditionKind, IncidentType>

export function isJudged(kind: ConditionKind): boolean {
  return kind !== 'neutral'
}

/** Signed distances are positive inside; times this they are positive on the right side. */
export function turnOf(kind: ConditionKind): 1 | -1 {
  return kind === 'avoided' ? -1 : 1
}
