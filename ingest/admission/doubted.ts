import type { DecodedReport, DecodeError } from '../protocols/decoder.ts'
import { isUrgent } from '../protocols/urgent.ts'

/**
 * What of decoded reports cannot be believed, as the error with which their frame is kept in quarantine. An urgent report whose
 * time cannot be read counts from its receipt.
 */
export function doubted(
  reports: DecodedReport[],
  error: DecodeError | undefined,
  receivedMs: number,
): DecodeError | undefined {
  let found = error
  for (const report of reports) {
    if (Number.isNaN(report.timeMs) && isUrgent(report)) {
      found ??= { reason: 'impossible_time', detail: 'no such date or time' }
      report.timeMs = receivedMs
      report.timeFromReceipt = true
      report.fixValid = false
    }
    found ??= report.defects?.find(({ reason }) => reason !== 'impossible_time')
  }
  return found
}
