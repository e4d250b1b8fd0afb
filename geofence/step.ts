// The fold: state' = step(state, plan, event). Pure: no clock, no I/O, no randomness. Events come in canonical order
// (compareReports); the edges up to a report's time come before it.
import type { ConditionKind } from '../model/plan.ts'
import { type LogReport, REPORT_FLAG } from '../model/report.ts'
import type { CompiledPlan } from './compile-plan.ts'
import { isCredible } from './credibility.ts'
import { hasQuietDevice, judgeDevice } from './device-rules.ts'
import { type Sink, tenths, type Weighing } from './episode.ts'
import { breachGuardM, complyGuardM, measureRadius } from './evidence.ts'
import { contentKeyHex } from './incident-id.ts'
import { crossedBetween } from './inferred-crossing.ts'
import { measureApart } from './local-plane.ts'
import type { Version } from './plan-timing.ts'
import { endRule, reconcile } from './rule-edges.ts'
import { SLACK_M, SLACK_SHARE, takeSettled } from './settled.ts'
import { NO_BOUNDS, notANumbers, type WearerState } from './state.ts'
import { HOT } from './wearer-row.ts'
import { type Judging, judgeFix } from './zone-rules.ts'

/** Folds one report in. It must not come before one that was folded already. */
export function step(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  if (takeSettled(state.hot, state.at, report)) return
  stepInFull(state, plan, report, sink)
}

/** The same for a report that `takeSettled` has left alone. */
export function stepInFull(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  state.hot[state.at + HOT.settledUntilMs] = -Infinity
  if (!isBetweenEdges(state, plan, report)) fireEdges(state, plan, report.timeMs, sink)
  state.cursorMs = report.timeMs
  state.begun = true
  if (Number.isNaN(state.supervisedSinceMs)) return
  judgeDevice(state, plan, report, sink)
  if ((report.flags & (REPORT_FLAG.fixValid | REPORT_FLAG.hasPosition)) !== 3) return
  if (!isCredible(state, plan, report, sink)) return
  judgeZones(state, plan, report, sink)
  takeFix(state, report)
}

function takeFix({ hot, at }: WearerState, report: LogReport): void {
  hot[at + HOT.fixMs] = report.timeMs
  hot[at + HOT.fixLatE7] = report.latE7
  hot[at + HOT.fixLonE7] = report.lonE7
  measureRadius(report, hot, at + HOT.fixRadiusM)
  hot[at + HOT.fixHi] = report.contentHi
  hot[at + HOT.fixLo] = report.contentLo
}

/** Fires the edges up to `nowMs` without a report. Called often, seldom or never: the outcome is the same. */
export function advance(state: WearerState, plan: CompiledPlan, nowMs: number, sink: Sink): void {
  if (state.begun) fireEdges(state, plan, nowMs, sink)
}

/** Fires the edges before `untilMs` and not those at it: up to a change of plan the old plan holds. */
export function advanceBefore(state: WearerState, plan: CompiledPlan, untilMs: number, sink: Sink): void {
  if (!state.begun) return
  plan.cover(untilMs)
  while (nextEdgeMs(state, plan) < untilMs) fireNext(state, plan, sink)
}

/** Time of the next edge that `advance` would fire; Infinity if none is known. */
export function nextEdgeMs(state: WearerState, plan: CompiledPlan): number {
  if (!state.begun) return Infinity
  lookAhead(state, plan)
  return state.hot[state.at + HOT.nextEdgeMs]!
}

/** Makes what the state has at hand this plan's. */
function lookAhead(state: WearerState, plan: CompiledPlan): void {
  const { hot, at } = state
  if (state.cachePlan !== plan || state.cacheGeneration !== plan.generation) {
    plan.cover(state.cursorMs) // a wearer silent for long stands before the horizon of a plan just compiled
    state.cachePlan = plan
    state.cacheGeneration = plan.generation
    hot[at + HOT.nextEdgeMs] = plan.nextEdgeMs(state.cursorMs)
    hot[at + HOT.judgedUntilMs] = -Infinity
    hot[at + HOT.settledUntilMs] = -Infinity
  }
}

