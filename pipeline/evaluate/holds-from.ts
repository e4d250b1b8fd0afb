// The time from which a plan that was read anew holds. A plan carries only the time of its newest change. An evaluator that was
// away reads several changes at once, and each of them holds from the moment it was made.
import type { Plan } from '../../model/plan/plan.ts'

type Spans = ReadonlyMap<string, { beginsMs: number; toMs: number }>

/**
 * The earliest of `changedMs`, the time of the newest change, and of what began or ended otherwise than in `held` before it, but
 * after `heldSinceMs`. What is decided is never decided backwards, so it cannot lie before the decision; only a supervision is
 * entered after it began, and what was struck out before it began says no time at all: both hold from `changedMs`.
 */
export function holdsFromMs(held: Plan | undefined, next: Plan, changedMs: number, heldSinceMs = -Infinity): number {
  if (held === undefined) return changedMs
  const times = [
    ...differences(conditionsOf(held), conditionsOf(next)),
    ...differences(permitsOf(held), permitsOf(next)),
    ...differences(supervisionsOf(held), supervisionsOf(next)),
  ]
  return Math.min(changedMs, ...times.filter((timeMs) => timeMs > heldSinceMs))
}

function differences(held: Spans, next: Spans): number[] {
  const times: number[] = []
  for (const [key, { beginsMs, toMs }] of next) {
    const before = held.get(key)
    if (before === undefined) times.push(beginsMs)
    else if (before.toMs !== toMs) times.push(Math.min(before.toMs, toMs))
  }
  return times
}

/** One version holds from a time on; only its end may change. */
function conditionsOf({ conditions }: Plan): Spans {
  return new Map(
    conditions.map(({ id, fromMs, toMs = Infinity }) => [JSON.stringify([id, fromMs]), { beginsMs: fromMs, toMs }]),
  )
}

function permitsOf({ permits }: Plan): Spans {
  return new Map(
    permits.map(({ id, fromMs, toMs, decidedMs = fromMs }) => [id, { beginsMs: Math.max(fromMs, decidedMs), toMs }]),
  )
}

function supervisionsOf({ supervisions }: Plan): Spans {
  return new Map(supervisions.map(({ fromMs, toMs }) => [String(fromMs), { beginsMs: Infinity, toMs }]))
}
