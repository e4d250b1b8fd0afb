// Why an incident stands: the fold run again over the same reports, each fix with what was made of it.
import { createHash } from 'node:crypto'
import type { Incident } from '../model/incident.ts'
import { LogReport } from '../model/report.ts'
import { type CompiledPlan, canonicalJson } from './compile-plan.ts'
import type { Weighing } from './episode.ts'
import { EventBuckets } from './event-buckets.ts'
import { ENGINE_VERSION } from './parameters.ts'
import { WearerState } from './state.ts'
import { advance, step } from './step.ts'

export type Explanation = {
  incident: Incident
  engineVersion: string
  planHash: string
  /** Fixes weighed against the incident's condition from shortly before it to shortly after; empty for device incidents. */
  weighings: Weighing[]
  /** SHA-256 of all of the above: the same when run again. */
  hash: string
}

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
  let incident: Incident | undefined
  const all: [conditionId: string, weighing: Weighing][] = []
  const sink = {
    change(changed: Incident) {
      if (changed.id === incidentId) incident = changed
    },
    weighed(conditionId: string, weighing: Weighing) {
      all.push([conditionId, weighing])
    },
  }
  const state = new WearerState(plan.wearerId, plan)
  const place = events.after(-Infinity)
  report.wearerId = state.wearerId
  while (events.next(place, report)) step(state, plan, report, sink)
  advance(state, plan, toMs ?? newestMs, sink)
  if (!incident) return undefined
  const { conditionId, startMs, endMs = Infinity } = incident
  const weighings = all
    .filter(([id, { timeMs }]) => id === conditionId && timeMs >= startMs - LEAD_MS && timeMs <= endMs + LEAD_MS)
    .map(([, weighing]) => weighing)
  const told = { incident, engineVersion: ENGINE_VERSION, planHash: plan.hash, weighings }
  return { ...told, hash: createHash('sha256').update(canonicalJson(told)).digest('hex') }
}
