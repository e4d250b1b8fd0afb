// Saved states, from which late reports are folded in again.

import { WearerState } from '../fold/state/state.ts'
import { encodeWearerState } from '../fold/state/state-codec.ts'
import type { CompiledPlan } from '../plan/compile-plan.ts'
import type { FoldHead, PlanSegment } from './plan-segments.ts'

/** A saved state: everything up to `cursorMs` folded in. */
export type Checkpoint = { cursorMs: number; bytes: Uint8Array; segment: PlanSegment }

/** Reports between two; a step of a quiet wearer costs a tenth of a microsecond, a checkpoint half a kilobyte. */
export const CHECKPOINT_EVENTS = 256
const CHECKPOINTS_MAX = 8

/** Of nearly all; oldest first. */
export const NO_CHECKPOINTS: readonly Checkpoint[] = []

export function saveCheckpoint({ state, segment }: FoldHead): Checkpoint {
  return { cursorMs: state.cursorMs, bytes: encodeWearerState(state, segment.plan), segment }
}

/** Few of the old, all of the new: late reports are mostly a little late. */
export function withNewest(checkpoints: readonly Checkpoint[], newest: Checkpoint): readonly Checkpoint[] {
  const all = [...checkpoints, newest]
  return all.length > CHECKPOINTS_MAX ? all.filter((_, i) => i % 2 === 0 || i > CHECKPOINTS_MAX / 2) : all
}

/** Those that saw nothing at or after `timeMs`. */
export function before(checkpoints: readonly Checkpoint[], timeMs: number): readonly Checkpoint[] {
  const kept = checkpoints.findLastIndex(({ cursorMs }) => cursorMs < timeMs) + 1
  return kept === checkpoints.length ? checkpoints : checkpoints.slice(0, kept)
}

/** Before the first report all states with as many conditions have the same bytes. */
export function freshBase(plan: CompiledPlan, segment: PlanSegment): Checkpoint {
  const count = plan.size
  let bytes = freshBytes.get(count)
  if (bytes === undefined) {
    bytes = encodeWearerState(new WearerState(0), plan)
    freshBytes.set(count, bytes)
  }
  return { cursorMs: -Infinity, bytes, segment }
}

const freshBytes = new Map<number, Uint8Array>() // by number of conditions, which a plan limits
