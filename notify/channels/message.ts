// What a recipient reads about an incident: a reference and where to look. It holds no name, no NIK, no coordinates.
import type { IncidentType, Severity } from '../../model/incident/incident.ts'
import type { Level } from '../../model/incident/sop-table.ts'
import type { NoticeLanguage } from '../../model/notice/recipient.ts'

/** test: an officer asked whether the way leads to the recipient; there is no incident. */
export type AlertKind = 'raised' | 'withdrawn' | 'escalated' | 'test'

export type Alert = {
  kind: AlertKind
  /** Of the matter: the id of its first incident; it says nothing about the person. */
  reference: string
  /** Of the incident: a higher one overrules a lower one. */
  revision: number
  /** Absent in a test. */
  type?: IncidentType
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

/** The alert, with its subject and its sentence in both languages. */
export type Message = {
  alert: Alert
  subject: Record<NoticeLanguage, string>
  text: Record<NoticeLanguage, string>
  language: NoticeLanguage
}
