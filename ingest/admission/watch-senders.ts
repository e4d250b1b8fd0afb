// Who speaks for which bracelet, as far as this process hears it; written to Redis now and then, where the processes' findings meet.
import type { Log } from '../../model/observe.ts'
import type { DeviceReport } from '../../model/report/report.ts'
import type { Dispute, SenderSeen } from '../../stream/publication/disputes.ts'
import type { KnownDevice } from './directory.ts'
import { type FlushedKeeper, StoredReports } from './stored-reports.ts'
import { disagreement } from './two-senders.ts'

/** Where disputes are kept; `bin` makes it from stream/publication/disputes. */
export type DisputeKeeper = FlushedKeeper & {
  note(seen: readonly SenderSeen[]): Promise<Map<number, SenderSeen[]>>
  raise(dispute: Dispute): Promise<boolean>
  version(): Promise<number>
  read(): Promise<Dispute[]>
}

/** A sender without a rival is reported so seldom; after another one was heard, so often. */
const ALONE_MS = 120_000
const BESIDE_MS = 10_000
const CONTENDED_MS = 15 * 60_000
/** A sender that speaks after another is reported at once, but what is kept must reach back over minutes. */
const TURNS_APART_MS = 2000
/** So many are reported at once; the rest with their next report. */
const SEEN_WAITING_MAX = 20_000

export class SenderWatch {
  readonly stored: StoredReports
  readonly #keeper: DisputeKeeper
  readonly #log: Log
  #disputed = new Map<number, Dispute>()
  #version = -1
  #waiting: SenderSeen[] = []
  #stepping: Promise<void> | undefined
  readonly #timer: NodeJS.Timeout
  #failing = false
  readonly #contendedUntilMs = new Map<number, number>()

  constructor(keeper: DisputeKeeper, log: Log, everyMs: number) {
    this.#keeper = keeper
    this.stored = new StoredReports(keeper)
    this.#log = log
    this.#timer = setInterval(() => void this.step(), everyMs)
    this.#timer.unref()
  }

  isDisputed(braceletId: number): boolean {
    return this.#disputed.size > 0 && this.#disputed.has(braceletId)
  }

  /** A report of the bracelet came from `sender`. */
  saw(known: KnownDevice, wearerId: number, sender: string, report: DeviceReport, receivedMs: number): void {
    const { braceletId } = known.device
    const last = known.lastSeen
    if (last !== undefined) {
      const isContended = () => (this.#contendedUntilMs.get(braceletId) ?? 0) > receivedMs
      const apartMs = last.sender !== sender ? TURNS_APART_MS : isContended() ? BESIDE_MS : ALONE_MS
      if (receivedMs - last.reportedMs < apartMs) return
    }
    if (this.#waiting.length >= SEEN_WAITING_MAX) return
    known.lastSeen = { sender, reportedMs: receivedMs }
    const { timeMs, latDeg, lonDeg, accuracyM, fixValid } = report
    const place = fixValid ? { latDeg, lonDeg, accuracyM } : {}
    this.#waiting.push({ braceletId, wearerId, sender, receivedMs, timeMs, ...place })
  }

  /** Reports what was seen and reads what others found; one step at a time. */
  step(): Promise<void> {
    this.#stepping ??= this.#step()
      .then(
        () => {
          if (this.#failing) this.#log.info({}, 'disputed bracelets can be read again')
          this.#failing = false
        },
        (error: unknown) => {
          if (!this.#failing)
            this.#log.warn(
              { reason: (error as Error).message },
              'disputed bracelets cannot be read; the last known ones stay in force',
            )
          this.#failing = true
        },
      )
      .finally(() => {
        this.#stepping = undefined
      })
    return this.#stepping
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#stepping
  }

  async #step(): Promise<void> {
    const seen = this.#waiting
    this.#waiting = []
    if (seen.length > 0) {
      const newestMs = seen.at(-1)!.receivedMs
      for (const [braceletId, all] of await this.#keeper.note(seen)) {
        this.#contendedUntilMs.set(braceletId, newestMs + CONTENDED_MS)
        if (!this.#disputed.has(braceletId)) await this.#judge(all)
      }
      for (const [braceletId, untilMs] of this.#contendedUntilMs)
        if (untilMs <= newestMs) this.#contendedUntilMs.delete(braceletId)
    }
    await this.stored.step()
    const version = await this.#keeper.version()
    if (version === this.#version) return
    this.#disputed = new Map((await this.#keeper.read()).map((dispute) => [dispute.braceletId, dispute]))
    this.#version = version
  }

  async #judge(seen: SenderSeen[]): Promise<void> {
    const why = disagreement(seen)
    if (why === undefined) return
    const { braceletId, wearerId, receivedMs } = seen.at(-1)!
    const senders = [...new Set(seen.map(({ sender }) => sender))]
    const isKept = await this.#keeper.raise({ braceletId, wearerId, sinceMs: receivedMs, why, senders })
    if (isKept) this.#log.warn({ braceletId, why }, 'two senders claim to be one bracelet')
    else this.#log.error({ braceletId }, 'a disputed bracelet cannot be kept: there are too many')
  }
}
