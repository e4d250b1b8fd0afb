// What can be read of a damaged compact report, and what cannot as defects.
import { LogReport } from '../../model/report/report.ts'
import type { DecodedReport } from '../protocols/decoder.ts'
import { ALARMS_MAX, FLAGS_MAX, LATEST_MS, MILLIVOLTS_MAX, NO_BYTE, SOURCE_MAX, wordsOf } from './compact-frame.ts'

/**
 * The decoded report without what `readCompactReport` found `wrong` in it; what was sent is kept under `refused…`. `flat` is
 * changed.
 */
export function decodeDamagedReport(flat: LogReport, deviceId: string, wrong: string): DecodedReport {
  const hasTime = flat.timeMs >= 0 && flat.timeMs <= LATEST_MS
  const refused = takeOutRefused(flat)
  const report: DecodedReport = wordsOf(flat, deviceId)
  report.defects = [{ reason: hasTime ? 'malformed' : 'impossible_time', detail: wrong }]
  if (Object.keys(refused).length > 0) report.attributes = refused
  return report
}

function takeOutRefused(flat: LogReport): Record<string, string | number> {
  const refused: Record<string, string | number> = {}
  const unknown = new LogReport()
  const takeOut = (name: Member, isWrong: boolean) => {
    if (!isWrong) return
    // JSON has no infinity.
    refused[`refused${name[0]!.toUpperCase()}${name.slice(1)}`] = Number.isFinite(flat[name])
      ? flat[name]
      : String(flat[name])
    flat[name] = unknown[name]
  }
  if (!(flat.timeMs >= 0 && flat.timeMs <= LATEST_MS)) {
    refused.refusedTime = String(flat.timeMs)
    flat.timeMs = Number.NaN
  }
  if (flat.flags > FLAGS_MAX) {
    refused.refusedFlags = flat.flags & ~FLAGS_MAX
    flat.flags &= FLAGS_MAX
  }
  if ((flat.alarms & ~ALARMS_MAX) !== 0) {
    refused.refusedAlarms = (flat.alarms & ~ALARMS_MAX) >>> 0
    flat.alarms &= ALARMS_MAX
  }
  takeOut('source', flat.source > SOURCE_MAX)
  takeOut('speedMps', flat.speedMps < 0 || isInfinite(flat.speedMps))
  takeOut('courseDeg', flat.courseDeg < 0 || flat.courseDeg > 360)
  takeOut('accuracyM', isInfinite(flat.accuracyM))
  takeOut('altitudeM', isInfinite(flat.altitudeM))
  takeOut('hdop', isInfinite(flat.hdop))
  takeOut('batteryPercent', flat.batteryPercent > 100 && flat.batteryPercent !== NO_BYTE)
  takeOut('batteryMillivolts', flat.batteryMillivolts > MILLIVOLTS_MAX)
  takeOut('strap', flat.strap === 3)
  takeOut('case', flat.case === 3)
  takeOut('charging', flat.charging === 3)
  return refused
}

// biome-ignore format: one list
type Member =
  | 'source' | 'speedMps' | 'courseDeg' | 'accuracyM' | 'altitudeM' | 'hdop' | 'batteryPercent' | 'batteryMillivolts'
  | 'strap' | 'case' | 'charging'

function isInfinite(value: number): boolean {
  return Math.abs(value) === Number.POSITIVE_INFINITY
}
