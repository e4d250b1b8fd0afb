// A compact frame's reports. What is plainly believable goes from the frame into the log as numbers, without an object a report;
// the rest is decoded and admitted like any other.
import type { RefusalReason } from '../../model/report/quarantine.ts'
import { LogReport } from '../../model/report/report.ts'
import { authorize, isRefused, nameOf, type Sender, saidReason } from '../admission/authorize.ts'
import { type Directory, type KnownDevice, tryTokens } from '../admission/directory.ts'
import type { Batch, Intake, Objection } from '../admission/intake.ts'
import { refusalDetail } from '../own-api/take-json-reports.ts'
import { isUrgentLogReport } from '../protocols/urgent.ts'
import {
  COMPACT_REPORT_BYTES,
  type CompactFrame,
  type CompactRefusal,
  deviceReportOf,
  readCompactReport,
} from './compact-frame.ts'
import { decodeDamagedReport } from './decode-compact-report.ts'

const logReport = new LogReport()

type Handle = { deviceId: string; known: KnownDevice | undefined; wrong: RefusalReason | undefined }

/** The bracelets that one connection has named, each looked up once for each version of the directory. */
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

/** Puts each report into the batch; gives those that are refused, or heard only. */
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
    if (handle === undefined || handle.wrong !== undefined) {
      const reason = handle?.wrong ?? 'malformed'
      const detail =
        handle === undefined
          ? `handle ${view.getUint32(at, true)} has not been named on this connection`
          : refusalDetail(reason, handle.deviceId)
      keep(index, at, { reason, detail, isUsed: false }, handle?.deviceId)
      continue
    }
    const { deviceId } = handle
    const known = handle.known as KnownDevice
    const wrong = readCompactReport(view, at, receivedMs, logReport)
    if (!isUrgentLogReport(logReport) && !tryTokens(known, 1, receivedMs, intake.limits)) {
      intake.refuse(batch, 'rate_limited', '')
      refusals.push({ index, reason: 'rate_limited', retry: true })
      continue
    }
    if (wrong === undefined && intake.takePlain(batch, logReport, known)) continue
    const report =
      wrong === undefined ? deviceReportOf(logReport, deviceId) : decodeDamagedReport(logReport, deviceId, wrong)
    const objection = intake.take(batch, report, known, 'gateway', nameOf(sender))
    if (objection !== undefined) keep(index, at, objection, deviceId)
  }
  return refusals

  function keep(index: number, at: number, { reason, detail, isUsed }: Objection, deviceId: string | undefined): void {
    const raw = bytes.subarray(at, at + COMPACT_REPORT_BYTES)
    const isKept = intake.refuse(batch, reason, detail, deviceId, raw)
    if (!isUsed) refusals.push({ index, reason: saidReason(reason), retry: !isKept })
  }
}
