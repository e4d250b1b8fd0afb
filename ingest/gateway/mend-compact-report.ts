// What a compact report still says when something of it cannot be. Only for those that must not be lost.
import { type DeviceReport, LogReport, REPORT_FLAG } from '../../model/report/report.ts'
import {
  ALARMS_MAX,
  deviceReportOf,
  FLAGS_MAX,
  LATEST_MS,
  MILLIVOLTS_MAX,
  NO_BYTE,
  SOURCE_MAX,
} from './compact-frame.ts'

/**
 * The report in words, without what `readCompactReport` refuses of it, which is kept under `refused…`. For a time that is none
 * the time of receipt holds, and the position is no evidence then. `flat` is changed.
 */
export function mendedReportOf(logReport: LogReport, deviceId: string, receivedMs: number): DeviceReport {
  const refused = takeOutRefused(logReport, receivedMs)
  const report = deviceReportOf(logReport, deviceId)
  if (Object.keys(refused).length > 0) report.attributes = refused
  return report
}

function takeOutRefused(logReport: LogReport, receivedMs: number): Record<string, string | number> {
  const refused: Record<string, string | number> = {}
  const unknown = new LogReport()
  const takeOut = (name: Member, isWrong: boolean) => {
    if (!isWrong) return
    // JSON has no infinity.
    refused[`refused${name[0]!.toUpperCase()}${name.slice(1)}`] = Number.isFinite(logReport[name])
      ? logReport[name]
      : String(logReport[name])
    logReport[name] = unknown[name]
  }
  if (!(logReport.timeMs >= 0 && logReport.timeMs <= LATEST_MS)) {
    refused.refusedTime = String(logReport.timeMs)
    logReport.timeMs = receivedMs
    logReport.flags = (logReport.flags | REPORT_FLAG.timeFromReceipt) & ~REPORT_FLAG.fixValid
  }
  if (logReport.flags > FLAGS_MAX) {
    refused.refusedFlags = logReport.flags & ~FLAGS_MAX
    logReport.flags &= FLAGS_MAX
  }
  if ((logReport.alarms & ~ALARMS_MAX) !== 0) {
    refused.refusedAlarms = (logReport.alarms & ~ALARMS_MAX) >>> 0
    logReport.alarms &= ALARMS_MAX
  }
  takeOut('source', logReport.source > SOURCE_MAX)
  takeOut('speedMps', logReport.speedMps < 0 || isInfinite(logReport.speedMps))
  takeOut('courseDeg', logReport.courseDeg < 0 || logReport.courseDeg > 360)
  takeOut('accuracyM', isInfinite(logReport.accuracyM))
  takeOut('altitudeM', isInfinite(logReport.altitudeM))
  takeOut('hdop', isInfinite(logReport.hdop))
  takeOut('batteryPercent', logReport.batteryPercent > 100 && logReport.batteryPercent !== NO_BYTE)
  takeOut('batteryMillivolts', logReport.batteryMillivolts > MILLIVOLTS_MAX)
  takeOut('strap', logReport.strap === 3)
  takeOut('case', logReport.case === 3)
  takeOut('charging', logReport.charging === 3)
  return refused
}

// biome-ignore format: one list
type Member =
  | 'source' | 'speedMps' | 'courseDeg' | 'accuracyM' | 'altitudeM' | 'hdop' | 'batteryPercent' | 'batteryMillivolts'
  | 'strap' | 'case' | 'charging'

function isInfinite(value: number): boolean {
  return Math.abs(value) === Number.POSITIVE_INFINITY
}
