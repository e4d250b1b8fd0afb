import { PLACES } from './places.ts'

const METRES_PER_DEGREE = 111_195
/** From here on a named place says nothing any more. */
const FAR_M = 60_000
const DIRECTIONS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const
type Direction = (typeof DIRECTIONS)[number]

/** The nearest named city or district, how far it is, and in which direction from it the point lies. */
export function placeNear(
  latDeg: number,
  lonDeg: number,
): { name: string; distanceM: number; direction: Direction } | undefined {
  const shrink = Math.cos((latDeg * Math.PI) / 180)
  let best: { name: string; distanceM: number; direction: Direction } | undefined
  for (const place of PLACES) {
    if (place.kind !== 'city' && place.kind !== 'district') continue
    const north = (latDeg - place.latDeg) * METRES_PER_DEGREE
    const east = (lonDeg - place.lonDeg) * METRES_PER_DEGREE * shrink
    const distanceM = Math.hypot(north, east)
    if (distanceM > (best?.distanceM ?? FAR_M)) continue
    const turn = Math.round((Math.atan2(east, north) / (2 * Math.PI)) * 8 + 8) % 8
    best = { name: place.name, distanceM, direction: DIRECTIONS[turn]! }
  }
  return best
}
