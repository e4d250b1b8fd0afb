import type { IncidentAct, LoggedIncident } from '../../model/incident/incident.ts'
import { type Standing, standingAfter } from '../../model/incident/life.ts'

/** `whole`: no act is missing. */
type Known = { acts: IncidentAct[]; whole: boolean }
type ContinuedIncident = { incident: LoggedIncident; standing: Standing }

/** The newest revision of each recent incident, what it stands by, and the acts on it: what PostgreSQL may not have yet. */
export class RecentIncidents {
  readonly #max: number
  readonly #incidents = new Map<string, ContinuedIncident>()
  readonly #acts = new Map<string, Known>()

  constructor(max: number) {
    this.#max = max
  }

  addIncident(incident: LoggedIncident, knownMs: number): void {
    this.#keep(this.#continued(incident, knownMs))
    // Every act from here on comes by the log.
    if (incident.revision === 1) this.#know(incident.id, { acts: this.acts(incident.id), whole: true })
  }

  addAct(act: IncidentAct): void {
    const { acts, whole } = this.#acts.get(act.incidentId) ?? { acts: [], whole: false }
    if (acts.some(({ actId }) => actId === act.actId)) return
    this.#know(act.incidentId, { acts: [...acts, act], whole })
  }

  /** All acts on these incidents as PostgreSQL has them, oldest first; those told meanwhile are newer. */
  addAllActs(incidentIds: Iterable<string>, stored: readonly IncidentAct[]): void {
    const published = Array.from(incidentIds, (id) => {
      const { acts } = this.#acts.get(id) ?? { acts: [] }
      this.#know(id, { acts: [], whole: true })
      return acts
    })
    for (const act of [...stored, ...published.flat()]) this.addAct(act)
  }

  /** As PostgreSQL has them; what memory knows is newer. */
  addStandings(stored: readonly ContinuedIncident[]): void {
    for (const one of stored) if (!this.#incidents.has(one.incident.id)) this.#keep(one)
  }

  /** There may be acts on it that left memory, or that came before this process; or earlier revisions did. */
  lacksHistory({ id, revision }: LoggedIncident): boolean {
    return revision > 1 && (this.#acts.get(id)?.whole !== true || !this.#incidents.has(id))
  }

  /** Acts have been missed. */
  missedActs(): void {
    for (const known of this.#acts.values()) known.whole = false
  }

  incident(incidentId: string): LoggedIncident | undefined {
    return this.#incidents.get(incidentId)?.incident
  }

  /** What a revision stands by that could be known at `knownMs`. */
  standing(incident: LoggedIncident, knownMs: number): Standing {
    return this.#continued(incident, knownMs).standing
  }

  acts(incidentId: string): IncidentAct[] {
    return this.#acts.get(incidentId)?.acts ?? []
  }

  #continued(incident: LoggedIncident, knownMs: number): ContinuedIncident {
    const known = this.#incidents.get(incident.id)
    if (known === undefined) return { incident, standing: standingAfter(undefined, incident, knownMs) }
    if (known.incident.revision >= incident.revision) return known
    const before = { revised: known.incident, standing: known.standing }
    return { incident, standing: standingAfter(before, incident, knownMs) }
  }

  #keep(one: ContinuedIncident): void {
    this.#incidents.delete(one.incident.id)
    this.#incidents.set(one.incident.id, one)
    dropOldest(this.#incidents, this.#max)
  }

  #know(incidentId: string, known: Known): void {
    this.#acts.delete(incidentId)
    this.#acts.set(incidentId, known)
    dropOldest(this.#acts, this.#max)
  }

  /** Oldest first. */
  ofWearers(wearerIds: ReadonlySet<number>): LoggedIncident[] {
    return Array.from(this.#incidents.values(), ({ incident }) => incident).filter(
      ({ wearerId }) => wearerId !== undefined && wearerIds.has(wearerId),
    )
  }
}

function dropOldest<V>(map: Map<string, V>, max: number): void {
  if (map.size <= max) return
  for (const key of map.keys()) {
    map.delete(key)
    if (map.size <= max) return
  }
}
