// One fix against one lineage: measured as exactly as it decides something, then handed to the rules.

import type { Weighing } from '../../../model/console/judgement.ts'
import type { LogReport } from '../../../model/report/report.ts'
import { breachGuardM, complyGuardM } from '../../evidence.ts'
import { contentKeyHex } from '../../incident-id.ts'
import type { CompiledPlan } from '../../plan/compile-plan.ts'
import { turnOf } from '../../plan/condition-kinds.ts'
import type { Version } from '../../plan/plan-timing.ts'
import { type Sink, tenths } from '../state/episode.ts'
import { inForceSinceMs } from '../state/in-force.ts'
import type { WearerState } from '../state/state.ts'
import { crossedBetween } from './inferred-crossing.ts'
import { type Judging, judging } from './judging.ts'
import { judgeFix } from './zone-rules.ts'

const measured = new Float64Array(1)

/**
 * Leaves in `judging.marginM` how far at least the fix lies on the right side. A boundary that is farther than what decides anything
 * and `reachM` (whole metres) more is not measured exactly.
 */
export function weighOne(
  state: WearerState,
  plan: CompiledPlan,
  i: number,
  version: Version,
  report: LogReport,
  reachM: number,
  sink: Sink,
): void {
  const j = judging
  const { guardFloorM, warningRingM } = version.parameters
  const memory = state.memory[i]
  const zone = plan.zones[i]!
  const turn = turnOf(plan.kindOf(i))
  const exact = sink.shortcut === false || sink.weighed !== undefined || (memory !== undefined && !memory.clean)
  const needM = Math.max(complyGuardM(j.radiusM, guardFloorM), j.lineM) + warningRingM
  // On the right side and far enough, nothing needs to be known exactly. Whole metres: a fraction would be boxed for the call.
  const nearM = exact ? Infinity : Math.ceil(needM + reachM) | 0
  zone.measure(report.latE7, report.lonE7, nearM, measured, 0)
  j.marginM = measured[0]! * turn
  if (!exact && j.marginM > needM) return
  if (!(j.marginM > -nearM)) {
    zone.measure(report.latE7, report.lonE7, Infinity, measured, 0)
    j.marginM = measured[0]! * turn
  }
  weighAgainst(state, plan, i, version, report, sink)
}

/** The same where the margin is there already. */
export function weighAgainst(
  state: WearerState,
  plan: CompiledPlan,
  index: number,
  version: Version,
  report: LogReport,
  sink: Sink,
): void {
  const j = judging
  j.state = state
  j.plan = plan
  j.sink = sink
  j.index = index
  j.kind = plan.kindOf(index)
  j.zone = plan.zones[index]!
  j.turn = turnOf(j.kind)
  j.version = version
  j.active = !Number.isNaN(inForceSinceMs(state.activeSinceMs, index))
  j.report = report
  const memory = state.memory[index]
  // A run from before the last window says nothing about the next one.
  if (!j.active && memory?.breachLast && report.timeMs - memory.breachLast.timeMs > plan.previewMs) memory.forgetRuns()
  const wasClean = memory === undefined || memory.clean
  const evidence = judgeFix(j)
  if (evidence === 1 && wasClean && j.kind === 'avoided') crossedBetween(j)
  if (sink.weighed) sink.weighed(plan.conditionIdOf(index), weighingOf(j, evidence))
}

function weighingOf(j: Judging, evidence: -1 | 0 | 1): Weighing {
  const memory = j.state.memory[j.index]
  const { guardFloorM } = j.version.parameters
  return {
    timeMs: j.report.timeMs,
    contentKey: contentKeyHex(j.report.contentHi, j.report.contentLo),
    latE7: j.report.latE7,
    lonE7: j.report.lonE7,
    distanceM: tenths(j.marginM * j.turn),
    radiusM: tenths(j.radiusM),
    complyGuardM: tenths(complyGuardM(j.radiusM, guardFloorM)),
    breachGuardM: tenths(breachGuardM(j.radiusM, guardFloorM)),
    evidence: evidence === 1 ? 'comply' : evidence === 0 ? 'unsure' : 'breach',
    side: memory?.wrongSide ? 'wrong' : 'right',
    active: j.active,
    breachRun: memory?.breachCount ?? 0,
    returnRun: memory?.returnCount ?? 0,
  }
}