/** Goes over to another plan at `atMs`: what both hold goes on, what only the old one held ends, what is new begins. */
export function adopt(state: WearerState, from: CompiledPlan, to: CompiledPlan, atMs: number, sink: Sink): void {
  const before = new Map(from.keys.map((key, i) => [key, i]))
  const activeSinceMs = notANumbers(to.size)
  const memory = to.keys.map((key, i) => {
    const old = before.get(key)
    if (old === undefined) return undefined
    before.delete(key)
    activeSinceMs[i] = state.activeSinceMs[old]!
    return state.memory[old]
  })
  for (const old of before.values()) if (state.memory[old]) endRule(state, from, state.memory[old], atMs, sink)
  state.activeSinceMs = activeSinceMs
  state.memory = memory
  state.boundM = NO_BOUNDS // they were of the zones that stood there
  state.unsettle()
  if (!state.begun) return
  to.cover(atMs)
  state.cursorMs = Math.max(state.cursorMs, atMs)
  reconcile(state, to, atMs, sink)
}

/** Nothing has begun or ended since the wearer was last looked at. */
function isBetweenEdges(state: WearerState, plan: CompiledPlan, { timeMs }: LogReport): boolean {
  return (
    state.cachePlan === plan &&
    state.cacheGeneration === plan.generation &&
    timeMs < state.hot[state.at + HOT.nextEdgeMs]! &&
    timeMs < plan.coveredUntilMs &&
    timeMs >= plan.coveredFromMs
  )
}

function fireEdges(state: WearerState, plan: CompiledPlan, upToMs: number, sink: Sink): void {
  plan.cover(upToMs, !state.begun)
  if (!state.begun) {
    reconcile(state, plan, upToMs, sink)
    state.unsettle()
    return
  }
  while (nextEdgeMs(state, plan) <= upToMs) fireNext(state, plan, sink)
}

function fireNext(state: WearerState, plan: CompiledPlan, sink: Sink): void {
  const { hot, at } = state
  const edgeMs = hot[at + HOT.nextEdgeMs]!
  hot[at + HOT.cursorMs] = edgeMs
  hot[at + HOT.judgedUntilMs] = -Infinity
  hot[at + HOT.settledUntilMs] = -Infinity
  reconcile(state, plan, edgeMs, sink)
  hot[at + HOT.nextEdgeMs] = plan.nextEdgeMs(edgeMs)
}

/** Beyond this the anchor is moved: bounds taken from afar are loose. */
const ANCHOR_REACH_M = 250
// Metres go from function to function in these: a fraction is boxed for a call that is not inlined.
const measured = new Float64Array(1)
const apart = new Float64Array(2)
const FROM_ANCHOR = 0
const FROM_LAST = 1
const weighed = new Float64Array(3)
const MARGIN = 0
const LINE = 1
const RADIUS = 2

