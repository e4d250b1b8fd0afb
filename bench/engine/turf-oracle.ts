// What Turf says, the slow way: the tests hold the engine against it, and the benches measure beside it. Never on the hot
// path. Turf lives in geofence/ only, so its verdicts are given out from here.
import {
  booleanPointInPolygon,
  circle,
  distance,
  lineString,
  multiPolygon,
  point,
  pointToLineDistance,
  polygon,
} from '@turf/turf'
import type { ZoneShape } from '../../model/plan/zone.ts'

export type TurfVerdict = (lonDeg: number, latDeg: number) => boolean

/** Membership by Turf on the shape as drawn; a circle and a corridor by Turf's distances on its sphere. */
export function turfVerdict(shape: ZoneShape): TurfVerdict {
  switch (shape.type) {
    case 'Polygon': {
      const area = polygon(shape.coordinates)
      return (lon, lat) => booleanPointInPolygon([lon, lat], area)
    }
    case 'MultiPolygon': {
      const area = multiPolygon(shape.coordinates)
      return (lon, lat) => booleanPointInPolygon([lon, lat], area)
    }
    case 'Circle': {
      const centre = point(shape.center)
      return (lon, lat) => distance(centre, [lon, lat], { units: 'meters' }) < shape.radiusM
    }
    case 'Corridor': {
      const line = lineString(shape.coordinates)
      return (lon, lat) => pointToLineDistance([lon, lat], line, { units: 'meters' }) < shape.widthM / 2
    }
  }
}

/** A circle as the polygon that a map would draw, for comparing on equal terms. */
export function circleAsPolygon(centre: [number, number], radiusM: number, steps: number): ZoneShape {
  return {
    type: 'Polygon',
    coordinates: circle(centre, radiusM, { steps, units: 'meters' }).geometry.coordinates as [number, number][][],
  }
}
