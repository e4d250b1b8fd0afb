// Many shared zones by place: a static hierarchy of their boxes, halved by the middle along the longer side. Ours and not
// flatbush, because a question must allocate nothing (flatbush gives a new array), must see across the antimeridian, and
// has a distance as its window; the bench measures flatbush beside it. Build, freeze, swap.
import type { CompiledZone } from './compiled-zone.ts'
import { PLANE_LAT_MAX_E7, PLANE_ROW, PLANES } from './local-plane.ts'
import { FULL_TURN_E7, foldE7 } from './project.ts'

/** min x, min y, max x, max y | right child (left one follows; 0 = leaf) | first, after last of `order` | 0 */
const NODE_WORDS = 8
const LEAF_ZONES = 4
const POLE_E7 = 900_000_000
const STACK_MAX = 96
const stack = new Int32Array(STACK_MAX)
/** What is looked at about a position: from the south of it to the north, and so far to the west and east. */
const around = new Float64Array(4)
const SOUTH = 0
const NORTH = 1
const WESTWARD = 2
const EASTWARD = 3

export class ZoneIndex {
  readonly zones: readonly CompiledZone[]
  readonly #nodes: Float64Array
  readonly #order: Int32Array
  readonly #boxes: Float64Array

  constructor(zones: readonly CompiledZone[]) {
    this.zones = zones
    const boxes = new Float64Array(4 * zones.length)
    for (const [i, { bboxE7 }] of zones.entries()) {
      // The middle of every box lies within ±180°.
      const shift = Math.round((bboxE7.west + bboxE7.east) / 2 / FULL_TURN_E7) * FULL_TURN_E7
      boxes.set([bboxE7.west - shift, bboxE7.south, bboxE7.east - shift, bboxE7.north], 4 * i)
    }
    const nodes: number[] = []
    const order = zones.map((_, i) => i)
    if (zones.length > 0) appendZones(nodes, boxes, order, 0, order.length)
    // Boxes in the order of the hierarchy: a leaf reads them one after another.
    this.#boxes = Float64Array.from({ length: boxes.length }, (_, k) => boxes[4 * order[k >> 2]! + (k & 3)]!)
    this.#order = Int32Array.from(order)
    this.#nodes = Float64Array.from(nodes)
  }

  /**
   * The zones around the position and those less than `withinM` metres away (signed distance above −withinM). Writes their places in `zones` to `found` and their distances (exact within ±withinM, see CompiledZone) to
   * `distancesM`; gives their number. Throws when there are more than `found` holds.
   */
  near(latE7: number, lonE7: number, withinM: number, found: Int32Array, distancesM: Float64Array): number {
    this.#lookAround(latE7, withinM)
    return this.#measure(latE7, lonE7, withinM, found, distancesM)
  }

  /**
   * As `near`, for who has come straight, in longitude and latitude, from another position: only those zones of which some part
   * may be less than `besideM` from the position, or on the way.
   */
  along(
    fromLatE7: number,
    fromLonE7: number,
    latE7: number,
    lonE7: number,
    besideM: number,
    withinM: number,
    found: Int32Array,
    distancesM: Float64Array,
  ): number {
    this.#lookAround(latE7, besideM)
    const dLon = foldE7(lonE7 - fromLonE7)
    around[SOUTH] = Math.min(around[SOUTH]!, fromLatE7 - 1)
    around[NORTH] = Math.max(around[NORTH]!, fromLatE7 + 1)
    around[WESTWARD] = Math.max(around[WESTWARD]!, dLon + 1)
    around[EASTWARD] = Math.max(around[EASTWARD]!, 1 - dLon)
    return this.#measure(latE7, lonE7, withinM, found, distancesM)
  }

  #lookAround(latE7: number, reachM: number): void {
    const planeLat = Math.max(-PLANE_LAT_MAX_E7, Math.min(PLANE_LAT_MAX_E7, latE7))
    const place = (planeLat * 1e-7 + 90.5) | 0
    const t = planeLat * 1e-7 + 90 - place
    const row = place * PLANE_ROW
    const unitM = PLANES[row]! + t * PLANES[row + 1]!
    const ratio = PLANES[row + 4]! + t * PLANES[row + 5]!
    const reachY = (reachM / unitM) * 1.001 + 1
    const south = latE7 - reachY
    const north = latE7 + reachY
    // The degree of longitude shrinks within the reach; near the poles, and beyond one, everything lies to the side.
    const kappa = Math.abs(PLANES[row + 8]! + t * PLANES[row + 9]!)
    const shrunk = north < POLE_E7 && south > -POLE_E7 ? ratio * (1 - 2 * kappa * reachY) : 0
    around[SOUTH] = south
    around[NORTH] = north
    around[WESTWARD] = around[EASTWARD] = shrunk > 0.02 ? (reachY / shrunk) * 1.001 : FULL_TURN_E7
  }

  #measure(latE7: number, lonE7: number, withinM: number, found: Int32Array, distancesM: Float64Array): number {
    const nodes = this.#nodes
    if (nodes.length === 0) return 0
    const order = this.#order
    const boxes = this.#boxes
    const zones = this.zones
    const south = around[SOUTH]!
    const north = around[NORTH]!
    const westward = around[WESTWARD]!
    const eastward = around[EASTWARD]!
    let count = 0
    let top = 0
    stack[0] = 0
    while (top >= 0) {
      const node = stack[top--]!
      if (nodes[node + 1]! > north || nodes[node + 3]! < south) continue
      if (isBeside(lonE7, nodes[node]! - eastward, nodes[node + 2]! + westward)) continue
      const right = nodes[node + 4]!
      if (right !== 0) {
        stack[++top] = right
        stack[++top] = node + NODE_WORDS
        continue
      }
      const end = nodes[node + 6]!
      for (let k = nodes[node + 5]!; k < end; k++) {
        const box = 4 * k
        if (boxes[box + 1]! > north || boxes[box + 3]! < south) continue
        if (isBeside(lonE7, boxes[box]! - eastward, boxes[box + 2]! + westward)) continue
        if (count === found.length) throw new RangeError(`more than ${count} zones within ${withinM} m`)
        const i = order[k]!
        zones[i]!.measure(latE7, lonE7, withinM, distancesM, count)
        if (distancesM[count]! > -withinM) found[count++] = i
      }
    }
    return count
  }
}

/** True when the longitude, taken any number of times around, is not between west and east. */
function isBeside(lonE7: number, west: number, east: number): boolean {
  if (lonE7 >= west) return lonE7 > east && lonE7 - FULL_TURN_E7 < west
  return lonE7 + FULL_TURN_E7 > east
}

function appendZones(nodes: number[], boxes: Float64Array, order: number[], from: number, to: number): void {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let k = from; k < to; k++) {
    const box = 4 * order[k]!
    west = Math.min(west, boxes[box]!)
    south = Math.min(south, boxes[box + 1]!)
    east = Math.max(east, boxes[box + 2]!)
    north = Math.max(north, boxes[box + 3]!)
  }
  const at = nodes.length
  nodes.push(west, south, east, north, 0, from, to, 0)
  if (to - from <= LEAF_ZONES) return
  const axis = east - west > north - south ? 0 : 1
  const middle = (i: number): number => boxes[4 * i + axis]! + boxes[4 * i + axis + 2]!
  const sorted = order.slice(from, to).sort((a, b) => middle(a) - middle(b) || a - b)
  for (const [k, i] of sorted.entries()) order[from + k] = i
  const half = (from + to) >> 1
  appendZones(nodes, boxes, order, from, half)
  nodes[at + 4] = nodes.length
  appendZones(nodes, boxes, order, half, to)
}
