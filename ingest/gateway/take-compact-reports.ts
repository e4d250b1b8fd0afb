// A compact frame's reports. What is plainly believable goes from the frame into the log as numbers, without an object a report;
// the rest is put into words and judged like any other.
import type { RefusalReason } from '../../model/report/quarantine.ts'
import { LogReport } from '../../model/report/report.ts'
import { authorize, isRefused, nameOf, type Sender, saidReason } from '../admission/authorize.ts'
import { type Directory, type KnownDevice, tryTokens } from '../admission/directory.ts'
import type { Batch, Intake } from '../admission/intake.ts'
import { detailOf } from '../own-api/take-json-reports.ts'
import { isUrgentLogReport } from '../protocols/urgent.ts'
import {
  COMPACT_REPORT_BYTES,
  type CompactFrame,
  type CompactRefusal,
  deviceReportOf,
  readCompactReport,
} from './compact-frame.ts'
import { mendedReportOf } from './mend-compact-report.ts'

const logReport = new LogReport()

type Handle = { deviceId: string; known: KnownDevice | undefined; wrong: RefusalReason | undefined }

/** The bracelets that one connection has named, each looked up once as long as the directory stands. */
export class Handles {
  readonly #handles: (Handle | undefined)[] = []
  #generation = -1

  name(handle: number, deviceId: string): void {
    while (this.#handles.length < handle) this.#handles.push(undefined)
    this.#handles[handle] = { deviceId, known: undefined, wrong: undefined }
    this.#generation = -1
  }

  get(handle: number): Handle | undefined {
    return this.#handles[handle]
  }

  /** To be called before a frame's reports are looked at. */
  lookUp(directory: Directory, sender: Sender): void {
    if (this.#generation === directory.generation) return
    this.#generation = directory.generation
    for (const handle of this.#handles) {
      if (handle === undefined) continue
      handle.known = directory.device(handle.deviceId)
      const verdict = authorize(directory, sender, handle.deviceId)
      handle.wrong = isRefused(verdict) ? verdict : undefined
    }
  }
}

/** Puts each report into the batch; gives those refused. One that is urgent is taken without what of it cannot be. */
export function takeCompactReports(
  intake: Intake,
  batch: Batch,
  bytes: Buffer,
  { reports, firstReportAt }: CompactFrame,
  handles: Handles,
  sender: Sender,
): CompactRefusal[] {
  const refusals: CompactRefusal[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { receivedMs } = batch
  handles.lookUp(intake.directory, sender)
  for (let index = 0, at = firstReportAt; index < reports; index++, at += COMPACT_REPORT_BYTES) {
    const handle = handles.get(view.getUint32(at, true))
    const malformed =
      handle === undefined
        ? `handle ${view.getUint32(at, true)} has not been named on this connection`
        : readCompactReport(view, at, receivedMs, logReport)
    const isUrgent = malformed !== undefined && handle !== undefined && isUrgentLogReport(logReport)
    if ((malformed === undefined || isUrgent) && handle!.wrong === undefined) {
      if (!isUrgentLogReport(logReport) && !tryTokens(handle!.known!, 1, receivedMs, intake.limits)) {
        intake.refuse(batch, 'rate_limited', '')
        refusals.push({ index, reason: 'rate_limited', retry: true })
        continue
      }
      if (!isUrgent && intake.takePlain(batch, logReport, handle!.known!)) continue
    }
    let reason: RefusalReason | undefined = 'malformed'
    if (malformed === undefined || isUrgent) {
      const { deviceId, known, wrong } = handle!
      const words = () =>
        isUrgent ? mendedReportOf(logReport, deviceId, receivedMs) : deviceReportOf(logReport, deviceId)
      reason = wrong ?? intake.take(batch, words(), known!, 'gateway', nameOf(sender))
      if (reason === undefined && !isUrgent) continue
    }
    const raw = bytes.subarray(at, at + COMPACT_REPORT_BYTES)
    const detail = malformed ?? detailOf(reason!, handle!.deviceId)
    const isKept = intake.refuse(batch, reason ?? 'malformed', detail, handle?.deviceId, raw)
    if (reason !== undefined) refusals.push({ index, reason: saidReason(reason), retry: !isKept })
  }
  return refusals
}
