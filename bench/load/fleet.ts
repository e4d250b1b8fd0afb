// The bracelets of the load benches: who they are and where they are, the same for the seeding of the database and for the load
// generators. Nearly all stay within a few metres of home; one in ten travels, one in a hundred walks away from a home that it
// must not leave.
import type { DeviceReport } from '../../model/report/report.ts'
import { randomFrom } from '../measure/random.ts'

export const STAYS = 0
export const TRAVELS = 1
export const WALKS_AWAY = 2

const AREA = { west: 106.6, south: -6.5, east: 107.1, north: -6.1 }
const METRES_PER_DEGREE = 111_320

export type Fleet = { count: number; homeLat: Float64Array; homeLon: Float64Array; kind: Uint8Array }

export function makeFleet(seed: number, count: number): Fleet {
  const random = randomFrom(seed)
  const fleet = {
    count,
    homeLat: new Float64Array(count),
    homeLon: new Float64Array(count),
    kind: new Uint8Array(count),
  }
  for (let n = 0; n < count; n++) {
    fleet.homeLat[n] = AREA.south + random() * (AREA.north - AREA.south)
    fleet.homeLon[n] = AREA.west + random() * (AREA.east - AREA.west)
    fleet.kind[n] = n % 10 === 9 ? TRAVELS : n % 100 === 50 ? WALKS_AWAY : STAYS
  }
  return fleet
}

/** 15 digits, as GT06 wants them; any protocol takes them. */
export function deviceIdOf(n: number): string {
  return `86${String(n).padStart(13, '0')}`
}

/** Where bracelet `n` is `seconds` after the beginning. */
export function placeOf(fleet: Fleet, n: number, seconds: number): [latDeg: number, lonDeg: number] {
  let northM = 6 * Math.sin(seconds / 40 + n)
  let eastM = 6 * Math.sin(seconds / 55 + 2 * n)
  if (fleet.kind[n] === TRAVELS) {
    northM += 2000 * Math.sin(seconds / 200)
    eastM += 2000 * (Math.cos(seconds / 200) - 1)
  } else if (fleet.kind[n] === WALKS_AWAY) eastM += 2 * seconds
  const lat = fleet.homeLat[n]! + northM / METRES_PER_DEGREE
  const lon = fleet.homeLon[n]! + eastM / (METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180))
  return [Math.round(lat * 1e7) / 1e7, Math.round(lon * 1e7) / 1e7]
}

/** What bracelet `n` says at `timeMs`. */
export function reportOf(fleet: Fleet, n: number, timeMs: number, seconds: number): DeviceReport {
  const [latDeg, lonDeg] = placeOf(fleet, n, seconds)
  return {
    deviceId: deviceIdOf(n),
    timeMs,
    fixValid: true,
    latDeg,
    lonDeg,
    source: 'gps',
    accuracyM: 8,
    speedMps: 1,
    courseDeg: 90,
    batteryPercent: 71,
    charging: false,
    strap: 'closed',
    case: 'closed',
    alarms: [],
    archived: false,
  }
}
