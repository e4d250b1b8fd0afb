// Why an incident is active: the fold run again over the same reports, each fix with what was made of it.
import { createHash } from 'node:crypto'
import type { Explanation, Weighing } from '../../model/console/judgement.ts'
import type { Incident } from '../../model/incident/incident.ts'
import { LogReport } from '../../model/report/report.ts'
import type { Sink } from '../fold/state/episode.ts'
import { WearerState } from '../fold/state/state.ts'
import { advance, step } from '../fold/step.ts'
import { ENGINE_VERSION } from '../parameters.ts'
import type { CompiledPlan } from '../plan/compile-plan.ts'
import { canonicalJson } from '../plan/plan-hash.ts'
import { EventBuckets } from '../timeline/event-buckets.ts'

const LEAD_MS = 30 * 60_000

/**
 * Explains an incident from the reports that led to it, in any order. Edges fire up to `toMs` (default: the newest
 * report). Undefined when these reports and this plan do not give that incident.
 */
export function explain(
  plan: CompiledPlan,
  reports: Iterable<LogReport>,
  incidentId: string,
  toMs?: number,
): Explanation | undefined {
  const events = new EventBuckets()
  const report = new LogReport()
  let newestMs = -Infinity
  for (const given of reports) {
    if (toMs !== undefined && given.timeMs >= toMs) continue
    events.add(given, report)
    newestMs = Math.max(newestMs, given.timeMs)
  }
  const explaining = new Explaining(plan, incidentId)
  const place = events.after(-Infinity)
  report.wearerId = plan.wearerId
  while (events.next(place, report)) explaining.add(report)
  return explaining.finish(toMs ?? newestMs)
}

/** The same, report by report in canonical order, so that the caller can let others in between. */
export class Explaining {
  readonly #plan: CompiledPlan
  readonly #state: WearerState
  readonly #sink: Sink
  #incident: Incident | undefined
  #weighings: [conditionId: string, weighing: Weighing][] = []

  /** `span`: where the incident is known to lie; weighings far from it are not kept. */
  constructor(plan: CompiledPlan, incidentId: string, span = { fromMs: -Infinity, toMs: Infinity }) {
    this.#plan = plan
    this.#state = new WearerState(plan.wearerId)
    this.#sink = {
      change: (changed) => {
        if (changed.id === incidentId) this.#incident = changed
      },
      weighed: (conditionId, weighing) => {
        if (weighing.timeMs >= span.fromMs - LEAD_MS && weighing.timeMs <= span.toMs + LEAD_MS)
          this.#weighings.push([conditionId, weighing])
      },
    }
  }

  add(report: LogReport): void {
    step(this.#state, this.#plan, report, this.#sink)
  }

  finish(toMs: number): Explanation | undefined {
    advance(this.#state, this.#plan, toMs, this.#sink)
    return this.#incident && explanationOf(this.#plan, this.#incident, this.#weighings)
  }
}

function explanationOf(
  plan: CompiledPlan,
  incident: Incident,
  all: readonly [conditionId: string, weighing: Weighing][],
): Explanation {
  const { conditionId, startMs, endMs = Infinity } = incident
  const weighings = all
    .filter(([id, { timeMs }]) => id === conditionId && timeMs >= startMs - LEAD_MS && timeMs <= endMs + LEAD_MS)
    .map(([, weighing]) => weighing)
  const said = { incident, engineVersion: ENGINE_VERSION, planHash: plan.hash, weighings }
  return { ...said, hash: createHash('sha256').update(canonicalJson(said)).digest('hex') }
}
