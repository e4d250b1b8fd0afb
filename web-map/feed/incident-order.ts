import type { IncidentView } from '../../model/console/console.ts'
import type { IncidentAct, Severity } from '../../model/incident/incident.ts'
import { RESPONSE } from '../../model/incident/response.ts'

/** An incident as this screen knows it. */
export type KnownIncident = IncidentView & {
  /** It stands again after a withdrawal; acts up to this one were on what had been withdrawn. */
  standsSinceActId?: number
}

type Stage = 'new' | 'handled' | 'closed'

const RANK: Record<Severity, number> = { informasi: 1, serius: 2, kritis: 3 }

export function unitPathOf({ wearer, unit }: IncidentView): string {
  return wearer === undefined ? unit.path : wearer.unitPath
}

export function severityRank(severity: Severity): number {
  return RANK[severity]
}

export function actOf(incident: IncidentView, action: IncidentAct['action']): IncidentAct | undefined {
  return incident.acts.findLast((act) => act.action === action)
}

/** The resolution that holds: one for all the signs that the incident has. */
export function resolutionOf(incident: IncidentView): IncidentAct | undefined {
  return incident.acts.findLast((act) => act.action === 'resolve' && (act.signs ?? 1) >= (incident.signs ?? 1))
}

/** Resolved, and then the device raised the alarm anew. */
export function isReopened(incident: IncidentView): boolean {
  return actOf(incident, 'resolve') !== undefined && resolutionOf(incident) === undefined
}

/**
 * new: nobody has taken it, or not since the device raised it anew after a resolution or it stands again after a withdrawal. handled: somebody has. closed: resolved
 * with an outcome. A note alone takes nothing.
 */
export function stageOf(incident: KnownIncident): Stage {
  if (resolutionOf(incident)) return 'closed'
  const since = incident.acts.findLastIndex((act) => act.action === 'resolve')
  const takes = ({ action, actId }: IncidentAct) =>
    (action === 'acknowledge' || action === 'escalate') && actId > (incident.standsSinceActId ?? 0)
  return incident.acts.some((act, i) => i > since && takes(act)) ? 'handled' : 'new'
}

/** Who took it last; undefined while nobody has. */
export function takenBy(incident: KnownIncident): string | undefined {
  if (stageOf(incident) === 'new') return undefined
  return incident.acts.findLast(({ action }) => action === 'acknowledge' || action === 'escalate')?.officerName
}

/**
 * Still somebody's concern: not withdrawn, not resolved, and either going on or grave enough that someone must say how it
 * ended. The API's `state=open` is the same.
 */
export function isOpen(incident: IncidentView): boolean {
  if (incident.withdrawn || stageOf(incident) === 'closed') return false
  return incident.endMs === undefined || incident.severity !== 'informasi'
}

/** What an officer must look at first stands first: standing before withdrawn, severe, untaken, newest. */
export function compareIncidents(a: IncidentView, b: IncidentView): number {
  const withdrawn = Number(a.withdrawn !== undefined) - Number(b.withdrawn !== undefined)
  if (withdrawn !== 0) return withdrawn
  const severity = RANK[b.severity] - RANK[a.severity]
  if (severity !== 0) return severity
  const taken = Number(stageOf(a) !== 'new') - Number(stageOf(b) !== 'new')
  if (taken !== 0) return taken
  return b.startMs - a.startMs || (a.id < b.id ? -1 : 1)
}

/** The same incident known twice: the higher revision's facts, everyone's acts once, oldest first. */
export function mergeIncident(known: KnownIncident | undefined, next: IncidentView): KnownIncident {
  if (!known) return next
  const facts = next.revision >= known.revision ? next : known
  const acts = new Map<number, IncidentAct>()
  for (const act of [...known.acts, ...next.acts]) acts.set(act.actId, act)
  const merged: KnownIncident = {
    ...facts,
    acts: [...acts.values()].sort((a, b) => a.atMs - b.atMs || a.actId - b.actId),
  }
  const since = standsAgain(known, merged)
    ? Math.max(0, ...known.acts.map(({ actId }) => actId))
    : known.standsSinceActId
  if (since !== undefined) merged.standsSinceActId = since
  return merged
}

/** Withdrawn as it was known, and now it is not. */
export function standsAgain(known: IncidentView, merged: IncidentView): boolean {
  return known.withdrawn !== undefined && merged.withdrawn === undefined
}

/** Milliseconds until the alert should be taken, negative when that has passed; undefined when no clock runs. */
export function dueInMs(incident: IncidentView, nowMs: number): number | undefined {
  const within = RESPONSE[incident.severity].withinMs.petugas
  if (within === undefined || incident.withdrawn || stageOf(incident) !== 'new') return undefined
  const signMs = isReopened(incident) ? incident.evidence.findLast(({ role }) => role === 'sign')?.timeMs : undefined
  return (signMs ?? incident.confirmedMs) + within - nowMs
}
