import type { Corners } from '../map/live-map.ts'
import { cornersOf } from '../map/map-pictures.ts'
import { latitudeAt, longitudeAt } from '../map/mercator.ts'
import type { DrawnZone } from '../map/project-zones.ts'
import type { JudgedFix } from './judged-fixes.ts'

/** A zone this many times as large as where the fixes lie would make them a dot; then the map shows the fixes alone. */
const ZONE_SIZES_MAX = 4
/** About 2 km: whoever stands still is shown with this much around them. */
const EXTENT_MIN = 2 / 40_075

/** What the map shows of an explanation: the fixes, and the zone where it is not much larger than they. */
export function cornersOfJudged(fixes: readonly JudgedFix[], zone: DrawnZone | undefined): Corners | undefined {
  const around = cornersOf(fixes)
  if (!around || !zone) return around
  const xs = fixes.map(({ x }) => x)
  const ys = fixes.map(({ y }) => y)
  const extent = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys), EXTENT_MIN)
  if (Math.max(zone.maxX - zone.minX, zone.maxY - zone.minY) > extent * ZONE_SIZES_MAX) return around
  return {
    south: Math.min(around.south, latitudeAt(zone.maxY)),
    north: Math.max(around.north, latitudeAt(zone.minY)),
    west: Math.min(around.west, longitudeAt(zone.minX)),
    east: Math.max(around.east, longitudeAt(zone.maxX)),
  }
}
