// Brings the entries read from the log to the timelines: fresh reports at once, reports from a bracelet's memory after them, so
// that a backlog delays no alarm.
import { WEARER_STATE } from '../../model/console/live.ts'
import type { Clock, Counter, Gauge, Meter } from '../../model/observe.ts'
import { LogReport } from '../../model/report/report.ts'
import { ENTRY_HEADER_BYTES, eachWearer, entryCount, readReport } from '../../model/report/report-codec.ts'
import type { LogEntry } from '../../stream/logs/read-reports.ts'
import { breathe, REPORTS_PER_BREATH } from './breathe.ts'
import type { EvaluatorLimits } from './evaluator-limits.ts'
import { OldReports } from './old-reports.ts'
import type { ShardWearers } from './shard-wearers.ts'

/** A report received so long after its time comes from a bracelet's memory. */
const OLD_MS = 120_000
/** Time for those in one turn. Sixteen shards take turns one after the other, and fresh reports wait for all of them. */
const OLD_MS_PER_TURN = 4
const OLD_PER_LOOK = 50
const ARRIVALS = ['live', 'late', 'duplicate', 'beyond', 'no_plan'] as const

type ReportJudgeOptions = {
  meter: Meter
  shard: number
  limits: EvaluatorLimits
  /** Commits a wearer's outcomes at once. */
  relieve(wearerId: number): Promise<void>
}

export class ReportJudge {
  readonly #wearers: ShardWearers
  readonly #shard: number
  readonly #limits: EvaluatorLimits
  readonly #relieve: (wearerId: number) => Promise<void>
  readonly #report = new LogReport()
  readonly #old = new OldReports()
  readonly #reports: Counter
  readonly #waiting: Gauge
  readonly #arrived = { live: 0, late: 0, duplicate: 0, beyond: 0, no_plan: 0 }
  #readTo = '0-0'
  #position = '0-0'
  #knownToMs = Number.NEGATIVE_INFINITY

  constructor(wearers: ShardWearers, { meter, shard, limits, relieve }: ReportJudgeOptions) {
    this.#wearers = wearers
    this.#shard = shard
    this.#limits = limits
    this.#relieve = relieve
    this.#reports = meter.counter('gelang_evaluate_reports_total', 'Reports judged, by how they arrived', ['arrival'])
    this.#waiting = meter.gauge(
      'gelang_evaluate_old_reports_waiting',
      "Reports from bracelets' memories that wait behind fresh ones",
      ['shard'],
    )
  }

  startAt(position: string): void {
    this.#readTo = this.#position = position
  }

  /** The last entry taken in. */
  get readTo(): string {
    return this.#readTo
  }

  /** Everything up to here has been judged. */
  get position(): string {
    return this.#position
  }

  /** What was received until then has been read: as far as that the clock may decide. Never goes back. */
  get knownToMs(): number {
    return this.#knownToMs
  }

  /** Of this wearer something waits that was read. */
  readonly waits = (wearerId: number): boolean => this.#old.has(wearerId)

  get oldWaiting(): number {
    return this.#old.count
  }

  /** No more is to be read before some of those that wait are judged. */
  get isFull(): boolean {
    return this.#old.count >= this.#limits.oldReportsMax
  }

  /** `behind`: the log holds more than these; else they were all at `askedMs`. */
  async judge(entries: readonly LogEntry[], behind: boolean, askedMs: number): Promise<void> {
    const report = this.#report
    const old = this.#old
    let inOneBreath = 0
    for (const { id, bytes } of entries) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      old.open(id, view)
      eachWearer(view, this.#expect)
      this.#wearers.fleet.fetch()
      let at = ENTRY_HEADER_BYTES
      for (let left = entryCount(view); left > 0; left--) {
        const next = readReport(view, at, report)
        if (report.receivedMs - report.timeMs > OLD_MS || old.has(report.wearerId)) {
          old.put(at, report.wearerId)
          this.#wearers.hear(report)
        } else {
          const plan = this.#judgeOne(report, id)
          if (plan !== undefined) await plan
        }
        inOneBreath++
        at = next
      }
      this.#readTo = id
      if (inOneBreath >= REPORTS_PER_BREATH) {
        inOneBreath = 0
        await breathe()
      }
    }
    const atTheEnd = !behind && !this.isFull
    if (atTheEnd) this.#wearers.silences.caughtUp(askedMs)
    // Of several processes that receive, one may be ahead of our clock.
    const readMs = entries.length > 0 ? Math.min(report.receivedMs, askedMs) : Number.NEGATIVE_INFINITY
    this.#knownToMs = Math.max(this.#knownToMs, atTheEnd ? askedMs : readMs)
  }

  /** Some of those that wait, as many as a few milliseconds of `paceMs` allow; gives how many. */
  async judgeOld(paceMs: Clock): Promise<number> {
    const report = this.#report
    const old = this.#old
    const beganMs = paceMs()
    let judged = 0
    this.#waiting.set(old.count, { shard: this.#shard })
    const { oldReportsPerTurn } = this.#limits
    while (judged < oldReportsPerTurn && (judged % OLD_PER_LOOK > 0 || paceMs() - beganMs < OLD_MS_PER_TURN)) {
      const oldest = old.peek()
      if (oldest === undefined) break
      readReport(oldest.view, oldest.at, report)
      const { wearerId } = report
      const plan = this.#judgeOne(report, oldest.id)
      if (plan !== undefined) await plan
      old.judged(wearerId)
      if (!old.has(wearerId)) this.#wearers.touched.add(wearerId) // the clock may decide again
      judged++
    }
    for (const arrival of ARRIVALS) {
      if (this.#arrived[arrival] > 0) this.#reports.inc({ arrival }, this.#arrived[arrival])
      this.#arrived[arrival] = 0
    }
    if (old.count > 0) await breathe()
    return judged
  }

  /** To be called when what was judged is committed: the position moves up to the first report that waits. */
  release(): void {
    this.#position = this.#old.release() ?? this.#position
  }

  readonly #expect = (wearerId: number): void => this.#wearers.fleet.expect(wearerId)

  // Waits for nothing but the plan of a wearer that it does not know, and the outcomes of one of whom too much came.
  #judgeOne(report: LogReport, entryId: string): Promise<void> | undefined {
    const wearers = this.#wearers
    const arrival = wearers.fleet.offer(report)
    if (arrival === 'unknown') return this.#judgeStranger(entryId)
    if (arrival === 'fast') {
      this.#arrived.live++
      wearers.hear(report)
      wearers.board.see(report, WEARER_STATE.patuh) // the fast path implies that nothing is open
      wearers.unsaved.add(report.wearerId)
      return undefined
    }
    const timeline = wearers.fleet.get(report.wearerId)!
    this.#arrived[arrival]++
    if (arrival === 'beyond') wearers.lateLane.ask(report, timeline.baseMs, entryId)
    wearers.hear(report)
    wearers.board.see(report, wearers.stateOf(report.wearerId, timeline))
    wearers.touched.add(report.wearerId)
    return timeline.isCrowded ? this.#relieve(report.wearerId) : undefined
  }

  /** Ingest may know a new wearer a moment before this shard does: plans are published before the directory. */
  async #judgeStranger(entryId: string): Promise<void> {
    const report = this.#report
    this.#wearers.plansChanged = true
    await this.#wearers.takePlans()
    if (this.#wearers.fleet.get(report.wearerId) !== undefined) return this.#judgeOne(report, entryId)
    this.#wearers.assertPublished()
    this.#arrived.no_plan++
  }
}
