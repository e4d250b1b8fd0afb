import { expect, test } from 'vitest'
import { compileZone } from '../../../geofence/geometry/compile-zone.ts'
import { zonesById } from '../../../geofence/inquiry/backtest.ts'
import { isDeeperThan, smallerThanGuardM, tooSmallZones } from '../../../geofence/plan/small-zone.ts'
import type { ZoneShape } from '../../../model/plan/zone.ts'
import { condition, document, HOME } from '../make-reports.ts'

const M = 1 / 111_195
const at = (eastM: number, northM: number): [number, number] => [
  HOME.lon + (eastM * M) / Math.cos((HOME.lat * Math.PI) / 180),
  HOME.lat + northM * M,
]
const circle = (radiusM: number): ZoneShape => ({ type: 'Circle', center: at(0, 0), radiusM })
const polygon = (...corners: [number, number][]): ZoneShape => ({
  type: 'Polygon',
  coordinates: [[...corners, corners[0]!].map(([e, n]) => at(e, n))],
})
const road = (widthM: number): ZoneShape => ({
  type: 'Corridor',
  coordinates: [at(0, 0), at(800, 900), at(2000, 900)],
  widthM,
})
const L = (widthM: number) => polygon([0, 0], [900, 0], [900, widthM], [widthM, widthM], [widthM, 900], [0, 900])

test('how deep a zone is anywhere, whatever its shape', () => {
  const depths: [ZoneShape, number][] = [
    [circle(30), 30],
    [circle(5000), 5000],
    [road(60), 30],
    [polygon([0, 0], [400, 0], [400, 50], [0, 50]), 25],
    [L(80), (80 * Math.SQRT2) / (1 + Math.SQRT2)],
    [{ type: 'Circle', center: [179.9999, -17], radiusM: 40 }, 40],
  ]
  for (const [shape, depthM] of depths) {
    const zone = compileZone(shape)
    expect(isDeeperThan(zone, depthM - 2), JSON.stringify(shape)).toBe(true)
    expect(isDeeperThan(zone, depthM + 1), JSON.stringify(shape)).toBe(false)
  }
})

test('a road so long that its depth everywhere is too much to look at is taken for deep enough', () => {
  const long = compileZone({ type: 'Corridor', coordinates: [at(0, 0), at(60_000, 20_000)], widthM: 66 })
  expect(isDeeperThan(long, 33.5)).toBe(true)
  expect(isDeeperThan(long, 60)).toBe(false)
})

test('an avoided zone smaller than the guard of a usual fix is named, by the floor that its condition sets', () => {
  const small = compileZone(circle(30))
  expect(smallerThanGuardM({ kind: 'avoided' }, small)).toBe(33.75)
  expect(smallerThanGuardM({ kind: 'avoided' }, compileZone(circle(36)))).toBeUndefined()
  expect(smallerThanGuardM({ kind: 'avoided', parameters: { guardFloorM: 50 } }, compileZone(circle(36)))).toBe(50)
  expect(smallerThanGuardM({ kind: 'required' }, small)).toBeUndefined()

  const zones = [circle(30), circle(300)].map((shape, i) => ({ id: `z${i}`, shape }))
  const conditions = [
    condition({ id: 'a', kind: 'avoided', zoneId: 'z0', toMs: 1000 }),
    condition({ id: 'a', kind: 'avoided', zoneId: 'z0', fromMs: 1000 }),
    condition({ id: 'b', kind: 'avoided', zoneId: 'z1' }),
    condition({ id: 'c', zoneId: 'z0' }),
  ]
  const { plan, zones: drawn } = document({ conditions }, zones)
  expect(tooSmallZones(plan, zonesById(drawn))).toEqual([{ conditionId: 'a', zoneId: 'z0', guardM: 33.75 }])
})
