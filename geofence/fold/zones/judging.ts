// One fix against one condition, as the rules hand it to each other.
import type { ConditionKind } from '../../../model/plan/plan.ts'
import type { LogReport } from '../../../model/report/report.ts'
import type { CompiledZone } from '../../geometry/compiled-zone.ts'
import type { CompiledPlan } from '../../plan/compile-plan.ts'
import type { Version } from '../../plan/plan-timing.ts'
import type { Sink } from '../state/episode.ts'
import { type Spot, spotOf } from '../state/spot.ts'
import type { WearerState } from '../state/state.ts'

/**
 * All that a rule needs to know of one fix and one lineage. A class whose numbers are fractions from the beginning, so that
 * metres go from function to function in it without being boxed.
 */
export class Judging {
  state!: WearerState
  plan!: CompiledPlan
  sink!: Sink
  index = 0
  kind!: ConditionKind
  zone!: CompiledZone
  /** +1 where inside is right, −1 where outside is. */
  turn: 1 | -1 = 1
  version!: Version
  /** In force; else only looked at because it soon will be. */
  active = false
  report!: LogReport
  radiusM = Number.NaN
  /** At least so far on the right side of the boundary weighed last. */
  marginM = Number.NaN
  /** From the last fix to this one, a little more than that. */
  lineM = Number.NaN
  /** At least so far on the right side of every boundary at the last fix; −Infinity: not known. */
  beforeM = Number.NaN
}

/** Filled again for each fix (radius, line, before) and each lineage (the others); nothing keeps it. */
export const judging = new Judging()

/** The fix as evidence, with its distance to the boundary. */
export function spotIn(j: Judging): Spot {
  return spotOf(j.report, j.marginM * j.turn, j.radiusM)
}
