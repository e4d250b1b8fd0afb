// The wearers of one evaluator, in memory. Nearly every report leaves its wearer's incidents as they are; such a one is taken
// into the wearer's row and kept, and nothing else of the wearer is touched.
import type { LogReport } from '../../model/report/report.ts'
import { tryFastPath } from '../fold/fast-path.ts'
import { HOT, WearerRows } from '../fold/state/wearer-row.ts'
import { NumberTable } from '../memory/number-table.ts'
import type { CompiledPlan } from '../plan/compile-plan.ts'
import { CHECKPOINT_EVENTS } from './checkpoints.ts'
import { WearerFetch } from './fetch-wearers.ts'
import { append } from './report-chain.ts'
import { CHUNK_ROWS, ReportChunks } from './report-chunks.ts'
import { type Offered, WearerTimeline } from './timeline.ts'
import type { Seat, TimelineOptions } from './timeline-memory.ts'

/** 'fast': kept, and nothing that is published of the wearer can have changed. 'unknown': no such wearer. */
type FleetOffered = Offered | 'fast' | 'unknown'

export class Fleet {
  readonly #options: TimelineOptions
  readonly #rowOf = new NumberTable()
  readonly #rows = new WearerRows()
  readonly #chunks = new ReportChunks()
  readonly #timelines: (WearerTimeline | undefined)[] = []

  readonly #fetch = new WearerFetch()
  #newestMs = -Infinity

  constructor(options: TimelineOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#rowOf.size
  }

  /** Memory of the kept reports, which no figure of the process but its resident set contains. */
  get reportBytes(): number {
    return this.#chunks.bytes
  }

  get(wearerId: number): WearerTimeline | undefined {
    return this.#timelines[this.#rowOf.get(wearerId)]
  }

  /** A report of the wearer is about to be offered; see `fetch`. */
  expect(wearerId: number): void {
    this.#fetch.expect(wearerId)
  }

  /** To be called with the wearers of an entry before its first report is offered; makes that faster. */
  fetch(): void {
    this.#fetch.fetch(this.#rowOf, this.#rows, this.#chunks, this.#timelines, this.#newestMs)
  }

  /** As the wearer's own timeline does (WearerTimeline.offer). */
  offer(report: LogReport): FleetOffered {
    const row = this.#rowOf.get(report.wearerId)
    if (row < 0) return 'unknown'
    const hot = this.#rows.pageOf(row)
    const at = this.#rows.placeOf(row)
    // Later than anything judged, so later than anything kept; what a full chunk may lead to is the timeline's business.
    if (report.timeMs > hot[at + HOT.cursorMs]! && !isCheckpointDue(hot, at) && tryFastPath(hot, at, report)) {
      append(hot, at, this.#chunks, report)
      return 'fast'
    }
    this.#newestMs = report.timeMs
    return this.#timelines[row]!.offer(report)
  }

  /** Begins a wearer anew. */
  begin(wearerId: number, plan: CompiledPlan): WearerTimeline {
    return this.#seated(wearerId, (seat) => new WearerTimeline(wearerId, plan, this.#options, seat))
  }

  /** Begins a wearer whose memory is lost; see WearerTimeline.lost. */
  beginLost(wearerId: number, plan: CompiledPlan, baseMs: number): WearerTimeline {
    return this.#seated(wearerId, (seat) => WearerTimeline.lost(wearerId, plan, this.#options, baseMs, seat))
  }

  /** Puts a saved timeline back; see WearerTimeline.decode, also for what it throws. */
  restore(
    wearerId: number,
    plan: CompiledPlan,
    stateBytes: Uint8Array,
    buckets: Map<number, Uint8Array>,
    changedMs?: number,
  ): WearerTimeline {
    return this.#seated(wearerId, (seat) =>
      WearerTimeline.decode(wearerId, plan, stateBytes, buckets, this.#options, changedMs, seat),
    )
  }

  delete(wearerId: number): void {
    const row = this.#rowOf.get(wearerId)
    if (row < 0) return
    this.#rowOf.delete(wearerId)
    this.#timelines[row]!.release()
    this.#timelines[row] = undefined
    this.#rows.give(row)
  }

  #seated(wearerId: number, make: (seat: Seat) => WearerTimeline): WearerTimeline {
    this.delete(wearerId)
    const row = this.#rows.take()
    try {
      const seat = { hot: this.#rows.pageOf(row), at: this.#rows.placeOf(row), chunks: this.#chunks }
      const timeline = make(seat)
      this.#timelines[row] = timeline
      this.#rowOf.set(wearerId, row)
      return timeline
    } catch (error) {
      this.#rows.give(row)
      throw error
    }
  }
}

function isCheckpointDue(hot: Float64Array, at: number): boolean {
  return hot[at + HOT.lastRows] === CHUNK_ROWS && hot[at + HOT.sinceCheckpoint]! + CHUNK_ROWS > CHECKPOINT_EVENTS
}
