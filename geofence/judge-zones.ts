// One fix against the rules of a plan: which of them it can decide anything of, and those in full. How far the wearer may go
// until any verdict can change is kept for `takeSettled`.
import type { Weighing } from '../model/judgement.ts'
import type { ConditionKind } from '../model/plan.ts'
import type { LogReport } from '../model/report.ts'
import type { CompiledPlan } from './compile-plan.ts'
import { hasQuietDevice } from './device-rules.ts'
import { type Sink, tenths } from './episode.ts'
import { breachGuardM, complyGuardM, measureRadius } from './evidence.ts'
import { inForceSinceMs } from './in-force.ts'
import { contentKeyHex } from './incident-id.ts'
import { crossedBetween } from './inferred-crossing.ts'
import type { Judging } from './judging.ts'
import { measureApart } from './local-plane.ts'
import type { PlanIndex } from './plan-index.ts'
import type { Judged, Version } from './plan-timing.ts'
import { SLACK_M, SLACK_SHARE } from './settled.ts'
import { notANumbers, type WearerState } from './state.ts'
import { HOT } from './wearer-row.ts'
import { judgeFix } from './zone-rules.ts'

/** Beyond this the anchor is moved: bounds taken from afar are loose. */
const ANCHOR_REACH_M = 250
/** Beyond this it is moved, though nothing was weighed: from too far away nobody is settled. */
const ANCHOR_FAR_M = 1000
/** A traveller's next fixes, and how far a fix may lie from the one before to be a traveller's. */
const AHEAD = 4
const TRAVEL_MAX_M = 5_000
// Metres go from function to function in these: a fraction is boxed for a call that is not inlined.
const measured = new Float64Array(1)
const apart = new Float64Array(3)
const FROM_ANCHOR = 0
const FROM_LAST = 1
const FROM_ANCHOR_TO_LAST = 2
const weighed = new Float64Array(4)
const MARGIN = 0
const LINE = 1
const RADIUS = 2
/** So far, at least, was the last fix on the right side of every boundary. */
const BEFORE = 3

/** Weighs a fix against every rule that it may decide something of; nearly all lie surely too far away for that. */
export function judgeZones(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  measureRadius(report, weighed, RADIUS)
  const radiusM = weighed[RADIUS]!
  const { hot, at } = state
  const { latE7, lonE7 } = report
  const exact = sink.shortcut === false || sink.weighed !== undefined
  if (!(report.timeMs < hot[at + HOT.judgedUntilMs]!)) chooseJudged(state, plan, report.timeMs, exact)
  if (!exact && hasQuietDevice(state))
    hot[at + HOT.settledUntilMs] = Math.min(hot[at + HOT.calmUntilMs]!, hot[at + HOT.judgedUntilMs]!)
  measureApart(hot[at + HOT.anchorLatE7]! | 0, hot[at + HOT.anchorLonE7]! | 0, latE7, lonE7, apart, FROM_ANCHOR)
  measureApart(hot[at + HOT.fixLatE7]! | 0, hot[at + HOT.fixLonE7]! | 0, latE7, lonE7, apart, FROM_LAST)
  const movedM = apart[FROM_ANCHOR]! * SLACK_SHARE + SLACK_M
  const lineM = hot[at + HOT.fixMs] === -Infinity ? 0 : apart[FROM_LAST]! * SLACK_SHARE + SLACK_M
  const guardM = complyGuardM(radiusM, hot[at + HOT.guardFloorM]!)
  const needM = Math.max(guardM, lineM)
  if (!exact && hot[at + HOT.safeM]! - movedM > needM) {
    if (movedM > ANCHOR_FAR_M) moveAnchor(state, report, movedM)
    return
  }
  weighed[LINE] = lineM
  measureApart(
    hot[at + HOT.anchorLatE7]! | 0,
    hot[at + HOT.anchorLonE7]! | 0,
    hot[at + HOT.fixLatE7]! | 0,
    hot[at + HOT.fixLonE7]! | 0,
    apart,
    FROM_ANCHOR_TO_LAST,
  )
  weighed[BEFORE] = exact ? -Infinity : hot[at + HOT.safeM]! - apart[FROM_ANCHOR_TO_LAST]! * SLACK_SHARE - SLACK_M
  if (plan.index !== undefined && !exact) weighNearby(state, plan, plan.index, guardM, report, sink)
  else weighByBounds(state, plan, movedM, report, sink)
}

/** What is known of where the anchor was still says something of where the wearer is now. */
function moveAnchor({ hot, at, boundM }: WearerState, { latE7, lonE7 }: LogReport, movedM: number): void {
  hot[at + HOT.anchorLatE7] = latE7
  hot[at + HOT.anchorLonE7] = lonE7
  hot[at + HOT.safeM]! -= movedM
  for (let i = 0; i < boundM.length; i++) boundM[i]! -= movedM
}

