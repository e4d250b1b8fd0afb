import type { ZoneShape } from '../model/zone.ts'
import { CircleZone } from './circle.ts'
import { type Edges, EdgeZone } from './edges.ts'
import { E7_RAD, FULL_TURN_E7, foldE7, geodesicM, HALF_TURN_E7 } from './project.ts'

/** A shape that cannot be a zone; the message says what is wrong with it and where. */
export class ZoneInvalid extends Error {
  override name = 'ZoneInvalid'
}

/** 1e-7 degrees. `west` ≤ `east` always; across the antimeridian one of them lies beyond ±180°. */
export type BboxE7 = { readonly south: number; readonly west: number; readonly north: number; readonly east: number }

export type CompiledZone = {
  readonly kind: 'circle' | 'area' | 'corridor'
  /** Metres from the position to the zone's boundary, positive inside. Never NaN. */
  signedDistanceM(latE7: number, lonE7: number): number
  /** The same into `out[at]`: a returned number is boxed where the call is not inlined, a stored one never. */
  measure(latE7: number, lonE7: number, out: Float64Array, at: number): void
  readonly bboxE7: BboxE7
  readonly areaM2: number
  readonly vertices: number
}

/** Compiles a drawn shape for the engine. Throws ZoneInvalid. */
export function compileZone(shape: ZoneShape): CompiledZone {
  switch (shape.type) {
    case 'Circle': {
      const [lon, lat] = shape.center
      if (!(shape.radiusM > 0)) throw new ZoneInvalid(`a circle's radius must be above 0, got ${shape.radiusM}`)
      return new CircleZone(toE7(lat), toE7(lon), shape.radiusM)
    }
    case 'Polygon':
      return compileArea([shape.coordinates])
    case 'MultiPolygon':
      return compileArea(shape.coordinates)
    case 'Corridor': {
      if (!(shape.widthM > 0)) throw new ZoneInvalid(`a corridor's width must be above 0, got ${shape.widthM}`)
      const line = unwrap(shape.coordinates)
      if (line.length < 2) throw new ZoneInvalid('a corridor needs two different positions')
      const edges = flatten([line])
      const half = shape.widthM / 2
      return new EdgeZone(
        'corridor',
        edges,
        half,
        lengthM(line) * shape.widthM + Math.PI * half * half,
        grown(edges, half),
      )
    }
  }
}

type Path = [x: number, y: number][]

function compileArea(polygons: [number, number][][][]): CompiledZone {
  const rings: Path[] = []
  let areaM2 = 0
  for (const polygon of polygons)
    for (const [index, coordinates] of polygon.entries()) {
      const ring = unwrap(coordinates)
      const [first, last] = [ring[0]!, ring[ring.length - 1]!]
      if (first[0] !== last[0] || first[1] !== last[1]) ring.push([first[0], first[1]])
      if (ring.length < 4) throw new ZoneInvalid(`a ring needs three different positions, got ${ring.length - 1}`)
      const area = Math.abs(ringAreaM2(ring))
      if (area === 0) throw new ZoneInvalid('a ring has no area')
      areaM2 += index === 0 ? area : -area
      rings.push(ring)
    }
  const edges = flatten(rings)
  return new EdgeZone('area', edges, 0, areaM2, grown(edges, 0))
}

function toE7(degrees: number): number {
  if (!Number.isFinite(degrees)) throw new ZoneInvalid(`a coordinate must be a number, got ${degrees}`)
  return Math.round(degrees * 1e7)
}

/** Positions in 1e-7 degrees, each longitude within half a turn of the one before; repeated ones dropped. */
function unwrap(coordinates: readonly (readonly number[])[]): Path {
  const path: Path = []
  for (const [lon, lat] of coordinates) {
    const y = toE7(lat!)
    const before = path[path.length - 1]
    const x = before ? before[0] + foldE7(toE7(lon!) - (before[0] % FULL_TURN_E7)) : toE7(lon!)
    if (before && before[0] === x && before[1] === y) continue
    path.push([x, y])
  }
  return path
}

