// When reports of a wearer's bracelet are expected: under supervision, with a bracelet on. A klien whose bracelet is not put on yet,
// or was taken off again, is missed by nobody.
import type { Span } from '../../model/plan/plan.ts'
import type { CompiledPlan } from '../plan/compile-plan.ts'
import { intervalAt, nextBoundaryMs } from '../plan/windows.ts'

/** Sorted and disjoint; undefined in rules published by an earlier version: then supervision alone counts. */
export type Worn = readonly Span[] | undefined

/** Since when reports have been expected at `atMs`; undefined when none are. */
export function expectedSinceMs(plan: CompiledPlan, worn: Worn, atMs: number): number | undefined {
  const i = intervalAt(plan.supervision, atMs)
  if (i < 0) return undefined
  const supervisedMs = plan.supervision.starts[i]!
  if (worn === undefined) return supervisedMs
  const span = spanAt(worn, atMs)
  return span && Math.max(supervisedMs, span.fromMs)
}

/** Until when they go on being expected from `fromMs` on; `fromMs` itself where they were not even then. */
export function expectedUntilMs(plan: CompiledPlan, worn: Worn, fromMs: number): number {
  if (intervalAt(plan.supervision, fromMs) < 0) return fromMs
  const supervisedToMs = nextBoundaryMs(plan.supervision, fromMs)
  if (worn === undefined) return supervisedToMs
  const span = spanAt(worn, fromMs)
  return span ? Math.min(supervisedToMs, span.toMs ?? Number.POSITIVE_INFINITY) : fromMs
}

/** The next time after `atMs` at which they may begin to be expected; Infinity if there is none. */
export function expectedAgainMs(plan: CompiledPlan, worn: Worn, atMs: number): number {
  const beginsMs = (worn ?? []).map(({ fromMs }) => fromMs).filter((fromMs) => fromMs > atMs)
  return Math.min(nextBoundaryMs(plan.supervision, atMs), ...beginsMs)
}

function spanAt(spans: readonly Span[], atMs: number): Span | undefined {
  return spans.find(({ fromMs, toMs }) => fromMs <= atMs && (toMs === undefined || atMs < toMs))
}
