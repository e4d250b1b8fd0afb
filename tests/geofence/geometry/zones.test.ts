import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { turfVerdict } from '../../../bench/engine/turf-oracle.ts'
import { compileZone } from '../../../geofence/geometry/compile-zone.ts'
import { geodesicM } from '../../../geofence/geometry/project.ts'
import type { ZoneShape } from '../../../model/plan/zone.ts'
import { slowDistanceM, vincentyM } from './slow-geodesy.ts'
import { type Random, randomFrom, regency, round, starRing } from './zone-shapes.ts'

const toE7 = (degrees: number): number => Math.round(degrees * 1e7)

/** Circles, stars, stars with holes, many parts, corridors; from 20 m to 100 km. */
function anyShape(random: Random, lat: number): ZoneShape {
  const lon = 95 + 45 * random()
  const size = 10 ** (-3.7 + 3.7 * random())
  const count = 3 + Math.floor(random() * 60)
  const shrunk = Math.cos((lat * Math.PI) / 180)
  const kind = Math.floor(random() * 5)
  if (kind === 0) return { type: 'Circle', center: [round(lon), round(lat)], radiusM: size * 50_000 }
  if (kind === 1) return { type: 'Polygon', coordinates: [starRing(random, lon, lat, size, count)] }
  if (kind === 2)
    return {
      type: 'Polygon',
      coordinates: [
        starRing(random, lon, lat, size, count + 8, 0.3),
        starRing(random, lon + size / 8 / shrunk, lat, size / 20, 5),
        starRing(random, lon - size / 8 / shrunk, lat, size / 20, 12),
      ],
    }
  if (kind === 3)
    return {
      type: 'MultiPolygon',
      coordinates: [0, 1, 2].map((i) => [starRing(random, lon + (2.2 * i * size) / shrunk, lat, size, count)]),
    }
  return {
    type: 'Corridor',
    coordinates: starRing(random, lon, lat, size, count + 1, 0.9).slice(1),
    widthM: 10 + 200 * random(),
  }
}

function positionsAround(random: Random, shape: ZoneShape, count: number): [lon: number, lat: number][] {
  const { south, north, west, east } = compileZone(shape).bboxE7
  return Array.from({ length: count }, (_, i) => {
    const reach = [0.5, 0.6, 1, 4][i % 4]!
    const lat = (south + north) / 2 + (random() - 0.5) * 2 * reach * (north - south)
    const lon = (west + east) / 2 + (random() - 0.5) * 2 * reach * (east - west)
    return [Math.round(lon) / 1e7, Math.round(Math.max(-89e7, Math.min(89e7, lat))) / 1e7]
  })
}

describe('signed distance', () => {
  test('agrees with Turf on membership and with Vincenty on metres, on random shapes of Indonesia', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.double({ min: -11, max: 6, noNaN: true }), (seed, lat) => {
        const random = randomFrom(seed)
        const shape = anyShape(random, lat)
        const zone = compileZone(shape)
        const within = turfVerdict(shape)
        for (const [lon, lat] of positionsAround(random, shape, 6)) {
          const distanceM = zone.signedDistanceM(toE7(lat), toE7(lon))
          const slowM = slowDistanceM(shape, [lon, lat])
          const boundaryM = shape.type === 'Corridor' ? shape.widthM / 2 - distanceM : Math.abs(distanceM)
          expect(Math.abs(boundaryM - slowM)).toBeLessThan(slowM < 20_000 ? 0.02 : slowM * 1e-4)
          // Turf's circles and corridors lie on a sphere, half a per cent beside the ellipsoid.
          const roundedM =
            shape.type === 'Circle' ? shape.radiusM * 0.008 : shape.type === 'Corridor' ? shape.widthM * 0.01 : 0
          if (Math.abs(distanceM) > 0.01 + roundedM) expect(distanceM > 0).toBe(within(lon, lat))
        }
      }),
      { numRuns: 150, seed: 20261123 },
    )
  })

  test.each([
    [30, 0.02],
    [45, 0.02],
    [60, 0.05],
    [75, 0.2],
    [-80, 0.6],
  ])('keeps its metres at latitude %d within 10 km of the boundary (±%d m)', (lat, toleranceM) => {
    const random = randomFrom(lat + 1000)
    for (let i = 0; i < 60; i++) {
      const shape: ZoneShape = {
        type: 'Polygon',
        coordinates: [starRing(random, 20, lat, 10 ** (-3 + 2.5 * random()), 30)],
      }
      const zone = compileZone(shape)
      for (const [lon, lat] of positionsAround(random, shape, 4)) {
        const slowM = slowDistanceM(shape, [lon, lat])
        if (slowM > 10_000) continue
        expect(Math.abs(Math.abs(zone.signedDistanceM(toE7(lat), toE7(lon))) - slowM)).toBeLessThan(toleranceM)
      }
    }
  })

  test('a whole kabupaten of 15,000 vertices with a lake and 200 islands: as Turf and as the slow way', () => {
    const random = randomFrom(3)
    const shape = regency(random, 107, -6.2, 0.3, 10_000, 200)
    const zone = compileZone(shape)
    expect(zone.vertices).toBeGreaterThan(14_000)
    const within = turfVerdict(shape)
    let inside = 0
    for (const [index, [lon, lat]] of positionsAround(random, shape, 2_000).entries()) {
      const distanceM = zone.signedDistanceM(toE7(lat), toE7(lon))
      expect(distanceM > 0).toBe(within(lon, lat))
      if (distanceM > 0) inside++
      if (index % 50 === 0) {
        const slowM = slowDistanceM(shape, [lon, lat], 2)
        expect(Math.abs(Math.abs(distanceM) - slowM)).toBeLessThan(0.02 + slowM * 1e-5)
      }
    }
    expect(inside).toBeGreaterThan(200)
  })

  test('a limit of nearM leaves near answers as they are, far ones with their sign and never too far', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.double({ min: 1, max: 50_000, noNaN: true }),
        (seed, nearM) => {
          const random = randomFrom(seed)
          const shape = anyShape(random, [-6.2, 0, 45, 69, -80][seed % 5]!)
          const zone = compileZone(shape)
          for (const [lon, lat] of positionsAround(random, shape, 12)) {
            const exactM = zone.signedDistanceM(toE7(lat), toE7(lon))
            const limitedM = zone.signedDistanceM(toE7(lat), toE7(lon), nearM)
            if (Math.abs(exactM) < nearM * 0.999) expect(limitedM).toBe(exactM)
            else {
              expect(limitedM > 0).toBe(exactM > 0)
              expect(Math.abs(limitedM)).toBeLessThanOrEqual(Math.abs(exactM) * 1.001)
              expect(Math.abs(limitedM)).toBeGreaterThanOrEqual(nearM * 0.999)
            }
          }
        },
      ),
      { numRuns: 400, seed: 5 },
    )
  })

  test('the hierarchy and the straight loop give the same: a ring with collinear vertices added', () => {
    const random = randomFrom(11)
    for (let i = 0; i < 50; i++) {
      const few = starRing(random, 110, -7, 0.02, 8)
      const many = few.slice(1).flatMap((b, k): [number, number][] => {
        const a = few[k]!
        return Array.from({ length: 20 }, (_, j) => [a[0] + ((b[0] - a[0]) * j) / 20, a[1] + ((b[1] - a[1]) * j) / 20])
      })
      const one = compileZone({ type: 'Polygon', coordinates: [few] })
      const other = compileZone({ type: 'Polygon', coordinates: [[...many, many[0]!]] })
      for (const [lon, lat] of positionsAround(random, { type: 'Polygon', coordinates: [few] }, 20))
        expect(one.signedDistanceM(toE7(lat), toE7(lon))).toBeCloseTo(other.signedDistanceM(toE7(lat), toE7(lon)), 1)
    }
  })
})

