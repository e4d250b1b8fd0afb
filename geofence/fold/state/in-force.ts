// Since when each of a plan's conditions is in force; NaN while it is not. Where all are since the same time, as in nearly every
// plan of shared zones, one entry applies to all: a list of thousands costs a wearer nothing, and its state is saved at once.
import { doubles } from '../../memory/doubles.ts'

/** By lineage, or one for all. */
export type InForce = number[]

export const NOT_IN_FORCE: InForce = [Number.NaN]

export function inForceSinceMs(times: InForce, lineage: number): number {
  return times.length === 1 ? times[0]! : times[lineage]!
}

/** One for each of `size` lineages, to be changed by the caller: in place, except for an entry that applies to all. */
export function spread(times: InForce, size: number): number[] {
  if (times.length === size && size > 1) return times
  return doubles(size, times[0]!)
}

/** The same in as few entries as it takes. */
export function gather(each: number[]): InForce {
  const first = each[0]
  if (first === undefined) return each
  for (let i = 1; i < each.length; i++) if (!Object.is(each[i], first)) return each
  return Number.isNaN(first) ? NOT_IN_FORCE : [first]
}
