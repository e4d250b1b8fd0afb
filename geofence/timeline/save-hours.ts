// The hours of kept reports as they are saved: the rows of report-chunks.ts, one after the other.

import { HOT } from '../fold/state/wearer-row.ts'
import { linkAfter, rowsIn, setRowsIn } from './report-chain.ts'
import { CHUNK_ROWS, NONE, type ReportChunks, ROW_BYTES } from './report-chunks.ts'

/** Hours changed since the last call, as they are to be saved. */
export function takeDirtyHours(
  hot: Float64Array,
  at: number,
  chunks: ReportChunks,
): [bucketStartMs: number, bytes: Uint8Array][] {
  const last = hot[at + HOT.lastChunk]!
  if (last === NONE) return []
  const hours: number[] = []
  const fromMs = hot[at + HOT.dirtyFromMs]!
  for (let chunk = last; chunk !== NONE; chunk = chunks.prevOf(chunk)) {
    const hourMs = chunks.hourOf(chunk)
    if (chunk !== last && hourMs < fromMs) break
    const dirty = chunk === last ? hot[at + HOT.lastRows] !== hot[at + HOT.savedRows] : chunks.isDirty(chunk)
    if ((dirty || chunks.isDirty(chunk)) && hours[hours.length - 1] !== hourMs) hours.push(hourMs)
    chunks.setDirty(chunk, false)
  }
  hot[at + HOT.savedRows] = hot[at + HOT.lastRows]!
  hot[at + HOT.dirtyFromMs] = Infinity
  return hours.reverse().map((hourMs) => [hourMs, bytesOf(hot, at, chunks, hourMs)])
}

/** Puts a saved hour back. */
export function restoreHour(
  hot: Float64Array,
  at: number,
  chunks: ReportChunks,
  hourMs: number,
  bytes: Uint8Array,
): void {
  const rows = Math.floor(bytes.length / ROW_BYTES)
  let before = hot[at + HOT.lastChunk]!
  while (before !== NONE && chunks.hourOf(before) > hourMs) before = chunks.prevOf(before)
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const taken = Math.min(CHUNK_ROWS, rows - from)
    const chunk = linkAfter(hot, at, chunks, before, hourMs)
    chunks.rowBytes(chunk, 0, taken).set(bytes.subarray(from * ROW_BYTES, (from + taken) * ROW_BYTES))
    setRowsIn(hot, at, chunks, chunk, taken)
    if (chunk === hot[at + HOT.lastChunk]) hot[at + HOT.savedRows] = taken
    before = chunk
  }
}

function bytesOf(hot: Float64Array, at: number, chunks: ReportChunks, hourMs: number): Uint8Array {
  let first = hot[at + HOT.lastChunk]!
  while (chunks.hourOf(first) > hourMs) first = chunks.prevOf(first)
  let rows = 0
  for (;;) {
    rows += rowsIn(hot, at, chunks, first)
    const prev = chunks.prevOf(first)
    if (prev === NONE || chunks.hourOf(prev) !== hourMs) break
    first = prev
  }
  const bytes = new Uint8Array(rows * ROW_BYTES)
  for (let chunk = first, end = 0; end < bytes.length; chunk = chunks.nextOf(chunk)) {
    const part = chunks.rowBytes(chunk, 0, rowsIn(hot, at, chunks, chunk))
    bytes.set(part, end)
    end += part.length
  }
  return bytes
}
