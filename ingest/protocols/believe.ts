import type { DeviceReport } from '../../model/report/report.ts'
import type { DecodedReport, Defect } from './decoder.ts'
import { keep } from './words/device-words.ts'

/**
 * A decoder's last step. A place that could not be read (NaN) is left out, what was sent stays as `refusedPosition`, and the
 * report says so among its defects: it is still heard, with its battery, strap and alarms. Whether a time or a place that was
 * read can be believed is for admission.
 */
export function readable(report: DecodedReport, sentPlace = ''): DecodedReport {
  const { latDeg, lonDeg } = report
  if (latDeg === undefined && lonDeg === undefined) report.fixValid = false
  else if (!Number.isFinite(latDeg) || !Number.isFinite(lonDeg)) {
    delete report.latDeg
    delete report.lonDeg
    report.fixValid = false
    if (sentPlace !== '') keep(report, 'refusedPosition', sentPlace)
    addDefect(report, { reason: 'impossible_position', detail: 'the place cannot be read' })
  }
  return report
}

export function addDefect(report: DecodedReport, defect: Defect): void {
  report.defects ??= []
  report.defects.push(defect)
}

export function isPlace(latDeg: number | undefined, lonDeg: number | undefined): boolean {
  return latDeg! >= -90 && latDeg! <= 90 && lonDeg! >= -180 && lonDeg! <= 180
}

/** Of a report that has no time of its own. */
export function reportAtReceipt(deviceId: string, receivedMs: number): DeviceReport {
  return { deviceId, timeMs: receivedMs, timeFromReceipt: true, fixValid: false, alarms: [], archived: false }
}
