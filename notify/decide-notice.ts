// What a revision or an officer's act means for the recipients: pure, so that every order of revisions can be tried.
import { type Standing, standingAfter } from '../model/incident/life.ts'
import { concerns } from '../model/notice/recipient.ts'
import type { Log } from '../model/observe.ts'
import { alertOf } from './alert.ts'
import type { Alert } from './channels/message.ts'
import { type IncidentOfUnit, isOver, type Notified, type NotifiedOf, startNotified } from './notified.ts'
import type { Recipient } from './recipient.ts'
import type { RecipientBook } from './recipient-book.ts'

/**
 * A correction (the notice of a withdrawal) waits so long: reports that arrive late and out of order often withdraw an incident and
 * raise it again within moments. The console shows every revision at once.
 */
export const CORRECT_AFTER_MS = 2 * 60_000

/** The notice to give, if any, to whom, and what is known of the matter then; `now` is absent where there is nothing to keep. */
export type Decision = { notice?: { alert: Alert; recipients: Recipient[] }; now: Notified | undefined }

/** A revision, and when it could be known here. */
export type KnownNotice = { incident: IncidentOfUnit; knownMs: number }

export type DecisionParts = {
  recipients: RecipientBook
  consoleUrl: string
  /** Instead of CORRECT_AFTER_MS. */
  correctAfterMs?: number
  log: Log
}

/** What a revision means for the recipients after all before it. */
export function decideOnRevision(
  parts: DecisionParts,
  { incident, knownMs }: KnownNotice,
  before: Notified | undefined,
): Decision {
  const next = revisedOf(incident)
  const standing =
    before === undefined || next.revision > before.newest.revision
      ? standingAfter(before && { revised: before.newest, standing: before.standing }, next, knownMs)
      : before.standing
  return decide(parts, next, before, standing, knownMs)
}

/** After officers' acts, which `now` has already. */
export function decideOnActs(parts: DecisionParts, now: Notified): Decision {
  return decide(parts, now.newest, now, now.standing)
}

/** The correction that has waited long enough. */
export function decideOnCorrection(parts: DecisionParts, before: Notified): Decision {
  const { newest, standing } = before
  return decide({ ...parts, correctAfterMs: 0 }, newest, before, standing)
}

/** `knownMs`: of the revision; absent where it was known before. */
function decide(
  parts: DecisionParts,
  incident: NotifiedOf,
  before: Notified | undefined,
  standing: Standing,
  knownMs?: number,
): Decision {
  const newest = (before?.newest.revision ?? 0) > incident.revision ? before!.newest : incident
  const alert = alertOf(incident, before, parts.consoleUrl)
  // Officers may act on what goes on although nobody was notified of it.
  if (alert === undefined && before === undefined)
    return { now: isOver(newest) ? undefined : startNotified(newest, standing) }
  const { correctionDueMs, ...others } = before ?? startNotified(newest, standing)
  const known: Notified = { ...others, newest, standing }
  if (newest.withdrawn !== undefined && newest.supersededBy === undefined && correctionDueMs !== undefined)
    known.correctionDueMs = correctionDueMs
  if (alert === undefined) return { now: known }
  const { correctAfterMs = CORRECT_AFTER_MS } = parts
  if (alert.kind === 'withdrawn' && correctAfterMs > 0) {
    if (knownMs !== undefined) known.correctionDueMs ??= knownMs + correctAfterMs
    return { now: known }
  }
  const recipients = whoIsConcerned(parts, alert, before, incident.ofUnit)
  const { signs: _signs, correctionDueMs: _due, escalatedTo = {}, ...kept } = known
  const ids = recipients.map(({ id }) => id)
  const elsewhere = Object.entries(escalatedTo).filter(([id]) => alert.kind === 'raised' && !ids.includes(id))
  const { revision, severity } = alert
  const now: Notified = {
    ...kept,
    ...{ revision, severity, recipientIds: ids, escalatedTo: Object.fromEntries(elsewhere) },
    kind: alert.kind === 'withdrawn' ? 'withdrawn' : 'raised',
    ...(incident.signs === undefined ? {} : { signs: incident.signs }),
  }
  return { notice: { alert, recipients }, now }
}

/** An alert is for who acts first; its withdrawal for all who were notified of it. */
function whoIsConcerned(
  { recipients, log }: DecisionParts,
  alert: Alert,
  before: Notified | undefined,
  ofUnit: string | undefined,
): Recipient[] {
  if (alert.kind === 'raised') return recipients.all().filter((one) => one.level === 'petugas' && concerns(one, ofUnit))
  const knowing = new Set([...(before?.recipientIds ?? []), ...Object.keys(before?.escalatedTo ?? {})])
  const concerned = recipients.all().filter(({ id }) => knowing.has(id))
  if (concerned.length < knowing.size)
    log.warn({ incident: alert.reference }, 'a recipient of a withdrawn alert is not configured any more')
  return concerned
}

function revisedOf(incident: IncidentOfUnit): NotifiedOf {
  const { id, revision, type, severity, startMs, endMs, late, signs, withdrawn, supersededBy, matterId } = incident
  const ofUnit = incident.unitPath ?? incident.ofUnit
  return {
    ...{ id, revision, type, severity, startMs, late },
    ...(endMs === undefined ? {} : { endMs }),
    ...(signs === undefined ? {} : { signs }),
    ...(withdrawn === undefined ? {} : { withdrawn }),
    ...(supersededBy === undefined ? {} : { supersededBy }),
    ...(matterId === undefined ? {} : { matterId }),
    ...(ofUnit === undefined ? {} : { ofUnit }),
  }
}
