// The reports that a timeline keeps, in canonical order (report-chain.ts): added, read again, dropped by the hour.
import type { LogReport } from '../../model/report/report.ts'
import { freshRow, HOT } from '../fold/state/wearer-row.ts'
import { insertReport } from './insert-report.ts'
import { append, dropFirst, firstNotBefore, markDirty, rowsIn } from './report-chain.ts'
import { NONE, ReportChunks, readRow } from './report-chunks.ts'
import { restoreHour, takeDirtyHours } from './save-hours.ts'

/** A place between two rows; moves on by `next`. */
type Place = { chunk: number; row: number }

export class EventBuckets {
  readonly #chunks: ReportChunks
  readonly #hot: Float64Array
  readonly #at: number

  constructor(chunks = new ReportChunks(), hot = freshRow(), at = 0) {
    this.#chunks = chunks
    this.#hot = hot
    this.#at = at
  }

  /** Reads itself; see WearerFetch. */
  fetch(): number {
    return this.#at
  }

  /** Reports kept. */
  get count(): number {
    return this.#hot[this.#at + HOT.closedRows]! + this.#lastRows
  }

  /** Where the report went; unless it is there already `kept` is filled as a re-fold will read it (32-bit floats). */
  add(report: LogReport, kept: LogReport): 'last' | 'between' | 'known' {
    const chunks = this.#chunks
    if (this.#isLater(report)) {
      append(this.#hot, this.#at, chunks, report)
      readRow(chunks.viewOf(this.#last), chunks.rowAt(this.#last, this.#lastRows - 1), kept)
      return 'last'
    }
    return insertReport(this.#hot, this.#at, chunks, report, kept)
  }

  /** Than all that are kept. */
  #isLater(report: LogReport): boolean {
    const last = this.#last
    if (last === NONE) return true
    const chunks = this.#chunks
    const view = chunks.viewOf(last)
    const at = chunks.rowAt(last, this.#lastRows - 1)
    const lastMs = view.getFloat64(at, true)
    if (report.timeMs !== lastMs) return report.timeMs > lastMs
    const hi = view.getUint32(at + 8, true)
    return report.contentHi !== hi ? report.contentHi > hi : report.contentLo > view.getUint32(at + 12, true)
  }

  /** Time of the newest report; −Infinity if there is none. */
  get newestMs(): number {
    const last = this.#last
    if (last === NONE) return -Infinity
    return this.#timeAt(last, this.#lastRows - 1)
  }

  /** The place before the first report later than `timeMs`. */
  after(timeMs: number): Place {
    const first = this.#hot[this.#at + HOT.firstChunk]!
    if (timeMs === -Infinity) return { chunk: first, row: 0 }
    let chunk = this.#last
    while (chunk !== NONE && this.#chunks.compare(chunk, 0, timeMs, 0xffffffff, 0xffffffff + 1) >= 0)
      chunk = this.#chunks.prevOf(chunk)
    if (chunk === NONE) return { chunk: first, row: 0 }
    return { chunk, row: firstNotBefore(this.#hot, this.#at, this.#chunks, chunk, timeMs, 0xffffffff, 0xffffffff + 1) }
  }

  /** Fills `into` with the report at the place and moves on; false at the end. */
  next(place: Place, into: LogReport): boolean {
    const chunks = this.#chunks
    while (place.chunk !== NONE) {
      if (place.row < rowsIn(this.#hot, this.#at, chunks, place.chunk)) {
        readRow(chunks.viewOf(place.chunk), chunks.rowAt(place.chunk, place.row++), into)
        return true
      }
      place.chunk = chunks.nextOf(place.chunk)
      place.row = 0
    }
    return false
  }

  /** Start of the oldest hour kept. */
  get oldestMs(): number | undefined {
    const first = this.#hot[this.#at + HOT.firstChunk]!
    return first === NONE ? undefined : this.#chunks.hourOf(first)
  }

  /** The earliest time before which at least `rows` reports lie, and chunks that it does not part: at most just after the newest. */
  timeBehind(rows: number): number {
    const chunks = this.#chunks
    let passed = 0
    let beforeMs = Infinity
    for (let chunk = this.#hot[this.#at + HOT.firstChunk]!; chunk !== NONE; chunk = chunks.nextOf(chunk)) {
      const firstMs = this.#timeAt(chunk, 0)
      if (passed >= rows && firstMs > beforeMs) return firstMs
      const here = rowsIn(this.#hot, this.#at, chunks, chunk)
      beforeMs = this.#timeAt(chunk, here - 1)
      passed += here
    }
    return this.newestMs + 1
  }

  /** Lets everything before `timeMs` go, which is the beginning of an hour or of a chunk; gives the hours of which nothing is left. */
  dropBefore(timeMs: number): number[] {
    const gone: number[] = []
    let droppedOfMs: number | undefined
    for (let hourMs = this.oldestMs; hourMs !== undefined; hourMs = this.oldestMs) {
      const chunk = this.#hot[this.#at + HOT.firstChunk]!
      if (this.#timeAt(chunk, 0) >= timeMs) {
        if (droppedOfMs === hourMs) markDirty(this.#hot, this.#at, this.#chunks, chunk)
        break
      }
      droppedOfMs = hourMs
      dropFirst(this.#hot, this.#at, this.#chunks)
      if (this.oldestMs !== hourMs) gone.push(hourMs)
    }
    return gone
  }

  /** Lets everything go. */
  release(): void {
    while (this.#hot[this.#at + HOT.firstChunk] !== NONE) dropFirst(this.#hot, this.#at, this.#chunks)
  }

  /** Hours changed since the last call, as they are to be saved. */
  takeDirty(): [bucketStartMs: number, bytes: Uint8Array][] {
    return takeDirtyHours(this.#hot, this.#at, this.#chunks)
  }

  /** Every hour is saved with the next call of `takeDirty`. */
  markAllDirty(): void {
    const chunks = this.#chunks
    const first = this.#hot[this.#at + HOT.firstChunk]!
    for (let chunk = first; chunk !== NONE; chunk = chunks.nextOf(chunk)) markDirty(this.#hot, this.#at, chunks, chunk)
  }

  /** Puts a saved hour back. */
  restore(hourMs: number, bytes: Uint8Array): void {
    restoreHour(this.#hot, this.#at, this.#chunks, hourMs, bytes)
  }

  get #last(): number {
    return this.#hot[this.#at + HOT.lastChunk]!
  }

  #timeAt(chunk: number, row: number): number {
    return this.#chunks.viewOf(chunk).getFloat64(this.#chunks.rowAt(chunk, row), true)
  }

  get #lastRows(): number {
    return this.#hot[this.#at + HOT.lastRows]!
  }
}
