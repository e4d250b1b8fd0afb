// Which old reports a bracelet's memory can explain. A bracelet sends what it has stored as soon as it is connected; one that has been
// connected for an hour and then sends something older has sent it before, or somebody else sends it.
import type { DeviceReport } from '../../model/report/report.ts'
import type { KnownDevice } from './directory.ts'

/** Where the processes share up to which time each bracelet has sent what it stored; `bin` makes it from stream. */
export type FlushedKeeper = {
  noteFlushed(flushedMs: ReadonlyMap<number, number>): Promise<void>
  readFlushed(): Promise<Map<number, number>>
}

/** A report is live that arrives so soon after its own time. */
const LIVE_WITHIN_MS = 5 * 60_000
/** A bracelet that was not heard live for so long may have stored reports meanwhile. */
const SILENT_MS = 30 * 60_000
/** Connected for so long, with nothing from its memory, it has sent all that it had stored. */
const FLUSHED_AFTER_MS = 60 * 60_000
/** What is known is shared this often. */
const NOTED_EVERY_MS = 10 * 60_000
const READ_EVERY_STEPS = 120

export class StoredReports {
  readonly #keeper: FlushedKeeper
  /** By bracelet, as other processes know it. */
  #shared = new Map<number, number>()
  #toNote = new Map<number, number>()
  #steps = 0

  constructor(keeper: FlushedKeeper) {
    this.#keeper = keeper
  }

  /** Notes the report. False: the bracelet can have no such report in its memory any more. */
  explains(known: KnownDevice, { timeMs, timeFromReceipt }: DeviceReport, receivedMs: number): boolean {
    if (timeFromReceipt || timeMs > receivedMs) return true
    const ageMs = receivedMs - timeMs
    const upload = known.upload
    if (ageMs <= LIVE_WITHIN_MS) {
      this.#sawLive(known, receivedMs)
      return true
    }
    if (ageMs <= FLUSHED_AFTER_MS) return true
    if (timeMs < Math.max(upload?.flushedMs ?? 0, this.#shared.get(known.device.braceletId) ?? 0)) return false
    if (upload !== undefined) upload.sinceMs = receivedMs
    return true
  }

  /** Shares what is new, and now and then reads what others know. */
  async step(): Promise<void> {
    if (this.#toNote.size > 0) {
      const toNote = this.#toNote
      this.#toNote = new Map()
      await this.#keeper.noteFlushed(toNote)
    }
    if (this.#steps++ % READ_EVERY_STEPS === 0) this.#shared = await this.#keeper.readFlushed()
  }

  #sawLive(known: KnownDevice, receivedMs: number): void {
    known.upload ??= { sinceMs: receivedMs, liveMs: receivedMs, flushedMs: 0, notedMs: 0 }
    const { upload } = known
    if (receivedMs - upload.liveMs > SILENT_MS) upload.sinceMs = receivedMs
    upload.liveMs = receivedMs
    if (receivedMs - upload.sinceMs < FLUSHED_AFTER_MS) return
    upload.flushedMs = receivedMs - FLUSHED_AFTER_MS
    if (receivedMs - upload.notedMs < NOTED_EVERY_MS) return
    upload.notedMs = receivedMs
    this.#toNote.set(known.device.braceletId, upload.flushedMs)
  }
}
