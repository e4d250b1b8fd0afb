// One fix against one condition, as the rules hand it to each other.
import type { ConditionKind } from '../model/plan.ts'
import type { LogReport } from '../model/report.ts'
import type { CompiledPlan } from './compile-plan.ts'
import type { CompiledZone } from './compile-zone.ts'
import type { Sink } from './episode.ts'
import type { Version } from './plan-timing.ts'
import { type Spot, spotOf } from './spot.ts'
import type { WearerState } from './state.ts'

/** All that a rule needs to know of one fix and one lineage. Filled again for each; nothing keeps it. */
export type Judging = {
  state: WearerState
  plan: CompiledPlan
  sink: Sink
  index: number
  kind: ConditionKind
  zone: CompiledZone
  /** +1 where inside is right, −1 where outside is. */
  turn: 1 | -1
  version: Version
  /** In force; else only looked at because it soon will be. */
  active: boolean
  report: LogReport
  radiusM: number
  /** + on the right side. */
  marginM: number
  /** From the last fix to this one, a little more than that. */
  lineM: number
  /** At least so far on the right side at the last fix; −Infinity: not known. */
  beforeM: number
}

/** The fix as evidence, as it lies to the boundary. */
export function spotIn(j: Judging): Spot {
  return spotOf(j.report, j.marginM * j.turn, j.radiusM)
}
