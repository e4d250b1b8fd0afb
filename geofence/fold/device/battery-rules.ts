// Battery low and critical, and whether it is being charged.
import { ALARM, type LogReport, TRISTATE } from '../../../model/report/report.ts'
import { ENGINE } from '../../parameters.ts'
import type { CompiledPlan } from '../../plan/compile-plan.ts'
import { SLOT } from '../state/device-memory.ts'
import type { Sink } from '../state/episode.ts'
import { spotOf } from '../state/spot.ts'
import type { WearerState } from '../state/state.ts'
import { closeDevice, raise } from './device-episodes.ts'

const NO_PERCENT = 255

/** What a report with no open battery incident says of the battery. */
export function takeCharging(state: WearerState, { charging }: LogReport): void {
  if (charging !== TRISTATE.unknown) state.charging = charging === TRISTATE.yes
}

/**
 * Charging holds for a time after it was said last. When that was is noted only where it matters, in reports that are not quiet;
 * where it was not, the time runs from the first low level, so that a battery that nobody charges is reported late, not never.
 */
function holdCharging(state: WearerState, report: LogReport): void {
  takeCharging(state, report)
  const { device } = state
  const { timeMs, batteryPercent, charging } = report
  const low = batteryPercent <= ENGINE.batteryLowPercent || (report.alarms & ALARM.batteryLow) !== 0
  if (!state.charging) device.chargingHeldFromMs = undefined
  else if (charging === TRISTATE.yes)
    device.chargingHeldFromMs = low || batteryPercent === NO_PERCENT ? timeMs : undefined
  else if (device.chargingHeldFromMs === undefined) {
    if (low) device.chargingHeldFromMs = timeMs
  } else if (timeMs - device.chargingHeldFromMs >= ENGINE.chargingHoldsMs) {
    state.charging = false
    device.chargingHeldFromMs = undefined
  }
}

/** Low and critical, with hysteresis; charging clears both, and so does a long time without the alarm where the device sends no level. */
export function judgeBattery(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  holdCharging(state, report)
  const { device } = state
  const [low, critical] = [SLOT.battery_low, SLOT.battery_critical]
  const percent = report.batteryPercent
  const known = percent !== NO_PERCENT
  const end = (slot: number) => {
    if (device.open[slot]) closeDevice(state, plan, slot, report.timeMs, sink, spotOf(report, Number.NaN, Number.NaN))
  }
  const isLow = known ? percent <= ENGINE.batteryLowPercent : (report.alarms & ALARM.batteryLow) !== 0
  const unsaid = !known && !isLow && report.timeMs - device.alarmMs[low]! >= ENGINE.batteryWordMs
  if (state.charging || unsaid || (known && percent >= ENGINE.batteryCriticalClearPercent)) end(critical)
  if (state.charging || unsaid || (known && percent >= ENGINE.batteryLowClearPercent)) end(low)
  if (device.open[low] === undefined && device.open[critical] === undefined) device.alarmMs[low] = -Infinity
  if (state.charging || !isLow) return
  device.alarmMs[low] = report.timeMs
  if (known && percent <= ENGINE.batteryCriticalPercent) raise(state, plan, report, sink, critical)
  else raise(state, plan, report, sink, low)
}
