// What a recipient is notified of, and when. A message holds no name, no NIK, no coordinates: a reference and where to look.
import { matterOf, SEVERITIES, type Severity } from '../model/incident/incident.ts'
import type { Alert, AlertKind } from './channels/message.ts'
import type { Notified, NotifiedOf } from './notified.ts'

/**
 * The notice that a revision calls for after those before; undefined where nobody need be notified. Informasi stays on the
 * console. Recipients are notified of an active incident once, again when it becomes more severe, and again when the device
 * raises the alarm anew after it was resolved; of its withdrawal, if they were notified of it; and of its reinstatement. An incident
 * that continues as another one, because its beginning moved, is the same matter: no notice.
 */
export function alertOf(incident: NotifiedOf, before: Notified | undefined, consoleUrl: string): Alert | undefined {
  if (before !== undefined && incident.revision <= before.revision) return undefined
  if (incident.supersededBy !== undefined) return undefined
  if (incident.withdrawn !== undefined)
    return isKnown(before) ? makeAlert('withdrawn', incident, consoleUrl) : undefined
  if (incident.severity === 'informasi') return undefined
  const active = before?.kind === 'raised' && rank(incident.severity) <= rank(before.severity)
  if (!active) return makeAlert('raised', incident, consoleUrl)
  return isReopened(incident, before) ? { ...makeAlert('raised', incident, consoleUrl), reopened: true } : undefined
}

/** Somebody was notified of it, and not yet that it was withdrawn. */
function isKnown(before: Notified | undefined): boolean {
  return before?.kind === 'raised' || Object.keys(before?.escalatedTo ?? {}).length > 0
}

/** Open again by a sign that no resolution knows of, after one that knew of all signs of the last notice. */
function isReopened({ signs = 1 }: NotifiedOf, { signs: notifiedOccurrences = 1, acts }: Notified): boolean {
  const resolvedOccurrences = Math.max(
    0,
    ...acts.filter(({ action }) => action === 'resolve').map(({ signs: known = 1 }) => known),
  )
  return notifiedOccurrences <= resolvedOccurrences && resolvedOccurrences < signs
}

export function makeAlert(kind: AlertKind, incident: NotifiedOf, consoleUrl: string): Alert {
  return {
    kind,
    reference: matterOf(incident),
    revision: incident.revision,
    type: incident.type,
    severity: incident.severity,
    startMs: incident.startMs,
    ...(incident.endMs === undefined ? {} : { endMs: incident.endMs }),
    late: incident.late,
    link: `${consoleUrl}/?incident=${incident.id}`,
  }
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity)
}