test('geodesic metres agree with Vincenty', () => {
  const random = randomFrom(8)
  for (let i = 0; i < 2_000; i++) {
    const a: [number, number] = [round(360 * random() - 180), round(170 * random() - 85)]
    const away = 10 ** (-5 + 6.5 * random())
    const b: [number, number] = [
      round(Math.max(-180, Math.min(180, a[0] + (random() - 0.5) * away))),
      round(Math.max(-89, Math.min(89, a[1] + (random() - 0.5) * away))),
    ]
    const trueM = vincentyM(a, b)
    const ourM = geodesicM(toE7(a[1]), toE7(a[0]), toE7(b[1]), toE7(b[0]))
    expect(Math.abs(ourM - trueM)).toBeLessThan(trueM < 100_000 ? 0.01 : trueM * 1e-3)
  }
})

describe('area and box', () => {
  test('a circle of 100 m has 31,416 m², a hole is taken away, a corridor has its length times its width and round ends', () => {
    expect(compileZone({ type: 'Circle', center: [106.8, -6.2], radiusM: 100 }).areaM2).toBeCloseTo(Math.PI * 10_000, 3)
    const outer = square(106.8, -6.2, 0.01)
    const whole = compileZone({ type: 'Polygon', coordinates: [outer] }).areaM2
    const holed = compileZone({ type: 'Polygon', coordinates: [outer, square(106.803, -6.197, 0.005)] }).areaM2
    expect(holed / whole).toBeCloseTo(0.75, 3)
    const corridor = compileZone({
      type: 'Corridor',
      coordinates: [
        [106.8, 0],
        [106.81, 0],
      ],
      widthM: 100,
    })
    expect(corridor.areaM2).toBeCloseTo(1113.195 * 100 + Math.PI * 2500, -2)
  })

  test('no position inside lies outside the box', () => {
    const random = randomFrom(21)
    for (let i = 0; i < 300; i++) {
      const shape = anyShape(random, -6 + 70 * random())
      const zone = compileZone(shape)
      const { south, north, west, east } = zone.bboxE7
      for (const [lon, lat] of positionsAround(random, shape, 20)) {
        if (zone.signedDistanceM(toE7(lat), toE7(lon)) <= 0) continue
        expect(toE7(lat)).toBeGreaterThanOrEqual(south)
        expect(toE7(lat)).toBeLessThanOrEqual(north)
        expect(toE7(lon)).toBeGreaterThanOrEqual(west)
        expect(toE7(lon)).toBeLessThanOrEqual(east)
      }
    }
  })
})

function square(west: number, south: number, size: number): [number, number][] {
  return [
    [west, south],
    [west + size, south],
    [west + size, south + size],
    [west, south + size],
    [west, south],
  ]
}
