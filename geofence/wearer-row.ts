// What nearly every report reads or writes of its wearer, as one row of doubles in arrays that the wearers of a fleet share:
// three cache lines beside each other instead of a dozen objects, and no number is boxed.

/** Places in a row. The first line is read by every report, the second written, the third left alone by most. */
export const HOT = {
  cursorMs: 0,
  /** Until then a fix within `safeM` of the anchor decides nothing; −Infinity: the next report is judged in full. */
  settledUntilMs: 1,
  safeM: 2,
  guardFloorM: 3,
  anchorLatE7: 4,
  anchorLonE7: 5,
  fixLatE7: 6,
  fixLonE7: 7,

  fixMs: 8,
  fixRadiusM: 9,
  fixHi: 10,
  fixLo: 11,
  /** 1 while charging. */
  charging: 12,
  /** The kept reports (event-buckets.ts): newest chunk, its rows, and the end of its hour. */
  lastChunk: 13,
  lastRows: 14,
  lastUntilMs: 15,

  firstChunk: 16,
  /** Rows of all chunks but the newest. */
  closedRows: 17,
  /** Reports kept since a checkpoint, but for those of the newest chunk. */
  sinceCheckpoint: 18,
  /** Rows of the newest chunk as they were last saved. */
  savedRows: 19,
  /** Start of the earliest hour with a closed chunk that changed since it was saved. */
  dirtyFromMs: 20,
  supervisedSinceMs: 21,
  nextEdgeMs: 22,
  judgedUntilMs: 23,
} as const

export const ROW_DOUBLES = 24

/** What the fold keeps; the rest belongs to the kept reports. */
const FOLDED: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 21, 22, 23]

/** Nothing known yet. */
const FRESH = new Float64Array(ROW_DOUBLES)
FRESH[HOT.cursorMs] = -Infinity
FRESH[HOT.settledUntilMs] = -Infinity
FRESH[HOT.safeM] = -Infinity
FRESH[HOT.fixMs] = -Infinity
FRESH[HOT.lastChunk] = -1
FRESH[HOT.lastUntilMs] = -Infinity
FRESH[HOT.firstChunk] = -1
FRESH[HOT.dirtyFromMs] = Infinity
FRESH[HOT.supervisedSinceMs] = Number.NaN
FRESH[HOT.nextEdgeMs] = -Infinity
FRESH[HOT.judgedUntilMs] = -Infinity

/** A row of its own, for a state that no fleet holds. */
export function freshRow(): Float64Array {
  return FRESH.slice()
}

/** Makes a row's folded part fresh; its kept reports stay. */
export function refreshFolded(hot: Float64Array, at: number): void {
  for (const place of FOLDED) hot[at + place] = FRESH[place]!
}

const PAGE_BITS = 9
const PAGE_ROWS = 1 << PAGE_BITS

/** Rows of a fleet, in pages; a row never moves. */
export class WearerRows {
  readonly #pages: Float64Array[] = []
  readonly #free: number[] = []
  #taken = 0

  /** Number of a fresh row. */
  take(): number {
    const row = this.#free.pop() ?? this.#taken++
    if (row >> PAGE_BITS === this.#pages.length) this.#pages.push(new Float64Array(PAGE_ROWS * ROW_DOUBLES))
    this.pageOf(row).set(FRESH, this.placeOf(row))
    return row
  }

  give(row: number): void {
    this.#free.push(row)
  }

  pageOf(row: number): Float64Array {
    return this.#pages[row >> PAGE_BITS]!
  }

  /** Where the row begins in its page. */
  placeOf(row: number): number {
    return (row & (PAGE_ROWS - 1)) * ROW_DOUBLES
  }
}
