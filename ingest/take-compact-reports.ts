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
import { type Directory, type KnownDevice, tryTokens } from './directory.ts'
import type { Batch, Intake } from './intake.ts'
import { detailOf, mayNotSpeak, type Sender } from './take-json-reports.ts'

const flat = new LogReport()

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
      handle.wrong = mayNotSpeak(sender, handle.deviceId, handle.known)
    }
  }
}

/** Puts each report into the batch; gives those refused. */
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
        : readCompactReport(view, at, receivedMs, flat)
    if (malformed === undefined && handle!.wrong === undefined) {
      if (!tryTokens(handle!.known!, 1, receivedMs, intake.limits)) {
        intake.refuse(batch, 'rate_limited', '')
        refusals.push({ index, reason: 'rate_limited', retry: true })
        continue
      }
      if (intake.takePlain(batch, flat, handle!.known!)) continue
    }
    const reason =
      malformed === undefined
        ? (handle!.wrong ?? intake.take(batch, wordsOf(flat, handle!.deviceId), handle!.known!))
        : 'malformed'
    if (reason === undefined) continue
    const raw = bytes.subarray(at, at + COMPACT_REPORT_BYTES)
    intake.refuse(batch, reason, malformed ?? detailOf(reason, handle!.deviceId), handle?.deviceId, raw)
    refusals.push({ index, reason, retry: false })
  }
  return refusals
}
