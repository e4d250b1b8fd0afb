// "This zone would have raised N incidents": one proposed condition over a wearer's stored track, report by report, so that
// the caller can let others in between.
import type { Incident } from '../../model/incident/incident.ts'
import type { Condition, Plan } from '../../model/plan/plan.ts'
import type { LogReport } from '../../model/report/report.ts'
import { WearerState } from '../fold/state/state.ts'
import { advance, step } from '../fold/step.ts'
import type { CompiledZone } from '../geometry/compiled-zone.ts'
import { type CompiledPlan, compilePlan } from '../plan/compile-plan.ts'

/**
 * The wearer's supervisions and general permits with the proposed condition alone, as if it had been in force throughout.
 * Throws PlanInvalid.
 */
export function planOfProposal(
  plan: Plan,
  proposed: Omit<Condition, 'fromMs' | 'toMs' | 'madeMs' | 'zoneId'>,
  zone: CompiledZone,
  fromMs: number,
  toMs: number,
): CompiledPlan {
  const condition: Condition = { ...proposed, zoneId: PROPOSED_ZONE, fromMs, toMs }
  const permits = plan.permits
    .filter(({ conditionIds }) => conditionIds === undefined)
    .map(({ zoneId: _, ...permit }) => permit)
  return compilePlan({ ...plan, conditions: [condition], permits }, (id) => (id === PROPOSED_ZONE ? zone : undefined), {
    fromMs,
    toMs,
  })
}

const PROPOSED_ZONE = 'proposed'

/** Folds one wearer's reports, given in canonical order. */
export class RuleTrial {
  readonly #plan: CompiledPlan
  readonly #conditionId: string
  readonly #state: WearerState
  readonly #newest = new Map<string, Incident>()
  readonly #sink = {
    change: (incident: Incident): void => {
      if (incident.conditionId === this.#conditionId) this.#newest.set(incident.id, incident)
    },
  }
  reports = 0

  constructor(plan: CompiledPlan, conditionId: string) {
    this.#plan = plan
    this.#conditionId = conditionId
    this.#state = new WearerState(plan.wearerId)
  }

  add(report: LogReport): void {
    this.reports++
    step(this.#state, this.#plan, report, this.#sink)
  }

  /** The incidents that would be active at `toMs`, oldest first. */
  finish(toMs: number): Incident[] {
    advance(this.#state, this.#plan, toMs, this.#sink)
    return [...this.#newest.values()].sort((a, b) => a.startMs - b.startMs || (a.id < b.id ? -1 : 1))
  }
}
