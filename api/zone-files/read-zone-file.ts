// From features of outside to zones of ours: shape, name, and what is odd about each.
import { compileZone } from '../../geofence/geometry/compile-zone.ts'
import { ZoneInvalid } from '../../geofence/geometry/zone-invalid.ts'
import { type ZoneShape, zoneShapeSchema } from '../../model/plan/zone.ts'
import { featuresOf, type LooseFeature } from './features-of.ts'
import {
  type ReadZone,
  type ZoneFile,
  type ZoneFileOptions,
  ZoneFileRefused,
  type ZoneFileWarning,
} from './zone-file.ts'
import { ZONE_FILE_LIMITS } from './zone-file-limits.ts'

/** Indonesia with its seas, degrees. */
const INDONESIA = { west: 94, east: 142, south: -12, north: 7 }

/** Names that files of the field give their features, in the order in which they are tried. */
const NAME_KEYS = ['name', 'nama', 'NAME', 'NAMA', 'Name', 'WADMKK', 'NAMOBJ', 'KABKOT', 'KAB_KOTA', 'NAME_2', 'title']

/** Reads a file of zones. Throws ZoneFileRefused where the file as a whole cannot be read. */
export async function readZoneFile(bytes: Uint8Array, options: ZoneFileOptions = {}): Promise<ZoneFile> {
  const features = await featuresOf(bytes)
  if (features.length > ZONE_FILE_LIMITS.featuresMax)
    throw new ZoneFileRefused(`the file holds ${features.length} features, more than ${ZONE_FILE_LIMITS.featuresMax}`)
  const file: ZoneFile = { zones: [], refused: [], swappedAxes: 0 }
  features.forEach((feature, index) => {
    const name = nameOf(feature, index)
    const read = readFeature(feature, options)
    if (read.ok) file.zones.push({ feature: index + 1, name, ...read.zone })
    else file.refused.push({ feature: index + 1, name, reason: read.reason })
    if (!read.ok && read.swappedAxes) file.swappedAxes++
  })
  return file
}

/** Arrays in arrays of the deepest shape: polygons, rings, positions. */
const SHAPE_DEPTH_MAX = 4

function nameOf(feature: LooseFeature | null, index: number): string {
  const properties = (feature?.properties ?? {}) as Record<string, unknown>
  const value = NAME_KEYS.map((key) => properties[key]).find((each) => typeof each === 'string' && each.trim() !== '')
  const text = typeof value === 'string' ? value : `Zona ${index + 1}`
  return text.replace(/\p{C}/gu, ' ').trim().slice(0, ZONE_FILE_LIMITS.nameCharsMax)
}

type Read = { ok: true; zone: Omit<ReadZone, 'feature' | 'name'> } | { ok: false; reason: string; swappedAxes?: true }

function readFeature(feature: LooseFeature | null, options: ZoneFileOptions): Read {
  const found = shapeOf(feature?.geometry, options)
  if (typeof found === 'string') return { ok: false, reason: found }
  const drawn = options.swapAxes ? swapAxes(found) : found
  const parsed = zoneShapeSchema.safeParse(drawn)
  if (!parsed.success) {
    // Every longitude of Indonesia is beyond 90, so a file with exchanged axes always ends here.
    const swapped = zoneShapeSchema.safeParse(swapAxes(drawn))
    if (swapped.success && everyPosition(swapped.data, isInIndonesia))
      return { ok: false, reason: 'latitude and longitude are exchanged', swappedAxes: true }
    const issue = parsed.error.issues[0]
    return {
      ok: false,
      reason: issue === undefined ? 'not a shape' : `${issue.path.slice(0, 4).join('.')}: ${issue.message}`,
    }
  }
  const shape = parsed.data
  try {
    const { areaM2, vertices } = compileZone(shape)
    const warnings: ZoneFileWarning[] = everyPosition(shape, isInIndonesia) ? [] : ['outside_indonesia']
    return { ok: true, zone: { shape, vertices, areaM2, warnings } }
  } catch (error) {
    if (error instanceof ZoneInvalid) return { ok: false, reason: error.message }
    throw error
  }
}

/** A shape as drawn, still unchecked; a text says why there is none. */
function shapeOf(geometry: unknown, { corridorWidthM, circleRadiusM }: ZoneFileOptions): object | string {
  const { type, coordinates } = (geometry ?? {}) as { type?: unknown; coordinates?: unknown }
  switch (type) {
    case 'Polygon':
    case 'MultiPolygon':
      return { type, coordinates }
    case 'LineString':
      if (corridorWidthM === undefined) return 'a line needs a width to become a corridor'
      return { type: 'Corridor', coordinates, widthM: corridorWidthM }
    case 'Point':
      if (circleRadiusM === undefined) return 'a point needs a radius to become a circle'
      return { type: 'Circle', center: coordinates, radiusM: circleRadiusM }
    case undefined:
      return 'the feature has no geometry'
    default:
      return `${String(type).slice(0, 40)} is no shape of a zone`
  }
}

function isInIndonesia([lon, lat]: readonly [number, number]): boolean {
  return lon >= INDONESIA.west && lon <= INDONESIA.east && lat >= INDONESIA.south && lat <= INDONESIA.north
}

function everyPosition(shape: ZoneShape, holds: (position: readonly [number, number]) => boolean): boolean {
  switch (shape.type) {
    case 'Circle':
      return holds(shape.center)
    case 'Corridor':
      return shape.coordinates.every(holds)
    case 'Polygon':
      return shape.coordinates.every((ring) => ring.every(holds))
    case 'MultiPolygon':
      return shape.coordinates.every((polygon) => polygon.every((ring) => ring.every(holds)))
  }
}

/** Every pair of numbers exchanged, whatever else the value is. */
function swapAxes(value: unknown, depth = 0): unknown {
  if (Array.isArray(value)) {
    if (typeof value[0] === 'number' && typeof value[1] === 'number') return [value[1], value[0]]
    return depth < SHAPE_DEPTH_MAX ? value.map((each) => swapAxes(each, depth + 1)) : value
  }
  if (typeof value !== 'object' || value === null) return value
  const { coordinates, center, ...rest } = value as { coordinates?: unknown; center?: unknown }
  return {
    ...rest,
    ...(coordinates !== undefined && { coordinates: swapAxes(coordinates) }),
    ...(center !== undefined && { center: swapAxes(center) }),
  }
}
