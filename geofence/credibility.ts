// Whether a fix may count as evidence at all.
//
//   mock flag                                         no; a sign
//   reachable from the last good fix                  yes
//   else reachable from the fix rejected before it    yes: the new place persists, the one before was the outlier
//   else                                              no; a sign; kept as the candidate
import type { LogReport } from '../model/report.ts'
import { REPORT_FLAG } from '../model/report.ts'
import { apartM } from './apart.ts'
import type { CompiledPlan } from './compile-plan.ts'
import { closeDevice, openDevice } from './device-rules.ts'
import { evidenceOf, incidentOf, type Sink, spotOf } from './episode.ts'
import { ENGINE } from './parameters.ts'
import { SLOT, type Spot, type WearerState } from './state.ts'

/** Decides, and moves *position not credible* on. The caller takes an accepted fix as the new last good one. */
export function isCredible(
  state: WearerState,
  plan: CompiledPlan,
  report: LogReport,
  radiusM: number,
  sink: Sink,
): boolean {
  const credible = weighFix(state, plan, report, radiusM, sink)
  const open = state.remembered?.open[SLOT.position_not_credible]
  if (credible && open) {
    const last = state.device.doubts[state.device.doubts.length - 1]!
    if (report.timeMs - last.timeMs >= ENGINE.credibleClearMs) {
      state.device.doubts = []
      closeDevice(state, plan, SLOT.position_not_credible, report.timeMs, sink, spotOf(report, Number.NaN, radiusM))
    }
  }
  return credible
}

function weighFix(state: WearerState, plan: CompiledPlan, report: LogReport, radiusM: number, sink: Sink): boolean {
  if ((report.flags & REPORT_FLAG.mock) !== 0) {
    doubt(state, plan, spotOf(report, Number.NaN, radiusM), sink)
    return false
  }
  const { candidate } = state
  if (
    state.fixMs === -Infinity ||
    isReachable(state.fixLatE7, state.fixLonE7, state.fixRadiusM, state.fixMs, report, radiusM)
  ) {
    state.candidate = undefined
    return true
  }
  if (
    candidate &&
    isReachable(candidate.latE7, candidate.lonE7, candidate.radiusM, candidate.timeMs, report, radiusM)
  ) {
    state.candidate = undefined
    return true
  }
  state.candidate = spotOf(report, Number.NaN, radiusM)
  doubt(state, plan, state.candidate, sink)
  return false
}

/** Could anything that moves have come from there to here in the time, both error circles granted? */
function isReachable(
  latE7: number,
  lonE7: number,
  fromRadiusM: number,
  fromMs: number,
  report: LogReport,
  radiusM: number,
): boolean {
  const elapsedMs = report.timeMs - fromMs
  const seconds = (elapsedMs + ENGINE.clockSlackMs) / 1000
  const granted = (fromRadiusM + radiusM) * ENGINE.breachGuardPerRadius
  const speedMps = (apartM(latE7, lonE7, report.latE7, report.lonE7) - granted) / seconds
  if (speedMps <= ENGINE.groundSpeedMps) return true
  if (speedMps > ENGINE.flightSpeedMps) return false
  return elapsedMs >= ENGINE.flightAfterMs || report.speedMps >= 0.7 * speedMps
}

function doubt(state: WearerState, plan: CompiledPlan, spot: Spot, sink: Sink): void {
  const { device } = state
  const open = device.open[SLOT.position_not_credible]
  if (!open) device.doubts = device.doubts.filter(({ timeMs }) => spot.timeMs - timeMs <= ENGINE.credibleSpanMs)
  if (device.doubts.length >= ENGINE.evidenceMax) device.doubts.splice(1, 1) // the first and the last say most
  device.doubts.push(spot)
  if (open) {
    if (open.evidence.length < ENGINE.evidenceMax - 2) open.evidence.push(evidenceOf(spot, 'sign'))
    return
  }
  if (device.doubts.length < ENGINE.credibleSigns) return
  const first = device.doubts[0]!
  const episode = openDevice(state, SLOT.position_not_credible, {
    startMs: first.timeMs,
    startSpot: first,
    confirmedMs: spot.timeMs,
    evidence: device.doubts.map((d, i) => evidenceOf(d, i === 0 ? 'start' : d === spot ? 'confirm' : 'sign')),
  })
  sink.change(incidentOf(state, plan.hash, episode), spot.timeMs)
}
