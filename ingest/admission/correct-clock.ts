// A device whose clock is known to be wrong, by whole hours or by the 1,024 weeks in which receivers count: its times are corrected
// before anybody judges them.
import type { DeviceReport } from '../../model/report/report.ts'
import { cameLate } from '../protocols/decoder.ts'
import { keep } from '../protocols/words/device-words.ts'

/** A correction of this size is one of weeks: some of the device's times may be right already, as those of its own clock. */
const WEEKS_MS_MIN = 512 * 7 * 86_400_000

export function correctClock(report: DeviceReport, correctionMs: number, receivedMs: number): void {
  const corrected = (timeMs: number) =>
    Math.abs(correctionMs) >= WEEKS_MS_MIN && Math.abs(timeMs - receivedMs) < WEEKS_MS_MIN
      ? timeMs
      : timeMs + correctionMs
  if (report.deviceTimeMs !== undefined) report.deviceTimeMs = corrected(report.deviceTimeMs)
  if (report.timeFromReceipt || !Number.isFinite(report.timeMs)) return
  const timeMs = corrected(report.timeMs)
  if (timeMs === report.timeMs) return
  // Without an archived flag of its own it looked as if it came from memory.
  if (report.archived && cameLate(report.timeMs, { receivedMs }) && !cameLate(timeMs, { receivedMs }))
    report.archived = false
  report.timeMs = timeMs
  keep(report, 'clockCorrectedByMs', correctionMs)
}
