// What a recipient is notified of, and when. A message holds no name, no NIK, no coordinates: a reference and where to look.
import { type IncidentType, matterOf, SEVERITIES, type Severity } from '../model/incident/incident.ts'
import type { Level } from '../model/incident/sop-table.ts'
import type { AlertKind, Notified, NotifiedOf } from './notified.ts'
import type { WebhookSecrets } from './sign-webhook.ts'

export type Alert = {
  kind: AlertKind
  /** Of the matter: the id of its first incident; it says nothing about the person. */
  reference: string
  /** Of the incident: a higher one overrules a lower one. */
  revision: number
  type: IncidentType
  severity: Severity
  startMs: number
  /** Over already when the notice was made. */
  endMs?: number
  /** An officer had resolved it, and the device raised the alarm anew. */
  reopened?: true
  /** Of an escalation: who is notified, as the next to act … */
  level?: Level
  /** … because a time has passed, or because an officer asked for it. */
  cause?: EscalationCause
  /** Raised by reports that came late: the event lies in the past. */
  late: boolean
  /** Where an officer finds it. */
  link: string
}
/** overdue: nobody took it in time. unhandled: somebody did, and there is no outcome in time. officer: one asked for it. */
export type EscalationCause = 'overdue' | 'unhandled' | 'officer'

export type Recipient = {
  id: string
  level: Level
  channel: 'webhook'
  address: string
  /** Each signs every call; absent: unsigned. */
  secrets?: WebhookSecrets
}

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

/** Identity of a delivery: incident, notice (a revision, or an escalation), recipient, channel. A replay comes to the same one. */
export function deliveryId(reference: string, notice: number | string, { id, channel }: Recipient): string {
  // BullMQ takes no colon in an id.
  return [reference, notice, encodeURIComponent(id), channel].join('.')
}

/** The last delivery to this recipient about an incident; undefined where there was none. */
export function lastDelivery(
  reference: string,
  before: Notified | undefined,
  recipient: Recipient,
): string | undefined {
  const notice = before?.escalatedTo?.[recipient.id]
  if (notice !== undefined) return deliveryId(reference, notice, recipient)
  return before?.recipientIds.includes(recipient.id) ? deliveryId(reference, before.revision, recipient) : undefined
}