function judgeZones(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  lookAhead(state, plan)
  measureRadius(report, weighed, RADIUS)
  const radiusM = weighed[RADIUS]!
  const { hot, at } = state
  const { latE7, lonE7 } = report
  if (!(report.timeMs < hot[at + HOT.judgedUntilMs]!)) chooseJudged(state, plan, report.timeMs)
  const exact = sink.shortcut === false || sink.weighed !== undefined
  if (!exact && hasQuietDevice(state))
    hot[at + HOT.settledUntilMs] = Math.min(
      hot[at + HOT.nextEdgeMs]!,
      hot[at + HOT.judgedUntilMs]!,
      plan.coveredUntilMs,
    )
  measureApart(hot[at + HOT.anchorLatE7]! | 0, hot[at + HOT.anchorLonE7]! | 0, latE7, lonE7, apart, FROM_ANCHOR)
  measureApart(hot[at + HOT.fixLatE7]! | 0, hot[at + HOT.fixLonE7]! | 0, latE7, lonE7, apart, FROM_LAST)
  const movedM = apart[FROM_ANCHOR]! * SLACK_SHARE + SLACK_M
  const lineM = hot[at + HOT.fixMs] === -Infinity ? 0 : apart[FROM_LAST]! * SLACK_SHARE + SLACK_M
  const needM = Math.max(complyGuardM(radiusM, hot[at + HOT.guardFloorM]!), lineM)
  if (!exact && hot[at + HOT.safeM]! - movedM > needM) return
  // Bounds taken from afar are loose, but where the wearer has come from says something about what is far away all the same.
  const anew = exact || !(movedM < ANCHOR_REACH_M)
  if (anew) {
    hot[at + HOT.anchorLatE7] = latE7
    hot[at + HOT.anchorLonE7] = lonE7
  }
  const fromAnchorM = anew ? 0 : movedM
  const { boundM, memory } = state
  const { zones, timing } = plan
  let judged = timing.lastJudged
  if (!(report.timeMs >= judged.fromMs && report.timeMs < judged.untilMs)) judged = timing.judgedAt(report.timeMs)
  const { versions } = judged
  let safeM = Infinity
  for (let i = 0; i < boundM.length; i++) {
    let bound = boundM[i]!
    if (Number.isNaN(bound)) continue
    if (anew) bound = exact ? -Infinity : bound - movedM
    const version = versions[i]!
    const { guardFloorM, warningRingM } = version.parameters
    const clean = memory[i] === undefined || memory[i]!.clean
    const needHereM = Math.max(complyGuardM(radiusM, guardFloorM), lineM) + warningRingM
    if (!clean || !(bound - fromAnchorM > (anew ? needHereM + ANCHOR_REACH_M : needHereM))) {
      const turn = turnOf(timing.rules[i]!.kind)
      // On the right side and far enough, nothing needs to be known exactly.
      // Whole metres: a fraction would be boxed for the call.
      const nearM = exact || !clean ? Infinity : Math.ceil(needHereM + ANCHOR_REACH_M) | 0
      zones[i]!.measure(latE7, lonE7, nearM, measured, 0)
      let marginM = measured[0]! * turn
      if (exact || !(nearM < Infinity && marginM > needHereM)) {
        if (!(marginM > -nearM)) {
          zones[i]!.measure(latE7, lonE7, Infinity, measured, 0)
          marginM = measured[0]! * turn
        }
        weighed[MARGIN] = marginM
        weighed[LINE] = lineM
        weighAgainst(state, plan, i, version, report, sink)
      }
      bound = marginM - fromAnchorM
    }
    boundM[i] = bound
    const safeHereM = memory[i] === undefined || memory[i]!.clean ? bound - warningRingM : -Infinity
    if (safeHereM < safeM) safeM = safeHereM
  }
  hot[at + HOT.safeM] = safeM
}

function turnOf(kind: ConditionKind): 1 | -1 {
  return kind === 'avoided' ? -1 : 1
}

const judging = {} as Judging // filled again for every lineage; nothing keeps it

function weighAgainst(
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
  j.active = !Number.isNaN(state.activeSinceMs[index]!)
  j.report = report
  j.radiusM = weighed[RADIUS]!
  j.marginM = weighed[MARGIN]!
  j.lineM = weighed[LINE]!
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

function chooseJudged(state: WearerState, plan: CompiledPlan, timeMs: number): void {
  const { hot, at } = state
  const { versions, untilMs, guardFloorM } = plan.timing.judgedAt(timeMs)
  if (state.boundM.length !== versions.length) state.boundM = notANumbers(versions.length)
  const { boundM } = state
  for (let i = 0; i < versions.length; i++) {
    // Where it lies does not change with the clock.
    if (versions[i] === undefined) boundM[i] = Number.NaN
    else if (Number.isNaN(boundM[i]!)) boundM[i] = -Infinity
  }
  hot[at + HOT.judgedUntilMs] = untilMs
  hot[at + HOT.guardFloorM] = guardFloorM
  hot[at + HOT.safeM] = -Infinity
}
