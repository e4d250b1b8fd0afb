// In which order officers look at incidents, and what is shown of a wearer: always the worst open matter.
import { SEVERITIES, type Severity } from './incident.ts'
import { type Life, type LivedIncident, lifeOf } from './life.ts'

export const QUEUE_GROUPS = ['ongoing_untaken', 'ended_untaken', 'to_read', 'handled', 'over'] as const
/**
 * ongoing_untaken: berlangsung, belum diterima. ended_untaken: berakhir, belum diterima. to_read: informasi, which must not push
 * an ended strap cut off the screen. handled: ditangani. over: not open.
 */
export type QueueGroup = (typeof QUEUE_GROUPS)[number]

export function queueGroupOf(incident: LivedIncident, life: Life = lifeOf(incident)): QueueGroup {
  if (!life.open) return 'over'
  if (life.stage === 'handled') return 'handled'
  if (incident.severity === 'informasi') return 'to_read'
  return incident.endMs === undefined ? 'ongoing_untaken' : 'ended_untaken'
}

/** Where an incident stands in the queue; worked out once each before sorting. */
export type QueuePlace = { group: number; dueMs: number; severity: number; fromMs: number; id: string }

export function queuePlaceOf(incident: LivedIncident & { id: string }): QueuePlace {
  const life = lifeOf(incident)
  return {
    group: QUEUE_GROUPS.indexOf(queueGroupOf(incident, life)),
    dueMs: life.clock?.dueMs ?? Number.POSITIVE_INFINITY,
    severity: SEVERITIES.indexOf(incident.severity),
    fromMs: incident.standing.fromMs,
    id: incident.id,
  }
}

/** By group; inside by due time, longest overdue first; where no clock runs, the graver and then the newer first. */
export function comparePlaces(a: QueuePlace, b: QueuePlace): number {
  if (a.group !== b.group) return a.group - b.group
  if (a.dueMs !== b.dueMs) return a.dueMs - b.dueMs
  return b.severity - a.severity || b.fromMs - a.fromMs || (a.id < b.id ? -1 : 1)
}

export function inQueueOrder<I extends LivedIncident & { id: string }>(incidents: Iterable<I>): I[] {
  return Array.from(incidents, (incident) => ({ incident, place: queuePlaceOf(incident) }))
    .sort((a, b) => comparePlaces(a.place, b.place))
    .map(({ incident }) => incident)
}

/** ongoing: drawn filled; not ongoing: it ended, and nobody has come to an outcome: drawn hollow. */
export type OpenMatter = { severity: Severity; ongoing: boolean }

/** The worst open matter of each wearer, by the short number. Who is not in it has nothing open. */
export function worstMatters(
  incidents: Iterable<LivedIncident & { wearerId?: number | undefined }>,
): Map<number, OpenMatter> {
  const worst = new Map<number, OpenMatter>()
  for (const incident of incidents) {
    const { wearerId, severity, endMs } = incident
    if (wearerId === undefined || !lifeOf(incident).open) continue
    const matter = { severity, ongoing: endMs === undefined }
    const known = worst.get(wearerId)
    if (known === undefined || isWorse(matter, known)) worst.set(wearerId, matter)
  }
  return worst
}

function isWorse(a: OpenMatter, b: OpenMatter): boolean {
  const graver = SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)
  return graver > 0 || (graver === 0 && a.ongoing && !b.ongoing)
}
