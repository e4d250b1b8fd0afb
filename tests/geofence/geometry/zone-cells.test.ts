import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileZone } from '../../../geofence/geometry/compile-zone.ts'
import type { CompiledZone } from '../../../geofence/geometry/compiled-zone.ts'
import { ZoneCells } from '../../../geofence/geometry/zone-cells.ts'
import { type Random, randomFrom, regency, round, starRing } from './zone-shapes.ts'

function fold(lon: number): number {
  return round(lon > 180 ? lon - 360 : lon < -180 ? lon + 360 : lon)
}

/** Circles, stars, stars with a hole and corridors, 30 m to 30 km, about a place and over each other. */
function zonesAbout(random: Random, lon: number, lat: number, spread: number, count: number): CompiledZone[] {
  return Array.from({ length: count }, () => {
    const size = 10 ** (-3.5 + 3 * random())
    const x = lon + spread * (random() - 0.5)
    const y = round(lat + spread * (random() - 0.5))
    const folded = (ring: [number, number][]): [number, number][] => ring.map(([a, b]) => [fold(a), b])
    const kind = random()
    if (kind < 0.25) return compileZone({ type: 'Circle', center: [fold(x), y], radiusM: 111_000 * size })
    if (kind < 0.4) {
      const coordinates = folded(starRing(random, x, y, size, 12, 0.9).slice(1))
      return compileZone({ type: 'Corridor', coordinates, widthM: 10 + 300 * random() })
    }
    const rings = [folded(starRing(random, x, y, size, 5 + Math.floor(60 * random()), 0.3))]
    if (kind < 0.6) rings.push(folded(starRing(random, x, y, size / 4, 7)))
    return compileZone({ type: 'Polygon', coordinates: rings })
  })
}

/** The zones around the position, and metres to the nearest boundary, by asking every zone. */
function askAll(zones: readonly CompiledZone[], latE7: number, lonE7: number): { inside: number[]; nearestM: number } {
  const distancesM = zones.map((zone) => zone.signedDistanceM(latE7, lonE7))
  return {
    inside: distancesM.flatMap((distanceM, k) => (distanceM > 0 ? [k] : [])),
    nearestM: Math.min(Infinity, ...distancesM.map(Math.abs)),
  }
}

const clearM = new Float64Array(1)

function around(cells: ZoneCells, latE7: number, lonE7: number): number[] {
  const inside = new Int32Array(cells.zones.length)
  const count = cells.around(latE7, lonE7, inside, 0, clearM)
  return [...inside.subarray(0, count)].sort((a, b) => a - b)
}

/** At random, and close to a boundary, where the corners of cells are cut finest. */
function positions(random: Random, zones: readonly CompiledZone[], lon: number, lat: number, spread: number) {
  return Array.from({ length: 24 }, (_, i): [latE7: number, lonE7: number] => {
    const zone = zones[Math.floor(random() * zones.length)]
    if (i % 2 === 0 || !zone)
      return [
        Math.round((lat + 1.5 * spread * (random() - 0.5)) * 1e7),
        Math.round(fold(lon + 1.5 * spread * (random() - 0.5)) * 1e7),
      ]
    const { south, north, west, east } = zone.bboxE7
    const middle: [number, number] = [Math.round((south + north) / 2), Math.round((west + east) / 2)]
    const away = [0, 0.3, 0.5, 0.52, 0.7][Math.floor(random() * 5)]!
    const x = middle[1] + away * (east - west) * Math.cos(i)
    return [Math.round(middle[0] + away * (north - south) * Math.sin(i)), Math.round(fold(x / 1e7) * 1e7)]
  })
}

const PLACES: [lon: number, lat: number, spread: number][] = [
  [107, -6, 1],
  [107, -6, 0.05],
  [109.3, 0, 3],
  [118, -3, 40],
  [180, -17, 1],
  [-179.9, 60, 4],
  [20, 74.9, 1],
  [10, 78, 2],
  [0, -76, 6],
  [0, 10, 350],
]

describe('around', () => {
  test('gives exactly the zones of the position, and never more room than there is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.constantFrom(...PLACES),
        fc.integer({ min: 0, max: 60 }),
        (seed, [lon, lat, spread], count) => {
          const random = randomFrom(seed)
          const up = Math.min(spread, 140)
          const zones = zonesAbout(random, lon, lat, up, count)
          const cells = new ZoneCells(zones)
          for (const [latE7, lonE7] of positions(random, zones, lon, lat, up)) {
            const truth = askAll(zones, latE7, lonE7)
            expect(around(cells, latE7, lonE7)).toEqual(truth.inside)
            expect(clearM[0]).toBeGreaterThanOrEqual(0)
            expect(clearM[0]).toBeLessThanOrEqual(truth.nearestM * 1.001)
          }
        },
      ),
      { numRuns: 40, seed: 29 },
    )
  })

  test('a kabupaten with a lake and islands, amid small zones', () => {
    const random = randomFrom(4)
    const zones = [compileZone(regency(random, 107, -6.2, 0.3, 3_000, 60)), ...zonesAbout(random, 107, -6.2, 0.8, 100)]
    const cells = new ZoneCells(zones)
    let sure = 0
    for (let i = 0; i < 2_000; i++) {
      const latE7 = Math.round((-6.2 + 1.2 * (random() - 0.5)) * 1e7)
      const lonE7 = Math.round((107 + 1.2 * (random() - 0.5)) * 1e7)
      const truth = askAll(zones, latE7, lonE7)
      expect(around(cells, latE7, lonE7)).toEqual(truth.inside)
      expect(clearM[0]).toBeLessThanOrEqual(truth.nearestM * 1.001)
      if (truth.nearestM > 400 && clearM[0]! > 100) sure++
      else if (truth.nearestM <= 400) sure++
    }
    // A wearer far from every boundary takes the fast path.
    expect(sure / 2_000).toBeGreaterThan(0.95)
  })

  test('far from all zones, and without any, there is room', () => {
    const zone = compileZone({ type: 'Circle', center: [107, -6], radiusM: 300 })
    const cells = new ZoneCells([zone])
    expect(around(cells, 450_000_000, -700_000_000)).toEqual([])
    expect(clearM[0]).toBeGreaterThan(1_500)
    expect(around(new ZoneCells([]), -60_000_000, 1_070_000_000)).toEqual([])
    expect(clearM[0]).toBeGreaterThan(1_500)
  })

  test('many zones over each other: all are given, and too many are refused', () => {
    const zones = [100, 200, 300, 40_000].map((radiusM) => compileZone({ type: 'Circle', center: [107, -6], radiusM }))
    const cells = new ZoneCells(zones)
    expect(around(cells, -60_000_000, 1_070_000_000)).toEqual([0, 1, 2, 3])
    expect(() => cells.around(-60_000_000, 1_070_000_000, new Int32Array(3), 0, clearM)).toThrow('more than 3 zones')
  })
})
