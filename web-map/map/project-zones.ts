import type { ZoneView } from '../../model/console/console.ts'
import type { ConditionKind } from '../../model/plan/plan.ts'
import type { ZoneShape } from '../../model/plan/zone.ts'
import { type WorldPoint, worldPerMetre, worldX, worldY } from '../ground/mercator.ts'

/** A zone in world units, ready to be drawn: rings to fill, or a line with a width, or a circle. */
export type DrawnZone = {
  id: string
  name: string
  kind: ConditionKind
  minX: number
  minY: number
  maxX: number
  maxY: number
} & (
  | { form: 'circle'; x: number; y: number; radius: number }
  | { form: 'rings'; rings: Float64Array[] }
  | { form: 'line'; points: Float64Array; width: number }
)

function flat(positions: readonly (readonly [number, number])[]): Float64Array {
  const points = new Float64Array(positions.length * 2)
  positions.forEach(([lon, lat], i) => {
    points[2 * i] = worldX(lon)
    points[2 * i + 1] = worldY(lat)
  })
  return points
}

function boundsOf(arrays: readonly Float64Array[]) {
  return boundsOfWorldPoints(
    arrays.flatMap((a) => Array.from({ length: a.length / 2 }, (_, i) => ({ x: a[2 * i]!, y: a[2 * i + 1]! }))),
  )
}

/** Projects a zone once; painting only scales. */
export function projectZone(zone: ZoneView): DrawnZone {
  const named = { id: zone.id, name: zone.name, kind: zone.kind }
  const shape: ZoneShape = zone.shape
  switch (shape.type) {
    case 'Circle': {
      const [lon, lat] = shape.center
      const x = worldX(lon)
      const y = worldY(lat)
      const radius = shape.radiusM * worldPerMetre(lat)
      return {
        ...named,
        form: 'circle',
        x,
        y,
        radius,
        minX: x - radius,
        maxX: x + radius,
        minY: y - radius,
        maxY: y + radius,
      }
    }
    case 'Polygon': {
      const rings = shape.coordinates.map(flat)
      return { ...named, form: 'rings', rings, ...boundsOf(rings) }
    }
    case 'MultiPolygon': {
      const rings = shape.coordinates.flatMap((polygon) => polygon.map(flat))
      return { ...named, form: 'rings', rings, ...boundsOf(rings) }
    }
    case 'Corridor': {
      const points = flat(shape.coordinates)
      const width = shape.widthM * worldPerMetre(shape.coordinates[0]![1])
      const bounds = boundsOf([points])
      const half = width / 2
      return {
        ...named,
        form: 'line',
        points,
        width,
        minX: bounds.minX - half,
        minY: bounds.minY - half,
        maxX: bounds.maxX + half,
        maxY: bounds.maxY + half,
      }
    }
  }
}

function boundsOfWorldPoints(points: readonly WorldPoint[]) {
  let minX = Number.POSITIVE_INFINITY
  let minY = Number.POSITIVE_INFINITY
  let maxX = Number.NEGATIVE_INFINITY
  let maxY = Number.NEGATIVE_INFINITY
  for (const { x, y } of points) {
    if (x < minX) minX = x
    if (x > maxX) maxX = x
    if (y < minY) minY = y
    if (y > maxY) maxY = y
  }
  return { minX, minY, maxX, maxY }
}
