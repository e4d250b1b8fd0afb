// The rules of the simulated wearers, on a flat patch of Jakarta, in metres from an origin.

import { compileZone } from '../../geofence/geometry/compile-zone.ts'
import type { CompiledZone } from '../../geofence/geometry/compiled-zone.ts'
import { type CompiledPlan, compilePlan } from '../../geofence/plan/compile-plan.ts'
import { type ConditionKind, planSchema } from '../../model/plan/plan.ts'
import type { ZoneShape } from '../../model/plan/zone.ts'
import type { Random } from '../../simulators/random.ts'
import type { Origin } from './truth-noise.ts'

export const START_MS = Date.UTC(2026, 2, 1, 17)
export const DAY_MS = 86_400_000
const METRES_PER_DEGREE = 111_195

export const ORIGIN: Origin = { latE7: -62_000_000, lonE7: 1_068_000_000, shrink: Math.cos((6.2 * Math.PI) / 180) }

export type JudgedKind = Exclude<ConditionKind, 'neutral'>
export const KINDS: readonly JudgedKind[] = ['required', 'avoided', 'corridor', 'region']
export type Ruled = { kind: JudgedKind; zone: CompiledZone }

export function positionOf(eastM: number, northM: number): [number, number] {
  return [
    ORIGIN.lonE7 / 1e7 + eastM / METRES_PER_DEGREE / ORIGIN.shrink,
    ORIGIN.latE7 / 1e7 + northM / METRES_PER_DEGREE,
  ]
}

/** Metres on the right side of the rule at a true place. */
export function trueMarginM({ kind, zone }: Ruled, eastM: number, northM: number): number {
  const [lon, lat] = positionOf(eastM, northM)
  return zone.signedDistanceM(Math.round(lat * 1e7), Math.round(lon * 1e7)) * (kind === 'avoided' ? -1 : 1)
}

export function circle(eastM: number, northM: number, radiusM: number): ZoneShape {
  return { type: 'Circle', center: positionOf(eastM, northM), radiusM }
}

/** A kabupaten of some 16 km across, its border 200 crooked pieces; its easternmost border lies about `eastM` from the origin. */
export function regionTo(random: Random, eastM: number): ZoneShape {
  const radiusM = 8000
  const ring = Array.from({ length: 200 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 200
    const farM = radiusM * (1 - 0.012 * random.next() + 0.1 * (Math.cos(3 * angle) - 1))
    return positionOf(eastM - radiusM + farM * Math.cos(angle), farM * Math.sin(angle))
  })
  return { type: 'Polygon', coordinates: [[...ring, ring[0]!]] }
}

/** A road of 5 km with a bend every 500 m, drawn `widthM` wide. */
export function road(random: Random, widthM: number): { shape: ZoneShape; line: [number, number][] } {
  const line = Array.from({ length: 11 }, (_, i): [number, number] => [i * 500, (random.next() - 0.5) * 200])
  return { shape: { type: 'Corridor', coordinates: line.map(([e, n]) => positionOf(e, n)), widthM }, line }
}

/** One rule a kind at most, always in force; the condition's id is its kind. */
export function planOf(shapes: Partial<Record<JudgedKind, ZoneShape>>, parameters: object = {}): CompiledPlan {
  const zones = new Map(Object.entries(shapes).map(([kind, shape]) => [kind, compileZone(shape)]))
  const plan = planSchema.parse({
    wearerId: 1,
    supervisions: [{ fromMs: 0, toMs: 4e12 }],
    conditions: [...zones.keys()].map((kind) => ({
      id: kind,
      kind,
      zoneId: kind,
      fromMs: 0,
      legalBasis: 'SK 1',
      parameters,
    })),
  })
  return compilePlan(plan, (id) => zones.get(id), { fromMs: START_MS, toMs: START_MS + DAY_MS })
}

/** At home from eight in the evening to five in the morning. */
export function curfewPlanOf(shape: ZoneShape): CompiledPlan {
  const zone = compileZone(shape)
  const plan = planSchema.parse({
    wearerId: 1,
    supervisions: [{ fromMs: 0, toMs: 4e12 }],
    conditions: [
      {
        ...{ id: 'curfew', kind: 'required', zoneId: 'home', fromMs: 0, legalBasis: 'SK 1' },
        windows: [{ from: '20:00', to: '05:00' }],
      },
    ],
  })
  return compilePlan(plan, () => zone, { fromMs: START_MS, toMs: START_MS + DAY_MS })
}

export function ruledOf(plan: CompiledPlan): Ruled[] {
  return plan.zones.map((zone, lineage) => ({ kind: plan.kindOf(lineage) as JudgedKind, zone }))
}
