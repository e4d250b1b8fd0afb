// What a compact report still says when something of it cannot be. Only for those that must not be lost.
import { type DeviceReport, LogReport, REPORT_FLAG } from '../../model/report/report.ts'
import { ALARMS_MAX, FLAGS_MAX, LATEST_MS, MILLIVOLTS_MAX, NO_BYTE, SOURCE_MAX, wordsOf } from './compact-frame.ts'

/**
 * The report in words, without what `readCompactReport` refuses of it, which is kept under `refused…`. For a time that is none
 * the time of receipt holds, and the position is no evidence then. `flat` is changed.
 */
export function mendedWordsOf(flat: LogReport, deviceId: string, receivedMs: number): DeviceReport {
  const refused = takeOutRefused(flat, receivedMs)
  const report = wordsOf(flat, deviceId)
  if (Object.keys(refused).length > 0) report.attributes = refused
  return report
}

function takeOutRefused(flat: LogReport, receivedMs: number): Record<string, string | number> {
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
    flat.timeMs = receivedMs
    flat.flags = (flat.flags | REPORT_FLAG.timeFromReceipt) & ~REPORT_FLAG.fixValid
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
