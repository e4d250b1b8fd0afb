// A zone's shape as people draw it and as it is stored. Compiling it for the engine is geofence/.
import { z } from 'zod'

/** GeoJSON position: longitude, latitude in degrees (RFC 7946 order); a height is tolerated and ignored. */
const positionSchema = z
  .array(z.number())
  .min(2)
  .max(3)
  .refine(
    ([lon, lat]) => Math.abs(lon as number) <= 180 && Math.abs(lat as number) <= 90,
    'longitude ±180, latitude ±90',
  )
  .transform((p) => [p[0] as number, p[1] as number] as [number, number])

const ringSchema = z.array(positionSchema).min(4)

export const zoneShapeSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Circle'), center: positionSchema, radiusM: z.number().positive().max(500_000) }),
  z.object({ type: z.literal('Polygon'), coordinates: z.array(ringSchema).min(1) }),
  z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(ringSchema).min(1)).min(1) }),
  z.object({
    type: z.literal('Corridor'),
    coordinates: z.array(positionSchema).min(2),
    /** Full width: the corridor reaches half of it to either side of the line. */
    widthM: z.number().positive().max(50_000),
  }),
])

/** Circle and corridor are ours; Polygon and MultiPolygon are GeoJSON geometries as they are. */
export type ZoneShape = z.infer<typeof zoneShapeSchema>

/** Vertices over all rings; what the limits table counts. */
export const ZONE_VERTICES_MAX = 200_000
