// An alarm that no table knows: the incident carries the device's own word, so that somebody can look it up.
import { ALARM, type LogReport } from '../../../model/report/report.ts'
import { ENGINE } from '../../parameters.ts'
import type { CompiledPlan } from '../../plan/compile-plan.ts'
import { SLOT } from '../state/device-memory.ts'
import { type Episode, evidenceOf, incidentOf, type Sink } from '../state/episode.ts'
import { spotOf } from '../state/spot.ts'
import type { WearerState } from '../state/state.ts'
import { closeDevice, openDevice } from './device-episodes.ts'

/** One incident as long as such alarms come, with each kind and how often; what goes on in one report after the other is one. */
export function judgeUnknown(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  const slot = SLOT.device_alarm_unknown
  const said = (report.alarms & ALARM.unknown) !== 0
  if (!said && state.remembered?.open[slot] === undefined) {
    if (state.remembered) state.remembered.unknownSaid = 0
    return
  }
  const { device } = state
  const spot = spotOf(report, Number.NaN, Number.NaN)
  const over = report.timeMs - device.unknownMs >= ENGINE.alarmEpisodeMs
  if (device.open[slot] && over) closeDevice(state, plan, slot, report.timeMs, sink, spot)
  const again = said && device.unknownSaid !== report.unknownAlarm
  device.unknownSaid = said ? report.unknownAlarm : 0
  if (!said) return
  device.unknownMs = report.timeMs
  const open = device.open[slot]
  if (open === undefined) {
    const start = [evidenceOf(spot, 'start')]
    const episode = openDevice(state, slot, {
      ...{ startMs: report.timeMs, startSpot: spot, confirmedMs: report.timeMs, evidence: start },
    })
    episode.unknownAlarms = [{ code: report.unknownAlarm, count: 1 }]
    sink.change(incidentOf(state, plan.hash, episode), report.timeMs)
  } else if (again && count(open, report.unknownAlarm)) {
    if (open.evidence.length < ENGINE.evidenceMax - 2) open.evidence.push(evidenceOf(spot, 'sign'))
    sink.change(incidentOf(state, plan.hash, open), report.timeMs)
  }
}

/** False where there are too many kinds for another. */
function count(episode: Episode, code: number): boolean {
  const alarms = episode.unknownAlarms!
  const known = alarms.find((alarm) => alarm.code === code)
  if (known === undefined && alarms.length >= ENGINE.unknownAlarmsMax) return false
  if (known) known.count++
  else alarms.push({ code, count: 1 })
  return true
}
