// What an incident's revisions and its resolutions mean for the recipients: deliveries first, then what was told and how far, in
// one step, so that no alert is dropped and none is made twice.
import type { IncidentAct, LoggedIncident } from '../model/incident/incident.ts'
import { type Alert, alertOf, type Recipient, type Told, type ToldAbout } from './alert.ts'
import { escalateByOfficer } from './escalate.ts'
import { commitNotices, give, isOver, type TellOptions, toldOf } from './notices.ts'
import { clockAfter, withActs } from './response-clock.ts'

/** A revision, and when it could be known (UTC). */
export type Revision = { incident: LoggedIncident; atMs: number }

/** Tells what these revisions call for, in their order; the shard's place in the incident log moves to `position`, if given. */
export async function tellIncidents(
  options: TellOptions,
  revisions: readonly Revision[],
  position?: string,
): Promise<void> {
  const told = await toldOf(
    options,
    revisions.map(({ incident }) => incident.id),
  )
  const changed = new Set<string>()
  for (const { incident, atMs } of revisions) {
    const before = told.get(incident.id)
    const now = await tellOne(options, aboutOf(incident), before, atMs)
    if (now === undefined) continue
    told.set(incident.id, now)
    changed.add(incident.id)
  }
  await commitNotices(options, told, changed, position === undefined ? {} : { position })
}

/**
 * Notes for which signs these incidents are resolved now and whether somebody has taken them, tells of one that has more signs,
 * and tells the next level where an officer asks for it. Acts on incidents of other shards, and on such as are long over,
 * change nothing. The incidents must have been taken in up to where the acts were read.
 */
export async function tellActs(
  options: TellOptions,
  acts: readonly IncidentAct[],
  actsPosition: string,
): Promise<void> {
  const actsOn = new Map<string, IncidentAct[]>()
  for (const act of acts)
    if (act.action !== 'note') actsOn.set(act.incidentId, [...(actsOn.get(act.incidentId) ?? []), act])
  const told = await toldOf(options, [...actsOn.keys()])
  for (const [id, before] of told) {
    const its = actsOn.get(id)!
    let now: Told = { ...before, ...withActs(before, its) }
    const atMs = Math.max(...its.map((act) => act.atMs))
    if (now.newest !== undefined) now = (await tellOne(options, now.newest, now, atMs)) ?? now
    for (const act of its) if (act.action === 'escalate') now = await escalateByOfficer(options, now, act)
    told.set(id, now)
  }
  await commitNotices(options, told, told.keys(), { actsPosition })
}

/** Gives what is known of the incident then; undefined where there is nothing to keep. */
async function tellOne(
  options: TellOptions,
  incident: ToldAbout,
  before: Told | undefined,
  atMs: number,
): Promise<Told | undefined> {
  const newest = (before?.newest?.revision ?? 0) > incident.revision ? before!.newest! : incident
  const alert = alertOf(incident, before, options.consoleUrl)
  if (alert === undefined)
    return before ? { ...before, ...settled(clockAfter(before, newest, atMs)), newest } : untold(incident)
  const concerned = whoIsConcerned(options, alert, before)
  await give(options, alert, alert.revision, concerned, before)
  const { signs: _signs, clock: _clock, escalatedTo = {}, ...known } = before ?? {}
  const ids = concerned.map(({ id }) => id)
  const others = Object.entries(escalatedTo).filter(([id]) => alert.kind === 'raised' && !ids.includes(id))
  const { revision, severity } = alert
  return {
    ...known,
    ...{ revision, severity, newest, recipientIds: ids, escalatedTo: Object.fromEntries(others) },
    ...(alert.kind === 'withdrawn'
      ? { kind: 'withdrawn' }
      : { kind: 'raised', clock: { level: 'petugas', fromMs: atMs } }),
    ...(incident.signs === undefined ? {} : { signs: incident.signs }),
  }
}

/** An alert is for who acts first; its withdrawal for all who were told of it. */
function whoIsConcerned({ recipients, log }: TellOptions, alert: Alert, before: Told | undefined): Recipient[] {
  if (alert.kind === 'raised') return recipients.filter(({ level }) => level === 'petugas')
  const told = new Set([...(before?.recipientIds ?? []), ...Object.keys(before?.escalatedTo ?? {})])
  const concerned = recipients.filter(({ id }) => told.has(id))
  if (concerned.length < told.size)
    log.warn({ incident: alert.reference }, 'a recipient of a withdrawn alert is not configured any more')
  return concerned
}

/** Officers may act on what goes on although nobody was told of it. */
function untold(newest: ToldAbout): Told | undefined {
  if (isOver(newest)) return undefined
  return { revision: 0, kind: 'none', severity: newest.severity, recipientIds: [], newest }
}

function settled(clock: Told['clock']): Pick<Told, 'clock'> {
  return clock === undefined ? {} : { clock }
}

function aboutOf(incident: LoggedIncident): ToldAbout {
  const { id, revision, type, severity, startMs, endMs, late, signs, withdrawn } = incident
  return {
    ...{ id, revision, type, severity, startMs, late },
    ...(endMs === undefined ? {} : { endMs }),
    ...(signs === undefined ? {} : { signs }),
    ...(withdrawn === undefined ? {} : { withdrawn }),
  }
}
