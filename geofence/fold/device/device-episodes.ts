// A device incident begins and ends: at most one of each type is open.
import type { Evidence, Severity } from '../../../model/incident/incident.ts'
import type { LogReport } from '../../../model/report/report.ts'
import { ENGINE } from '../../parameters.ts'
import type { CompiledPlan } from '../../plan/compile-plan.ts'
import { DEVICE_TYPES } from '../state/device-memory.ts'
import { type Episode, evidenceOf, incidentOf, openEpisode, type Sink } from '../state/episode.ts'
import { type Spot, spotOf } from '../state/spot.ts'
import type { WearerState } from '../state/state.ts'

/** Opens the incident with this report as its beginning; one that is open stays as it is. */
export function raise(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink, slot: number): void {
  if (state.device.open[slot]) return
  const spot = spotOf(report, Number.NaN, Number.NaN)
  const episode = openDevice(state, slot, {
    startMs: report.timeMs,
    startSpot: spot,
    confirmedMs: report.timeMs,
    evidence: [evidenceOf(spot, 'start')],
  })
  sink.change(incidentOf(state, plan.hash, episode), report.timeMs)
}

type DeviceOpening = {
  severity?: Severity
  startMs: number
  startSpot: Spot | undefined
  confirmedMs: number
  evidence: Evidence[]
}

export function openDevice(state: WearerState, slot: number, opening: DeviceOpening): Episode {
  const episode = openEpisode(state, { type: DEVICE_TYPES[slot]!, ...opening })
  state.device.open[slot] = episode
  state.device.openCount++
  return episode
}

/** Ends a device incident; `end` is the report that did, absent where the clock did. */
export function closeDevice(
  state: WearerState,
  plan: CompiledPlan,
  slot: number,
  endMs: number,
  sink: Sink,
  end?: Spot,
  decidedMs = endMs,
): void {
  const episode = state.device.open[slot]!
  state.device.open[slot] = undefined
  state.device.openCount--
  const ending = { endMs, end: end ? evidenceOf(end, 'end') : ({ timeMs: endMs, role: 'end' } as const) }
  sink.change(incidentOf(state, plan.hash, episode, ending), decidedMs)
}

/** A recurrence of an open incident: a new revision, so that an officer who has resolved it is notified again. */
export function recordRecurrence(
  state: WearerState,
  plan: CompiledPlan,
  report: LogReport,
  sink: Sink,
  slot: number,
): void {
  const episode = state.device.open[slot]!
  episode.signs = (episode.signs ?? 1) + 1
  if (episode.evidence.length >= ENGINE.evidenceMax - 2) episode.evidence.splice(1, 1) // the first and the last say most
  episode.evidence.push(evidenceOf(spotOf(report, Number.NaN, Number.NaN), 'sign'))
  sink.change(incidentOf(state, plan.hash, episode), report.timeMs)
}
