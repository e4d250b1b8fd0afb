// How much of a violation is proven, and where it spans a gap.
import type { Incident } from '../../../model/incident/incident.ts'
import { incidentOf } from '../state/episode.ts'
import type { Minutes } from '../state/minutes.ts'
import type { ZoneMemory } from '../state/zone-memory.ts'
import type { Judging } from './judging.ts'

/** One more fix of a run or a violation; a gap in a violation that ended with it is published. */
export function noteMinutes(j: Judging, memory: ZoneMemory, minutes: Minutes, evidence: -1 | 0 | 1): void {
  const gapped = minutes.add(j.report.timeMs, evidence, j.plan.freshMs, j.plan.gapMs)
  if (gapped && memory.violation) emitViolation(j, memory)
}

/** The violation as it is now. */
export function emitViolation(j: Judging, memory: ZoneMemory): void {
  const incident = incidentOf(j.state, j.plan.hash, memory.violation!, undefined, memory.deepest)
  j.sink.change({ ...incident, ...reachOf(memory) }, j.report.timeMs)
}

/** What an incident says of that, up to `endMs` where it ends. */
export function reachOf({ minutes, violation }: ZoneMemory, endMs?: number): Pick<Incident, 'minutes' | 'gaps'> {
  if (minutes === undefined || violation === undefined) return {}
  const { gaps } = minutes
  const within = endMs === undefined ? gaps : gaps.filter(({ fromMs }) => fromMs < endMs)
  return { minutes: minutes.upTo(violation.startMs, endMs), ...(within.length > 0 && { gaps: within }) }
}
