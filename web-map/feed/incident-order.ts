import type { IncidentView } from '../../model/console/console.ts'
import { type IncidentAct, SEVERITIES, type Severity } from '../../model/incident/incident.ts'
import { lifeOf, stageOf } from '../../model/incident/life.ts'

export function unitPathOf({ wearer, unit }: IncidentView): string {
  return wearer === undefined ? unit.path : wearer.unitPath
}

export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity)
}

/** Who took it last; undefined while nobody has. */
export function takenBy(incident: IncidentView): string | undefined {
  if (stageOf(incident) === 'new') return undefined
  return incident.acts.findLast(({ action }) => action === 'acknowledge' || action === 'escalate')?.officerName
}

/** The API's `state=open` is the same. */
export function isOpen(incident: IncidentView): boolean {
  return lifeOf(incident).open
}

/** The order in which incidents are kept in memory: active before withdrawn, severe, untaken, newest. */
export function compareIncidents(a: IncidentView, b: IncidentView): number {
  const withdrawn = Number(a.withdrawn !== undefined) - Number(b.withdrawn !== undefined)
  if (withdrawn !== 0) return withdrawn
  const severity = severityRank(b.severity) - severityRank(a.severity)
  if (severity !== 0) return severity
  const taken = Number(stageOf(a) !== 'new') - Number(stageOf(b) !== 'new')
  if (taken !== 0) return taken
  return b.startMs - a.startMs || (a.id < b.id ? -1 : 1)
}

/** The same incident known twice: the higher revision's facts, everyone's acts once, oldest first. */
export function mergeIncident(known: IncidentView | undefined, next: IncidentView): IncidentView {
  if (!known) return next
  const facts = next.revision >= known.revision ? next : known
  const acts = new Map<number, IncidentAct>()
  for (const act of [...known.acts, ...next.acts]) acts.set(act.actId, act)
  return { ...facts, acts: [...acts.values()].sort((a, b) => a.actId - b.actId) }
}

/** Withdrawn as it was known, and now it is not. */
export function isReinstated(known: IncidentView, merged: IncidentView): boolean {
  return known.withdrawn !== undefined && known.supersededBy === undefined && merged.withdrawn === undefined
}
