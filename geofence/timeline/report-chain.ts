// The chain of chunks of one wearer: the wearer's row says where it begins and ends, so that a fleet can append without
// touching anything else. Each chunk belongs to one hour; hours are what is saved and dropped.
import type { LogReport } from '../../model/report/report.ts'
import { HOT } from '../fold/state/wearer-row.ts'
import { CHUNK_ROWS, NONE, type ReportChunks, writeRow } from './report-chunks.ts'

export const BUCKET_MS = 3_600_000

/** Puts a report that is later than all kept behind them. */
export function append(hot: Float64Array, at: number, chunks: ReportChunks, report: LogReport): void {
  if (hot[at + HOT.lastRows] === CHUNK_ROWS || !(report.timeMs < hot[at + HOT.lastUntilMs]!))
    openChunk(hot, at, chunks, report.timeMs)
  const chunk = hot[at + HOT.lastChunk]!
  const row = hot[at + HOT.lastRows]!
  writeRow(chunks.viewOf(chunk), chunks.rowAt(chunk, row), report)
  hot[at + HOT.lastRows] = row + 1
}

function openChunk(hot: Float64Array, at: number, chunks: ReportChunks, timeMs: number): void {
  const hourMs = Math.floor(timeMs / BUCKET_MS) * BUCKET_MS
  const before = hot[at + HOT.lastChunk]!
  const chunk = chunks.take(hourMs)
  if (before === NONE) hot[at + HOT.firstChunk] = chunk
  else {
    closeLast(hot, at, chunks)
    chunks.linkNext(before, chunk)
    chunks.linkPrev(chunk, before)
  }
  hot[at + HOT.lastChunk] = chunk
  hot[at + HOT.lastRows] = 0
  hot[at + HOT.lastUntilMs] = hourMs + BUCKET_MS
  hot[at + HOT.savedRows] = 0
}

/** The newest chunk becomes one of the closed ones. */
function closeLast(hot: Float64Array, at: number, chunks: ReportChunks): void {
  const last = hot[at + HOT.lastChunk]!
  const rows = hot[at + HOT.lastRows]!
  chunks.setRows(last, rows)
  if (rows !== hot[at + HOT.savedRows]) markDirty(hot, at, chunks, last)
  hot[at + HOT.closedRows]! += rows
  hot[at + HOT.sinceCheckpoint]! += rows
}

/** A new chunk of the hour behind `before`; NONE puts it at the front. */
export function linkAfter(hot: Float64Array, at: number, chunks: ReportChunks, before: number, hourMs: number): number {
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

/** Gives the oldest chunk back. */
export function dropFirst(hot: Float64Array, at: number, chunks: ReportChunks): void {
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

/** The chunk's hour is to be saved again. */
export function markDirty(hot: Float64Array, at: number, chunks: ReportChunks, chunk: number): void {
  chunks.setDirty(chunk, true)
  const hourMs = chunks.hourOf(chunk)
  if (hourMs < hot[at + HOT.dirtyFromMs]!) hot[at + HOT.dirtyFromMs] = hourMs
}

/** Rows of any chunk: of the newest the wearer's row knows how many. */
export function rowsIn(hot: Float64Array, at: number, chunks: ReportChunks, chunk: number): number {
  return chunk === hot[at + HOT.lastChunk] ? hot[at + HOT.lastRows]! : chunks.rowsOf(chunk)
}

export function setRowsIn(hot: Float64Array, at: number, chunks: ReportChunks, chunk: number, rows: number): void {
  if (chunk === hot[at + HOT.lastChunk]) hot[at + HOT.lastRows] = rows
  else {
    hot[at + HOT.closedRows]! += rows - chunks.rowsOf(chunk)
    chunks.setRows(chunk, rows)
  }
}

/** First row of the chunk that does not come before the given identity. */
export function firstNotBefore(
  hot: Float64Array,
  at: number,
  chunks: ReportChunks,
  chunk: number,
  timeMs: number,
  hi: number,
  lo: number,
): number {
  let low = 0
  let high = rowsIn(hot, at, chunks, chunk)
  while (low < high) {
    const middle = (low + high) >> 1
    if (chunks.compare(chunk, middle, timeMs, hi, lo) < 0) low = middle + 1
    else high = middle
  }
  return low
}
