// What an incident's revisions and officers' acts mean for the recipients: deliveries first, then what was notified and how far,
// in one step, so that no alert is dropped and none is made twice.
import type { IncidentAct, LoggedIncident } from '../model/incident/incident.ts'
import { type KnownRevision, type Standing, standingAfter } from '../model/incident/life.ts'
import { type Alert, alertOf, type NotifiedOf, type Recipient } from './alert.ts'
import { escalateByOfficer } from './escalate.ts'
import { commitNotices, give, isOver, type NotifyParts, notifiedOf } from './notices.ts'
import { type Notified, startNotified, withActs } from './notified.ts'

/** Gives the notices of these revisions, in their order; the shard's place in the incident log moves to `position`, if given. */
export async function notifyOfIncidents(
  parts: NotifyParts,
  revisions: readonly KnownRevision[],
  position?: string,
): Promise<void> {
  const notified = await notifiedOf(
    parts,
    revisions.map(({ incident }) => incident.id),
  )
  const changed = new Set<string>()
  for (const { incident, knownMs } of revisions) {
    const next = revisedOf(incident)
    const before = notified.get(incident.id)
    const standing =
      before === undefined || next.revision > before.newest.revision
        ? standingAfter(before && { revised: before.newest, standing: before.standing }, next, knownMs)
        : before.standing
    const now = await notifyOfOne(parts, next, before, standing)
    if (now === undefined) continue
    notified.set(incident.id, now)
    changed.add(incident.id)
  }
  await commitNotices(parts, notified, changed, position === undefined ? {} : { position })
}

/**
 * Takes in what officers did: an incident that has more signs than were resolved is raised anew, and the next level is notified
 * where an officer asks for it. Acts on incidents of other shards, and on such as are long over, change nothing. The incidents must
 * have been taken in up to where the acts were read.
 */
export async function notifyOfActs(
  parts: NotifyParts,
  acts: readonly IncidentAct[],
  actsPosition: string,
): Promise<void> {
  const actsOn = new Map<string, IncidentAct[]>()
  for (const act of acts)
    if (act.action !== 'note') actsOn.set(act.incidentId, [...(actsOn.get(act.incidentId) ?? []), act])
  const notified = await notifiedOf(parts, [...actsOn.keys()])
  for (const [id, before] of notified) {
    const its = actsOn.get(id)!
    let now: Notified = { ...before, acts: withActs(before.acts, its) }
    now = (await notifyOfOne(parts, now.newest, now, now.standing)) ?? now
    for (const act of its) if (act.action === 'escalate') now = await escalateByOfficer(parts, now, act)
    notified.set(id, now)
  }
  await commitNotices(parts, notified, notified.keys(), { actsPosition })
}

/** Gives what is known of the incident then; undefined where there is nothing to keep. */
async function notifyOfOne(
  parts: NotifyParts,
  incident: NotifiedOf,
  before: Notified | undefined,
  standing: Standing,
): Promise<Notified | undefined> {
  const newest = (before?.newest.revision ?? 0) > incident.revision ? before!.newest : incident
  const alert = alertOf(incident, before, parts.consoleUrl)
  // Officers may act on what goes on although nobody was notified of it.
  if (alert === undefined && before === undefined) return isOver(newest) ? undefined : startNotified(newest, standing)
  const known = { ...(before ?? startNotified(newest, standing)), newest, standing }
  if (alert === undefined) return known
  const concerned = whoIsConcerned(parts, alert, before)
  await give(parts, alert, alert.revision, concerned, before)
  const { signs: _signs, escalatedTo = {}, ...kept } = known
  const ids = concerned.map(({ id }) => id)
  const others = Object.entries(escalatedTo).filter(([id]) => alert.kind === 'raised' && !ids.includes(id))
  const { revision, severity } = alert
  return {
    ...kept,
    ...{ revision, severity, recipientIds: ids, escalatedTo: Object.fromEntries(others) },
    kind: alert.kind === 'withdrawn' ? 'withdrawn' : 'raised',
    ...(incident.signs === undefined ? {} : { signs: incident.signs }),
  }
}

/** An alert is for who acts first; its withdrawal for all who were notified of it. */
function whoIsConcerned({ recipients, log }: NotifyParts, alert: Alert, before: Notified | undefined): Recipient[] {
  if (alert.kind === 'raised') return recipients.filter(({ level }) => level === 'petugas')
  const knowing = new Set([...(before?.recipientIds ?? []), ...Object.keys(before?.escalatedTo ?? {})])
  const concerned = recipients.filter(({ id }) => knowing.has(id))
  if (concerned.length < knowing.size)
    log.warn({ incident: alert.reference }, 'a recipient of a withdrawn alert is not configured any more')
  return concerned
}

function revisedOf(incident: LoggedIncident): NotifiedOf {
  const { id, revision, type, severity, startMs, endMs, late, signs, withdrawn } = incident
  return {
    ...{ id, revision, type, severity, startMs, late },
    ...(endMs === undefined ? {} : { endMs }),
    ...(signs === undefined ? {} : { signs }),
    ...(withdrawn === undefined ? {} : { withdrawn }),
  }
}
