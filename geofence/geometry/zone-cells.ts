// Many shared zones by place, for the question that nearly every fix asks: which zones is it in, and how far may it go until
// that changes? The ground is cut into square cells, each cell into 4 × 4 (one cache line) where a boundary runs through it.
// A cell that no boundary crosses knows its zones and how far its middle lies from any boundary, so it is answered without
// asking a zone; in a cell with a boundary only the zones that cross it are measured. Build, freeze, swap.
import { buildZoneCells } from './build-zone-cells.ts'
import {
  CELLS_LAT_MAX_E7,
  type Cells,
  CLEAR_MAX_M,
  CLEAR_UNIT_M,
  CLEAR_UNITS_MAX,
  SLACK_M,
  SLACK_SHARE,
} from './cells-layout.ts'
import type { CompiledZone } from './compiled-zone.ts'
import { PLANE_ROW, PLANES } from './local-plane.ts'
import { FULL_TURN_E7 } from './project.ts'
import { ZoneIndex } from './zone-index.ts'

const measured = new Float64Array(1)
/** Metres from the middle of the cell found last, and its shift. */
const off = new Float64Array(2)
/** No word: it would be cut into itself. */
const NO_CELL = 0

export class ZoneCells {
  readonly zones: readonly CompiledZone[]
  readonly #cells: Cells
  readonly #polar: ZoneIndex
  readonly #found: Int32Array
  readonly #distancesM: Float64Array

  constructor(zones: readonly CompiledZone[]) {
    this.zones = zones
    this.#cells = buildZoneCells(zones)
    this.#polar = new ZoneIndex(zones)
    this.#found = new Int32Array(zones.length)
    this.#distancesM = new Float64Array(zones.length + 1)
  }

  /** Memory held beside the zones, bytes. */
  get bytes(): number {
    const { words, records } = this.#cells
    return words.byteLength + records.byteLength
  }

  /**
   * Writes the places in `zones` of those around the position to `inside` from `at` on and gives their number. Writes to
   * `clearM[0]` a distance, at most CLEAR_MAX_M, within which the position may move without entering or leaving any zone;
   * it may be zero, and is never more than the distance to the nearest boundary. Throws when `inside` is too short.
   */
  around(latE7: number, lonE7: number, inside: Int32Array, at: number, clearM: Float64Array): number {
    if (latE7 > CELLS_LAT_MAX_E7 || latE7 < -CELLS_LAT_MAX_E7) return this.#aroundPole(latE7, lonE7, inside, at, clearM)
    const word = this.#find(latE7, lonE7)
    if (word === NO_CELL) {
      clearM[0] = this.#cells.outsideM
      return 0
    }
    const offM = off[0]!
    const shift = off[1]!

    let to = at
    let clear = 0
    let crossing = 0
    let end = 0
    let only = -1
    if ((word & 3) === 2) {
      const { records } = this.#cells
      const record = word >>> 2
      clear = records[record]! - offM
      crossing = record + 3 + records[record + 1]!
      end = crossing + records[record + 2]!
      for (let k = record + 3; k < crossing; k++) inside[to++] = records[k]!
    } else {
      clear = ((word >>> 2) & CLEAR_UNITS_MAX) * CLEAR_UNIT_M[shift]! - offM
      only = (word >>> 13) - 1
      if ((word & 3) === 3) end = 1
      else if (only >= 0) inside[to++] = only
    }
    if (clear > CLEAR_MAX_M) clear = CLEAR_MAX_M
    for (; crossing < end; crossing++) {
      const zone = only >= 0 ? only : this.#cells.records[crossing]!
      // Whole metres: a fraction would be boxed for the call.
      this.zones[zone]!.measure(latE7, lonE7, clear > 0 ? Math.ceil(clear) | 0 : 0, measured, 0)
      const distanceM = measured[0]!
      if (distanceM > 0) inside[to++] = zone
      const awayM = distanceM > 0 ? distanceM : -distanceM
      if (awayM < clear) clear = awayM
    }
    if (to > inside.length) throw new RangeError(`more than ${inside.length - at} zones around a position`)
    clearM[0] = Math.max(0, clear)
    return to - at
  }

  /**
   * True where the position's cell alone says that it is in no zone and how far, at least, it lies from all boundaries: that is
   * written to `clearM[0]`, as by `around`, and no zone is measured.
   */
  isClear(latE7: number, lonE7: number, clearM: Float64Array): boolean {
    if (latE7 > CELLS_LAT_MAX_E7 || latE7 < -CELLS_LAT_MAX_E7) return false
    const word = this.#find(latE7, lonE7)
    if (word === NO_CELL) clearM[0] = this.#cells.outsideM
    else {
      if ((word & 3) !== 1 || word >>> 13 !== 0) return false
      const clear = ((word >>> 2) & CLEAR_UNITS_MAX) * CLEAR_UNIT_M[off[1]!]! - off[0]!
      clearM[0] = Math.max(0, Math.min(CLEAR_MAX_M, clear))
    }
    return true
  }

  /** The word of the cell, or NO_CELL outside the grid; leaves in `off` how far its middle is and how large it is. */
  #find(latE7: number, lonE7: number): number {
    const { words, columns, rows, southE7, westE7 } = this.#cells
    let shift = this.#cells.shift
    const y = latE7 - southE7
    const x = lonE7 < westE7 ? lonE7 - westE7 + FULL_TURN_E7 : lonE7 - westE7
    const row = y >>> shift
    const column = x >>> shift
    if (row >= rows || column >= columns) return NO_CELL
    let word = words[row * columns + column]!
    while ((word & 3) === 0) {
      shift -= 2
      word = words[(word >>> 2) + (((y >>> shift) & 3) << 2) + ((x >>> shift) & 3)]!
    }

    const place = (latE7 * 1e-7 + 90.5) | 0
    const t = latE7 * 1e-7 + 90 - place
    const plane = place * PLANE_ROW
    const unitM = PLANES[plane]! + t * PLANES[plane + 1]!
    const ratio = PLANES[plane + 4]! + t * PLANES[plane + 5]!
    const kappa = PLANES[plane + 8]! + t * PLANES[plane + 9]!
    const half = 1 << (shift - 1)
    const dy = (y & (2 * half - 1)) - half
    const dx = ((x & (2 * half - 1)) - half) * ratio * (1 + kappa * dy)
    off[0] = Math.sqrt(dx * dx + dy * dy) * unitM * SLACK_SHARE + SLACK_M
    off[1] = shift
    return word
  }

  #aroundPole(latE7: number, lonE7: number, inside: Int32Array, at: number, clearM: Float64Array): number {
    const near = this.#polar.near(latE7, lonE7, CLEAR_MAX_M, this.#found, this.#distancesM)
    let clear = CLEAR_MAX_M
    let to = at
    for (let k = 0; k < near; k++) {
      const distanceM = this.#distancesM[k]!
      clear = Math.min(clear, Math.abs(distanceM))
      if (distanceM > 0) inside[to++] = this.#found[k]!
    }
    if (to > inside.length) throw new RangeError(`more than ${inside.length - at} zones around a position`)
    clearM[0] = clear
    return to - at
  }
}
