// The same recording judged twice: by the engine's fold, and by the naive rule (one fix, no accuracy, no confirmation).

import type { Sink } from '../../geofence/fold/state/episode.ts'
import { WearerState } from '../../geofence/fold/state/state.ts'
import { advance, step } from '../../geofence/fold/step.ts'
import type { CompiledPlan } from '../../geofence/plan/compile-plan.ts'
import type { Incident } from '../../model/incident/incident.ts'
import { LogReport, REPORT_FLAG } from '../../model/report/report.ts'
import { ruledOf } from './truth-plans.ts'
import type { Recording } from './truth-recording.ts'

const report = new LogReport()

/** Active incidents after the fold, each at its last revision. */
export function judge(plan: CompiledPlan, recording: Recording, untilMs: number): Incident[] {
  const incidents = new Map<string, Incident>()
  const sink: Sink = { change: (incident) => void incidents.set(incident.id, incident) }
  const state = new WearerState(plan.source.wearerId)
  for (let i = 0; i < recording.count; i++) step(state, plan, recording.read(i, report), sink)
  advance(state, plan, untilMs, sink)
  return [...incidents.values()]
}

/** Incidents of the naive rule by condition: one begins with every fix beyond the line after one that was not. */
export function judgeNaively(plan: CompiledPlan, recording: Recording): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind, zone } of ruledOf(plan)) {
    let out = false
    let incidents = 0
    for (let i = 0; i < recording.count; i++) {
      recording.read(i, report)
      if ((report.flags & REPORT_FLAG.fixValid) === 0) continue
      const inside = zone.signedDistanceM(report.latE7, report.lonE7) > 0
      const isOut = inside === (kind === 'avoided')
      if (isOut && !out) incidents++
      out = isOut
    }
    counts[kind] = incidents
  }
  return counts
}
