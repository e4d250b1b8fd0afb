import type { IncidentView, WearerIncidentView } from '../../model/console/console.ts'

/** Without those of whole units: they say when we heard from anybody, and that is what a fault changes. */
export function ofWearers(incidents: ReadonlyMap<string, IncidentView>): [string, WearerIncidentView][] {
  return [...incidents].flatMap(([id, incident]) => (incident.unit === undefined ? [[id, incident]] : []))
}
