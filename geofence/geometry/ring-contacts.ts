// Where rings meet, decided exactly: positions are whole numbers of 1e-7 degrees, and a product that a double cannot hold
// is taken in BigInt. Turf's `kinks` gives the same crossings but takes minutes at 100,000 vertices; it is the oracle.
import { HEADER_WORDS, NODE_WORDS, type Path, packEdges } from './edge-index.ts'
import { ZoneInvalid } from './zone-invalid.ts'

type RingContacts = {
  /** First proper crossing of a ring with itself. */
  selfCrossing?: { ring: number; x: number; y: number }
  /** Some ring runs along itself (a bridge to a hole drawn as one ring, a path out and back). */
  selfOverlap: boolean
  /** Some ring comes back to a position of its own. */
  selfTouch: boolean
  /** Two rings that touch, cross or run along each other anywhere. */
  ringsMeet: boolean
}

/** Pairs of edges looked at; a coast of 200,000 vertices needs 2 million, a hatching of long lines the square of its edges. */
const EDGE_PAIRS_MAX = 50_000_000

/**
 * Finds where closed rings (first position repeated at the end, no position twice in a row) meet themselves or others.
 * Stops at the first crossing of a ring with itself. Throws ZoneInvalid above EDGE_PAIRS_MAX.
 */
export function findContacts(rings: readonly Path[]): RingContacts {
  const contacts: RingContacts = { selfOverlap: false, selfTouch: false, ringsMeet: false }
  const packed = packEdges(rings, 0)
  const pathCount = packed[7]!
  const ends = HEADER_WORDS + packed[6]! * NODE_WORDS
  const xy = ends + pathCount
  const stack: number[] = []
  let v = 0
  let pairs = 0
  for (let ring = 0; ring < pathCount; ring++) {
    const start = v
    const end = packed[ends + ring]!
    for (; v < end - 1; v++) {
      const ax = packed[xy + 2 * v]!
      const ay = packed[xy + 2 * v + 1]!
      const bx = packed[xy + 2 * v + 2]!
      const by = packed[xy + 2 * v + 3]!
      const minX = Math.min(ax, bx)
      const maxX = Math.max(ax, bx)
      const minY = Math.min(ay, by)
      const maxY = Math.max(ay, by)
      stack.push(HEADER_WORDS)
      for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
        if (packed[node]! > maxX || packed[node + 1]! > maxY) continue
        if (packed[node + 2]! < minX || packed[node + 3]! < minY) continue
        const children = packed[node + 7]!
        if (children !== 0) {
          for (let k = 0; k < children; k++) stack.push(packed[node + 4]! + k * NODE_WORDS)
          continue
        }
        pairs += packed[node + 6]! - packed[node + 5]!
        for (let w = Math.max(v + 1, packed[node + 5]!); w < packed[node + 6]!; w++) {
          const at = xy + 2 * w
          const met = meet(ax, ay, bx, by, packed[at]!, packed[at + 1]!, packed[at + 2]!, packed[at + 3]!)
          if (met === 'apart') continue
          if (w >= end) contacts.ringsMeet = true
          else if (met === 'along') contacts.selfOverlap = true
          else if (met === 'touch') contacts.selfTouch ||= w > v + 1 && !(v === start && w === end - 2)
          else
            return {
              ...contacts,
              selfCrossing: { ring, x: rings[ring]![v - start]![0], y: rings[ring]![v - start]![1] },
            }
        }
      }
      if (pairs > EDGE_PAIRS_MAX)
        throw new ZoneInvalid('the boundary is too intricate: too many of its edges lie across each other')
    }
    v = end
  }
  return contacts
}

/** How two edges meet: not at all, at an end of one, crossing properly, or along a common stretch. */
function meet(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  cx: number,
  cy: number,
  dx: number,
  dy: number,
): 'apart' | 'touch' | 'cross' | 'along' {
  if (Math.max(cx, dx) < Math.min(ax, bx) || Math.min(cx, dx) > Math.max(ax, bx)) return 'apart'
  if (Math.max(cy, dy) < Math.min(ay, by) || Math.min(cy, dy) > Math.max(ay, by)) return 'apart'
  const c = side(ax, ay, bx, by, cx, cy)
  const d = side(ax, ay, bx, by, dx, dy)
  if (c === 0 && d === 0) {
    const common = ax === bx ? commonLength(ay, by, cy, dy) : commonLength(ax, bx, cx, dx)
    return common > 0 ? 'along' : common === 0 ? 'touch' : 'apart'
  }
  const a = side(cx, cy, dx, dy, ax, ay)
  const b = side(cx, cy, dx, dy, bx, by)
  if (c * d < 0 && a * b < 0) return 'cross'
  return c * d <= 0 && a * b <= 0 ? 'touch' : 'apart'
}

function commonLength(a: number, b: number, c: number, d: number): number {
  return Math.min(Math.max(a, b), Math.max(c, d)) - Math.max(Math.min(a, b), Math.min(c, d))
}

/** 1 when c lies left of a→b, -1 right, 0 on the line through them; exact for whole numbers. */
export function side(ax: number, ay: number, bx: number, by: number, cx: number, cy: number): number {
  const p = (bx - ax) * (cy - ay)
  const q = (by - ay) * (cx - ax)
  if (Math.abs(p) < 2 ** 52 && Math.abs(q) < 2 ** 52) return Math.sign(p - q)
  const exact = BigInt(bx - ax) * BigInt(cy - ay) - BigInt(by - ay) * BigInt(cx - ax)
  return exact > 0n ? 1 : exact < 0n ? -1 : 0
}

/** True when a ray from the position crosses the ring an odd number of times. */
export function isWithinRing(ring: Path, x: number, y: number): boolean {
  let inside = false
  for (let i = 1; i < ring.length; i++) {
    const [ax, ay] = ring[i - 1]!
    const [bx, by] = ring[i]!
    if (ay > y !== by > y && side(ax, ay, bx, by, x, y) > 0 === by > ay) inside = !inside
  }
  return inside
}
