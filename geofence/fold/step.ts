// The fold: state' = step(state, plan, event). Pure: no clock, no I/O, no randomness. Events come in canonical
// order: event time, then content key. The edges up to a report's time come before it.
import { type LogReport, REPORT_FLAG } from '../../model/report/report.ts'
import type { CompiledPlan } from '../plan/compile-plan.ts'
import { isAlternating, isCredible } from './device/credibility.ts'
import { judgeDevice } from './device/device-rules.ts'
import { judgeDisputed } from './device/forgery.ts'
import { tryFastPath } from './fast-path.ts'
import { judgeZones } from './judge-zones.ts'
import { endRule, reconcile } from './rule-edges.ts'
import type { Sink } from './state/episode.ts'
import { gather, inForceSinceMs, NOT_IN_FORCE, spread } from './state/in-force.ts'
import { measureRadius } from './state/measure-radius.ts'
import { NO_BOUNDS, type WearerState } from './state/state.ts'
import { chargingOf, HOT, packTrail } from './state/wearer-row.ts'

/** Folds one report in. It must not come before one that was folded already. */
export function step(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  if (tryFastPath(state.hot, state.at, report)) return
  stepInFull(state, plan, report, sink)
}

/** The same for a report that `takeSettled` has left alone. */
function stepInFull(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  state.hot[state.at + HOT.fastUntilMs] = -Infinity
  if (!isBetweenEdges(state, report)) fireEdges(state, plan, report.timeMs, sink)
  state.cursorMs = report.timeMs
  state.begun = true
  if (Number.isNaN(state.supervisedSinceMs)) return
  if ((report.flags & REPORT_FLAG.disputed) !== 0) {
    judgeDisputed(state, plan, report, sink)
    return
  }
  judgeDevice(state, plan, report, sink)
  if ((report.flags & (REPORT_FLAG.fixValid | REPORT_FLAG.hasPosition)) !== 3) return
  if (!isCredible(state, plan, report, sink)) return
  lookAhead(state, plan)
  if (!isAlternating(state, plan, report)) judgeZones(state, plan, report, sink)
  takeFix(state, report)
}

function takeFix({ hot, at }: WearerState, report: LogReport): void {
  const first = hot[at + HOT.fixMs] === -Infinity
  measureRadius(report, hot, at, hot, at + HOT.fixRadiusM)
  hot[at + HOT.trail] = packTrail(
    first ? 0 : report.latE7 - hot[at + HOT.fixLatE7]!,
    first ? 0 : report.lonE7 - hot[at + HOT.fixLonE7]!,
    chargingOf(hot[at + HOT.trail]!),
  )
  hot[at + HOT.fixMs] = report.timeMs
  hot[at + HOT.fixLatE7] = report.latE7
  hot[at + HOT.fixLonE7] = report.lonE7
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
  cover(state, plan, untilMs)
  while (nextEdgeMs(state, plan) < untilMs) fireNext(state, plan, sink)
}

/** Time of the next edge that `advance` would fire; Infinity if none is known. */
export function nextEdgeMs(state: WearerState, plan: CompiledPlan): number {
  if (!state.begun) return Infinity
  lookAhead(state, plan)
  return state.hot[state.at + HOT.nextEdgeMs]!
}

/** Makes what the state has at hand this plan's, as far as its hours are worked out. */
function lookAhead({ hot, at }: WearerState, plan: CompiledPlan): void {
  const cursorMs = hot[at + HOT.cursorMs]!
  if (cursorMs < hot[at + HOT.calmUntilMs]!) return
  plan.cover(cursorMs) // a wearer silent for long may lie before the horizon of a plan just compiled
  const edgeMs = plan.nextEdgeMs(cursorMs)
  hot[at + HOT.nextEdgeMs] = edgeMs
  hot[at + HOT.calmUntilMs] = Math.min(edgeMs, plan.coveredUntilMs)
  hot[at + HOT.judgedUntilMs] = -Infinity
  hot[at + HOT.fastUntilMs] = -Infinity
}

/** Goes over to another plan at `atMs`: what both hold goes on, what only the old one held ends, what is new begins. */
export function adopt(state: WearerState, from: CompiledPlan, to: CompiledPlan, atMs: number, sink: Sink): void {
  const before = new Map(from.keys.map((key, i) => [key, i]))
  const activeSinceMs = spread(NOT_IN_FORCE, to.size)
  const kept = new Set<number>()
  const memory = to.keys.map((key, i) => {
    const old = before.get(key)
    if (old === undefined) return undefined
    before.delete(key)
    kept.add(i)
    activeSinceMs[i] = inForceSinceMs(state.activeSinceMs, old)
    return state.memory[old]
  })
  for (const old of before.values()) if (state.memory[old]) endRule(state, from, state.memory[old], atMs, sink)
  state.activeSinceMs = gather(activeSinceMs)
  state.memory = memory
  state.remembering = undefined
  state.boundM = NO_BOUNDS // they belonged to the zones before the change
  state.leaveFastPath()
  if (!state.begun) return
  to.cover(atMs)
  state.cursorMs = Math.max(state.cursorMs, atMs)
  reconcile(state, to, atMs, sink, (lineage) => !kept.has(lineage))
}

/** Nothing has begun or ended since the wearer was last looked at. */
function isBetweenEdges({ hot, at }: WearerState, { timeMs }: LogReport): boolean {
  return timeMs < hot[at + HOT.calmUntilMs]!
}

function fireEdges(state: WearerState, plan: CompiledPlan, upToMs: number, sink: Sink): void {
  if (!state.begun) {
    plan.cover(upToMs, true)
    reconcile(state, plan, upToMs, sink)
    state.leaveFastPath()
    return
  }
  cover(state, plan, upToMs)
  while (nextEdgeMs(state, plan) <= upToMs) fireNext(state, plan, sink)
}

/** Works the plan's hours out; an edge that was beyond them may be known now. */
function cover({ hot, at }: WearerState, plan: CompiledPlan, untilMs: number): void {
  plan.cover(untilMs)
  const calmMs = hot[at + HOT.calmUntilMs]!
  if (calmMs < hot[at + HOT.nextEdgeMs]! && calmMs <= untilMs) hot[at + HOT.calmUntilMs] = -Infinity
}

function fireNext(state: WearerState, plan: CompiledPlan, sink: Sink): void {
  const { hot, at } = state
  const edgeMs = hot[at + HOT.nextEdgeMs]!
  hot[at + HOT.cursorMs] = edgeMs
  hot[at + HOT.judgedUntilMs] = -Infinity
  hot[at + HOT.fastUntilMs] = -Infinity
  reconcile(state, plan, edgeMs, sink)
  const nextMs = plan.nextEdgeMs(edgeMs)
  hot[at + HOT.nextEdgeMs] = nextMs
  hot[at + HOT.calmUntilMs] = Math.min(nextMs, plan.coveredUntilMs)
}
