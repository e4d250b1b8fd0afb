// What the device says of itself: strap, case, SOS, battery, position lost, jamming. Contacts and alarms are believed at
// once: no debounce, no batching.
import type { Severity } from '../../../model/incident/incident.ts'
import { ALARM, CONTACT, type LogReport, REPORT_FLAG } from '../../../model/report/report.ts'
import { ENGINE } from '../../parameters.ts'
import type { CompiledPlan } from '../../plan/compile-plan.ts'
import { type DeviceMemory, SLOT } from '../state/device-memory.ts'
import { evidenceOf, incidentOf, type Sink } from '../state/episode.ts'
import { type Spot, spotOf } from '../state/spot.ts'
import type { WearerState } from '../state/state.ts'
import { lastFix } from '../state/state.ts'
import { judgeDefects } from './bad-data.ts'
import { judgeBattery, takeCharging } from './battery-rules.ts'
import { closeDevice, openDevice, raise, recordRecurrence } from './device-episodes.ts'
import { endForgery } from './forgery.ts'
import { judgeUnknown } from './unknown-alarms.ts'

/** Calls so far apart, with no report between them, are calls and not one that goes on. */
const CALL_INTERVALS = 2

/** Moves every device incident on by one report. */
export function judgeDevice(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  const { alarms } = report
  if (isQuiet(state, report)) {
    takeCharging(state, report)
    return
  }
  judgeContact(state, plan, report, sink, SLOT.strap_open, report.strap, (alarms & ALARM.strapOpen) !== 0)
  judgeContact(
    state,
    plan,
    report,
    sink,
    SLOT.case_opened,
    report.case,
    (alarms & (ALARM.caseOpen | ALARM.tamper)) !== 0,
  )
  judgeSos(state, plan, report, sink)
  judgeUnknown(state, plan, report, sink)
  judgeDefects(state, plan, report, sink)
  endForgery(state, plan, report, sink)
  judgeBattery(state, plan, report, sink)
  judgeNoFix(state, plan, report, sink)
  judgeJamming(state, plan, report, sink)
}

/** Nothing open, nothing begun, nothing said that could begin anything: nearly every report. */
function isQuiet(state: WearerState, report: LogReport): boolean {
  return (
    report.alarms === 0 &&
    report.strap !== CONTACT.open &&
    report.case !== CONTACT.open &&
    (report.flags & REPORT_FLAG.fixValid) !== 0 &&
    report.batteryPercent > ENGINE.batteryLowPercent &&
    hasQuietDevice(state)
  )
}

/** Nothing open, nothing begun: a report that says nothing changes nothing. */
export function hasQuietDevice({ remembered }: WearerState): boolean {
  if (remembered === undefined) return true
  return (
    remembered.openCount === 0 &&
    remembered.noFixFirst === undefined &&
    remembered.chargingHeldFromMs === undefined &&
    remembered.defects === undefined
  )
}

function judgeContact(
  state: WearerState,
  plan: CompiledPlan,
  report: LogReport,
  sink: Sink,
  slot: number,
  contact: number,
  alarmed: boolean,
): void {
  const { device } = state
  if (contact === CONTACT.unknown && !alarmed && !device.open[slot]) return
  const again = saidAgain(device, report, slot, alarmed)
  if (contact === CONTACT.open || alarmed) {
    if (contact === CONTACT.open) device.contactOpen[slot] = true
    if (device.open[slot] === undefined && openAgain(state, plan, report, sink, slot)) return
    if (again && !device.contactOpen[slot] && device.open[slot]) recordRecurrence(state, plan, report, sink, slot)
    else raise(state, plan, report, sink, slot)
  } else if (device.open[slot]) {
    // A device that only knows the alarm word never says "closed": its episode ends when the word is not repeated.
    const alarmOver =
      contact === CONTACT.unknown &&
      !device.contactOpen[slot] &&
      report.timeMs - device.alarmMs[slot]! >= ENGINE.alarmEpisodeMs
    if (contact !== CONTACT.closed && !alarmOver) return
    device.contactOpen[slot] = false
    if (contact === CONTACT.closed) device.flaps[slot] = { episode: device.open[slot], closedMs: report.timeMs }
    closeDevice(state, plan, slot, report.timeMs, sink, spotOf(report, Number.NaN, Number.NaN))
  }
}

/** A loose contact: opened again within minutes it is the same episode, published at once as a recurrence. */
function openAgain(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink, slot: number): boolean {
  const { device } = state
  const flap = device.flaps[slot]
  device.flaps[slot] = undefined
  if (flap === undefined || report.timeMs - flap.closedMs > ENGINE.flapMs) return false
  device.open[slot] = flap.episode
  device.openCount++
  recordRecurrence(state, plan, report, sink, slot)
  return true
}

/** A tracker that calls again until it is answered makes one incident that counts the calls: each call is a recurrence. */
function judgeSos(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  const slot = SLOT.sos
  const { device } = state
  const said = (report.alarms & ALARM.sos) !== 0
  const silentMs = report.timeMs - device.alarmMs[slot]!
  // Said in one report after the other it is one call that goes on, unless these are no usual reports but calls alone.
  const called = silentMs > CALL_INTERVALS * plan.reportIntervalMs
  const again = saidAgain(device, report, slot, said) || (said && called)
  const over = silentMs >= ENGINE.alarmEpisodeMs
  if (device.open[slot] && over)
    closeDevice(state, plan, slot, report.timeMs, sink, spotOf(report, Number.NaN, Number.NaN))
  if (!said) return
  if (again && device.open[slot]) recordRecurrence(state, plan, report, sink, slot)
  else raise(state, plan, report, sink, slot)
}

