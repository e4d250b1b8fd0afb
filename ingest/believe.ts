import type { DeviceReport } from '../model/report.ts'
import type { DecodeContext, DecodeError } from './decoder.ts'
import { keep } from './device-words.ts'

/** They are raised even when the receiver that should say where and when is broken. */
const URGENT = ['sos', 'strapOpen', 'caseOpen', 'tamper'] as const

export type Believed = { reports: DeviceReport[]; error?: DecodeError }

/**
 * A decoder's last step: what is left of a report whose time (NaN) or place (out of range or NaN) cannot be. Nothing but an
 * error, unless it raises an alarm: that stays, without the impossible place (kept as `refusedPosition`), and if it is urgent
 * with the time of receipt, marked so, for an impossible time.
 */
export function believed(report: DeviceReport, context: DecodeContext): Believed {
  const urgent =
    report.strap === 'open' || report.case === 'open' || URGENT.some((alarm) => report.alarms.includes(alarm))
  let error: DecodeError | undefined
  if (Number.isNaN(report.timeMs)) {
    error = { reason: 'impossible_time', detail: 'no such date or time' }
    if (!urgent) return { reports: [], error }
    report.timeMs = context.receivedMs
    report.timeFromReceipt = true
    takePlaceOut(report)
  }
  const { latDeg, lonDeg } = report
  if ((latDeg !== undefined || lonDeg !== undefined) && !isPlace(latDeg, lonDeg)) {
    error ??= { reason: 'impossible_position', detail: `no such place: ${latDeg}, ${lonDeg}` }
    takePlaceOut(report)
    if (!urgent && report.alarms.length === 0) return { reports: [], error }
    keep(report, 'refusedPosition', `${latDeg},${lonDeg}`)
  }
  return { reports: [report], ...(error === undefined ? {} : { error }) }
}

export function isPlace(latDeg: number | undefined, lonDeg: number | undefined): boolean {
  return latDeg! >= -90 && latDeg! <= 90 && lonDeg! >= -180 && lonDeg! <= 180
}

function takePlaceOut(report: DeviceReport): void {
  delete report.latDeg
  delete report.lonDeg
  report.fixValid = false
}
