// The fold: state' = step(state, plan, event). Pure: no clock, no I/O, no randomness. Events come in canonical order
// (compareReports); the edges up to a report's time come before it.
import { type LogReport, REPORT_FLAG } from '../model/report.ts'
import { apartM } from './apart.ts'
import { type CompiledPlan, intervalFrom, type Version } from './compile-plan.ts'
import { isCredible } from './credibility.ts'
import { judgeDevice } from './device-rules.ts'
import { type Sink, tenths, type Weighing } from './episode.ts'
import { breachGuardM, complyGuardM, errorRadiusM } from './evidence.ts'
import { contentKeyHex } from './incident-id.ts'
import { crossedBetween } from './inferred-crossing.ts'
import { endRule, reconcile } from './rule-edges.ts'
import type { WearerState } from './state.ts'
import { type Judging, judgeFix } from './zone-rules.ts'

/** Folds one report in. It must not come before one that was folded already. */
export function step(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  fireEdges(state, plan, report.timeMs, sink)
  state.cursorMs = report.timeMs
  state.begun = true
  if (Number.isNaN(state.supervisedSinceMs)) return
  judgeDevice(state, plan, report, sink)
  if ((report.flags & (REPORT_FLAG.fixValid | REPORT_FLAG.hasPosition)) !== 3) return
  const radiusM = errorRadiusM(report.accuracyM, report.hdop, report.source)
  if (!isCredible(state, plan, report, radiusM, sink)) return
  judgeZones(state, plan, report, radiusM, sink)
  state.fixMs = report.timeMs
  state.fixLatE7 = report.latE7
  state.fixLonE7 = report.lonE7
  state.fixRadiusM = radiusM
  state.fixHi = report.contentHi
  state.fixLo = report.contentLo
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
  const { cache } = state
  if (cache.plan !== plan || cache.generation !== plan.generation) {
    plan.cover(state.cursorMs) // a wearer silent for long stands before the horizon of a plan just compiled
    cache.plan = plan
    cache.generation = plan.generation
    cache.nextEdgeMs = plan.nextEdgeMs(state.cursorMs)
    cache.judgedUntilMs = -Infinity
  }
  return cache.nextEdgeMs
}

/** Goes over to another plan at `atMs`: what both hold goes on, what only the old one held ends, what is new begins. */
export function adopt(state: WearerState, from: CompiledPlan, to: CompiledPlan, atMs: number, sink: Sink): void {
  const before = new Map(from.lineages.map((lineage, i) => [lineage.key, i]))
  const activeSinceMs = new Float64Array(to.lineages.length).fill(Number.NaN)
  const memory = to.lineages.map((lineage, i) => {
    const old = before.get(lineage.key)
    if (old === undefined) return undefined
    before.delete(lineage.key)
    activeSinceMs[i] = state.activeSinceMs[old]!
    return state.memory[old]
  })
  for (const old of before.values()) if (state.memory[old]) endRule(state, from, state.memory[old], atMs, sink)
  state.activeSinceMs = activeSinceMs
  state.memory = memory
  state.cache.plan = undefined
  if (!state.begun) return
  to.cover(atMs)
  state.cursorMs = Math.max(state.cursorMs, atMs)
  reconcile(state, to, atMs, sink)
}

function fireEdges(state: WearerState, plan: CompiledPlan, upToMs: number, sink: Sink): void {
  plan.cover(upToMs, !state.begun)
  if (!state.begun) {
    reconcile(state, plan, upToMs, sink)
    state.cache.plan = undefined
    return
  }
  while (nextEdgeMs(state, plan) <= upToMs) fireNext(state, plan, sink)
}

function fireNext(state: WearerState, plan: CompiledPlan, sink: Sink): void {
  state.cursorMs = state.cache.nextEdgeMs
  reconcile(state, plan, state.cursorMs, sink)
  state.cache.nextEdgeMs = plan.nextEdgeMs(state.cursorMs)
  state.cache.judgedUntilMs = -Infinity
}

/** Metres by which a distance along the ground may differ from a difference of signed distances. */
const SLACK_M = 1
const SLACK_SHARE = 1.01
/** Beyond this the anchor is moved: bounds taken from afar are loose. */
const ANCHOR_REACH_M = 250

