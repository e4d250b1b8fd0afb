// Another plan for a wearer, from some time on.

import type { CompiledPlan } from '../plan/compile-plan.ts'
import { freshBase } from './checkpoints.ts'
import { foldStale, markStale } from './refold.ts'
import type { TimelineMemory } from './timeline-memory.ts'

/** See WearerTimeline.setPlan. */
export function changePlan(timeline: TimelineMemory, plan: CompiledPlan, changedMs: number): void {
  const last = timeline.newest
  if (last.plan.hash === plan.hash && (last.fromMs === changedMs || timeline.segments.length === 1)) return
  foldStale(timeline)
  const fromMs = Math.max(changedMs, timeline.baseMs)
  const earlier = timeline.segments.filter((segment) => segment.fromMs < fromMs)
  if (earlier.length === 0) {
    const segment = { fromMs: -Infinity, plan }
    timeline.holdBy([segment])
    timeline.base = freshBase(plan, segment)
  } else if (earlier[earlier.length - 1]!.plan.hash !== plan.hash) timeline.holdBy([...earlier, { fromMs, plan }])
  else timeline.holdBy(earlier)
  timeline.plansDirty = true
  timeline.baseDirty = true // it names its plan by its place among them
  timeline.head.state.leaveFastPath()
  markStale(timeline, fromMs, 'plan_changed')
  foldStale(timeline)
}
