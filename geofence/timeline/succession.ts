// One violation is one matter to people. A late report may move its beginning, and with it the incident's id: the withdrawn incident
// then names the one that continues it, and both share one matter and one count of revisions.
import { type Incident, matterOf } from '../../model/incident/incident.ts'

/** An incident that is published from now on, after none or after a withdrawal. */
export type Raised = {
  incident: Incident
  /** As it was published last. */
  published: Incident | undefined
}

export type Link = Required<Pick<Incident, 'successorOf' | 'matterId'>>

export type Succession = {
  /** The incident that continues a withdrawn one, by the withdrawn one's id. */
  successors: Map<string, string>
  /** By the successor's id, where it takes part in another matter than before. */
  links: Map<string, Link>
}

/**
 * Finds the successors of `withdrawn` among what is raised now and what stays active. `earlier` are withdrawn incidents that have no
 * successor yet: a raised incident continues one of them where it continues nothing else. Linked are incidents of one type and one
 * condition that overlap in time.
 */
export function findSuccessors(
  withdrawn: readonly Incident[],
  raised: readonly Raised[],
  active: readonly Incident[],
  earlier: readonly Incident[],
): Succession {
  const successors = new Map<string, string>()
  const links = new Map<string, Link>()
  for (const gone of withdrawn.toSorted(compareStarts)) {
    const successor = bestFor(gone, raised, active, links)
    if (successor === undefined) continue
    successors.set(gone.id, successor.incident.id)
    if (successor.isRaised && successor.published === undefined && !links.has(successor.incident.id))
      links.set(successor.incident.id, { successorOf: gone.id, matterId: matterOf(gone) })
  }
  for (const { incident, published } of raised) {
    if (published !== undefined || links.has(incident.id)) continue
    const before = longest(
      earlier.filter((one) => one.id !== incident.id && isSameRule(one, incident)),
      incident,
    )
    if (before !== undefined) links.set(incident.id, { successorOf: before.id, matterId: matterOf(before) })
  }
  return { successors, links }
}

type Candidate = { incident: Incident; published: Incident | undefined; isRaised: boolean }

/** Of the same matter before others, raised now before active already, then the longest common time. */
function bestFor(
  gone: Incident,
  raised: readonly Raised[],
  active: readonly Incident[],
  links: ReadonlyMap<string, Link>,
): Candidate | undefined {
  const candidates: Candidate[] = [
    ...raised.map((one) => ({ ...one, isRaised: true })),
    ...active.map((incident) => ({ incident, published: incident, isRaised: false })),
  ].filter(({ incident }) => incident.id !== gone.id && isSameRule(gone, incident) && overlapMs(gone, incident) >= 0)
  const matter = ({ incident, published }: Candidate) =>
    links.get(incident.id)?.matterId ?? (published === undefined ? undefined : matterOf(published))
  const rank = (one: Candidate) => 2 * Number(matter(one) === matterOf(gone)) + Number(one.isRaised)
  return candidates.sort(
    (a, b) =>
      rank(b) - rank(a) ||
      overlapMs(gone, b.incident) - overlapMs(gone, a.incident) ||
      compareStarts(a.incident, b.incident),
  )[0]
}

function longest(candidates: readonly Incident[], incident: Incident): Incident | undefined {
  return candidates
    .filter((one) => overlapMs(one, incident) >= 0)
    .sort((a, b) => overlapMs(b, incident) - overlapMs(a, incident) || compareStarts(a, b))[0]
}

function isSameRule(a: Incident, b: Incident): boolean {
  return a.type === b.type && a.conditionId === b.conditionId
}

/** Negative where there is time between them. */
function overlapMs(a: Incident, b: Incident): number {
  const endMs = Math.min(a.endMs ?? Number.MAX_SAFE_INTEGER, b.endMs ?? Number.MAX_SAFE_INTEGER)
  return endMs - Math.max(a.startMs, b.startMs)
}

function compareStarts(a: Incident, b: Incident): number {
  return a.startMs - b.startMs || (a.id < b.id ? -1 : 1)
}
