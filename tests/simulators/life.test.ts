import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileZone } from '../../geofence/geometry/compile-zone.ts'
import { braceletOf } from '../../simulators/bracelet.ts'
import { makeFleet } from '../../simulators/fleet.ts'
import { lifeOf } from '../../simulators/life.ts'
import { distanceM, lengthOf, placeAlong, route } from '../../simulators/place.ts'
import { chanceAt } from '../../simulators/random.ts'

const fleet = makeFleet({ seed: 7, wearers: 60, intervalMs: 60_000, playersPerScript: 1 })
const MONDAY_MS = Date.parse('2026-11-23T00:00:00+07:00')
const plain = fleet.wearers.filter((wearer) => wearer.script === undefined)
const MINUTE_MS = 60_000
const offsets: Record<string, number> = { 'Asia/Jakarta': 0, 'Asia/Makassar': 1, 'Asia/Jayapura': 2 }

describe('a simulated life', () => {
  test('the same seed gives the same fleet and the same reports, in any order of asking', () => {
    expect(makeFleet({ seed: 7, wearers: 60, intervalMs: 60_000, playersPerScript: 1 })).toEqual(fleet)
    const times = Array.from({ length: 200 }, (_, i) => MONDAY_MS + i * 7 * MINUTE_MS)
    const forward = braceletOf(7, plain[0]!, undefined)
    const backward = braceletOf(7, plain[0]!, undefined)
    const later = times.toReversed().map((timeMs) => backward.reportAt(timeMs))
    expect(later.reverse()).toEqual(times.map((timeMs) => forward.reportAt(timeMs)))
  })

  test('everybody is at home all night, in the time of the place', () => {
    for (const wearer of plain) {
      const truthAt = lifeOf(7, wearer)
      const localMidnightMs = MONDAY_MS - offsets[wearer.timeZone]! * 3_600_000
      for (let minute = 20 * 60; minute <= 29 * 60; minute += 15)
        expect(distanceM(truthAt(localMidnightMs + minute * MINUTE_MS).place, wearer.home)).toBeLessThan(15)
    }
  })

  test('nobody moves faster than a motorbike, and days have movement', () => {
    for (const wearer of plain.slice(0, 10)) {
      const truthAt = lifeOf(7, wearer)
      let moved = 0
      for (let minute = 0; minute < 1440; minute++) {
        const step = distanceM(
          truthAt(MONDAY_MS + minute * MINUTE_MS).place,
          truthAt(MONDAY_MS + (minute + 1) * MINUTE_MS).place,
        )
        expect(step).toBeLessThan(11 * 60)
        moved += step
      }
      expect(moved).toBeGreaterThan(1500)
    }
  })

  test('a life without a script breaks no rule: corridors, region and avoided zones keep their distance', () => {
    const zones = new Map(fleet.zones.map((zone) => [zone.key, compileZone(zone.shape)]))
    for (const wearer of plain) {
      const truthAt = lifeOf(7, wearer)
      for (const { kind, zoneKey, windows } of wearer.conditions)
        for (let minute = 0; minute < 7 * 1440; minute += 3) {
          const local = new Date(MONDAY_MS + minute * MINUTE_MS + 7 * 3_600_000)
          const localHour = local.getUTCHours() + local.getUTCMinutes() / 60
          if (
            windows !== undefined &&
            (kind !== 'corridor' || local.getUTCDay() % 6 === 0 || localHour < 6 || localHour >= 8.5)
          )
            continue
          const shiftMs = offsets[wearer.timeZone]! * 3_600_000
          const { latDeg, lonDeg } = truthAt(MONDAY_MS + minute * MINUTE_MS - shiftMs).place
          const insideM = zones.get(zoneKey)!.signedDistanceM(Math.round(latDeg * 1e7), Math.round(lonDeg * 1e7))
          expect(
            kind === 'avoided' ? -insideM : insideM,
            `${wearer.number} ${kind} ${local.toISOString()}`,
          ).toBeGreaterThan(80)
        }
    }
  })

  test('a way along streets begins and ends where it should and is longer than the straight line', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.02, max: 0.02, noNaN: true }),
        fc.double({ min: -0.02, max: 0.02, noNaN: true }),
        fc.integer(),
        (lat, lon, seed) => {
          const a = { latDeg: -7.8, lonDeg: 110.37 }
          const b = { latDeg: -7.8 + lat, lonDeg: 110.37 + lon }
          const way = route(a, b, 30, (step) => chanceAt(seed, step))
          expect(distanceM(placeAlong(way, 0), a)).toBeLessThan(1)
          expect(distanceM(placeAlong(way, lengthOf(way)), b)).toBeLessThan(1)
          expect(lengthOf(way)).toBeGreaterThanOrEqual(distanceM(a, b) - 1)
        },
      ),
      { numRuns: 200 },
    )
  })
})
