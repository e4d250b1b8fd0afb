import type { IncidentAct, LoggedIncident } from '../../model/incident/incident.ts'

/** `whole`: no act is missing. */
type Known = { acts: IncidentAct[]; whole: boolean }

/** The newest revision of each recent incident, and the acts on them: what PostgreSQL may not have yet. */
export class RecentIncidents {
  readonly #max: number
  readonly #incidents = new Map<string, LoggedIncident>()
  readonly #acts = new Map<string, Known>()

  constructor(max: number) {
    this.#max = max
  }

  addIncident(incident: LoggedIncident): void {
    this.#incidents.delete(incident.id)
    this.#incidents.set(incident.id, incident)
    dropOldest(this.#incidents, this.#max)
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
    const told = Array.from(incidentIds, (id) => {
      const { acts } = this.#acts.get(id) ?? { acts: [] }
      this.#know(id, { acts: [], whole: true })
      return acts
    })
    for (const act of [...stored, ...told.flat()]) this.addAct(act)
  }

  /** There may be acts on it that left memory, or that came before this process. */
  lacksActs({ id, revision }: LoggedIncident): boolean {
    return revision > 1 && this.#acts.get(id)?.whole !== true
  }

  /** Acts have been missed. */
  missedActs(): void {
    for (const known of this.#acts.values()) known.whole = false
  }

  incident(incidentId: string): LoggedIncident | undefined {
    return this.#incidents.get(incidentId)
  }

  acts(incidentId: string): IncidentAct[] {
    return this.#acts.get(incidentId)?.acts ?? []
  }

  #know(incidentId: string, known: Known): void {
    this.#acts.delete(incidentId)
    this.#acts.set(incidentId, known)
    dropOldest(this.#acts, this.#max)
  }

  /** Oldest first. */
  ofWearers(wearerIds: ReadonlySet<number>): LoggedIncident[] {
    return [...this.#incidents.values()].filter(({ wearerId }) => wearerId !== undefined && wearerIds.has(wearerId))
  }
}

function dropOldest<V>(map: Map<string, V>, max: number): void {
  if (map.size <= max) return
  for (const key of map.keys()) {
    map.delete(key)
    if (map.size <= max) return
  }
}
