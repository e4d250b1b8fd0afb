// A timeline folded again from where something changed: a late report, or the plan.
import { LogReport } from '../../model/report/report.ts'
import { decodeWearerState } from '../fold/state/state-codec.ts'
import { HOT } from '../fold/state/wearer-row.ts'
import { before, type Checkpoint } from './checkpoints.ts'
import { advanceHead, foldReport } from './fold-report.ts'
import type { WithdrawalReason } from './outcomes.ts'
import type { FoldHead } from './plan-segments.ts'
import type { TimelineMemory } from './timeline-memory.ts'

/** From `timeMs` on the head is no longer the fold of the reports. */
export function markStale(timeline: TimelineMemory, timeMs: number, by: WithdrawalReason): void {
  const { hot, at } = timeline
  hot[at + HOT.staleFromMs] = Math.min(hot[at + HOT.staleFromMs]!, timeMs)
  timeline.staleBy = by
  timeline.checkpoints = before(timeline.checkpoints, timeMs)
}

/** Makes the head the fold of the reports again: from the last checkpoint before the earliest change. */
export function foldStale(timeline: TimelineMemory): void {
  if (!timeline.isStale) return
  const from = restore(timeline, timeline.hot[timeline.at + HOT.staleFromMs]!)
  const before = timeline.outcomes.rewind(from.state.cursorMs)
  refold(timeline, from)
  timeline.outcomes.markLate(before, timeline.staleBy === 'late_report')
}

/** Folds the kept reports later than `from` onto it, which becomes the head, and fires its edges up to the clock. */
export function refold(timeline: TimelineMemory, from: FoldHead): void {
  const { hot, at, events } = timeline
  timeline.head = from
  hot[at + HOT.sinceCheckpoint] = 0
  hot[at + HOT.staleFromMs] = Infinity
  timeline.folding = true
  const place = events.after(from.state.cursorMs)
  while (events.next(place, kept)) {
    foldReport(timeline, kept)
    hot[at + HOT.sinceCheckpoint]!++
  }
  hot[at + HOT.sinceCheckpoint] = Math.max(0, hot[at + HOT.sinceCheckpoint]! - hot[at + HOT.lastRows]!)
  if (hot[at + HOT.clockMs]! > -Infinity) advanceHead(timeline, hot[at + HOT.clockMs]!)
  timeline.folding = false
}

/** The last state saved that saw nothing at or after `beforeMs`. */
function restore(timeline: TimelineMemory, beforeMs: number): FoldHead {
  const checkpoint = timeline.checkpoints[timeline.checkpoints.length - 1]
  return takeUp(timeline, checkpoint && checkpoint.cursorMs < beforeMs ? checkpoint : timeline.base)
}

/** A saved state in the head's row, which it overwrites. */
export function takeUp({ wearerId, hot, at }: TimelineMemory, { bytes, segment }: Checkpoint): FoldHead {
  return { state: decodeWearerState(wearerId, segment.plan, bytes, hot, at), segment }
}

const kept = new LogReport() // filled again for each; nothing keeps it
