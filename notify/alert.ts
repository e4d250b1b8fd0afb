// What a recipient is told, and when. A message holds no name, no NIK, no coordinates: a reference and where to look.
import { type IncidentType, type LoggedIncident, SEVERITIES, type Severity } from '../model/incident/incident.ts'
import type { Level } from '../model/incident/response.ts'
import type { WebhookSecrets } from './sign-webhook.ts'

export type AlertKind = 'raised' | 'withdrawn' | 'escalated'

export type Alert = {
  kind: AlertKind
  /** The incident's id; it says nothing about the person. */
  reference: string
  /** Of the incident: a higher one overrules a lower one. */
  revision: number
  type: IncidentType
  severity: Severity
  startMs: number
  /** Over already when it was told. */
  endMs?: number
  /** An officer had resolved it, and the device raised the alarm anew. */
  reopened?: true
  /** Of an escalation: who is told, as the next to act … */
  level?: Level
  /** … because the level below let its time pass, or because an officer asked for it. */
  cause?: EscalationCause
  /** Raised by reports that came late: the event lies in the past. */
  late: boolean
  /** Where an officer finds it. */
  link: string
}
export type EscalationCause = 'overdue' | 'officer'

export type Recipient = {
  id: string
  level: Level
  channel: 'webhook'
  address: string
  /** Each signs every call; absent: unsigned. */
  secrets?: WebhookSecrets
}

/** Of an incident, all that a notice depends on. */
export type ToldAbout = Pick<
  LoggedIncident,
  'id' | 'revision' | 'type' | 'severity' | 'startMs' | 'endMs' | 'late' | 'signs' | 'withdrawn'
>

/** The last notice about an incident, and who was given it; with it, the SOP's clock. */
export type Told = {
  /** 0 where nobody was told. */
  revision: number
  /** none: of informasi, which stays on the console; kept for what officers do about it. */
  kind: Exclude<AlertKind, 'escalated'> | 'none'
  severity: Severity
  recipientIds: string[]
  /** How often the alarm had been raised by then; absent: once. */
  signs?: number
  /** As it stands since, told or not. */
  newest?: ToldAbout
  /** Who has to act, and from when their time counts; absent: never raised, or withdrawn. */
  clock?: { level: Level; fromMs: number }
  /** The last escalation to each recipient who got nothing since, by their id; as in `deliveryId`. */
  escalatedTo?: Record<string, string>
} & ActsKnown

/** What officers' acts on an incident come to, in whatever order and however often they are told. */
export type ActsKnown = {
  /** Of the resolutions so far, the signs known to the one that knew most; absent: never resolved. */
  resolvedSigns?: number
  /** Ids of the newest resolution, and of the newest act by which somebody took it. */
  resolveAct?: number
  takeAct?: number
  /** Ids of the newest escalations. */
  escalateActs?: number[]
}

/**
 * The notice that a revision calls for after what was told before; undefined where nobody need be told. Informasi stays on the
 * console. Told are: an incident that stands, once, again when it becomes more severe, and again when the device raises the alarm
 * anew after it was resolved; its withdrawal, to those who had been told; and that it stands after all.
 */
export function alertOf(incident: ToldAbout, told: Told | undefined, consoleUrl: string): Alert | undefined {
  if (told !== undefined && incident.revision <= told.revision) return undefined
  if (incident.withdrawn !== undefined) return isKnown(told) ? makeAlert('withdrawn', incident, consoleUrl) : undefined
  if (incident.severity === 'informasi') return undefined
  const stands = told?.kind === 'raised' && rank(incident.severity) <= rank(told.severity)
  if (!stands) return makeAlert('raised', incident, consoleUrl)
  return isReopened(incident, told) ? { ...makeAlert('raised', incident, consoleUrl), reopened: true } : undefined
}

/** Somebody was told that it stands, and not yet that it does not. */
function isKnown(told: Told | undefined): boolean {
  return told?.kind === 'raised' || Object.keys(told?.escalatedTo ?? {}).length > 0
}

/** Open again by a sign that no resolution knows of, after one that knew of all that was told. */
function isReopened({ signs = 1 }: ToldAbout, { signs: toldSigns = 1, resolvedSigns = 0 }: Told): boolean {
  return toldSigns <= resolvedSigns && resolvedSigns < signs
}

export function makeAlert(kind: AlertKind, incident: ToldAbout, consoleUrl: string): Alert {
  return {
    kind,
    reference: incident.id,
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
export function lastDelivery(reference: string, told: Told | undefined, recipient: Recipient): string | undefined {
  const notice = told?.escalatedTo?.[recipient.id]
  if (notice !== undefined) return deliveryId(reference, notice, recipient)
  return told?.recipientIds.includes(recipient.id) ? deliveryId(reference, told.revision, recipient) : undefined
}
