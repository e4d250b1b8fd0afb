// What the fold has decided, beside what was published: the difference is what must be published.
import { type Incident, matterOf, SEVERITIES } from '../../model/incident/incident.ts'
import type { Decided, Rebuilt } from './rebuild.ts'
import { findSuccessors, type Raised, type Succession } from './succession.ts'

type Outcome = {
  /** As the fold left it, oldest first; empty when a re-fold disproved it. */
  versions: Decided[]
  /** As it last went out. */
  published: Incident | undefined
  /** A report that came too late had a part in it. */
  late: boolean
}

const NOTHING: Map<string, Outcome> = new Map()
const UNCHANGED: Set<string> = new Set()

export type WithdrawalReason = 'late_report' | 'plan_changed'

export class Outcomes {
  /** Shared and empty until something happens; nearly all wearers have nothing here. */
  #byId: Map<string, Outcome> = NOTHING
  #changed: Set<string> = UNCHANGED

  get size(): number {
    return this.#byId.size
  }

  get hasChanges(): boolean {
    return this.#changed.size > 0
  }

  /** More than `max` that are over: ended or withdrawn. */
  moreOverThan(max: number): boolean {
    if (this.#byId.size <= max) return false
    let over = 0
    for (const outcome of this.#byId.values()) {
      const now = newest(outcome)
      if (now === undefined || now.endMs !== undefined) over++
    }
    return over > max
  }

  #begin(): void {
    if (this.#byId !== NOTHING) return
    this.#byId = new Map()
    this.#changed = new Set()
  }

  /**
   * The incident from `atMs` on. A fold goes back to `restorableMs` or earlier, so of what was decided later only the newest
   * version is kept: an episode that changes with every report costs no more than one that does not.
   */
  put(incident: Incident, atMs: number, late: boolean, restorableMs: number): void {
    this.#begin()
    let outcome = this.#byId.get(incident.id)
    if (!outcome) {
      outcome = { versions: [], published: undefined, late: false }
      this.#byId.set(incident.id, outcome)
    }
    const { versions } = outcome
    if (versions.length > 0 && versions[versions.length - 1]!.atMs > restorableMs) versions.pop()
    versions.push({ atMs, incident })
    outcome.late ||= late
    this.#changed.add(incident.id)
  }

  /**
   * Takes back everything decided after `atMs`; returns the state before, for `markLate`. Must be followed by a fold from
   * there on.
   */
  rewind(atMs: number): Map<string, Incident | undefined> {
    const before = new Map<string, Incident | undefined>()
    for (const [id, outcome] of this.#byId) {
      before.set(id, newest(outcome))
      while (outcome.versions.length > 0 && outcome.versions[outcome.versions.length - 1]!.atMs > atMs) {
        outcome.versions.pop()
        this.#changed.add(id)
      }
    }
    return before
  }

  /**
   * Takes up what a fold of the stored track decided before memory begins; everything later is taken back. Gives how
   * the state before. Must be followed by a fold from there on, then `markLate`.
   */
  rebase({ fromMs, firstMs = -Infinity, decided, published }: Rebuilt): Map<string, Incident | undefined> {
    this.#begin()
    const before = new Map<string, Incident | undefined>()
    for (const [id, outcome] of this.#byId) {
      const last = outcome.versions[outcome.versions.length - 1]
      before.set(id, last?.incident)
      if (last && last.atMs < fromMs && last.incident.endMs !== undefined) continue // as it was
      if (last && last.incident.startMs < firstMs) continue // nothing of it was folded
      outcome.versions = []
      this.#changed.add(id)
    }
    for (const incident of published) {
      const known = this.#byId.get(incident.id)
      if (known !== undefined) {
        // What memory published last is newer, unless memory had been lost and it was published again.
        if ((known.published?.revision ?? 0) < incident.revision) known.published = incident
        continue
      }
      this.#byId.set(incident.id, { versions: [], published: incident, late: incident.late })
      before.set(incident.id, incident.withdrawn ? undefined : incident)
      this.#changed.add(incident.id)
    }
    for (const { incident, atMs } of decided) this.put(incident, atMs, false, Infinity)
    return before
  }

  /** After the fold that followed `rewind` or `rebase`: marks what came out differently as late, if a late report was the cause. */
  markLate(before: Map<string, Incident | undefined>, late: boolean): void {
    for (const id of this.#changed) {
      const outcome = this.#byId.get(id)!
      if (late && !sameVerdict(before.get(id), newest(outcome))) outcome.late = true
    }
  }

  /** Every changed incident at its next revision, each once; withdrawn ones first. */
  take(reason: WithdrawalReason): Incident[] {
    const { withdrawn, raised, active } = this.#sortChanged()
    const { successors, links } = this.#succession(withdrawn, raised)
    const revisions = new Map<string, number>()
    const publish = (id: string, incident: Omit<Incident, 'revision'>): Incident => {
      const matter = matterOf(incident)
      const revision = (revisions.get(matter) ?? this.#lastRevision(matter)) + 1
      revisions.set(matter, revision)
      const published = { ...incident, revision }
      this.#byId.get(id)!.published = published
      return published
    }
    const out: Incident[] = []
    for (const published of withdrawn) {
      const supersededBy = successors.get(published.id)
      const late = published.late || reason === 'late_report'
      const { supersededBy: _, ...incident } = published
      out.push(
        publish(published.id, { ...incident, late, withdrawn: { reason }, ...(supersededBy && { supersededBy }) }),
      )
    }
    for (const id of active) {
      const { published, late } = this.#byId.get(id)!
      const { successorOf = published?.successorOf, matterId = published?.matterId } = links.get(id) ?? {}
      const chain = { ...(successorOf && { successorOf }), ...(matterId && { matterId }) }
      out.push(publish(id, { ...newest(this.#byId.get(id)!)!, late, ...chain }))
    }
    this.#changed.clear()
    return out
  }

  #sortChanged(): { withdrawn: Incident[]; raised: Raised[]; active: string[] } {
    const withdrawn: Incident[] = []
    const raised: Raised[] = []
    const active: string[] = []
    for (const id of this.#changed) {
      const outcome = this.#byId.get(id)!
      const incident = newest(outcome)
      const { published } = outcome
      if (incident !== undefined) {
        const isRaised = published === undefined || published.withdrawn !== undefined
        if (isRaised) raised.push({ incident, published })
        if (isRaised || !sameVerdict(published, incident)) active.push(id)
      } else if (published === undefined) this.#byId.delete(id)
      else if (!published.withdrawn) withdrawn.push(published)
    }
    return { withdrawn, raised, active }
  }

  #succession(withdrawn: readonly Incident[], raised: readonly Raised[]): Succession {
    const active: Incident[] = []
    const earlier: Incident[] = []
    if (withdrawn.length === 0 && raised.length === 0) return { successors: new Map(), links: new Map() }
    for (const outcome of this.#byId.values()) {
      const { published } = outcome
      const now = newest(outcome)
      if (published === undefined) continue
      if (!published.withdrawn) {
        if (now !== undefined) active.push({ ...published, ...now, ...chainOf(published) })
      } else if (now === undefined && published.supersededBy === undefined) earlier.push(published)
    }
    return findSuccessors(withdrawn, raised, active, earlier)
  }

  #lastRevision(matter: string): number {
    let last = 0
    for (const { published } of this.#byId.values())
      if (published !== undefined && published.revision > last && matterOf(published) === matter)
        last = published.revision
    return last
  }

  /** Active incidents, as the fold left them, in order of start and id. */
  activeIncidents(): Incident[] {
    const all: Incident[] = []
    for (const outcome of this.#byId.values()) {
      const now = newest(outcome)
      if (now) all.push({ ...now, late: outcome.late, revision: outcome.published?.revision ?? 0 })
    }
    return all.sort((a, b) => a.startMs - b.startMs || (a.id < b.id ? -1 : 1))
  }

  /** 0 with nothing open, else 1 + index of the worst severity open (WEARER_STATE). */
  worstOpen(): number {
    let worst = 0
    for (const outcome of this.#byId.values()) {
      const now = newest(outcome)
      if (now && now.endMs === undefined) worst = Math.max(worst, 1 + SEVERITIES.indexOf(now.severity))
    }
    return worst
  }

  /**
   * The base moves to `baseMs`; `atBase` holds the newest version of each incident that the fold up to there decided. Older versions
   * are out of reach of every fold.
   */
  moveBase(baseMs: number, atBase: ReadonlyMap<string, Decided>): void {
    for (const [id, decided] of atBase) {
      const outcome = this.#byId.get(id)
      if (outcome) outcome.versions = [decided, ...outcome.versions.filter(({ atMs }) => atMs > baseMs)]
    }
    this.#forget(baseMs)
  }

  /** Forgets what no re-fold can reach any more: published, ended, and decided before `beforeMs`. */
  #forget(beforeMs: number): void {
    const over = (outcome: Outcome): boolean => {
      const last = outcome.versions[outcome.versions.length - 1]
      return last
        ? last.incident.endMs !== undefined && last.atMs < beforeMs
        : outcome.published!.confirmedMs < beforeMs
    }
    // A matter is forgotten as a whole, or its next revision would not be its newest.
    const kept = new Set<string>()
    for (const [id, outcome] of this.#byId)
      if (this.#changed.has(id) || !over(outcome)) kept.add(outcome.published ? matterOf(outcome.published) : id)
    for (const [id, { published }] of this.#byId)
      if (!kept.has(published ? matterOf(published) : id)) this.#byId.delete(id)
  }

  toJson(): string {
    const rows = [...this.#byId].map(([id, { versions, published, late }]) => [id, versions, published ?? null, late])
    return JSON.stringify([rows, [...this.#changed]])
  }

  static fromJson(text: string): Outcomes {
    const outcomes = new Outcomes()
    outcomes.#begin()
    const [rows, changed] = JSON.parse(text) as [[string, Decided[], Incident | null, boolean][], string[]]
    for (const [id, versions, published, late] of rows)
      outcomes.#byId.set(id, { versions, published: published ?? undefined, late })
    for (const id of changed) outcomes.#changed.add(id)
    return outcomes
  }
}

function chainOf({ successorOf, matterId }: Incident): Pick<Incident, 'successorOf' | 'matterId'> {
  return { ...(successorOf && { successorOf }), ...(matterId && { matterId }) }
}

function newest(outcome: Outcome): Incident | undefined {
  return outcome.versions[outcome.versions.length - 1]?.incident
}

/** The same verdict, whatever its revision, its lateness, and the wording of the plan it came from. */
function sameVerdict(a: Incident | undefined, b: Incident | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return (
    a.severity === b.severity &&
    a.startMs === b.startMs &&
    a.confirmedMs === b.confirmedMs &&
    a.endMs === b.endMs &&
    a.depthM === b.depthM &&
    a.signs === b.signs &&
    JSON.stringify(a.evidence) === JSON.stringify(b.evidence)
  )
}
