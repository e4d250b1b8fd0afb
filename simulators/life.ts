// Where a simulated wearer really is. A pure function of the fleet's seed, the wearer and the time, so that the same moment is
// the same place whenever and in whichever order it is asked.
import type { FleetWearer } from './fleet-people.ts'
import { courseDeg, lengthOf, offset, type Place, placeAlong, type Route, route } from './place.ts'
import { chanceAt } from './random.ts'

export type Truth = { place: Place; speedMps: number; courseDeg: number; indoors: boolean }

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const UTC_OFFSET_HOURS: Record<string, number> = { 'Asia/Jakarta': 7, 'Asia/Makassar': 8, 'Asia/Jayapura': 9 }
const WALK_MPS = 1.3
const RIDE_MPS = 8
const WALKS_UP_TO_M = 600

type Stay = 'home' | 'work' | 'mosque' | 'market'
/** On the way to `to` from `departMs`, then there. */
type Leg = { departMs: number; from: Stay; to: Stay }

/** Gives `truthAt` for one wearer; ways are worked out once and kept. */
export function lifeOf(seed: number, wearer: FleetWearer): (timeMs: number) => Truth {
  const ways = new Map<string, Route>()
  const offsetMs = UTC_OFFSET_HOURS[wearer.timeZone]! * 3_600_000
  const placeOf: Record<Stay, Place> = {
    home: wearer.home,
    work: wearer.work,
    mosque: wearer.mosque,
    market: wearer.market,
  }
  const wayBetween = (from: Stay, to: Stay): Route => {
    const key = `${from}-${to}`
    let way = ways.get(key)
    if (way === undefined) {
      way = streetsBetween(seed, wearer.number, placeOf[from], placeOf[to], wearer.gridDeg)
      ways.set(key, way)
    }
    return way
  }
  return (timeMs) => {
    const dayStartMs = Math.floor((timeMs + offsetMs) / DAY_MS) * DAY_MS - offsetMs
    const leg = legAt(seed, wearer.number, dayStartMs, timeMs)
    if (leg === undefined) return staying(seed, wearer, placeOf.home, timeMs)
    const way = wayBetween(leg.from, leg.to)
    const speedMps =
      lengthOf(way) <= WALKS_UP_TO_M ? WALK_MPS : RIDE_MPS * (0.7 + 0.6 * chanceAt(seed, wearer.number, dayStartMs))
    const alongM = ((timeMs - leg.departMs) / 1000) * speedMps
    if (alongM >= lengthOf(way)) return staying(seed, wearer, placeOf[leg.to], timeMs)
    const place = placeAlong(way, alongM)
    return { place, speedMps, courseDeg: courseDeg(place, placeAlong(way, alongM + 5)), indoors: false }
  }
}

/** The streets that this wearer takes from one place to another: always the same. */
export function streetsBetween(seed: number, number: number, from: Place, to: Place, gridDeg: number): Route {
  return route(from, to, gridDeg, (step) => chanceAt(seed, number, Math.round(to.latDeg * 1e6), step))
}

/** Small moves within the house and its yard. */
function staying(seed: number, wearer: FleetWearer, at: Place, timeMs: number): Truth {
  const quarter = Math.floor(timeMs / (15 * MINUTE_MS))
  const eastM = 14 * (chanceAt(seed, wearer.number, quarter, 1) - 0.5)
  const northM = 14 * (chanceAt(seed, wearer.number, quarter, 2) - 0.5)
  return {
    place: offset(at, eastM, northM),
    speedMps: 0,
    courseDeg: 0,
    indoors: chanceAt(seed, wearer.number, quarter, 3) < 0.8,
  }
}

/** The last leg of the day that has begun; undefined before the first. Everybody is home by seven in the evening. */
function legAt(seed: number, number: number, dayStartMs: number, timeMs: number): Leg | undefined {
  let current: Leg | undefined
  for (const leg of legsOf(seed, number, dayStartMs)) if (leg.departMs <= timeMs) current = leg
  return current
}

function legsOf(seed: number, number: number, dayStartMs: number): Leg[] {
  const day = Math.round(dayStartMs / DAY_MS)
  const weekday = ((day + 3) % 7) + 1 // ISO, 1 = Monday; day 0 was a Thursday
  const minute = (base: number, spread: number, salt: number) =>
    dayStartMs + (base + spread * chanceAt(seed, number, day, salt)) * MINUTE_MS
  const stops: [number, Stay][] = []
  if (weekday <= 5) {
    stops.push([minute(390, 45, 1), 'work'])
    stops.push([weekday === 5 ? minute(695, 10, 2) : minute(720, 20, 2), 'mosque'], [minute(785, 15, 3), 'work'])
    stops.push(
      [minute(970, 40, 4), chanceAt(seed, number, day, 5) < 0.4 ? 'market' : 'home'],
      [minute(1065, 20, 6), 'home'],
    )
  } else {
    stops.push(
      [minute(540, 90, 1), 'market'],
      [minute(690, 30, 2), 'home'],
      [minute(730, 15, 3), 'mosque'],
      [minute(775, 15, 4), 'home'],
    )
  }
  const legs: Leg[] = []
  let from: Stay = 'home'
  for (const [departMs, to] of stops) {
    if (to !== from) legs.push({ departMs, from, to })
    from = to
  }
  return legs
}
