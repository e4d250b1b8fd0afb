import { type IncidentAct, type LoggedIncident, matterOf } from '../../model/incident/incident.ts'
import { type Standing, standingAfter } from '../../model/incident/life.ts'

/** Acts on a matter. `whole`: no act is missing. */
type Known = { acts: IncidentAct[]; whole: boolean }
type ContinuedIncident = { incident: LoggedIncident; standing: Standing }

/** The newest revision of each recent incident, its matter's `standing`, and the acts on it: what PostgreSQL may not have yet. */
export class RecentIncidents {
  readonly #max: number
  readonly #incidents = new Map<string, LoggedIncident>()
  /** The newest revision of each matter. */
  readonly #matters = new Map<string, ContinuedIncident>()
  readonly #acts = new Map<string, Known>()

  constructor(max: number) {
    this.#max = max
  }

  addIncident(incident: LoggedIncident, knownMs: number): void {
    this.#keep(this.#continued(incident, knownMs))
    if ((this.#incidents.get(incident.id)?.revision ?? 0) < incident.revision)
      renew(this.#incidents, incident.id, incident, this.#max)
    // Every act from here on comes by the log.
    if (incident.revision === 1) this.#know(matterOf(incident), { acts: this.acts(incident), whole: true })
  }

  addAct(act: IncidentAct): void {
    const matter = act.matterId ?? act.incidentId
    const { acts, whole } = this.#acts.get(matter) ?? { acts: [], whole: false }
    if (acts.some(({ actId }) => actId === act.actId)) return
    this.#know(matter, { acts: [...acts, act], whole })
  }

  /** All acts on these matters as PostgreSQL has them, oldest first; those published meanwhile are newer. */
  addAllActs(matterIds: Iterable<string>, stored: readonly IncidentAct[]): void {
    const published = Array.from(matterIds, (matter) => {
      const { acts } = this.#acts.get(matter) ?? { acts: [] }
      this.#know(matter, { acts: [], whole: true })
      return acts
    })
    for (const act of [...stored, ...published.flat()]) this.addAct(act)
  }

  /** As PostgreSQL has them; what memory knows is newer. */
  addStandings(stored: readonly ContinuedIncident[]): void {
    for (const one of stored) if (!this.#matters.has(matterOf(one.incident))) this.#keep(one)
  }

  /** There may be acts on it that left memory, or that came before this process; or earlier revisions did. */
  lacksHistory(incident: LoggedIncident): boolean {
    const matter = matterOf(incident)
    return incident.revision > 1 && (this.#acts.get(matter)?.whole !== true || !this.#matters.has(matter))
  }

  /** Acts have been missed. */
  missedActs(): void {
    for (const known of this.#acts.values()) known.whole = false
  }

  incident(incidentId: string): LoggedIncident | undefined {
    return this.#incidents.get(incidentId)
  }

  /** The `standing` of a revision that could be known at `knownMs`. */
  standing(incident: LoggedIncident, knownMs: number): Standing {
    return this.#continued(incident, knownMs).standing
  }

  /** On the incident's matter. */
  acts(incident: LoggedIncident): IncidentAct[] {
    return this.#acts.get(matterOf(incident))?.acts ?? []
  }

  #continued(incident: LoggedIncident, knownMs: number): ContinuedIncident {
    const known = this.#matters.get(matterOf(incident))
    if (known === undefined) return { incident, standing: standingAfter(undefined, incident, knownMs) }
    if (known.incident.revision >= incident.revision) return known
    const before = { revised: known.incident, standing: known.standing }
    return { incident, standing: standingAfter(before, incident, knownMs) }
  }

  #keep(one: ContinuedIncident): void {
    renew(this.#matters, matterOf(one.incident), one, this.#max)
  }

  #know(matter: string, known: Known): void {
    renew(this.#acts, matter, known, this.#max)
  }

  /** Oldest first. */
  ofWearers(wearerIds: ReadonlySet<number>): LoggedIncident[] {
    return [...this.#incidents.values()].filter(({ wearerId }) => wearerId !== undefined && wearerIds.has(wearerId))
  }
}

function renew<V>(map: Map<string, V>, key: string, value: V, max: number): void {
  map.delete(key)
  map.set(key, value)

  for (const oldest of map.keys()) {
    if (map.size <= max) return
    map.delete(oldest)
  }
}
