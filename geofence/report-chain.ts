// The chain of chunks of one wearer, from its open end: where it begins and ends stands in the wearer's row, so that a fleet can
// append without touching anything else. Each chunk belongs to one hour; hours are what is saved and dropped.
import type { LogReport } from '../model/report.ts'
import { CHUNK_ROWS, NONE, type ReportChunks, writeRow } from './report-chunks.ts'
import { HOT } from './wearer-row.ts'

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
export function closeLast(hot: Float64Array, at: number, chunks: ReportChunks): void {
  const last = hot[at + HOT.lastChunk]!
  const rows = hot[at + HOT.lastRows]!
  chunks.setRows(last, rows)
  if (rows !== hot[at + HOT.savedRows]) markDirty(hot, at, chunks, last)
  hot[at + HOT.closedRows]! += rows
  hot[at + HOT.sinceCheckpoint]! += rows
}

/** The chunk's hour is to be saved again. */
export function markDirty(hot: Float64Array, at: number, chunks: ReportChunks, chunk: number): void {
  chunks.setDirty(chunk, true)
  const hourMs = chunks.hourOf(chunk)
  if (hourMs < hot[at + HOT.dirtyFromMs]!) hot[at + HOT.dirtyFromMs] = hourMs
}
