// The reports that a timeline keeps, in canonical order (report-chain.ts): put between others, read again, saved, dropped.
import type { LogReport } from '../model/report.ts'
import { append, BUCKET_MS, closeLast, markDirty } from './report-chain.ts'
import { CHUNK_ROWS, NONE, ReportChunks, ROW_BYTES, readRow, writeRow } from './report-chunks.ts'
import { freshRow, HOT } from './wearer-row.ts'

/** A place between two rows; moves on by `next`. */
export type Place = { chunk: number; row: number }

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
    const hourMs = Math.floor(report.timeMs / BUCKET_MS) * BUCKET_MS
    let chunk = this.#chunkFor(report, hourMs)
    if (chunk === NONE || chunks.hourOf(chunk) !== hourMs) chunk = this.#linkAfter(chunk, hourMs)
    let row = this.#lowerBound(chunk, report.timeMs, report.contentHi, report.contentLo)
    if (
      row < this.#rowsOf(chunk) &&
      chunks.compare(chunk, row, report.timeMs, report.contentHi, report.contentLo) === 0
    )
      return 'known'
    if (this.#rowsOf(chunk) === CHUNK_ROWS) {
      const upper = this.#split(chunk)
      if (row > CHUNK_ROWS / 2) {
        chunk = upper
        row -= CHUNK_ROWS / 2
      }
    }
    this.#insert(chunk, row, report)
    readRow(chunks.viewOf(chunk), chunks.rowAt(chunk, row), kept)
    return 'between'
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
    return this.#chunks.viewOf(last).getFloat64(this.#chunks.rowAt(last, this.#lastRows - 1), true)
  }

  /** The place before the first report later than `timeMs`. */
  after(timeMs: number): Place {
    const first = this.#hot[this.#at + HOT.firstChunk]!
    if (timeMs === -Infinity) return { chunk: first, row: 0 }
    let chunk = this.#last
    while (chunk !== NONE && this.#chunks.compare(chunk, 0, timeMs, 0xffffffff, 0xffffffff + 1) >= 0)
      chunk = this.#chunks.prevOf(chunk)
    if (chunk === NONE) return { chunk: first, row: 0 }
    return { chunk, row: this.#lowerBound(chunk, timeMs, 0xffffffff, 0xffffffff + 1) }
  }

  /** Fills `into` with the report at the place and moves on; false at the end. */
  next(place: Place, into: LogReport): boolean {
    const chunks = this.#chunks
    while (place.chunk !== NONE) {
      if (place.row < this.#rowsOf(place.chunk)) {
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

  /** Lets the oldest hour go; gives its start. */
  dropOldest(): number {
    const hourMs = this.oldestMs!
    while (this.oldestMs === hourMs) this.#dropFirst()
    return hourMs
  }

  /** Lets everything go. */
  release(): void {
    while (this.#hot[this.#at + HOT.firstChunk] !== NONE) this.#dropFirst()
  }

  /** Hours changed since the last call, as they are to be saved. */
  takeDirty(): [bucketStartMs: number, bytes: Uint8Array][] {
    const chunks = this.#chunks
    const hot = this.#hot
    const at = this.#at
    const last = this.#last
    if (last === NONE) return []
    const hours: number[] = []
    const fromMs = hot[at + HOT.dirtyFromMs]!
    for (let chunk = last; chunk !== NONE; chunk = chunks.prevOf(chunk)) {
      const hourMs = chunks.hourOf(chunk)
      if (chunk !== last && hourMs < fromMs) break
      const dirty = chunk === last ? this.#lastRows !== hot[at + HOT.savedRows] : chunks.isDirty(chunk)
      if ((dirty || chunks.isDirty(chunk)) && hours[hours.length - 1] !== hourMs) hours.push(hourMs)
      chunks.setDirty(chunk, false)
    }
    hot[at + HOT.savedRows] = this.#lastRows
    hot[at + HOT.dirtyFromMs] = Infinity
    return hours.reverse().map((hourMs) => [hourMs, this.#bytesOf(hourMs)])
  }

  /** Puts a saved hour back. */
  restore(hourMs: number, bytes: Uint8Array): void {
    const rows = Math.floor(bytes.length / ROW_BYTES)
    let before = this.#last
    while (before !== NONE && this.#chunks.hourOf(before) > hourMs) before = this.#chunks.prevOf(before)
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const taken = Math.min(CHUNK_ROWS, rows - from)
      const chunk = this.#linkAfter(before, hourMs)
      this.#chunks.rowBytes(chunk, 0, taken).set(bytes.subarray(from * ROW_BYTES, (from + taken) * ROW_BYTES))
      this.#setRows(chunk, taken)
      if (chunk === this.#last) this.#hot[this.#at + HOT.savedRows] = taken
      before = chunk
    }
  }

  get #last(): number {
    return this.#hot[this.#at + HOT.lastChunk]!
  }

  get #lastRows(): number {
    return this.#hot[this.#at + HOT.lastRows]!
  }

  #rowsOf(chunk: number): number {
    return chunk === this.#last ? this.#lastRows : this.#chunks.rowsOf(chunk)
  }

  #setRows(chunk: number, rows: number): void {
    if (chunk === this.#last) this.#hot[this.#at + HOT.lastRows] = rows
    else {
      this.#hot[this.#at + HOT.closedRows]! += rows - this.#chunks.rowsOf(chunk)
      this.#chunks.setRows(chunk, rows)
    }
  }

  /** The last chunk that may hold the report: of its hour if there is one, else the one before that hour; NONE at the front. */
  #chunkFor(report: LogReport, hourMs: number): number {
    const chunks = this.#chunks
    let chunk = this.#last
    while (chunk !== NONE) {
      const hereMs = chunks.hourOf(chunk)
      if (hereMs < hourMs) return chunk
      if (hereMs === hourMs) {
        if (chunks.compare(chunk, 0, report.timeMs, report.contentHi, report.contentLo) <= 0) return chunk
        const prev = chunks.prevOf(chunk)
        if (prev === NONE || chunks.hourOf(prev) !== hourMs) return chunk
      }
      chunk = chunks.prevOf(chunk)
    }
    return NONE
  }

  /** First row that does not come before the given identity. */
  #lowerBound(chunk: number, timeMs: number, hi: number, lo: number): number {
    let low = 0
    let high = this.#rowsOf(chunk)
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#chunks.compare(chunk, middle, timeMs, hi, lo) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  /** A new chunk of the hour behind `before`; NONE puts it at the front. */
  #linkAfter(before: number, hourMs: number): number {
    const chunks = this.#chunks
    const hot = this.#hot
    const at = this.#at
    const chunk = chunks.take(hourMs)
    const after = before === NONE ? hot[at + HOT.firstChunk]! : chunks.nextOf(before)
    if (after === NONE) {
      if (before !== NONE) {
        closeLast(hot, at, chunks)
        hot[at + HOT.sinceCheckpoint]! -= chunks.rowsOf(before)
      }
      hot[at + HOT.lastChunk] = chunk
      hot[at + HOT.lastRows] = 0
      hot[at + HOT.lastUntilMs] = hourMs + BUCKET_MS
      hot[at + HOT.savedRows] = 0
    } else {
      chunks.linkNext(chunk, after)
      chunks.linkPrev(after, chunk)
    }
    chunks.linkPrev(chunk, before)
    if (before === NONE) hot[at + HOT.firstChunk] = chunk
    else chunks.linkNext(before, chunk)
    return chunk
  }

  /** The upper half of a full chunk moves into a new one behind it. */
  #split(chunk: number): number {
    const half = CHUNK_ROWS / 2
    const rows = this.#rowsOf(chunk)
    const upper = this.#linkAfter(chunk, this.#chunks.hourOf(chunk))
    this.#chunks.rowBytes(upper, 0, rows - half).set(this.#chunks.rowBytes(chunk, half, rows))
    this.#setRows(chunk, half)
    this.#setRows(upper, rows - half)
    markDirty(this.#hot, this.#at, this.#chunks, chunk)
    markDirty(this.#hot, this.#at, this.#chunks, upper)
    return upper
  }

  #insert(chunk: number, row: number, report: LogReport): void {
    const rows = this.#rowsOf(chunk)
    if (row < rows) this.#chunks.rowBytes(chunk, row, rows + 1).copyWithin(ROW_BYTES, 0, (rows - row) * ROW_BYTES)
    writeRow(this.#chunks.viewOf(chunk), this.#chunks.rowAt(chunk, row), report)
    this.#setRows(chunk, rows + 1)
    markDirty(this.#hot, this.#at, this.#chunks, chunk)
  }

  #dropFirst(): void {
    const chunks = this.#chunks
    const hot = this.#hot
    const at = this.#at
    const chunk = hot[at + HOT.firstChunk]!
    const next = chunks.nextOf(chunk)
    if (next === NONE) {
      hot[at + HOT.lastChunk] = NONE
      hot[at + HOT.lastRows] = 0
      hot[at + HOT.lastUntilMs] = -Infinity
      hot[at + HOT.savedRows] = 0
    } else {
      hot[at + HOT.closedRows]! -= chunks.rowsOf(chunk)
      chunks.linkPrev(next, NONE)
    }
    hot[at + HOT.firstChunk] = next
    chunks.give(chunk)
  }

  #bytesOf(hourMs: number): Uint8Array {
    const chunks = this.#chunks
    let first = this.#last
    while (chunks.hourOf(first) > hourMs) first = chunks.prevOf(first)
    let rows = 0
    for (;;) {
      rows += this.#rowsOf(first)
      const prev = chunks.prevOf(first)
      if (prev === NONE || chunks.hourOf(prev) !== hourMs) break
      first = prev
    }
    const bytes = new Uint8Array(rows * ROW_BYTES)
    for (let chunk = first, at = 0; at < bytes.length; chunk = chunks.nextOf(chunk)) {
      const part = chunks.rowBytes(chunk, 0, this.#rowsOf(chunk))
      bytes.set(part, at)
      at += part.length
    }
    return bytes
  }
}
