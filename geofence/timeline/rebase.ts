// A timeline takes up what came out of folding the stored track again, up to where its memory begins (rebuild.ts).
import { NO_CHECKPOINTS } from './checkpoints.ts'
import type { Rebuilt } from './rebuild.ts'
import { foldStale, refold, takeUp } from './refold.ts'
import { TIMELINE_VERSION } from './saved-versions.ts'
import type { TimelineMemory } from './timeline-memory.ts'

/** See WearerTimeline.rebase. */
export function rebase(timeline: TimelineMemory, rebuilt: Rebuilt): boolean {
  const { plan } = timeline.newest
  if (rebuilt.version !== TIMELINE_VERSION) return false
  if (rebuilt.baseMs !== timeline.baseMs || rebuilt.planHash !== plan.hash) return false
  foldStale(timeline)
  // A plan carries all its versions, so the newest one judges all of the past.
  const segment = { fromMs: -Infinity, plan }
  timeline.holdBy([segment])
  timeline.base = { cursorMs: rebuilt.cursorMs, bytes: rebuilt.state, segment }
  timeline.checkpoints = NO_CHECKPOINTS
  timeline.plansDirty = true
  timeline.baseDirty = true
  timeline.staleBy = 'late_report'
  const before = timeline.outcomes.rebase(rebuilt)
  refold(timeline, takeUp(timeline, timeline.base))
  timeline.outcomes.markLate(before, true)
  return true
}
