// The lineages that fixes are weighed against now: in force, or soon (`plan-timing.ts`).
import type { LogReport } from '../../../model/report/report.ts'
import { doubles } from '../../memory/doubles.ts'
import type { CompiledPlan } from '../../plan/compile-plan.ts'
import type { Judged } from '../../plan/plan-timing.ts'
import type { WearerState } from '../state/state.ts'
import { HOT } from '../state/wearer-row.ts'

/** Makes the state ready for them, until `judgedUntilMs`. `exact`: every distance will be asked for. */
export function chooseJudged(state: WearerState, plan: CompiledPlan, timeMs: number, exact: boolean): void {
  const { hot, at } = state
  const { versions, untilMs, guardFloorM } = plan.timing.judgedAt(timeMs)
  // With an index no bounds are needed, unless every distance is asked for.
  if (state.boundM.length !== versions.length && (plan.index === undefined || exact))
    state.boundM = doubles(versions.length, Number.NaN)
  const { boundM } = state
  for (let i = 0; i < boundM.length; i++) {
    // Where it lies does not change with the clock.
    if (versions[i] === undefined) boundM[i] = Number.NaN
    else if (Number.isNaN(boundM[i]!)) boundM[i] = -Infinity
  }
  hot[at + HOT.judgedUntilMs] = untilMs
  hot[at + HOT.guardFloorM] = guardFloorM
  hot[at + HOT.safeM] = -Infinity
}

/** What was chosen for the report's time. */
export function judgedAt(plan: CompiledPlan, { timeMs }: LogReport): Judged {
  const judged = plan.timing.lastJudged
  return timeMs >= judged.fromMs && timeMs < judged.untilMs ? judged : plan.timing.judgedAt(timeMs)
}
