// Seeded shapes for the tests.
import type { ZoneShape } from '../../../model/plan/zone.ts'

export type Random = () => number

/** Mulberry32: uniform in [0, 1). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

type Ring = [lon: number, lat: number][]

/** A star-shaped ring: never crosses itself. Radii in degrees. */
export function starRing(random: Random, lon: number, lat: number, size: number, count: number, rough = 0.5): Ring {
  const turn = random()
  const ring: Ring = []
  for (let i = 0; i < count; i++) {
    const angle = ((i + 0.8 * random() * rough) / count + turn) * 2 * Math.PI
    const radius = size * (1 - rough * random())
    ring.push([
      round(lon + (radius * Math.cos(angle)) / Math.cos((lat * Math.PI) / 180)),
      round(lat + radius * Math.sin(angle)),
    ])
  }
  ring.push(ring[0]!)
  return ring
}

/** A coastline: waves of many lengths on a circle; `count` vertices. */
export function coastRing(lon: number, lat: number, size: number, count: number, phase = 0): Ring {
  const ring: Ring = []
  for (let i = 0; i < count; i++) {
    const angle = (2 * Math.PI * i) / count
    let radius = 1 + 0.2 * Math.sin(3 * angle + phase) + 0.1 * Math.sin(11 * angle + 2 * phase)
    for (let wave = 37, height = 0.04; wave < count / 4; wave *= 3, height /= 2.5)
      radius += height * Math.sin(wave * angle + phase * wave)
    ring.push([round(lon + size * radius * Math.cos(angle)), round(lat + size * radius * Math.sin(angle))])
  }
  ring.push(ring[0]!)
  return ring
}

/** A kabupaten: a long coast, lakes and many islands. */
export function regency(
  random: Random,
  lon: number,
  lat: number,
  size: number,
  count: number,
  islands: number,
): ZoneShape {
  const polygons: Ring[][] = [[coastRing(lon, lat, size, count), starRing(random, lon, lat, size / 8, 40)]]
  for (let i = 0; i < islands; i++) {
    const angle = (2 * Math.PI * i) / islands
    const away = size * 1.7
    polygons.push([starRing(random, lon + away * Math.cos(angle), lat + away * Math.sin(angle), size / islands, 24)])
  }
  return { type: 'MultiPolygon', coordinates: polygons }
}

export function round(degrees: number): number {
  return Math.round(degrees * 1e7) / 1e7
}
