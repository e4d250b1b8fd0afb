// What the reports of an entry will need of their wearers, read before the first is judged: the processor then waits for the
// memory of many wearers at once and not of one after the other. In steps, each for all, since where a step reads is known
// only after the one before. Nothing depends on it but time.

import { HOT, type WearerRows } from '../fold/state/wearer-row.ts'
import type { NumberTable } from '../memory/number-table.ts'
import { CHUNK_ROWS, NONE, type ReportChunks } from './report-chunks.ts'
import type { TimelineMemory } from './timeline-memory.ts'

/** More would push each other out of the cache. */
const WEARERS_MAX = 512

export class WearerFetch {
  readonly #wearerIds = new Float64Array(WEARERS_MAX)
  readonly #rows = new Int32Array(WEARERS_MAX)
  readonly #chunks = new Int32Array(WEARERS_MAX)
  readonly #chunkRows = new Int32Array(WEARERS_MAX)
  readonly #timelines: (TimelineMemory | undefined)[] = new Array(WEARERS_MAX).fill(undefined)
  #count = 0
  /** Keeps what was read from being taken for unneeded. */
  #sum = 0

  expect(wearerId: number): void {
    if (this.#count < WEARERS_MAX) this.#wearerIds[this.#count++] = wearerId
  }

  /** `nowMs`: of the newest report. */
  fetch(
    rowOf: NumberTable,
    rows: WearerRows,
    chunks: ReportChunks,
    timelines: readonly (TimelineMemory | undefined)[],
    nowMs: number,
  ): void {
    const known = this.#findRows(rowOf)
    const weighed = this.#readRows(known, rows, timelines, nowMs)
    this.#readChunks(known, chunks)
    const due = this.#timelines
    let sum = 0
    for (let i = 0; i < weighed; i++) sum += due[i]!.wearerId
    for (let i = 0; i < weighed; i++) sum += headOf(due[i]!)
    for (let i = 0; i < weighed; i++) sum += stateOf(due[i]!)
    for (let i = 0; i < weighed; i++) sum += zonesOf(due[i]!)
    for (let i = 0; i < weighed; i++) sum += boundsOf(due[i]!)
    this.#sum += sum
  }

  #findRows(rowOf: NumberTable): number {
    const wearerIds = this.#wearerIds
    const rows = this.#rows
    const count = this.#count
    this.#count = 0
    let known = 0
    for (let i = 0; i < count; i++) {
      const row = rowOf.get(wearerIds[i]!)
      if (row >= 0) rows[known++] = row
    }
    return known
  }

  /** Returns how many will probably not take the fast path; their timelines are in `#timelines`. */
  #readRows(
    known: number,
    rows: WearerRows,
    timelines: readonly (TimelineMemory | undefined)[],
    nowMs: number,
  ): number {
    let sum = 0
    let weighed = 0
    for (let i = 0; i < known; i++) {
      const row = this.#rows[i]!
      const hot = rows.pageOf(row)
      const at = rows.placeOf(row)
      const kept = hot[at + HOT.lastRows]!
      this.#chunks[i] = hot[at + HOT.lastChunk]!
      this.#chunkRows[i] = kept
      const fast =
        nowMs < hot[at + HOT.fastUntilMs]! &&
        hot[at + HOT.safeM]! > 0 &&
        // The anchor is where the last fix was: that one was a traveller's.
        (hot[at + HOT.anchorLatE7] !== hot[at + HOT.fixLatE7] || hot[at + HOT.anchorLonE7] !== hot[at + HOT.fixLonE7])
      if (!fast) {
        this.#timelines[weighed++] = timelines[row]
        sum += hot[at + HOT.calmUntilMs]!
      }
      // A new chunk is opened behind it, of which the old one must know.
      if (kept === CHUNK_ROWS || nowMs >= hot[at + HOT.lastUntilMs]!) this.#chunkRows[i] = CHUNK_ROWS
      if (!fast || this.#chunkRows[i] === CHUNK_ROWS) sum += hot[at + HOT.closedRows]!
    }
    this.#sum = sum
    return weighed
  }

  #readChunks(known: number, chunks: ReportChunks): void {
    let sum = 0
    for (let i = 0; i < known; i++) {
      const chunk = this.#chunks[i]!
      const kept = this.#chunkRows[i]!
      if (chunk === NONE) continue
      const at = kept < CHUNK_ROWS ? chunks.rowAt(chunk, kept) : chunks.placeOf(chunk)
      sum += chunks.viewOf(chunk).getUint8(at)
    }
    this.#sum += sum
  }
}

// What a weighed report will need, step by step; the numbers mean nothing.

function headOf({ events, head }: TimelineMemory): number {
  return events.fetch() + head.segment.fromMs
}

function stateOf({ head: { state, segment } }: TimelineMemory): number {
  return state.at + segment.plan.wearerId
}

function zonesOf({ head: { state, segment } }: TimelineMemory): number {
  return state.boundM.length + state.memory.length + segment.plan.zones.length + segment.plan.timing.previewMs
}

function boundsOf({ head: { state, segment } }: TimelineMemory): number {
  const { boundM, memory } = state
  const { zones, index } = segment.plan
  let sum = 0
  if (index !== undefined) return sum // a few of many are near, and who knows which
  for (let i = 0; i < boundM.length; i += 8) sum += boundM[i]!
  for (let i = 0; i < zones.length; i += 8) if (zones[i] === undefined) sum++
  for (let i = 0; i < memory.length; i += 8) if (memory[i] === undefined) sum++
  return sum
}
