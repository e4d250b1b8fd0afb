import type { IncidentView } from '../../model/console/console.ts'
import type { IncidentAct, Severity } from '../../model/incident/incident.ts'
import { SEVERITIES } from '../../model/incident/incident.ts'
import { lifeOf } from '../../model/incident/life.ts'

/** Whose it is: the klien's name, or the unit's. */
export function nameOf({ wearer, unit }: IncidentView): string {
  return wearer === undefined ? unit.name : wearer.name
}

export function unitPathOf({ wearer, unit }: IncidentView): string {
  return wearer === undefined ? unit.path : wearer.unitPath
}

export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity)
}

export function actOf(incident: IncidentView, action: IncidentAct['action']): IncidentAct | undefined {
  return incident.acts.findLast((act) => act.action === action)
}

/** The API's `state=open` is the same. */
export function isOpen(incident: IncidentView): boolean {
  return lifeOf(incident).open
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
  return known.withdrawn !== undefined && merged.withdrawn === undefined
}
