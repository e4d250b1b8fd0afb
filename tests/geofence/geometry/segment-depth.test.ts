import { expect, test } from 'vitest'
import { compileZone } from '../../../geofence/geometry/compile-zone.ts'
import { segmentDepthM } from '../../../geofence/geometry/segment-depth.ts'
import type { ZoneShape } from '../../../model/plan/zone.ts'
import { coastRing, randomFrom, regency, starRing } from './zone-shapes.ts'

test('agrees with dense sampling on random shapes and lines', () => {
  const random = randomFrom(31)
  for (let i = 0; i < 300; i++) {
    const size = 10 ** (-3.5 + 3 * random())
    const [lon, lat] = [107 + random(), -6 + 10 * random()]
    const shapes: ZoneShape[] = [
      { type: 'Polygon', coordinates: [starRing(random, lon, lat, size, 5 + Math.floor(random() * 40))] },
      { type: 'Circle', center: [lon, lat], radiusM: size * 60_000 },
      { type: 'Corridor', coordinates: starRing(random, lon, lat, size, 9).slice(2), widthM: 20 },
      { type: 'Polygon', coordinates: [coastRing(lon, lat, size, 400), starRing(random, lon, lat, size / 3, 20)] },
    ]
    const zone = compileZone(shapes[i % 4]!)
    const end = (): number => Math.round((random() - 0.5) * 3.5 * size * 1e7)
    const [aLat, aLon, bLat, bLon] = [lat * 1e7 + end(), lon * 1e7 + end(), lat * 1e7 + end(), lon * 1e7 + end()].map(
      Math.round,
    ) as [number, number, number, number]
    let sampled = Number.NEGATIVE_INFINITY
    const samples = 2_000
    for (let k = 0; k <= samples; k++) {
      const t = k / samples
      sampled = Math.max(
        sampled,
        zone.signedDistanceM(Math.round(aLat + t * (bLat - aLat)), Math.round(aLon + t * (bLon - aLon))),
      )
    }
    const depthM = segmentDepthM(zone, aLat, aLon, bLat, bLon)
    if (sampled > 0) expect(depthM).toBeGreaterThan(Math.max(0, sampled - 0.3))
    const stepM = (size * 5 * 111_320) / samples
    if (sampled < -stepM) expect(depthM).toBeLessThanOrEqual(0)
    if (sampled > 0) expect(depthM).toBeLessThanOrEqual(sampled + stepM)
  }
})

test('a wall 1 m thick between two fixes 5 km apart is crossed', () => {
  const wall = compileZone({
    type: 'Polygon',
    coordinates: [
      [
        [107, -6.01],
        [107.000009, -6.01],
        [107.000009, -5.99],
        [107, -5.99],
        [107, -6.01],
      ],
    ],
  })
  expect(segmentDepthM(wall, -60_000_000, 1_069_700_000, -60_012_345, 1_070_200_000)).toBeCloseTo(0.5, 0)
  expect(segmentDepthM(wall, -60_000_000, 1_069_700_000, -60_012_345, 1_070_200_000)).toBeGreaterThan(0.2)
  expect(segmentDepthM(wall, -60_110_000, 1_069_700_000, -60_110_000, 1_070_200_000)).toBeLessThanOrEqual(0)
})

test('passing by at 2 m for 3 km is no crossing', () => {
  const zone = compileZone({
    type: 'Corridor',
    coordinates: [
      [107, 0],
      [107.03, 0],
    ],
    widthM: 20,
  })
  const besideE7 = Math.round((12 / 110_574) * 1e7)
  expect(segmentDepthM(zone, besideE7, 1_070_000_000, besideE7, 1_070_300_000)).toBeLessThanOrEqual(0)
})

test('across the antimeridian the line goes the short way', () => {
  const zone = compileZone({ type: 'Circle', center: [180, -17], radiusM: 500 })
  expect(segmentDepthM(zone, -170_000_000, 1_799_000_000, -170_000_000, -1_799_000_000)).toBeCloseTo(500, 0)
})

test('a far line costs two looks; a line through a kabupaten of 15,000 vertices ends', () => {
  const zone = compileZone(regency(randomFrom(1), 107, -6, 0.3, 10_000, 200))
  expect(segmentDepthM(zone, -80_000_000, 1_090_000_000, -80_000_000, 1_090_010_000)).toBeLessThan(0)
  expect(segmentDepthM(zone, -60_000_000, 1_060_000_000, -60_500_000, 1_080_000_000)).toBeGreaterThan(5_000)
})
