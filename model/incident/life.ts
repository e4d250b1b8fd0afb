// The life of an incident, for the console, notify, the API and the record alike: whether it is active, who has taken it, which
// clock runs. It follows from the incident's revisions, from when each could be known here, and from the officers' acts.
import type { IncidentAct, LoggedIncident } from './incident.ts'
import { type IncidentType, SEVERITIES, type Severity } from './incident.ts'
import { endStops, sopOf } from './response.ts'

/** Of a revision, all that its life depends on. */
export type Revised = Pick<
  LoggedIncident,
  'revision' | 'severity' | 'endMs' | 'signs' | 'withdrawn' | 'supersededBy'
> & {
  type: IncidentType
}

/** An incident revision, and when it could be known here (UTC). */
export type KnownRevision = { incident: LoggedIncident; knownMs: number }

/**
 * Since when an incident has been active, by the times at which the server could know each revision. Every revision of its matter continues it: one
 * that was withdrawn because its beginning moved goes on as its successor.
 */
export type Standing = {
  /** First raised, made graver, reinstated, or gone on after an end that had stopped its clock; the latest of these. */
  fromMs: number
  /** The revision that reinstated it after a withdrawal; acts on earlier ones were on what had been withdrawn. */
  sinceRevision?: number
  /** When its newest recurrence could be known. */
  signMs?: number
}

/** Of an act, all that counts. */
export type ActFacts = Pick<IncidentAct, 'actId' | 'action' | 'atMs' | 'signs' | 'revision'>

export type LivedIncident = Revised & { standing: Standing; acts: readonly ActFacts[] }

/** new: nobody has taken it. handled: somebody has. closed: resolved with an outcome. */
type Stage = 'new' | 'handled' | 'closed'

/** take: somebody must take it. handle: whoever took it must come to an outcome. */
export type LifeClock = { which: 'take' | 'handle'; fromMs: number; dueMs: number }

export type Life = {
  stage: Stage
  /** Somebody's concern: not withdrawn, not resolved, and going on or grave enough that somebody must say how it ended. */
  open: boolean
  /** Resolved, and then the device raised the alarm anew. */
  reopened: boolean
  /** Active again after a withdrawal. */
  reinstated: boolean
  /** The clock that runs; absent: none. */
  clock?: LifeClock
}

export function standingAfter(
  before: { revised: Revised; standing: Standing } | undefined,
  next: Revised,
  knownMs: number,
): Standing {
  if (before === undefined) return { fromMs: knownMs }
  const { revised, standing } = before
  if (next.withdrawn !== undefined) return standing
  if (revised.withdrawn !== undefined && revised.supersededBy === undefined)
    return { ...recurrenceOf(before, next, knownMs), fromMs: knownMs, sinceRevision: next.revision }
  const graver = rank(next.severity) > rank(revised.severity)
  const goesOn = revised.endMs !== undefined && next.endMs === undefined && endStops(next.severity)
  const since = graver || goesOn ? knownMs : standing.fromMs
  return { ...standing, ...recurrenceOf(before, next, knownMs), fromMs: since }
}

function recurrenceOf(
  { revised, standing }: { revised: Revised; standing: Standing },
  next: Revised,
  knownMs: number,
): Pick<Standing, 'signMs'> {
  if ((next.signs ?? 1) > (revised.signs ?? 1)) return { signMs: knownMs }
  return standing.signMs === undefined ? {} : { signMs: standing.signMs }
}

export function lifeOf(incident: LivedIncident): Life {
  const { standing, withdrawn, endMs, severity } = incident
  const resolved = lastResolve(incident)
  const closed = resolutionOf(incident) !== undefined
  const taken = firstTake(incident, resolved)
  const stage = closed ? 'closed' : taken === undefined ? 'new' : 'handled'
  const isActive = withdrawn === undefined && !closed
  const clock = isActive ? clockOf(incident, resolved, taken) : undefined
  return {
    stage,
    open: isActive && (endMs === undefined || severity !== 'informasi'),
    reopened: !closed && resolved !== undefined,
    reinstated: standing.sinceRevision !== undefined && withdrawn === undefined,
    ...(clock === undefined ? {} : { clock }),
  }
}

export function stageOf(incident: LivedIncident): Stage {
  return lifeOf(incident).stage
}

/** The resolution that holds: the newest one that knew of all the signs that the incident has. */
export function resolutionOf<A extends ActFacts>({
  acts,
  signs: known = 1,
}: Pick<Revised, 'signs'> & { acts: readonly A[] }): A | undefined {
  return acts.findLast(({ action, signs = 1 }) => action === 'resolve' && signs >= known)
}

function lastResolve({ acts }: LivedIncident): ActFacts | undefined {
  return acts.findLast(({ action }) => action === 'resolve')
}

/** The first act that takes it since the last resolution and the last reinstatement. A note does not take it. */
function firstTake({ acts, standing }: LivedIncident, resolved: ActFacts | undefined): ActFacts | undefined {
  const { sinceRevision = 0 } = standing
  return acts.find(
    ({ action, actId, revision = 0 }) =>
      (action === 'acknowledge' || action === 'escalate') &&
      actId > (resolved?.actId ?? 0) &&
      revision >= sinceRevision,
  )
}

function clockOf(
  incident: LivedIncident,
  resolved: ActFacts | undefined,
  taken: ActFacts | undefined,
): LifeClock | undefined {
  const { standing, endMs, severity } = incident
  if (endMs !== undefined && endStops(severity)) return undefined
  const { takenWithinMs, handledWithinMs } = sopOf(incident)
  if (taken !== undefined) {
    const fromMs = Math.max(taken.atMs, standing.fromMs)
    return handledWithinMs === undefined ? undefined : { which: 'handle', fromMs, dueMs: fromMs + handledWithinMs }
  }
  // A recurrence counts from when it could be known; one that the resolution overlooked, from the resolution.
  const fromMs =
    resolved === undefined ? standing.fromMs : Math.max(standing.fromMs, standing.signMs ?? 0, resolved.atMs)
  return takenWithinMs === undefined ? undefined : { which: 'take', fromMs, dueMs: fromMs + takenWithinMs }
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity)
}
