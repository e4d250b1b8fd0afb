import type { IncidentView } from '../../model/console/console.ts'
import type { Evidence, IncidentAct } from '../../model/incident/incident.ts'

/** One thing that happened to an incident. */
export type Happening =
  | { atMs: number; what: 'began' | 'confirmed' | 'ended' }
  | { atMs: number; what: 'sign'; number: number }
  | { atMs: number; what: 'act'; act: IncidentAct }

/** Everything that is known to have happened, oldest first: what the engine found, each sign of the device, every act. */
export function timelineOf(incident: IncidentView): Happening[] {
  const happenings: Happening[] = [{ atMs: incident.startMs, what: 'began' }]
  if (incident.confirmedMs !== incident.startMs) happenings.push({ atMs: incident.confirmedMs, what: 'confirmed' })
  for (const [i, sign] of occurrencesOf(incident).entries())
    happenings.push({ atMs: sign.timeMs, what: 'sign', number: i + 2 })
  if (incident.endMs !== undefined) happenings.push({ atMs: incident.endMs, what: 'ended' })
  for (const act of incident.acts) happenings.push({ atMs: act.atMs, what: 'act', act })
  return happenings.sort((a, b) => a.atMs - b.atMs)
}

/** The alarm raised anew; the first time is the beginning. */
function occurrencesOf({ evidence, startMs }: IncidentView): Evidence[] {
  return evidence.filter(({ role, timeMs }) => role === 'sign' && timeMs > startMs)
}
