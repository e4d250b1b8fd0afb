// A static hierarchy of boxes over the edges of a zone, in one Int32Array. Consecutive edges of a ring lie beside each
// other already, so a path is halved by position and nothing is sorted; only the paths among themselves are.
//
//   header  origin latitude, origin longitude | min x, min y, max x, max y | node count | path count
//   nodes   min x, min y, max x, max y | right child (left one follows; 0 = leaf) | first, last vertex (-1: whole paths) | 0
//   ends    index of the first vertex after each path
//   xy      x (longitude), y (latitude) by turns; 1e-7 degrees from the origin. A ring repeats its first vertex at its end.

import { foldE7 } from './project.ts'

export type Path = readonly (readonly [x: number, y: number])[]

export const HEADER_WORDS = 8
export const NODE_WORDS = 8
/** Up to so many edges a straight loop is faster than the hierarchy. */
export const STRAIGHT_EDGES_MAX = 10
const LEAF_EDGES = 8

type Box = [minX: number, minY: number, maxX: number, maxY: number]

/** Packs paths in 1e-7 degrees (longitudes unwrapped) into the array described above; no nodes for few edges. */
export function packEdges(paths: readonly Path[], straightEdgesMax: number = STRAIGHT_EDGES_MAX): Int32Array {
  const whole = boxOf(paths.map((path) => boxOfPath(path, 0, path.length - 1)))
  const originX = Math.round((whole[0] + whole[2]) / 2)
  const originY = Math.round((whole[1] + whole[3]) / 2)
  const vertexCount = paths.reduce((sum, path) => sum + path.length, 0)
  const nodes: number[] = []
  if (vertexCount - paths.length > straightEdgesMax) appendPaths(nodes, startsOf(paths), originX, originY)

  const packed = new Int32Array(HEADER_WORDS + nodes.length + paths.length + 2 * vertexCount)
  packed.set([originY, foldE7(originX), whole[0] - originX, whole[1] - originY, whole[2] - originX, whole[3] - originY])
  packed[6] = nodes.length / NODE_WORDS
  packed[7] = paths.length
  packed.set(nodes, HEADER_WORDS)
  let end = 0
  let at = HEADER_WORDS + nodes.length
  for (const path of paths) packed[at++] = end += path.length
  for (const path of paths)
    for (const [x, y] of path) {
      packed[at++] = x - originX
      packed[at++] = y - originY
    }
  return packed
}

type Placed = { path: Path; start: number; box: Box }

function startsOf(paths: readonly Path[]): Placed[] {
  let start = 0
  return paths.map((path) => {
    const placed: Placed = { path, start, box: boxOfPath(path, 0, path.length - 1) }
    start += path.length
    return placed
  })
}

/** Nodes above whole paths, halved by the middle of their boxes along the longer side. */
function appendPaths(nodes: number[], placed: Placed[], originX: number, originY: number): void {
  const [only] = placed
  if (placed.length === 1) {
    appendRun(nodes, only!, 0, only!.path.length - 1, originX, originY)
    return
  }
  const box = boxOf(placed.map((one) => one.box))
  const axis = box[2] - box[0] > box[3] - box[1] ? 0 : 1
  const middle = (one: Placed): number => one.box[axis]! + one.box[axis + 2]!
  placed.sort((a, b) => middle(a) - middle(b) || a.start - b.start)
  const half = placed.length >> 1
  const at = appendNode(nodes, box, -1, -1, originX, originY)
  appendPaths(nodes, placed.slice(0, half), originX, originY)
  nodes[at + 4] = nodes.length / NODE_WORDS
  appendPaths(nodes, placed.slice(half), originX, originY)
}

/** Nodes over the edges between vertices `from` and `to` of one path. */
function appendRun(nodes: number[], placed: Placed, from: number, to: number, originX: number, originY: number): void {
  const { path, start } = placed
  const at = appendNode(nodes, boxOfPath(path, from, to), start + from, start + to, originX, originY)
  const leaves = Math.ceil((to - from) / LEAF_EDGES)
  if (leaves <= 1) return
  const middle = from + Math.ceil(leaves / 2) * LEAF_EDGES
  appendRun(nodes, placed, from, middle, originX, originY)
  nodes[at + 4] = nodes.length / NODE_WORDS
  appendRun(nodes, placed, middle, to, originX, originY)
}

function appendNode(nodes: number[], box: Box, first: number, last: number, originX: number, originY: number): number {
  const at = nodes.length
  nodes.push(box[0] - originX, box[1] - originY, box[2] - originX, box[3] - originY, 0, first, last, 0)
  return at
}

function boxOfPath(path: Path, from: number, to: number): Box {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = from; i <= to; i++) {
    const [x, y] = path[i]!
    if (x < box[0]) box[0] = x
    if (y < box[1]) box[1] = y
    if (x > box[2]) box[2] = x
    if (y > box[3]) box[3] = y
  }
  return box
}

function boxOf(boxes: readonly Box[]): Box {
  const all: Box = [Infinity, Infinity, -Infinity, -Infinity]
  for (const box of boxes) {
    all[0] = Math.min(all[0], box[0])
    all[1] = Math.min(all[1], box[1])
    all[2] = Math.max(all[2], box[2])
    all[3] = Math.max(all[3], box[3])
  }
  return all
}
