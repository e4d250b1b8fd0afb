import type { Corners } from '../map/live-map.ts'
import { cornersOf } from '../map/map-pictures.ts'
import { latitudeAt, longitudeAt, worldX, worldY } from '../map/mercator.ts'
import type { DrawnZone } from '../map/project-zones.ts'
import type { Place } from '../trial/trial-places.ts'

/** A zone this many times as large as where the fixes lie would make them a dot; then the map shows the fixes alone. */
const ZONE_SIZES_MAX = 4
/** About 2 km: whoever stands still is shown with this much around them. */
const EXTENT_MIN = 2 / 40_075

/** What the map shows of an explanation or a trial: the fixes, and the zone where it is not much larger than they. */
export function cornersOfJudged(fixes: readonly Place[], zone: DrawnZone | undefined): Corners | undefined {
  const around = cornersOf(fixes)
  if (!around || !zone) return around
  const wide = worldX(around.east) - worldX(around.west)
  const high = worldY(around.south) - worldY(around.north)
  const extent = Math.max(wide, high, EXTENT_MIN)
  if (Math.max(zone.maxX - zone.minX, zone.maxY - zone.minY) > extent * ZONE_SIZES_MAX) return around
  const { south, north, west, east } = cornersOfZone(zone)
  return {
    south: Math.min(around.south, south),
    north: Math.max(around.north, north),
    west: Math.min(around.west, west),
    east: Math.max(around.east, east),
  }
}

export function cornersOfZone({ minX, maxX, minY, maxY }: DrawnZone): Corners {
  return { south: latitudeAt(maxY), north: latitudeAt(minY), west: longitudeAt(minX), east: longitudeAt(maxX) }
}
