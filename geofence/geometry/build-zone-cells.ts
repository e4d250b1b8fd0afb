// Cuts the ground into cells for ZoneCells. Distances are asked at the middle of a cell only: they change by at most a metre
// a metre, so from the middle follows what holds in the whole cell.

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
import { cosine, E7_RAD, FULL_TURN_E7 } from './project.ts'

/** 2.9 km at the equator; the grid's cells are four, sixteen … times as wide where there would be too many. */
const GRID_SHIFT_MIN = 18
const GRID_SHIFT_MAX = 26
const GRID_CELLS_MIN = 4_096
const GRID_CELLS_PER_ZONE = 4
/** Wider cells are cut by the boxes of the zones, without asking for distances. */
const MEASURED_SHIFT_MAX = 20
/** 180 m: smaller cells are not cut. */
const CUT_SHIFT_MIN = 16
const ONLY_MAX = (1 << 19) - 1
/** More than a step of 1e-7 degrees of latitude anywhere, or of longitude at the equator. */
const STEP_MAX_M = 0.01117
const STEP_MIN_M = 0.01105

type Box = { west: number; east: number; south: number; north: number }
type Grid = { southE7: number; westE7: number; columns: number; rows: number; shift: number; outsideM: number }

export function buildZoneCells(zones: readonly CompiledZone[]): Cells {
  const boxes = boxesOf(zones)
  const grid = gridOver(boxes)
  return new CellBuilder(zones, boxes, grid).build()
}

/** In 1e-7 degrees, longitudes within half a turn of those of the first zone. */
function boxesOf(zones: readonly CompiledZone[]): Box[] {
  const [first] = zones
  if (!first) return []
  const home = middleOf(first)
  return zones.map((zone) => {
    const { west, east, south, north } = zone.bboxE7
    const middle = middleOf(zone)
    const turns = Math.round((middle - home) / FULL_TURN_E7)
    return { west: west - turns * FULL_TURN_E7, east: east - turns * FULL_TURN_E7, south, north }
  })
}

function middleOf({ bboxE7 }: CompiledZone): number {
  return (bboxE7.west + bboxE7.east) / 2
}

/** One cell wider than the zones on every side, so that who is outside is far from all of them. */
function gridOver(boxes: readonly Box[]): Grid {
  if (boxes.length === 0)
    return { southE7: 0, westE7: 0, columns: 0, rows: 0, shift: GRID_SHIFT_MIN, outsideM: CLEAR_MAX_M }
  const all = { west: Infinity, east: -Infinity, south: CELLS_LAT_MAX_E7, north: -CELLS_LAT_MAX_E7 }
  for (const { west, east, south, north } of boxes) {
    all.west = Math.min(all.west, west)
    all.east = Math.max(all.east, east)
    all.south = Math.max(-CELLS_LAT_MAX_E7, Math.min(all.south, south))
    all.north = Math.min(CELLS_LAT_MAX_E7, Math.max(all.north, north))
  }
  const cellsMax = Math.max(GRID_CELLS_MIN, GRID_CELLS_PER_ZONE * boxes.length)
  for (let shift = GRID_SHIFT_MIN; ; shift += 2) {
    const size = 2 ** shift
    const whole = all.east - all.west + 3 * size >= FULL_TURN_E7
    const westE7 = whole ? -FULL_TURN_E7 / 2 : foldedE7(all.west - size)
    const columns = Math.ceil((whole ? FULL_TURN_E7 : all.east - all.west + 2 * size) / size)
    const rows = Math.ceil((all.north - all.south + 2 * size) / size)
    if (columns * rows > cellsMax && shift < GRID_SHIFT_MAX) continue
    const farthest = Math.min(89, (Math.max(-all.south, all.north) + 2 * size) / 1e7)
    const outsideM = Math.min(CLEAR_MAX_M, (size * STEP_MIN_M * cosine(farthest * 1e7 * E7_RAD)) / SLACK_SHARE)
    return { southE7: all.south - size, westE7, columns, rows, shift, outsideM }
  }
}

function foldedE7(lonE7: number): number {
  return lonE7 - Math.round(lonE7 / FULL_TURN_E7) * FULL_TURN_E7
}

/** Half the diagonal of a cell, metres; a little more than less. */
function halfDiagonalM(latE7: number, shift: number): number {
  const half = 2 ** (shift - 1)
  const nearEquator = Math.max(0, Math.abs(latE7) - half)
  const shrunk = cosine(nearEquator * E7_RAD) * 1.0034
  return half * STEP_MAX_M * Math.sqrt(1 + shrunk * shrunk) * SLACK_SHARE + SLACK_M
}

/** How far from the middle of a cell boundaries are looked for. */
function lookM(halfM: number): number {
  return Math.min(2 * halfM, halfM + CLEAR_MAX_M)
}

/** The greatest steps of latitude and longitude that look so far from the middle of a cell. */
function lookE7(latE7: number, shift: number): [up: number, aside: number] {
  const up = lookM(halfDiagonalM(latE7, shift)) / STEP_MIN_M
  const farthest = Math.min(890_000_000, Math.abs(latE7) + up)
  return [up, up / cosine(farthest * E7_RAD)]
}

const NONE: readonly number[] = []

class CellBuilder {
  readonly #zones: readonly CompiledZone[]
  readonly #boxes: readonly Box[]
  readonly #grid: Grid
  readonly #words: number[] = []
  readonly #records: number[] = []

