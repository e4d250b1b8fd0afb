import type { DeviceReport } from '../../model/report/report.ts'
import type { DecodeContext, DecodeError } from './decoder.ts'
import { isUrgent } from './urgent.ts'
import { keep } from './words/device-words.ts'

export type Believed = { reports: DeviceReport[]; error?: DecodeError }

/**
 * A decoder's last step: what is left of a report whose time (NaN) or place (out of range or NaN) cannot be. Nothing but an
 * error, unless it raises an alarm: that stays, without the impossible place (kept as `refusedPosition`), and if it is urgent
 * with the time of receipt, marked so, for an impossible time.
 */
export function believed(report: DeviceReport, context: DecodeContext): Believed {
  const urgent = isUrgent(report)
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

/** The same where something else of the frame cannot be, as `error` says: only what is urgent stays. */
export function believedDespite(error: DecodeError, report: DeviceReport, context: DecodeContext): Believed {
  return isUrgent(report) ? { ...believed(report, context), error } : { reports: [], error }
}

export function isPlace(latDeg: number | undefined, lonDeg: number | undefined): boolean {
  return latDeg! >= -90 && latDeg! <= 90 && lonDeg! >= -180 && lonDeg! <= 180
}

function takePlaceOut(report: DeviceReport): void {
  delete report.latDeg
  delete report.lonDeg
  report.fixValid = false
}
