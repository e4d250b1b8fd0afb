// From drawn polygons to rings whose even-odd rule is the truth: closed, unwrapped across the antimeridian, without spikes,
// not crossing, with what overlaps or runs along another ring united.
import { area, difference, featureCollection, multiPolygon, polygon, union } from '@turf/turf'
import { ZONE_VERTICES_MAX } from '../../model/plan/zone.ts'
import type { Path } from './edge-index.ts'
import { FULL_TURN_E7, foldE7, HALF_TURN_E7 } from './project.ts'
import { findContacts, isWithinRing, side } from './ring-contacts.ts'
import { ZoneInvalid } from './zone-invalid.ts'

type Degrees = readonly (readonly number[])[]
type Vertex = [x: number, y: number]
type Ring = Vertex[]

type AreaRings = { rings: Path[]; areaM2: number }

/** Rings and area of a multipolygon given as GeoJSON coordinates. Throws ZoneInvalid with what is wrong and where. */
export function areaRings(coordinates: readonly (readonly Degrees[])[]): AreaRings {
  refuseTooMany(coordinates.reduce((sum, rings) => sum + rings.reduce((n, ring) => n + ring.length, 0), 0))
  const polygons = coordinates.map(cleanPolygon).filter((rings) => rings.length > 0)
  if (polygons.length === 0) throw new ZoneInvalid('the zone has no area: its ring is a point or a line')
  bringTogether(polygons)
  const rings = polygons.flat()
  const contacts = findContacts(rings)
  if (contacts.selfCrossing) {
    const { ring, x, y } = contacts.selfCrossing
    throw new ZoneInvalid(
      `the boundary crosses itself near latitude ${y / 1e7}, longitude ${foldE7(x) / 1e7} (ring ${ring + 1} of ${rings.length})`,
    )
  }
  if (contacts.selfOverlap || contacts.selfTouch) {
    if (contacts.ringsMeet)
      throw new ZoneInvalid('the boundary touches both itself and another ring; draw the parts apart')
    // By the even-odd rule such a ring is right as it is; only where it runs along itself it bounds nothing.
    const loops = contacts.selfOverlap ? rings.flatMap(withoutDoubledEdges) : rings
    return { rings: loops, areaM2: loops.reduce((sum, loop) => sum + evenOddSign(loop, loops) * ringAreaM2(loop), 0) }
  }
  if (contacts.ringsMeet || !areNestedRightly(polygons)) return unite(polygons.map((part) => part.map(toDegrees)))
  return { rings, areaM2: area(multiPolygon(polygons.map((part) => part.map(toDegrees)))) }
}

/** Throws ZoneInvalid above ZONE_VERTICES_MAX. */
export function refuseTooMany(vertices: number): void {
  if (vertices > ZONE_VERTICES_MAX)
    throw new ZoneInvalid(`a zone may have ${ZONE_VERTICES_MAX} vertices at most, this one has ${vertices}`)
}

/** Positions in 1e-7 degrees, each longitude within half a turn of the one before; repeated ones dropped. */
export function unwrapPath(coordinates: Degrees): Ring {
  const path: Ring = []
  for (const [lon, lat] of coordinates) {
    const y = toE7(lat)
    const before = path[path.length - 1]
    let x = toE7(lon)
    if (before) {
      const step = foldE7(foldE7(x - before[0]))
      if (Math.abs(step) === HALF_TURN_E7)
        throw new ZoneInvalid(`an edge from longitude ${foldE7(before[0]) / 1e7} to ${lon} goes half around the earth`)
      x = before[0] + step
      if (step === 0 && before[1] === y) continue
    }
    path.push([x, y])
  }
  return path
}

function toE7(degrees: number | undefined): number {
  if (degrees === undefined || !Number.isFinite(degrees))
    throw new ZoneInvalid(`a coordinate must be a number, got ${degrees}`)
  return Math.round(degrees * 1e7)
}

function toDegrees(ring: Path): [number, number][] {
  return ring.map(([x, y]) => [x / 1e7, y / 1e7])
}

/** Clean rings, the outer one first; empty when the outer ring has no area. */
function cleanPolygon(coordinates: readonly Degrees[]): Ring[] {
  const [outer, ...holes] = coordinates.map(cleanRing)
  if (!outer || outer.length < 4) return []
  return [outer, ...holes.filter((hole) => hole.length >= 4)]
}

function cleanRing(coordinates: Degrees): Ring {
  const ring = unwrapPath(coordinates)
  const first = ring[0]
  if (!first) return []
  const last = ring[ring.length - 1]!
  if (last[0] === first[0] && last[1] === first[1]) ring.pop()
  else if (Math.abs(last[0] - first[0]) > HALF_TURN_E7)
    throw new ZoneInvalid('the boundary goes around the pole; draw the zone in two parts that do not')
  dropSpikes(ring)
  if (ring.length < 3) return []
  ring.push([ring[0]![0], ring[0]![1]])
  return ring
}

/** Removes every vertex at which an open ring turns back on itself. */
function dropSpikes(ring: Ring): void {
  let since = 0
  for (let i = 0; ring.length >= 3 && since < ring.length; ) {
    const n = ring.length
    const [ax, ay] = ring[(i + n - 1) % n]!
    const [bx, by] = ring[i % n]!
    const [cx, cy] = ring[(i + 1) % n]!
    const turnsBack = side(ax, ay, bx, by, cx, cy) === 0 && (ax - bx) * (cx - bx) + (ay - by) * (cy - by) >= 0
    if (turnsBack) {
      ring.splice(i % n, 1)
      i = ((i + n - 2) % n) % ring.length
      since = 0
    } else {
      i = (i + 1) % n
      since++
    }
  }
}