  constructor(zones: readonly CompiledZone[], boxes: readonly Box[], grid: Grid) {
    this.#zones = zones
    this.#boxes = boxes
    this.#grid = grid
  }

  build(): Cells {
    const { columns, rows, shift } = this.#grid
    const near = this.#zonesNearCells()
    const size = 2 ** shift
    for (let k = 0; k < columns * rows; k++) this.#words.push(0)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const k = row * columns + column
        this.#words[k] = this.#word((column + 0.5) * size, (row + 0.5) * size, shift, near[k] ?? NONE, NONE)
      }
    return {
      ...this.#grid,
      words: Int32Array.from(this.#words),
      records: Int32Array.from(this.#records),
    }
  }

  /** By cell of the grid, the zones whose box lies within what is looked for from its middle. */
  #zonesNearCells(): (number[] | undefined)[] {
    const { columns, rows, shift, southE7, westE7 } = this.#grid
    const size = 2 ** shift
    const looks = Array.from({ length: rows }, (_, row) => lookE7(southE7 + (row + 0.5) * size, shift))
    const upMax = Math.max(0, ...looks.map(([up]) => up))
    const near: (number[] | undefined)[] = new Array(columns * rows)
    for (const [zone, { west, east, south, north }] of this.#boxes.entries()) {
      const first = Math.max(0, Math.floor((south - upMax - southE7) / size))
      const last = Math.min(rows - 1, Math.floor((north + upMax - southE7) / size))
      for (let row = first; row <= last; row++) {
        const aside = looks[row]![1]
        for (let turn = -2; turn <= 2; turn++) {
          const from = Math.max(0, Math.floor((west - aside - westE7 + turn * FULL_TURN_E7) / size))
          const to = Math.min(columns - 1, Math.floor((east + aside - westE7 + turn * FULL_TURN_E7) / size))
          for (let k = row * columns + from; k <= row * columns + to; k++) {
            const list = near[k]
            if (list === undefined) near[k] = [zone]
            else if (list[list.length - 1] !== zone) list.push(zone)
          }
        }
      }
    }
    return near
  }

  /** The word of the cell about (x, y) from the grid's corner; `covering` hold it whole, `near` are to be looked at. */
  #word(x: number, y: number, shift: number, near: readonly number[], covering: readonly number[]): number {
    const { southE7, westE7 } = this.#grid
    const latE7 = southE7 + y
    const lonE7 = foldedE7(westE7 + x)
    const halfM = halfDiagonalM(latE7, shift)
    if (shift > MEASURED_SHIFT_MAX && near.length > 0) return this.#cut(x, y, shift, near, covering, true)

    const passM = 0.75 * halfM + lookM(halfDiagonalM(latE7, shift - 2) * 1.1) + SLACK_M
    const askM = Math.max(lookM(halfM), passM)
    let clearM = lookM(halfM)
    const crossing: number[] = []
    const covers = [...covering]
    const pass: number[] = []
    const passCovering = [...covering]
    for (const zone of near) {
      const distanceM = this.#zones[zone]!.signedDistanceM(latE7, lonE7, askM)
      const awayM = Math.abs(distanceM)
      if (awayM <= halfM) crossing.push(zone)
      else {
        if (awayM < clearM) clearM = awayM
        if (distanceM > 0) covers.push(zone)
      }
      if (awayM < passM) pass.push(zone)
      else if (distanceM > 0) passCovering.push(zone)
    }
    if (crossing.length > 0 && shift >= CUT_SHIFT_MIN) return this.#cut(x, y, shift, pass, passCovering, false)
    const units = Math.min(CLEAR_UNITS_MAX, Math.floor(clearM / CLEAR_UNIT_M[shift]!))
    const only = covers[0] ?? crossing[0] ?? -1
    if (covers.length + crossing.length < 2 && only < ONLY_MAX)
      return ((only + 1) << 13) | (units << 2) | (crossing.length === 0 ? 1 : 3)
    const record = this.#records.length
    this.#records.push(Math.floor(clearM), covers.length, crossing.length, ...covers, ...crossing)
    return (record << 2) | 2
  }

  /** Sixteen cells in place of one; a wide one's by the boxes of the zones. */
  #cut(
    x: number,
    y: number,
    shift: number,
    near: readonly number[],
    covering: readonly number[],
    byBoxes: boolean,
  ): number {
    const first = this.#words.length
    for (let k = 0; k < 16; k++) this.#words.push(0)
    const size = 2 ** (shift - 2)
    for (let k = 0; k < 16; k++) {
      const partX = x + ((k & 3) - 1.5) * size
      const partY = y + ((k >> 2) - 1.5) * size
      const list = byBoxes ? near.filter((zone) => this.#isNear(zone, partX, partY, shift - 2)) : near
      this.#words[first + k] = this.#word(partX, partY, shift - 2, list, covering)
    }
    return first << 2
  }

  #isNear(zone: number, x: number, y: number, shift: number): boolean {
    const { southE7, westE7 } = this.#grid
    const { west, east, south, north } = this.#boxes[zone]!
    const latE7 = southE7 + y
    const [up, aside] = lookE7(latE7, shift)
    if (latE7 < south - up || latE7 > north + up) return false
    const off = foldedE7(westE7 + x - (west + east) / 2)
    return Math.abs(off) <= (east - west) / 2 + aside
  }
}
