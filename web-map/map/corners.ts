import { latitudeAt, longitudeAt, worldX, worldY } from '../ground/mercator.ts'
import type { DrawnZone } from './project-zones.ts'

export type Corners = { south: number; west: number; north: number; east: number }
export type Place = { latDeg: number; lonDeg: number }

/** A zone this many times as large as where the places lie would make them a dot; then the map shows the places alone. */
const ZONE_SIZES_MAX = 4
/** About 2 km: a wearer who stands still is shown with this much around. */
const EXTENT_MIN = 2 / 40_075

/** Corners of places; with many of them without the outermost 2 %, so that a single far one does not set the zoom. */
export function cornersOf(places: readonly Place[]): Corners | undefined {
  if (places.length === 0) return undefined
  const lats = places.map((one) => one.latDeg).sort((a, b) => a - b)
  const lons = places.map((one) => one.lonDeg).sort((a, b) => a - b)
  const cut = places.length >= 50 ? Math.floor(places.length * 0.02) : 0
  return {
    south: lats[cut]!,
    west: lons[cut]!,
    north: lats[lats.length - 1 - cut]!,
    east: lons[lons.length - 1 - cut]!,
  }
}

/** The places, and the zone where it is not much larger than they. */
export function cornersWithZone(places: readonly Place[], zone: DrawnZone | undefined): Corners | undefined {
  const around = cornersOf(places)
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
