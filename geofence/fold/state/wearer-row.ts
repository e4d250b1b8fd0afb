// What nearly every report reads or writes of its wearer, as one row of doubles in arrays that the wearers of a fleet share:
// four cache lines beside each other instead of a dozen objects, and no number is boxed.

/** Places in a row. The first line is read by every report, the second written, the others left alone by most. */
export const HOT = {
  cursorMs: 0,
  /** Until then a fix within `safeM` of the anchor decides nothing; −Infinity: the next report is judged in full. */
  fastUntilMs: 1,
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
  /** The step from the fix before the last to the last, and whether it charges: packTrail. */
  trail: 12,
  /** The kept reports (report-chain.ts): newest chunk, its rows, and the end of its hour. */
  lastChunk: 13,
  lastRows: 14,
  lastUntilMs: 15,

  judgedUntilMs: 16,
  nextEdgeMs: 17,
  /** Until then no edge comes and the plan's hours are worked out; −Infinity: to be looked at anew. */
  calmUntilMs: 18,
  supervisedSinceMs: 19,
  /** The timeline's (timeline.ts). */
  baseMs: 20,
  nowMs: 21,
  staleFromMs: 22,
  clockMs: 23,

  firstChunk: 24,
  /** Rows of all chunks but the newest. */
  closedRows: 25,
  /** Reports kept since a checkpoint, but for those of the newest chunk. */
  sinceCheckpoint: 26,
  /** Rows of the newest chunk as they were last saved. */
  savedRows: 27,
  /** Start of the earliest hour with a closed chunk that changed since it was saved. */
  dirtyFromMs: 28,
} as const

const ROW_DOUBLES = 32

/** What the fold keeps; the rest belongs to the timeline and the kept reports. */
const FOLDED: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16, 17, 18, 19]

/** A step of so many 1e-7° at most, some 11 km, is distinguished from a longer one. */
const STEP_MAX = 2 ** 20 - 1

/** Whole numbers, so that it is the same whichever way the fix was judged. */
export function packTrail(stepLatE7: number, stepLonE7: number, charging: number): number {
  const lat = Math.min(STEP_MAX, Math.max(-STEP_MAX, stepLatE7))
  const lon = Math.min(STEP_MAX, Math.max(-STEP_MAX, stepLonE7))
  return ((lat + STEP_MAX) * (2 * STEP_MAX + 2) + lon + STEP_MAX) * 2 + charging
}

/** 1 while charging. */
export function chargingOf(trail: number): number {
  return trail % 2
}

export function stepOf(trail: number): { latE7: number; lonE7: number } {
  const packed = Math.floor(trail / 2)
  const lat = Math.floor(packed / (2 * STEP_MAX + 2))
  return { latE7: lat - STEP_MAX, lonE7: packed - lat * (2 * STEP_MAX + 2) - STEP_MAX }
}

/** Nothing known yet. */
const FRESH = new Float64Array(ROW_DOUBLES)
FRESH[HOT.cursorMs] = -Infinity
FRESH[HOT.fastUntilMs] = -Infinity
FRESH[HOT.safeM] = -Infinity
FRESH[HOT.fixMs] = -Infinity
FRESH[HOT.trail] = packTrail(0, 0, 0)
FRESH[HOT.lastChunk] = -1
FRESH[HOT.lastUntilMs] = -Infinity
FRESH[HOT.firstChunk] = -1
FRESH[HOT.dirtyFromMs] = Infinity
FRESH[HOT.supervisedSinceMs] = Number.NaN
FRESH[HOT.nextEdgeMs] = -Infinity
FRESH[HOT.judgedUntilMs] = -Infinity
FRESH[HOT.calmUntilMs] = -Infinity
FRESH[HOT.baseMs] = -Infinity
FRESH[HOT.nowMs] = -Infinity
FRESH[HOT.staleFromMs] = Infinity
FRESH[HOT.clockMs] = -Infinity

/** A row of its own, for a state that no fleet holds. */
export function freshRow(): Float64Array {
  return FRESH.slice()
}

/** Makes a row's folded part fresh; its kept reports stay. */
export function refreshFolded(hot: Float64Array, at: number): void {
  for (const place of FOLDED) hot[at + place] = FRESH[place]!
}

/** A megabyte, which takes memory only where it is written; small pages lie scattered. */
const PAGE_BITS = 12
const PAGE_ROWS = 1 << PAGE_BITS
const PAGE_BYTES = PAGE_ROWS * ROW_DOUBLES * 8
/** The allocator puts 16 bytes of its own before large buffers: with these a row begins where a cache line does. */
const ASIDE_BYTES = 48

/** Rows of a fleet, in pages; a row never moves. */
export class WearerRows {
  readonly #pages: Float64Array[] = []
  readonly #free: number[] = []
  #taken = 0

  /** Number of a fresh row. */
  take(): number {
    const row = this.#free.pop() ?? this.#taken++
    if (row >> PAGE_BITS === this.#pages.length)
      this.#pages.push(new Float64Array(new SharedArrayBuffer(PAGE_BYTES + ASIDE_BYTES), ASIDE_BYTES))
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
