// A compact frame's reports. What is plainly believable goes from the frame into the log as numbers, without an object a report;
// the rest is put into words and judged like any other.
import type { RefusalReason } from '../model/quarantine.ts'
import { LogReport } from '../model/report.ts'
import {
  COMPACT_REPORT_BYTES,
  type CompactFrame,
  type CompactRefusal,
  readCompactReport,
  wordsOf,
} from './compact-frame.ts'
import { tryTokens } from './directory.ts'
import type { Batch, Intake } from './intake.ts'
import { detailOf, mayNotSpeak, type Sender } from './take-json-reports.ts'

const flat = new LogReport()

/** Puts each report into the batch; gives those refused. `handles` are the ids that this connection has named. */
export function takeCompactReports(
  intake: Intake,
  batch: Batch,
  bytes: Buffer,
  { reports, firstReportAt }: CompactFrame,
  handles: readonly (string | undefined)[],
  sender: Sender,
): CompactRefusal[] {
  const refusals: CompactRefusal[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { directory, limits } = intake
  const { receivedMs } = batch
  for (let index = 0, at = firstReportAt; index < reports; index++, at += COMPACT_REPORT_BYTES) {
    const handle = view.getUint32(at, true)
    const deviceId = handles[handle]
    const refuse = (reason: RefusalReason, detail: string): void => {
      intake.refuse(batch, reason, detail, deviceId, bytes.subarray(at, at + COMPACT_REPORT_BYTES))
      refusals.push({ index, reason, retry: false })
    }
    if (deviceId === undefined) {
      refuse('malformed', `handle ${handle} has not been named on this connection`)
      continue
    }
    const wrong = readCompactReport(view, at, receivedMs, flat)
    if (wrong !== undefined) {
      refuse('malformed', wrong)
      continue
    }
    const known = directory.device(deviceId)
    let reason = mayNotSpeak(sender, deviceId, known)
    if (reason === undefined && !tryTokens(known!, 1, receivedMs, limits)) {
      intake.refuse(batch, 'rate_limited', '')
      refusals.push({ index, reason: 'rate_limited', retry: true })
      continue
    }
    if (reason === undefined && intake.takePlain(batch, flat, known!)) continue
    reason ??= intake.take(batch, wordsOf(flat, deviceId), known!)
    if (reason !== undefined) refuse(reason, detailOf(reason, deviceId))
  }
  return refusals
}