/** Notes whether the word was said; true when it is a new one, not the same one going on or a burst of it. */
function saidAgain(device: DeviceMemory, report: LogReport, slot: number, said: boolean): boolean {
  const again = said && !device.said[slot] && report.timeMs - device.alarmMs[slot]! >= ENGINE.alarmAgainMs
  device.said[slot] = said
  if (said) device.alarmMs[slot] = report.timeMs
  return again
}

/** Heard, but without a valid position, for long. */
function judgeNoFix(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  const { device } = state
  const slot = SLOT.no_fix
  if ((report.flags & REPORT_FLAG.fixValid) !== 0) {
    if (!device.noFixFirst) return
    if (device.open[slot]) {
      device.noFixReturnFirst ??= spotOf(report, Number.NaN, Number.NaN)
      if (++device.noFixReturnCount < ENGINE.noFixReturnFixes) return
      closeDevice(state, plan, slot, device.noFixReturnFirst.timeMs, sink, device.noFixReturnFirst, report.timeMs)
    }
    forgetNoFix(state)
    return
  }
  device.noFixReturnCount = 0
  device.noFixReturnFirst = undefined
  device.noFixFirst ??= lastFixBefore(state, plan, report) ?? spotOf(report, Number.NaN, Number.NaN)
  const lastedMs = report.timeMs - device.noFixFirst.timeMs
  const severity: Severity = lastedMs >= ENGINE.noFixSeriousAfterMs ? 'serius' : 'informasi'
  const open = device.open[slot]
  if (lastedMs < ENGINE.noFixAfterMs || open?.severity === severity) return
  if (open) {
    open.severity = severity
    open.evidence.push(evidenceOf(spotOf(report, Number.NaN, Number.NaN), 'sign'))
    sink.change(incidentOf(state, plan.hash, open), report.timeMs)
    return
  }
  const confirm = evidenceOf(spotOf(report, Number.NaN, Number.NaN), 'confirm')
  const episode = openDevice(state, slot, {
    severity,
    startMs: device.noFixFirst.timeMs,
    startSpot: device.noFixFirst,
    confirmedMs: report.timeMs,
    evidence: [evidenceOf(device.noFixFirst, 'start'), confirm],
  })
  sink.change(incidentOf(state, plan.hash, episode), report.timeMs)
}

/** The place is unknown since the last fix, unless nothing at all was heard for long after it. */
function lastFixBefore(state: WearerState, plan: CompiledPlan, { timeMs }: LogReport): Spot | undefined {
  return timeMs - state.fixMs <= plan.gapMs ? lastFix(state) : undefined
}

function forgetNoFix({ device }: WearerState): void {
  device.noFixFirst = undefined
  device.noFixReturnCount = 0
  device.noFixReturnFirst = undefined
}

/** Three kinds of indication; two different ones close together raise the incident. */
function judgeJamming(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  const { device } = state
  const valid = (report.flags & REPORT_FLAG.fixValid) !== 0
  // What has no time of its own is contact (a heartbeat, a record sent again): it did not look for a position, so it lost none.
  const lost =
    !valid &&
    (report.flags & (REPORT_FLAG.defective | REPORT_FLAG.timeFromReceipt)) === 0 &&
    report.timeMs - state.fixMs <= ENGINE.lostFixWithinMs &&
    state.fixRadiusM <= ENGINE.lostFixRadiusM
  const alarmed = (report.alarms & ALARM.jamming) !== 0
  const faulty = (report.alarms & ALARM.gnssFault) !== 0
  const slot = SLOT.suspected_jamming
  if (alarmed || faulty || lost) {
    const spot = spotOf(report, Number.NaN, Number.NaN)
    if (alarmed) device.jamming[0] = spot
    if (faulty) device.jamming[1] = spot
    if (lost) device.jamming[2] = spot
    if (device.open[slot]) return
    const indications = device.jamming
      .filter(
        (indication): indication is Spot =>
          indication !== undefined && spot.timeMs - indication.timeMs <= ENGINE.jammingSpanMs,
      )
      .sort((a, b) => a.timeMs - b.timeMs)
    if (indications.length < ENGINE.jammingIndicationsMin) return
    const episode = openDevice(state, slot, {
      startMs: indications[0]!.timeMs,
      startSpot: indications[0],
      confirmedMs: spot.timeMs,
      evidence: indications.map((indication, i) =>
        evidenceOf(indication, i === 0 ? 'start' : i === indications.length - 1 ? 'confirm' : 'sign'),
      ),
    })
    sink.change(incidentOf(state, plan.hash, episode), report.timeMs)
  } else if (valid && device.open[slot]) {
    const lastMs = Math.max(...device.jamming.map((indication) => indication?.timeMs ?? -Infinity))
    if (report.timeMs - lastMs < ENGINE.jammingClearMs) return
    device.jamming = [undefined, undefined, undefined]
    closeDevice(state, plan, slot, report.timeMs, sink, spotOf(report, Number.NaN, Number.NaN))
  }
}