/** Moves holes and further polygons by whole turns to the side of the first polygon. */
function bringTogether(polygons: Ring[][]): void {
  const home = middleX(polygons[0]![0]!)
  let west = Infinity
  let east = -Infinity
  for (const rings of polygons) {
    const turns = Math.round((middleX(rings[0]!) - home) / FULL_TURN_E7)
    for (const vertex of rings[0]!) vertex[0] -= turns * FULL_TURN_E7
    const outerMiddle = middleX(rings[0]!)
    for (const hole of rings.slice(1)) {
      const holeTurns = Math.round((middleX(hole) - outerMiddle) / FULL_TURN_E7)
      for (const vertex of hole) vertex[0] -= holeTurns * FULL_TURN_E7
    }
    for (const [x] of rings[0]!) {
      west = Math.min(west, x)
      east = Math.max(east, x)
    }
  }
  if (east - west >= HALF_TURN_E7) throw new ZoneInvalid('a zone may not reach half around the earth')
}

function middleX(ring: Ring): number {
  let west = Infinity
  let east = -Infinity
  for (const [x] of ring) {
    west = Math.min(west, x)
    east = Math.max(east, x)
  }
  return (west + east) / 2
}

type Part = { rings: Path[]; west: number; east: number; south: number; north: number }

/** For rings that meet nowhere: holes lie in their outer ring and not in each other, polygons not in each other. */
function areNestedRightly(polygons: readonly Path[][]): boolean {
  for (const rings of polygons)
    for (let h = 1; h < rings.length; h++) {
      const [x, y] = rings[h]![0]!
      if (rings.some((ring, r) => r !== h && isWithinRing(ring, x, y) !== (r === 0))) return false
    }
  const parts = polygons.map(partOf).sort((a, b) => a.west - b.west)
  for (const [i, part] of parts.entries())
    for (let k = i + 1; k < parts.length && parts[k]!.west <= part.east; k++) {
      const other = parts[k]!
      if (other.south > part.north || other.north < part.south) continue
      if (isWithinPart(part, other.rings[0]![0]!) || isWithinPart(other, part.rings[0]![0]!)) return false
    }
  return true
}

function partOf(rings: Path[]): Part {
  const part: Part = { rings, west: Infinity, east: -Infinity, south: Infinity, north: -Infinity }
  for (const [x, y] of rings[0]!) {
    part.west = Math.min(part.west, x)
    part.east = Math.max(part.east, x)
    part.south = Math.min(part.south, y)
    part.north = Math.max(part.north, y)
  }
  return part
}

function isWithinPart({ rings, west, east, south, north }: Part, [x, y]: readonly [number, number]): boolean {
  if (x < west || x > east || y < south || y > north) return false
  return rings.filter((ring) => isWithinRing(ring, x, y)).length % 2 === 1
}

/** The loops that remain when edges that are run along an even number of times are left out. */
function withoutDoubledEdges(ring: Path): Path[] {
  const next = new Map<string, string[]>()
  const positions = new Map<string, Vertex>()
  for (let i = 1; i < ring.length; i++) {
    const [a, b] = [ring[i - 1]!, ring[i]!]
    const [from, to] = [`${a[0]},${a[1]}`, `${b[0]},${b[1]}`]
    positions.set(from, [a[0], a[1]])
    const back = next.get(to)?.indexOf(from) ?? -1
    if (back >= 0) next.get(to)!.splice(back, 1)
    else next.set(from, [...(next.get(from) ?? []), to])
  }
  const loops: Path[] = []
  for (const [start, ways] of next)
    while (ways.length > 0) {
      const loop: Ring = [[...positions.get(start)!]]
      let at = start
      do {
        at = next.get(at)!.pop()!
        loop.push([...positions.get(at)!])
      } while (at !== start)
      loops.push(loop)
    }
  return loops
}

/** 1 for a loop that bounds covered ground to its inside, −1 for one around a hole. */
function evenOddSign(loop: Path, loops: readonly Path[]): 1 | -1 {
  // The middle of an edge lies on no other loop: those touch at vertices only.
  const [[ax, ay], [bx, by]] = [loop[0]!, loop[1]!]
  const around = loops.filter((other) => other !== loop && isWithinRing(other, (ax + bx) / 2, (ay + by) / 2))
  return around.length % 2 === 0 ? 1 : -1
}

function ringAreaM2(ring: Path): number {
  return area(polygon([toDegrees(ring)]))
}

/** By Turf: holes are taken away, what is covered twice counts once, common edges between parts vanish. */
function unite(parts: [number, number][][][]): AreaRings {
  const features = parts.flatMap((part) => {
    const [outer, ...holes] = part.map((ring) => polygon([ring]))
    const left = holes.length === 0 ? outer! : difference(featureCollection([outer!, ...holes]))
    if (!left) return []
    // What is a hole beside its ring, or a hole in a hole? Maps, Turf and databases do not agree; so it is no zone.
    const expectedM2 = area(outer!) - holes.reduce((sum, hole) => sum + area(hole), 0)
    if (Math.abs(area(left) - expectedM2) > 1 + 1e-6 * area(outer!))
      throw new ZoneInvalid('a hole reaches over its outer ring or another hole, or lies outside or in one')
    return [left]
  })
  const united = features.length < 2 ? features[0] : union(featureCollection(features))
  if (!united) throw new ZoneInvalid('the zone has no area: its holes cover it')
  const { geometry } = united
  const coordinates = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  const rings = coordinates.flatMap(cleanPolygon)
  if (rings.length === 0) throw new ZoneInvalid('the zone has no area: its holes cover it')
  return { rings, areaM2: area(united) }
}
