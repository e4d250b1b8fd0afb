// A report that came late goes between those that a timeline keeps.
import type { LogReport } from '../../model/report/report.ts'
import { HOT } from '../fold/state/wearer-row.ts'
import { BUCKET_MS, firstNotBefore, linkAfter, markDirty, rowsIn, setRowsIn } from './report-chain.ts'
import { CHUNK_ROWS, NONE, type ReportChunks, ROW_BYTES, readRow, writeRow } from './report-chunks.ts'

/** For a report that is not later than all kept; see EventBuckets.add. */
export function insertReport(
  hot: Float64Array,
  at: number,
  chunks: ReportChunks,
  report: LogReport,
  kept: LogReport,
): 'between' | 'known' {
  const hourMs = Math.floor(report.timeMs / BUCKET_MS) * BUCKET_MS
  let chunk = chunkFor(hot, at, chunks, report, hourMs)
  if (chunk === NONE || chunks.hourOf(chunk) !== hourMs) chunk = linkAfter(hot, at, chunks, chunk, hourMs)
  let row = firstNotBefore(hot, at, chunks, chunk, report.timeMs, report.contentHi, report.contentLo)
  if (
    row < rowsIn(hot, at, chunks, chunk) &&
    chunks.compare(chunk, row, report.timeMs, report.contentHi, report.contentLo) === 0
  )
    return 'known'
  if (rowsIn(hot, at, chunks, chunk) === CHUNK_ROWS) {
    const upper = split(hot, at, chunks, chunk)
    if (row > CHUNK_ROWS / 2) {
      chunk = upper
      row -= CHUNK_ROWS / 2
    }
  }
  insertAt(hot, at, chunks, chunk, row, report)
  readRow(chunks.viewOf(chunk), chunks.rowAt(chunk, row), kept)
  return 'between'
}

/** The last chunk that may hold the report: of its hour if there is one, else the one before that hour; NONE at the front. */
function chunkFor(hot: Float64Array, at: number, chunks: ReportChunks, report: LogReport, hourMs: number): number {
  let chunk = hot[at + HOT.lastChunk]!
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

/** The upper half of a full chunk moves into a new one behind it. */
function split(hot: Float64Array, at: number, chunks: ReportChunks, chunk: number): number {
  const half = CHUNK_ROWS / 2
  const rows = rowsIn(hot, at, chunks, chunk)
  const upper = linkAfter(hot, at, chunks, chunk, chunks.hourOf(chunk))
  chunks.rowBytes(upper, 0, rows - half).set(chunks.rowBytes(chunk, half, rows))
  setRowsIn(hot, at, chunks, chunk, half)
  setRowsIn(hot, at, chunks, upper, rows - half)
  markDirty(hot, at, chunks, chunk)
  markDirty(hot, at, chunks, upper)
  return upper
}

function insertAt(
  hot: Float64Array,
  at: number,
  chunks: ReportChunks,
  chunk: number,
  row: number,
  report: LogReport,
): void {
  const rows = rowsIn(hot, at, chunks, chunk)
  if (row < rows) chunks.rowBytes(chunk, row, rows + 1).copyWithin(ROW_BYTES, 0, (rows - row) * ROW_BYTES)
  writeRow(chunks.viewOf(chunk), chunks.rowAt(chunk, row), report)
  setRowsIn(hot, at, chunks, chunk, rows + 1)
  markDirty(hot, at, chunks, chunk)
}