function judgeZones(state: WearerState, plan: CompiledPlan, report: LogReport, radiusM: number, sink: Sink): void {
  nextEdgeMs(state, plan) // makes the cache this plan's
  const { cache } = state
  if (!(report.timeMs < cache.judgedUntilMs)) chooseJudged(state, plan, report.timeMs)
  if (cache.judgedCount === 0) return
  const exact = sink.shortcut === false || sink.weighed !== undefined
  const movedM = apartM(cache.anchorLatE7, cache.anchorLonE7, report.latE7, report.lonE7) * SLACK_SHARE + SLACK_M
  const lineM =
    state.fixMs === -Infinity
      ? 0
      : apartM(state.fixLatE7, state.fixLonE7, report.latE7, report.lonE7) * SLACK_SHARE + SLACK_M
  const needM = Math.max(complyGuardM(radiusM, cache.guardFloorM), lineM)
  if (!exact && cache.safeM - movedM > needM) return
  const anew = exact || !(movedM < ANCHOR_REACH_M)
  if (anew) {
    cache.anchorLatE7 = report.latE7
    cache.anchorLonE7 = report.lonE7
    cache.boundM.fill(-Infinity)
  }
  const fromAnchorM = anew ? 0 : movedM
  let safeM = Infinity
  for (let k = 0; k < cache.judgedCount; k++) {
    const i = cache.judged[k]!
    const lineage = plan.lineages[i]!
    const version = lineage.versions[lineage.versionOf[cache.intervalOf[i]!]!]!
    const ringM = version.parameters.warningRingM
    const memory = state.memory[i]
    const clean = memory === undefined || memory.clean
    const needHereM = Math.max(complyGuardM(radiusM, version.parameters.guardFloorM), lineM)
    if (!clean || !(cache.boundM[i]! - ringM - fromAnchorM > needHereM)) {
      const marginM = lineage.zone.signedDistanceM(report.latE7, report.lonE7) * lineage.turn
      cache.boundM[i] = marginM - fromAnchorM
      weighAgainst(state, plan, i, version, report, radiusM, marginM, lineM, sink)
    }
    const after = state.memory[i]
    const safeHereM = after === undefined || after.clean ? cache.boundM[i]! - ringM : -Infinity
    if (safeHereM < safeM) safeM = safeHereM
  }
  cache.safeM = safeM
}

const judging = {} as Judging // filled again for every lineage; nothing keeps it

function weighAgainst(
  state: WearerState,
  plan: CompiledPlan,
  index: number,
  version: Version,
  report: LogReport,
  radiusM: number,
  marginM: number,
  lineM: number,
  sink: Sink,
): void {
  const j = judging
  j.state = state
  j.plan = plan
  j.sink = sink
  j.index = index
  j.lineage = plan.lineages[index]!
  j.version = version
  j.active = !Number.isNaN(state.activeSinceMs[index]!)
  j.report = report
  j.radiusM = radiusM
  j.marginM = marginM
  const memory = state.memory[index]
  // A run from before the last window says nothing about the next one.
  if (!j.active && memory?.breachLast && report.timeMs - memory.breachLast.timeMs > plan.freshMs) memory.forgetRuns()
  const wasClean = memory === undefined || memory.clean
  const evidence = judgeFix(j)
  if (evidence === 1 && wasClean && j.lineage.kind === 'avoided') crossedBetween(j, lineM)
  if (sink.weighed) sink.weighed(j.lineage.conditionId, weighingOf(j, evidence))
}

function weighingOf(j: Judging, evidence: -1 | 0 | 1): Weighing {
  const memory = j.state.memory[j.index]
  const { guardFloorM } = j.version.parameters
  return {
    timeMs: j.report.timeMs,
    contentKey: contentKeyHex(j.report.contentHi, j.report.contentLo),
    latE7: j.report.latE7,
    lonE7: j.report.lonE7,
    distanceM: tenths(j.marginM * j.lineage.turn),
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

/** The lineages that fixes are weighed against from `timeMs` on: in force, or so soon that a breach now is fresh then. */
function chooseJudged(state: WearerState, plan: CompiledPlan, timeMs: number): void {
  const { cache } = state
  const count = plan.lineages.length
  if (cache.judged.length < count || cache.boundM.length !== count) {
    cache.judged = new Uint16Array(count)
    cache.intervalOf = new Int32Array(count)
    cache.boundM = new Float64Array(count)
  }
  let untilMs = Infinity
  let judgedCount = 0
  let guardFloorM = 0
  for (let i = 0; i < count; i++) {
    const lineage = plan.lineages[i]!
    const interval = intervalFrom(lineage, timeMs)
    if (interval === lineage.intervals.ends.length) continue
    const previewMs = lineage.intervals.starts[interval]! - plan.freshMs
    if (timeMs < previewMs) {
      untilMs = Math.min(untilMs, previewMs)
      continue
    }
    untilMs = Math.min(untilMs, lineage.intervals.ends[interval]!)
    cache.judged[judgedCount++] = i
    cache.intervalOf[i] = interval
    guardFloorM = Math.max(guardFloorM, lineage.versions[lineage.versionOf[interval]!]!.parameters.guardFloorM)
  }
  cache.judgedCount = judgedCount
  cache.judgedUntilMs = untilMs
  cache.guardFloorM = guardFloorM
  cache.safeM = -Infinity
  cache.boundM.fill(-Infinity)
}
