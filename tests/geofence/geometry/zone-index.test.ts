import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileZone } from '../../../geofence/geometry/compile-zone.ts'
import type { CompiledZone } from '../../../geofence/geometry/compiled-zone.ts'
import { metresApart } from '../../../geofence/geometry/local-plane.ts'
import { geodesicM } from '../../../geofence/geometry/project.ts'
import { ZoneIndex } from '../../../geofence/geometry/zone-index.ts'
import { type Random, randomFrom, round, starRing } from './zone-shapes.ts'

/** Zones of many sizes about a place, which may lie on the antimeridian or far north. */
function zonesAbout(random: Random, lon: number, lat: number, count: number): CompiledZone[] {
  return Array.from({ length: count }, () => {
    const size = 10 ** (-3.5 + 2.5 * random())
    const west = lon + 4 * (random() - 0.5)
    const at: [number, number] = [fold(west), round(lat + 4 * (random() - 0.5))]
    if (random() < 0.3) return compileZone({ type: 'Circle', center: at, radiusM: 50 + 5_000 * random() })
    const ring = starRing(random, west, at[1], size, 5 + Math.floor(20 * random()))
    return compileZone({ type: 'Polygon', coordinates: [ring.map(([x, y]) => [fold(x), y])] })
  })
}

function fold(lon: number): number {
  return round(lon > 180 ? lon - 360 : lon < -180 ? lon + 360 : lon)
}

test('near gives exactly the zones within r metres, wherever on earth', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 31 }),
      fc.constantFrom<[number, number]>([107, -6], [109.3, 0], [179.9, -17], [-179.5, 65], [10, 78]),
      fc.integer({ min: 0, max: 300 }),
      (seed, [lon, lat], count) => {
        const random = randomFrom(seed)
        const zones = zonesAbout(random, lon, lat, count)
        const index = new ZoneIndex(zones)
        const found = new Int32Array(count)
        const distancesM = new Float64Array(count + 1)
        for (let i = 0; i < 10; i++) {
          const latE7 = Math.round((lat + 5 * (random() - 0.5)) * 1e7)
          const lonE7 = Math.round(fold(lon + 5 * (random() - 0.5)) * 1e7)
          const withinM = 10 ** (5 * random())
          const near = index.near(latE7, lonE7, withinM, found, distancesM)
          const expected = zones.flatMap((zone, k) =>
            zone.signedDistanceM(latE7, lonE7, withinM) > -withinM ? [k] : [],
          )
          expect([...found.subarray(0, near)].sort((a, b) => a - b)).toEqual(expected)
          for (let k = 0; k < near; k++)
            expect(distancesM[k]).toBe(zones[found[k]!]!.signedDistanceM(latE7, lonE7, withinM))
        }
      },
    ),
    { numRuns: 100, seed: 17 },
  )
})

test('more zones than there is room for is said, not cut off', () => {
  const zone = compileZone({ type: 'Circle', center: [107, -6], radiusM: 100 })
  const index = new ZoneIndex([zone, zone, zone])
  expect(() => index.near(-60_000_000, 1_070_000_000, 10, new Int32Array(2), new Float64Array(3))).toThrow(
    'more than 2 zones within 10 m',
  )
})

test('metres apart are those along the ellipsoid', () => {
  const random = randomFrom(2)
  for (let i = 0; i < 5_000; i++) {
    const latE7 = Math.round((random() - 0.5) * 140e7)
    const lonE7 = Math.round((random() - 0.5) * 360e7)
    const away = 10 ** (2 + 5 * random())
    const otherLatE7 = Math.round(latE7 + (random() - 0.5) * away)
    const dLon = Math.round((random() - 0.5) * away)
    const trueM = geodesicM(latE7, 0, otherLatE7, dLon)
    const otherLonE7 =
      lonE7 + dLon > 180e7 ? lonE7 + dLon - 360e7 : lonE7 + dLon < -180e7 ? lonE7 + dLon + 360e7 : lonE7 + dLon
    expect(Math.abs(metresApart(latE7, lonE7, otherLatE7, otherLonE7) - trueM)).toBeLessThan(0.005)
  }
})

test('what lies beyond a pole, or half an earth away, is near when so much is asked for', () => {
  const random = randomFrom(23)
  const zones = Array.from({ length: 200 }, () =>
    compileZone({
      type: 'Circle',
      center: [round(360 * random() - 180), round(178 * random() - 89)],
      radiusM: 50 + 100_000 * random(),
    }),
  )
  const index = new ZoneIndex(zones)
  const found = new Int32Array(zones.length)
  const distancesM = new Float64Array(zones.length + 1)
  let far = 0
  for (let i = 0; i < 400; i++) {
    const latE7 = Math.round((180 * random() - 90) * 1e7)
    const lonE7 = Math.round((360 * random() - 180) * 1e7)
    const withinM = 10 ** (4 + 3.3 * random())
    const near = index.near(latE7, lonE7, withinM, found, distancesM)
    const expected = zones.flatMap((zone, k) => (zone.signedDistanceM(latE7, lonE7, withinM) > -withinM ? [k] : []))
    expect([...found.subarray(0, near)].sort((a, b) => a - b)).toEqual(expected)
    if (withinM > 1e6) far += near
  }
  expect(far).toBeGreaterThan(1000)
})
