import type { IncidentAct, LoggedIncident } from '../../model/incident.ts'

/** The newest revision of each recent incident, and the acts on them: what PostgreSQL may not have yet. */
export class RecentIncidents {
  readonly #max: number
  readonly #incidents = new Map<string, LoggedIncident>()
  readonly #acts = new Map<string, IncidentAct[]>()

  constructor(max: number) {
    this.#max = max
  }

  addIncident(incident: LoggedIncident): void {
    this.#incidents.delete(incident.id)
    this.#incidents.set(incident.id, incident)
    dropOldest(this.#incidents, this.#max)
  }

  addAct(act: IncidentAct): void {
    const acts = this.#acts.get(act.incidentId) ?? []
    if (acts.some(({ actId }) => actId === act.actId)) return
    this.#acts.delete(act.incidentId)
    this.#acts.set(act.incidentId, [...acts, act])
    dropOldest(this.#acts, this.#max)
  }

  incident(incidentId: string): LoggedIncident | undefined {
    return this.#incidents.get(incidentId)
  }

  acts(incidentId: string): IncidentAct[] {
    return this.#acts.get(incidentId) ?? []
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
