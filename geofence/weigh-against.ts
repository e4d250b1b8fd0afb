// One fix against one lineage: measured as exactly as it decides something, then handed to the rules.
import type { Weighing } from '../model/judgement.ts'
import type { ConditionKind } from '../model/plan.ts'
import type { LogReport } from '../model/report.ts'
import type { CompiledPlan } from './compile-plan.ts'
import { type Sink, tenths } from './episode.ts'
import { breachGuardM, complyGuardM } from './evidence.ts'
import { inForceSinceMs } from './in-force.ts'
import { contentKeyHex } from './incident-id.ts'
import { crossedBetween } from './inferred-crossing.ts'
import type { Judging } from './judging.ts'
import type { Version } from './plan-timing.ts'
import type { WearerState } from './state.ts'
import { judgeFix } from './zone-rules.ts'

// Metres go from function to function in these: a fraction is boxed for a call that is not inlined.
export const weighed = new Float64Array(4)
/** From the fix to the boundary weighed last, + on the right side. */
export const MARGIN = 0
/** From the last fix to this one, a little more than that. */
export const LINE = 1
export const RADIUS = 2
/** So far, at least, was the last fix on the right side of every boundary. */
export const BEFORE = 3
const measured = new Float64Array(1)

/**
 * Leaves in `weighed` how far at least the fix lies on the right side. A boundary that is farther than what decides anything
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
  const { guardFloorM, warningRingM } = version.parameters
  const memory = state.memory[i]
  const zone = plan.zones[i]!
  const turn = turnOf(plan.kindOf(i))
  const exact = sink.shortcut === false || sink.weighed !== undefined || (memory !== undefined && !memory.clean)
  const needM = Math.max(complyGuardM(weighed[RADIUS]!, guardFloorM), weighed[LINE]!) + warningRingM
  // On the right side and far enough, nothing needs to be known exactly. Whole metres: a fraction would be boxed for the call.
  const nearM = exact ? Infinity : Math.ceil(needM + reachM) | 0
  zone.measure(report.latE7, report.lonE7, nearM, measured, 0)
  weighed[MARGIN] = measured[0]! * turn
  if (!exact && weighed[MARGIN]! > needM) return
  if (!(weighed[MARGIN]! > -nearM)) {
    zone.measure(report.latE7, report.lonE7, Infinity, measured, 0)
    weighed[MARGIN] = measured[0]! * turn
  }
  weighAgainst(state, plan, i, version, report, sink)
}

function turnOf(kind: ConditionKind): 1 | -1 {
  return kind === 'avoided' ? -1 : 1
}

const judging = {} as Judging // filled again for every lineage; nothing keeps it

/** The same where `weighed` holds the margin already. */
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
  j.radiusM = weighed[RADIUS]!
  j.marginM = weighed[MARGIN]!
  j.lineM = weighed[LINE]!
  j.beforeM = weighed[BEFORE]!
  const memory = state.memory[index]
  // A run from before the last window says nothing about the next one.
  if (!j.active && memory?.breachLast && report.timeMs - memory.breachLast.timeMs > plan.freshMs) memory.forgetRuns()
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
