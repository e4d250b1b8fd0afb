// The plans that held, one after the other: what was judged stays judged by the one that held then.

import type { Sink } from '../fold/state/episode.ts'
import type { WearerState } from '../fold/state/state.ts'
import { adopt, advanceBefore } from '../fold/step.ts'
import type { CompiledPlan } from '../plan/compile-plan.ts'

/** From `fromMs` on this plan holds. */
export type PlanSegment = { fromMs: number; plan: CompiledPlan }

/** A state with the plan it was made under. */
export type FoldHead = { state: WearerState; segment: PlanSegment }

/** Goes over to every plan that holds by `upToMs`, the edges before it fired under the one before. */
export function passSegments(head: FoldHead, segments: readonly PlanSegment[], upToMs: number, sink: Sink): void {
  for (;;) {
    const next = segments[segments.indexOf(head.segment) + 1]
    if (!next || next.fromMs > upToMs) return
    advanceBefore(head.state, head.segment.plan, next.fromMs, sink)
    adopt(head.state, head.segment.plan, next.plan, next.fromMs, sink)
    head.segment = next
  }
}
