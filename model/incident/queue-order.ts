// In which order officers look at incidents, and what is shown of a wearer: always the worst open matter.
import { SEVERITIES, type Severity } from './incident.ts'
import { type Life, type LivedIncident, lifeOf } from './life.ts'

/**
 * ongoing: berlangsung, belum diterima. ended: berakhir, belum diterima. handled: ditangani. withdrawn: taken back by the engine.
 * Inside a group by due time.
 */
export const QUEUE_GROUPS = ['ongoing', 'ended', 'handled', 'withdrawn'] as const
export type QueueGroup = (typeof QUEUE_GROUPS)[number]

export function queueGroupOf(incident: LivedIncident, life: Life = lifeOf(incident)): QueueGroup {
  if (incident.withdrawn !== undefined) return 'withdrawn'
  if (life.stage !== 'new') return 'handled'
  return incident.endMs === undefined ? 'ongoing' : 'ended'
}

/** The place of an incident, or of the row that it leads, in the queue. */
export type QueuePlace = {
  group: QueueGroup
  dueMs: number | undefined
  severity: Severity
  fromMs: number
  id: string
}

/** By group; inside by due time, longest overdue first; where no clock runs, the graver and then the longer known first. */
export function comparePlaces(a: QueuePlace, b: QueuePlace): number {
  const dueMs = ({ dueMs = Number.MAX_SAFE_INTEGER }: QueuePlace) => dueMs
  return (
    QUEUE_GROUPS.indexOf(a.group) - QUEUE_GROUPS.indexOf(b.group) ||
    dueMs(a) - dueMs(b) ||
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    a.fromMs - b.fromMs ||
    (a.id < b.id ? -1 : 1)
  )
}

/** The worst matters of a wearer. */
export type WorstOpen = {
  /** Of what somebody must still look at: graver before less grave, what goes on before what has ended. */
  open: { severity: Severity; ended: boolean } | undefined
  /** The gravest that goes on and has its outcome already: the evaluator still counts it, the officers do not. */
  resolved: Severity | undefined
}

/** Of everyone who has something open, by the short number. What ended and somebody has taken is on the list only. */
export function worstOpenOf(
  incidents: Iterable<LivedIncident & { wearerId?: number | undefined }>,
): Map<number, WorstOpen> {
  const worst = new Map<number, WorstOpen>()
  const rankOf = (severity: Severity) => SEVERITIES.indexOf(severity)
  for (const incident of incidents) {
    const { wearerId, severity } = incident
    const ended = incident.endMs !== undefined
    if (wearerId === undefined || incident.withdrawn) continue
    const known = worst.get(wearerId) ?? { open: undefined, resolved: undefined }
    const { open: isOpen, stage } = lifeOf(incident)
    if (!isOpen) {
      if (ended || (known.resolved && rankOf(known.resolved) >= rankOf(severity))) continue
      known.resolved = severity
    } else if (ended && stage !== 'new') continue
    else {
      const { open } = known
      const graver = open ? rankOf(severity) - rankOf(open.severity) || Number(open.ended) - Number(ended) : 1
      if (graver > 0) known.open = { severity, ended }
    }
    worst.set(wearerId, known)
  }
  return worst
}
