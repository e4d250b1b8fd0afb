// What a recipient is told, and when. A message holds no name, no NIK, no coordinates: a reference and where to look.
import type { Incident, IncidentType, Severity } from '../model/incident.ts'

export type AlertKind = 'raised' | 'withdrawn'

export type Alert = {
  kind: AlertKind
  /** The incident's id; it says nothing about the person. */
  reference: string
  type: IncidentType
  severity: Severity
  startMs: number
  /** Raised by reports that came late: the event lies in the past. */
  late: boolean
  /** Where an officer finds it. */
  link: string
}

export type Recipient = { id: string; channel: 'webhook'; address: string }

/** The alert that a revision calls for; undefined where nobody need be told. Informasi stays on the console. */
export function alertOf(incident: Incident, consoleUrl: string): Alert | undefined {
  if (incident.severity === 'informasi') return undefined
  const kind: AlertKind = incident.withdrawn === undefined ? 'raised' : 'withdrawn'
  return {
    kind,
    reference: incident.id,
    type: incident.type,
    severity: incident.severity,
    startMs: incident.startMs,
    late: incident.late,
    link: `${consoleUrl}/?incident=${incident.id}`,
  }
}

/**
 * Identity of a delivery: one per incident, kind, recipient and channel, whatever is replayed or revised. A raised alert whose
 * severity rose is told again; further revisions of the same alert are not.
 */
export function deliveryId(alert: Alert, recipient: Recipient): string {
  return [alert.reference, alert.kind, alert.severity, recipient.id, recipient.channel].join('.')
}
