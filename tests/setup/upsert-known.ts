import type { LoggedIncident } from '../../model/incident/incident.ts'
import type { PoolClient } from '../../store/database/open-pool.ts'
import { upsertIncidents } from '../../store/incidents/upsert-incidents.ts'

/** Records incidents that could be known when they were confirmed. */
export function upsertKnown(client: PoolClient, incidents: readonly LoggedIncident[]): Promise<void> {
  return upsertIncidents(
    client,
    incidents.map((incident) => ({ incident, knownMs: incident.confirmedMs })),
  )
}