function flatten(paths: Path[]): Edges {
  const all = paths.flat()
  const west = Math.min(...all.map(([x]) => x))
  const east = Math.max(...all.map(([x]) => x))
  if (east - west >= HALF_TURN_E7) throw new ZoneInvalid('a zone may not reach half around the earth')
  const originLonE7 = Math.round((west + east) / 2)
  const originLatE7 = all[0]![1]
  const xy = new Int32Array(all.flatMap(([x, y]) => [x - originLonE7, y - originLatE7]))
  let end = 0
  return { originLatE7, originLonE7, xy, pathEnds: Int32Array.from(paths, (path) => (end += path.length)) }
}

function grown(edges: Edges, byM: number): BboxE7 {
  let [south, west, north, east] = [1e10, 1e10, -1e10, -1e10]
  for (let i = 0; i < edges.xy.length; i += 2) {
    west = Math.min(west, edges.xy[i]! + edges.originLonE7)
    east = Math.max(east, edges.xy[i]! + edges.originLonE7)
    south = Math.min(south, edges.xy[i + 1]! + edges.originLatE7)
    north = Math.max(north, edges.xy[i + 1]! + edges.originLatE7)
  }
  const up = Math.ceil((byM / 6_335_000 / E7_RAD) * 1.001)
  south = Math.max(-900_000_000, south - up)
  north = Math.min(900_000_000, north + up)
  const cos = Math.cos(Math.max(Math.abs(south), Math.abs(north)) * E7_RAD)
  const aside = byM === 0 ? 0 : Math.min(HALF_TURN_E7, Math.ceil(up / Math.max(cos, 1e-6)))
  return { south, north, west: west - aside, east: east + aside }
}

function lengthM(line: Path): number {
  let sum = 0
  for (let i = 1; i < line.length; i++) sum += geodesicM(line[i - 1]![1], line[i - 1]![0], line[i]![1], line[i]![0])
  return sum
}

function ringAreaM2(ring: Path): number {
  const [x0, y0] = ring[0]!
  let sum = 0
  for (let i = 1; i < ring.length; i++) {
    const [ax, ay] = ring[i - 1]!
    const [bx, by] = ring[i]!
    const cos = Math.cos(((ay + by) / 2) * E7_RAD)
    sum += (ax - x0) * (by - y0) * cos - (bx - x0) * (ay - y0) * cos
  }
  return (sum / 2) * 0.0111319 * 0.0110575
}

/**
 * How deep the straight line between two positions goes into the zone: the greatest signed distance along it, metres, to
 * about half a metre where it is positive; negative when the line stays outside.
 */
export function segmentDepthM(
  zone: CompiledZone,
  aLatE7: number,
  aLonE7: number,
  bLatE7: number,
  bLonE7: number,
): number {
  const dLat = bLatE7 - aLatE7
  const dLon = foldE7(bLonE7 - aLonE7)
  const lengthM = geodesicM(aLatE7, 0, bLatE7, dLon) * 1.001
  const fa = zone.signedDistanceM(aLatE7, aLonE7)
  const fb = zone.signedDistanceM(bLatE7, bLonE7)
  let best = Math.max(fa, fb)
  // The distance changes by no more than a metre a metre, so an interval's ends bound what lies between.
  const open: [from: number, to: number, fFrom: number, fTo: number][] = [[0, 1, fa, fb]]
  for (let steps = 0; open.length > 0 && steps < 4096; steps++) {
    const [from, to, fFrom, fTo] = open.pop()!
    const bound = (fFrom + fTo + (to - from) * lengthM) / 2
    if (bound <= 0 || bound <= best + 0.25) continue
    const mid = (from + to) / 2
    const fMid = zone.signedDistanceM(Math.round(aLatE7 + dLat * mid), Math.round(foldE7(aLonE7 + dLon * mid)))
    if (fMid > best) best = fMid
    if (fFrom < fTo) open.push([from, mid, fFrom, fMid], [mid, to, fMid, fTo])
    else open.push([mid, to, fMid, fTo], [from, mid, fFrom, fMid])
  }
  return best
}
