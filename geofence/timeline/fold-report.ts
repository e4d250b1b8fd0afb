// The newest end of a timeline goes on: by a report, or by the clock.
import type { LogReport } from '../../model/report/report.ts'
import type { Sink } from '../fold/state/episode.ts'
import { HOT } from '../fold/state/wearer-row.ts'
import { advance, step } from '../fold/step.ts'
import { CHECKPOINT_EVENTS, saveCheckpoint, withNewest } from './checkpoints.ts'
import { type FoldHead, passSegments } from './plan-segments.ts'
import type { TimelineMemory } from './timeline-memory.ts'

/** Folds a report into the head, as it is kept; nothing keeps `report` itself. */
export function foldReport(timeline: TimelineMemory, report: LogReport): void {
  const { hot, at, head } = timeline
  // Only between times: a checkpoint never splits reports of the same millisecond.
  if (
    hot[at + HOT.sinceCheckpoint]! >= CHECKPOINT_EVENTS &&
    report.timeMs > hot[at + HOT.cursorMs]! &&
    !timeline.isStale
  ) {
    timeline.checkpoints = withNewest(timeline.checkpoints, saveCheckpoint(head))
    hot[at + HOT.sinceCheckpoint] = 0
  }
  passPlans(timeline, head, report.timeMs, timeline)
  step(head.state, head.segment.plan, report, timeline)
  // Another plan is near: only here is it known from when on.
  if (timeline.newest !== head.segment) head.state.leaveFastPath()
}

/** Fires the head's edges up to `nowMs`. */
export function advanceHead(timeline: TimelineMemory, nowMs: number): void {
  const { head } = timeline
  if (head.state.begun) passPlans(timeline, head, nowMs, timeline)
  advance(head.state, head.segment.plan, nowMs, timeline)
}

/** Goes over to every plan that holds by `upToMs`, where there is another one. */
export function passPlans(timeline: TimelineMemory, head: FoldHead, upToMs: number, sink: Sink): void {
  if (timeline.newest !== head.segment) passSegments(head, timeline.segments, upToMs, sink)
}
