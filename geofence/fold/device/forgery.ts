// Two senders claim to be one bracelet. Until somebody has looked, neither proves anything: no absence, no presence, no end. A cut
// strap or a call for help is believed of both.
import { ALARM, CONTACT, type LogReport } from '../../../model/report/report.ts'
import { ENGINE } from '../../parameters.ts'
import type { CompiledPlan } from '../../plan/compile-plan.ts'
import { SLOT } from '../state/device-memory.ts'
import { evidenceOf, incidentOf, type Sink } from '../state/episode.ts'
import { spotOf } from '../state/spot.ts'
import type { WearerState } from '../state/state.ts'
import { closeDevice, raise } from './device-episodes.ts'

/** All that a disputed report does. */
export function judgeDisputed(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  const { device } = state
  const slot = SLOT.forgery_suspected
  const open = device.open[slot]
  device.disputedMs = report.timeMs
  if (open === undefined) raise(state, plan, report, sink, slot)
  else if (open.evidence.length < ENGINE.evidenceMax - 2) {
    open.evidence.push(evidenceOf(spotOf(report, Number.NaN, Number.NaN), 'sign'))
    sink.change(incidentOf(state, plan.hash, open), report.timeMs)
  }
  const { alarms } = report
  urgent(state, plan, report, sink, SLOT.strap_open, report.strap, (alarms & ALARM.strapOpen) !== 0)
  urgent(state, plan, report, sink, SLOT.case_opened, report.case, (alarms & (ALARM.caseOpen | ALARM.tamper)) !== 0)
  urgent(state, plan, report, sink, SLOT.sos, CONTACT.unknown, (alarms & ALARM.sos) !== 0)
}

function urgent(
  state: WearerState,
  plan: CompiledPlan,
  report: LogReport,
  sink: Sink,
  slot: number,
  contact: number,
  alarmed: boolean,
): void {
  if (contact !== CONTACT.open && !alarmed) return
  const { device } = state
  if (contact === CONTACT.open) device.contactOpen[slot] = true
  if (alarmed) device.alarmMs[slot] = report.timeMs
  raise(state, plan, report, sink, slot)
}

/** An undisputed report: long enough after the last disputed one the suspicion rests. */
export function endForgery(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  const slot = SLOT.forgery_suspected
  if (state.remembered?.open[slot] === undefined) return
  if (report.timeMs - state.remembered.disputedMs < ENGINE.forgeryClearMs) return
  closeDevice(state, plan, slot, report.timeMs, sink, spotOf(report, Number.NaN, Number.NaN))
}
