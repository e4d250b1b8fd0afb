import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileZone } from '../../../geofence/geometry/compile-zone.ts'
import type { CompiledZone } from '../../../geofence/geometry/compiled-zone.ts'
import { metresApart } from '../../../geofence/geometry/local-plane.ts'
import { segmentDepthM } from '../../../geofence/geometry/segment-depth.ts'
import { type CompiledPlan, compilePlan } from '../../../geofence/plan/compile-plan.ts'
import { PlanIndex } from '../../../geofence/plan/plan-index.ts'
import type { Condition } from '../../../model/plan/plan.ts'
import type { ZoneShape } from '../../../model/plan/zone.ts'
import { type Random, randomFrom, round, starRing } from '../geometry/zone-shapes.ts'

const BEGIN_MS = Date.UTC(2026, 0, 5)
const END_MS = Date.UTC(2026, 0, 12)

/** Mostly avoided zones, some with a warning ring, among required ones and a region. */
function planOf(random: Random, count: number): CompiledPlan {
  const zones = new Map<string, CompiledZone>()
  const conditions = Array.from({ length: count }, (_, k): Condition => {
    const [lon, lat] = [round(107 + 0.3 * random()), round(-6.2 + 0.3 * random())]
    const size = 0.0005 + 0.01 * random() * random()
    const shape: ZoneShape =
      k % 3 === 0
        ? { type: 'Circle', center: [lon, lat], radiusM: 111_000 * size }
        : { type: 'Polygon', coordinates: [starRing(random, lon, lat, size, 20)] }
    zones.set(`zone-${k}`, compileZone(shape))
    const kind = random() < 0.9 ? 'avoided' : random() < 0.5 ? 'required' : 'region'
    const ring = random() < 0.2 ? { parameters: { warningRingM: Math.round(500 * random()) } } : {}
    const id = `condition-${k}`
    return { id, kind, zoneId: `zone-${k}`, fromMs: BEGIN_MS, timeZone: 'Asia/Jakarta', legalBasis: 'SK', ...ring }
  })
  const supervisions = [{ fromMs: BEGIN_MS, toMs: END_MS }]
  const source = {
    wearerId: 1,
    supervisions,
    conditions,
    permits: [],
    reportIntervalMs: 60_000,
    silenceGraceMs: 900_000,
  }
  return compilePlan(source, (id) => zones.get(id), { fromMs: BEGIN_MS, toMs: END_MS })
}

test('what is left out lies farther beyond its warning ring than is said, and not on the way', () => {
  let leftOut = 0
  let onTheWay = 0
  let exactly = 0
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.noBias(fc.integer({ min: 0, max: 150 })), (seed, count) => {
      const random = randomFrom(seed)
      const plan = planOf(random, count)
      const index = new PlanIndex(plan.zones, plan.timing)
      const toWeigh = new Int32Array(plan.size)
      const outsideM = new Float64Array(plan.size)
      const safeM = new Float64Array(1)
      for (let i = 0; i < 80; i++) {
        const latE7 = Math.round((-6.25 + 0.4 * random()) * 1e7)
        const lonE7 = Math.round((106.95 + 0.4 * random()) * 1e7)
        const reachM = i % 2 === 0 ? 200 * random() : 4_000 * random()
        const guardM = 200 * random() * random()
        const fromLatE7 = latE7 + Math.round((2 * random() - 1) * reachM * 90)
        const fromLonE7 = lonE7 + Math.round((2 * random() - 1) * reachM * 90)
        const lineM = metresApart(fromLatE7, fromLonE7, latE7, lonE7) + 1
        const near = index.near(fromLatE7, fromLonE7, latE7, lonE7, lineM, guardM, toWeigh, outsideM, safeM)
        const weighed = toWeigh.subarray(0, near)
        expect(new Set(weighed).size).toBe(weighed.length)
        expect(safeM[0]).toBeGreaterThan(guardM)
        for (const [at, k] of weighed.entries())
          if (!Number.isNaN(outsideM[at]!)) {
            exactly++
            expect(outsideM[at]).toBe(-plan.zones[k]!.signedDistanceM(latE7, lonE7))
          }
        for (const [k, { kind, versions }] of plan.timing.rules.entries()) {
          const zone = plan.zones[k]!
          const depthM = kind === 'avoided' ? segmentDepthM(zone, fromLatE7, fromLonE7, latE7, lonE7) : 0
          if (depthM > 0) onTheWay++
          if (weighed.includes(k)) continue
          leftOut++
          expect(depthM).toBeLessThanOrEqual(0)
          expect(kind).toBe('avoided')
          const beyondM = -zone.signedDistanceM(latE7, lonE7) - versions[0]!.parameters.warningRingM
          expect(beyondM).toBeGreaterThanOrEqual(safeM[0]! * 0.999)
        }
      }
    }),
    { numRuns: 40, seed: 31 },
  )
  expect(onTheWay).toBeGreaterThan(50)
  expect(leftOut).toBeGreaterThan(10_000)
  expect(exactly).toBeGreaterThan(50)
})
