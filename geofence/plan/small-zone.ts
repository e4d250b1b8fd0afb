// Whether an avoided zone is so small that no usual fix can prove anybody inside it: for the officer who draws or proposes one.
import type { Condition, Plan } from '../../model/plan/plan.ts'
import { POSITION_SOURCE } from '../../model/report/report.ts'
import { breachGuardM } from '../evidence.ts'
import type { CompiledZone } from '../geometry/compiled-zone.ts'
import { foldE7 } from '../geometry/project.ts'
import { CONDITION_DEFAULTS, DEFAULT_RADIUS_M } from '../parameters.ts'
import type { ZoneOf } from './plan-lineages.ts'

const METRES_PER_E7 = 0.0111195
/** Squares looked at; a kabupaten needs one, a hatching that is nowhere deep some hundreds. */
const SQUARES_MAX = 20_000
const FINEST_M = 1

/**
 * The guard, in metres, of a GPS fix that states no accuracy, where the zone is nowhere deeper: nobody in it is reported as inside by such
 * a fix. Undefined where it is deeper, and for all that is not an avoided zone.
 */
export function smallerThanGuardM(
  { kind, parameters }: Pick<Condition, 'kind' | 'parameters'>,
  zone: CompiledZone,
): number | undefined {
  if (kind !== 'avoided') return undefined
  const floorM = parameters?.guardFloorM ?? CONDITION_DEFAULTS.avoided.guardFloorM
  const guardM = breachGuardM(DEFAULT_RADIUS_M[POSITION_SOURCE.gps]!, floorM)
  return isDeeperThan(zone, guardM) ? undefined : guardM
}

/** Every avoided zone of a plan that is too small, by condition. */
export function tooSmallZones(plan: Plan, zoneOf: ZoneOf): { conditionId: string; zoneId: string; guardM: number }[] {
  const found = new Map<string, { conditionId: string; zoneId: string; guardM: number }>()
  for (const condition of plan.conditions) {
    const { id: conditionId, zoneId } = condition
    const zone = zoneOf(zoneId)
    const guardM = zone && smallerThanGuardM(condition, zone)
    if (guardM !== undefined) found.set(JSON.stringify([conditionId, zoneId]), { conditionId, zoneId, guardM })
  }
  return [...found.values()]
}

/** Some place in the zone lies further than `depthM` from its boundary, to a metre: squares that may hold one are quartered. */
export function isDeeperThan(zone: CompiledZone, depthM: number): boolean {
  const { south, west, north, east } = zone.bboxE7
  const squares = [[(south + north) / 2, (west + east) / 2, (north - south) / 2, (east - west) / 2]]
  for (let i = 0; i < squares.length && i < SQUARES_MAX; i++) {
    const [lat, lon, halfLat, halfLon] = squares[i] as [number, number, number, number]
    const distanceM = zone.signedDistanceM(Math.round(lat), foldE7(Math.round(lon)))
    if (distanceM > depthM) return true
    const widest = Math.cos((Math.max(0, Math.abs(lat) - halfLat) * Math.PI) / 180e7)
    const reachM = Math.hypot(halfLat, halfLon * widest) * METRES_PER_E7 * 1.01
    if (reachM < FINEST_M || distanceM + reachM <= depthM) continue
    for (const up of [-0.5, 0.5])
      for (const right of [-0.5, 0.5])
        squares.push([lat + up * halfLat, lon + right * halfLon, halfLat / 2, halfLon / 2])
  }
  return squares.length > SQUARES_MAX
}