/** Weighs the lineages whose boundary may be near, by how far from the anchor each surely is. */
function weighByBounds(state: WearerState, plan: CompiledPlan, movedM: number, report: LogReport, sink: Sink): void {
  const { hot, at, boundM, memory } = state
  const exact = sink.shortcut === false || sink.weighed !== undefined
  // Bounds taken from afar are loose, but where the wearer has come from says something about what is far away all the same.
  const anew = exact || !(movedM < ANCHOR_REACH_M)
  if (anew) {
    hot[at + HOT.anchorLatE7] = report.latE7
    hot[at + HOT.anchorLonE7] = report.lonE7
  }
  const fromAnchorM = anew ? 0 : movedM
  // Who travels is looked farther around for, so that the next fixes need not be.
  const reachM = anew && movedM < TRAVEL_MAX_M ? (ANCHOR_REACH_M + AHEAD * movedM) | 0 : ANCHOR_REACH_M
  const { versions } = judgedAt(plan, report)
  let safeM = Infinity
  for (let i = 0; i < boundM.length; i++) {
    let bound = boundM[i]!
    if (Number.isNaN(bound)) continue
    if (anew) bound = exact ? -Infinity : bound - movedM
    const version = versions[i]!
    const { guardFloorM, warningRingM } = version.parameters
    const clean = memory[i] === undefined || memory[i]!.clean
    const needM = Math.max(complyGuardM(weighed[RADIUS]!, guardFloorM), weighed[LINE]!) + warningRingM
    if (!clean || !(bound - fromAnchorM > (anew ? needM + ANCHOR_REACH_M : needM))) {
      weighOne(state, plan, i, version, report, reachM, sink)
      bound = weighed[MARGIN]! - fromAnchorM
    }
    boundM[i] = bound
    const safeHereM = memory[i] === undefined || memory[i]!.clean ? bound - warningRingM : -Infinity
    if (safeHereM < safeM) safeM = safeHereM
  }
  hot[at + HOT.safeM] = safeM
}

/** The same where an index knows what is near. */
function weighNearby(
  state: WearerState,
  plan: CompiledPlan,
  index: PlanIndex,
  guardM: number,
  report: LogReport,
  sink: Sink,
): void {
  const { hot, at, memory } = state
  const { versions } = judgedAt(plan, report)
  if (toWeigh.length < versions.length) {
    toWeigh = new Int32Array(versions.length)
    outsideM = new Float64Array(versions.length)
    taken = new Uint8Array(versions.length)
  }
  const { latE7, lonE7 } = report
  const [fromLatE7, fromLonE7] = [hot[at + HOT.fixLatE7]! | 0, hot[at + HOT.fixLonE7]! | 0]
  // Whole metres: a fraction would be boxed for the call.
  const lineM = Math.ceil(weighed[LINE]!) | 0
  let count = index.near(fromLatE7, fromLonE7, latE7, lonE7, lineM, Math.ceil(guardM) | 0, toWeigh, outsideM, nearby)
  for (let k = 0; k < count; k++) taken[toWeigh[k]!] = 1
  for (const i of forgetClean(state))
    if (taken[i] === 0) {
      toWeigh[count] = i
      outsideM[count++] = Number.NaN
      taken[i] = 1
    }
  let safeM = nearby[0]!
  for (let k = 0; k < count; k++) {
    const i = toWeigh[k]!
    taken[i] = 0
    const version = versions[i]
    if (version === undefined) continue
    if (Number.isNaN(outsideM[k]!)) weighOne(state, plan, i, version, report, ANCHOR_REACH_M, sink)
    else {
      weighed[MARGIN] = outsideM[k]!
      weighAgainst(state, plan, i, version, report, sink)
    }
    const clean = memory[i] === undefined || memory[i]!.clean
    const safeHereM = clean ? weighed[MARGIN]! - version.parameters.warningRingM : -Infinity
    if (safeHereM < safeM) safeM = safeHereM
  }
  hot[at + HOT.anchorLatE7] = report.latE7
  hot[at + HOT.anchorLonE7] = report.lonE7
  hot[at + HOT.safeM] = safeM
}

/** The lineages with something to remember; what there no longer is anything of is let go. */
function forgetClean(state: WearerState): readonly number[] {
  const { memory } = state
  state.remembering ??= [...memory.keys()].filter((i) => memory[i] !== undefined)
  const { remembering } = state
  for (let k = remembering.length - 1; k >= 0; k--) {
    const i = remembering[k]!
    if (!memory[i]!.clean) continue
    memory[i] = undefined
    remembering[k] = remembering[remembering.length - 1]!
    remembering.pop()
  }
  return remembering
}

let toWeigh = new Int32Array(64)
let outsideM = new Float64Array(64)
let taken = new Uint8Array(64)
const nearby = new Float64Array(1)

function judgedAt(plan: CompiledPlan, { timeMs }: LogReport): Judged {
  const judged = plan.timing.lastJudged
  return timeMs >= judged.fromMs && timeMs < judged.untilMs ? judged : plan.timing.judgedAt(timeMs)
}

/** Leaves in `weighed` how far at least the fix lies on the right side. */
function weighOne(
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

function chooseJudged(state: WearerState, plan: CompiledPlan, timeMs: number, exact: boolean): void {
  const { hot, at } = state
  const { versions, untilMs, guardFloorM } = plan.timing.judgedAt(timeMs)
  // With an index no bounds are needed, unless every distance is asked for.
  if (state.boundM.length !== versions.length && (plan.index === undefined || exact))
    state.boundM = notANumbers(versions.length)
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
