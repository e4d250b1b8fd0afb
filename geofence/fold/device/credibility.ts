// Whether a fix may count as evidence at all.
//
//   mock flag                                         no; a sign
//   reachable from the last good fix                  yes
//   else reachable from the fix rejected before it    yes, unless seconds after it: the new place persists, the one before was the outlier
//   else                                              no; a sign; kept as the candidate
//   at two places in turn (there-and-back.ts)         a sign; and no fix proves anything until one place is kept to
import type { LogReport } from '../../../model/report/report.ts'
import { REPORT_FLAG } from '../../../model/report/report.ts'
import { errorRadiusM } from '../../evidence.ts'
import { measureApart } from '../../geometry/local-plane.ts'
import { ENGINE } from '../../parameters.ts'
import type { CompiledPlan } from '../../plan/compile-plan.ts'
import { SLOT } from '../state/device-memory.ts'
import { evidenceOf, incidentOf, type Sink } from '../state/episode.ts'
import { measureRadius } from '../state/measure-radius.ts'
import { type Spot, spotOf } from '../state/spot.ts'
import type { WearerState } from '../state/state.ts'
import { HOT } from '../state/wearer-row.ts'
import { closeDevice, openDevice } from './device-episodes.ts'
import { turnBack } from './there-and-back.ts'

/**
 * Decides, and moves *position not credible* on. The caller takes an accepted fix as the new last good one, and weighs it
 * unless it proves nothing (`isAlternating`).
 */
export function isCredible(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): boolean {
  const credible = weighFix(state, plan, report, sink)
  if (credible) lookBack(state, plan, report, sink)
  const open = state.remembered?.open[SLOT.position_not_credible]
  if (credible && open) {
    const last = state.device.doubts[state.device.doubts.length - 1]!
    if (report.timeMs - last.timeMs >= ENGINE.credibleClearMs) {
      state.device.doubts = []
      closeDevice(state, plan, SLOT.position_not_credible, report.timeMs, sink, placeOf(report))
    }
  }
  return credible
}

/** The device is at two places in turn, or was a moment ago: neither an absence nor a presence is proven by it. */
export function isAlternating({ remembered }: WearerState, plan: CompiledPlan, report: LogReport): boolean {
  if (remembered?.open[SLOT.position_not_credible] === undefined) return false
  return report.timeMs - remembered.turnedMs <= ENGINE.steadyIntervals * plan.reportIntervalMs
}

function lookBack(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  const turn = turnBack(state, report)
  if (turn === undefined) return
  const { device } = state
  const wasAlternating = isAlternating(state, plan, report)
  if (report.timeMs - device.turnedMs > ENGINE.credibleSpanMs) device.slowTurns = 0
  device.turnedMs = report.timeMs
  if (turn === 'slow' && ++device.slowTurns % ENGINE.hopSlowTurnsPerDoubt !== 0) return
  doubt(state, plan, placeOf(report), sink)
  if (wasAlternating || !isAlternating(state, plan, report)) return
  // What the two places seemed to prove until now was no more than that.
  for (const memory of state.memory) if (memory && !memory.wrongSide) memory.forgetRuns()
}

function weighFix(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): boolean {
  if ((report.flags & REPORT_FLAG.mock) !== 0) {
    doubt(state, plan, placeOf(report), sink)
    return false
  }
  if (isFirst(state) || isReachableFromLast(state, report)) {
    state.candidate = undefined
    return true
  }
  const { candidate } = state
  if (candidate !== undefined) {
    measureApart(candidate.latE7, candidate.lonE7, report.latE7, report.lonE7, from, APART)
    from[TIME] = candidate.timeMs
    from[RADIUS] = candidate.radiusM
    const sameEvent = report.timeMs - candidate.timeMs < plan.witnessApartMs
    if (sameEvent && isReachable(state, report)) return false
    if (isReachable(state, report)) {
      state.candidate = undefined
      state.fixMs = -Infinity // nobody came from there: no line to here is a way that was taken
      return true
    }
  }
  state.candidate = placeOf(report)
  doubt(state, plan, state.candidate, sink)
  return false
}

function placeOf(report: LogReport): Spot {
  return spotOf(report, Number.NaN, errorRadiusM(report.accuracyM, report.hdop, report.source))
}

function isFirst({ hot, at }: WearerState): boolean {
  return hot[at + HOT.fixMs] === -Infinity
}

/** Where the wearer probably came from: distance, time, certainty. In adjacent doubles, so that nothing is boxed. */
const from = new Float64Array(4)
const APART = 0
const TIME = 1
const RADIUS = 2
const RADIUS_HERE = 3

function isReachableFromLast(state: WearerState, report: LogReport): boolean {
  const { hot, at } = state
  measureApart(hot[at + HOT.fixLatE7]! | 0, hot[at + HOT.fixLonE7]! | 0, report.latE7, report.lonE7, from, APART)
  // So near that any time is enough.
  if (from[APART]! <= (ENGINE.groundSpeedMps * ENGINE.clockSlackMs) / 1000) return true
  from[TIME] = hot[at + HOT.fixMs]!
  from[RADIUS] = hot[at + HOT.fixRadiusM]!
  return isReachable(state, report)
}

/** Could anything that moves have come from there to here in the time, both error circles granted? */
function isReachable({ hot, at }: WearerState, report: LogReport): boolean {
  measureRadius(report, hot, at, from, RADIUS_HERE)
  const elapsedMs = report.timeMs - from[TIME]!
  const seconds = (elapsedMs + ENGINE.clockSlackMs) / 1000
  const granted = (from[RADIUS]! + from[RADIUS_HERE]!) * ENGINE.breachGuardPerRadius
  const speedMps = (from[APART]! - granted) / seconds
  if (speedMps <= ENGINE.groundSpeedMps) return true
  if (speedMps > ENGINE.flightSpeedMps) return false
  return elapsedMs >= ENGINE.flightAfterMs || report.speedMps >= 0.7 * speedMps
}

function doubt(state: WearerState, plan: CompiledPlan, spot: Spot, sink: Sink): void {
  const { device } = state
  const open = device.open[SLOT.position_not_credible]
  if (!open) device.doubts = device.doubts.filter(({ timeMs }) => spot.timeMs - timeMs <= ENGINE.credibleSpanMs)
  const before = device.doubts[device.doubts.length - 1]
  if (before && spot.timeMs - before.timeMs < plan.witnessApartMs) return // the same event
  if (device.doubts.length >= ENGINE.evidenceMax) device.doubts.splice(1, 1) // the first and the last say most
  device.doubts.push(spot)
  if (open) {
    if (open.evidence.length < ENGINE.evidenceMax - 2) open.evidence.push(evidenceOf(spot, 'sign'))
    return
  }
  if (device.doubts.length < ENGINE.credibleDoubtsMin) return
  const first = device.doubts[0]!
  const episode = openDevice(state, SLOT.position_not_credible, {
    startMs: first.timeMs,
    startSpot: first,
    confirmedMs: spot.timeMs,
    evidence: device.doubts.map((d, i) => evidenceOf(d, i === 0 ? 'start' : d === spot ? 'confirm' : 'sign')),
  })
  sink.change(incidentOf(state, plan.hash, episode), spot.timeMs)
}
