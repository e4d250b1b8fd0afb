// What can be read of a damaged compact report, and what cannot as defects.
import { LogReport } from '../../model/report/report.ts'
import type { DecodedReport } from '../protocols/decoder.ts'
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
 * The decoded report without what `readCompactReport` found `wrong` in it; what was sent is kept under `refused…`. `flat` is
 * changed.
 */
export function decodeDamagedReport(logReport: LogReport, deviceId: string, wrong: string): DecodedReport {
  const hasTime = logReport.timeMs >= 0 && logReport.timeMs <= LATEST_MS
  const refused = takeOutRefused(logReport)
  const report: DecodedReport = deviceReportOf(logReport, deviceId)
  report.defects = [{ reason: hasTime ? 'malformed' : 'impossible_time', detail: wrong }]
  if (Object.keys(refused).length > 0) report.attributes = refused
  return report
}

function takeOutRefused(logReport: LogReport): Record<string, string | number> {
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
    logReport.timeMs = Number.NaN
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
