// A static hierarchy of boxes over the edges of a zone, in one Int32Array. Consecutive edges of a ring lie beside each
// other already, so a path is divided by position and nothing is sorted; only the paths among themselves are.
//
//   header  origin latitude, origin longitude | min x, min y, max x, max y | node count | path count
//   nodes   min x, min y, max x, max y | where its children begin (0 = leaf) | first, last vertex (-1: whole paths) | children
//   ends    index of the first vertex after each path
//   xy      x (longitude), y (latitude) by turns; 1e-7 degrees from the origin. A ring repeats its first vertex at its end.

import { foldE7 } from './project.ts'

export type Path = readonly (readonly [x: number, y: number])[]

export const HEADER_WORDS = 8
export const NODE_WORDS = 8
/** Up to so many edges a straight loop is faster than the hierarchy. */
const STRAIGHT_EDGES_MAX = 16
const LEAF_EDGES = 8
const NODE_CHILDREN = 8

type Box = [minX: number, minY: number, maxX: number, maxY: number]

/** Packs paths in 1e-7 degrees (longitudes unwrapped) into the array described above; no nodes for few edges. */
export function packEdges(paths: readonly Path[], straightEdgesMax: number = STRAIGHT_EDGES_MAX): Int32Array {
  const whole = boxOf(paths.map((path) => boxOfPath(path, 0, path.length - 1)))
  const originX = Math.round((whole[0] + whole[2]) / 2)
  const originY = Math.round((whole[1] + whole[3]) / 2)
  const vertexCount = paths.reduce((sum, path) => sum + path.length, 0)
  const nodes: number[] = []
  if (vertexCount - paths.length > straightEdgesMax) {
    const part = partOf(startsOf(paths))
    appendNode(nodes, part, originX, originY)
    appendChildren(nodes, 0, part, originX, originY)
  }

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

/** Several whole paths, or the edges between two vertices of one. */
type Part = { placed: Placed[] } | { path: Placed; from: number; to: number }

function partOf(placed: Placed[]): Part {
  const [only] = placed
  return placed.length === 1 ? { path: only!, from: 0, to: only!.path.length - 1 } : { placed }
}

function boxOfPart(part: Part): Box {
  return 'placed' in part ? boxOf(part.placed.map((one) => one.box)) : boxOfPath(part.path.path, part.from, part.to)
}

/** At most NODE_CHILDREN parts of a part; none of what is a leaf. */
function divide(part: Part): Part[] {
  if ('placed' in part) {
    let groups = [part.placed]
    for (let most = 1; most < NODE_CHILDREN; most *= 2) groups = groups.flatMap(halve)
    return groups.map(partOf)
  }
  const { path, from, to } = part
  const leaves = Math.ceil((to - from) / LEAF_EDGES)
  if (leaves <= 1) return []
  const edges = Math.ceil(leaves / NODE_CHILDREN) * LEAF_EDGES
  return Array.from({ length: Math.ceil((to - from) / edges) }, (_, k) => ({
    path,
    from: from + k * edges,
    to: Math.min(to, from + (k + 1) * edges),
  }))
}

/** By the middle of their boxes, along the longer side of all. */
function halve(placed: Placed[]): Placed[][] {
  if (placed.length < 2) return [placed]
  const box = boxOf(placed.map((one) => one.box))
  const axis = box[2] - box[0] > box[3] - box[1] ? 0 : 1
  const middle = (one: Placed): number => one.box[axis]! + one.box[axis + 2]!
  const sorted = [...placed].sort((a, b) => middle(a) - middle(b) || a.start - b.start)
  const half = sorted.length >> 1
  return [sorted.slice(0, half), sorted.slice(half)]
}

/** The children of a node lie beside each other. */
function appendChildren(nodes: number[], at: number, part: Part, originX: number, originY: number): void {
  const parts = divide(part)
  if (parts.length === 0) return
  const first = nodes.length
  nodes[at + 4] = first + HEADER_WORDS
  nodes[at + 7] = parts.length
  for (const child of parts) appendNode(nodes, child, originX, originY)
  for (const [k, child] of parts.entries()) appendChildren(nodes, first + k * NODE_WORDS, child, originX, originY)
}

function appendNode(nodes: number[], part: Part, originX: number, originY: number): void {
  const box = boxOfPart(part)
  const [first, last] = 'placed' in part ? [-1, -1] : [part.path.start + part.from, part.path.start + part.to]
  nodes.push(box[0] - originX, box[1] - originY, box[2] - originX, box[3] - originY, 0, first, last, 0)
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
