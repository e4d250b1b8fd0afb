// The fleet that `bench engine` judges: units with shared zones, and for every wearer a home of their own and twenty
// conditions. Everything comes from the seed.

import { compileZone } from '../../geofence/geometry/compile-zone.ts'
import type { CompiledZone } from '../../geofence/geometry/compiled-zone.ts'
import type { Condition, Plan, WeeklyWindow } from '../../model/plan/plan.ts'
import type { ZoneShape } from '../../model/plan/zone.ts'

const UNITS = 40
const SHARED_PER_UNIT = 250
export const CONDITIONS = 20
/** Tuesday, 17:50 in Jakarta: ten minutes before the curfew of most. */
export const START_MS = Date.UTC(2026, 8, 15, 10, 50)
const DAY_MS = 86_400_000
/** Share of the wearers. */
export const AT_HOME = 0.88
const E7_PER_M = 1e7 / 111_320

export type Unit = { lat: number; lon: number; region: string; office: string; road: string; shared: Shared[] }
type Shared = { id: string; lat: number; lon: number; reachDeg: number }
export type World = { units: Unit[]; zones: Map<string, CompiledZone> }

/** Bapas areas over Java: a region of 400 vertices, an office, a road, and schools, markets, victims' homes. */
export function makeWorld(random: () => number): World {
  const zones = new Map<string, CompiledZone>()
  const units = Array.from({ length: UNITS }, (_, u) => {
    const lat = -7.6 + 1.2 * random()
    const lon = 106.6 + 7 * random()
    const unit: Unit = { lat, lon, region: `region-${u}`, office: `office-${u}`, road: `road-${u}`, shared: [] }
    zones.set(unit.region, compileZone(star(random, lat, lon, 0.3, 400)))
    zones.set(unit.office, compileZone({ type: 'Circle', center: [lon, lat], radiusM: 150 }))
    const road = Array.from({ length: 30 }, (_, k): [number, number] => [lon + 0.005 * k, lat + 0.004 * random()])
    zones.set(unit.road, compileZone({ type: 'Corridor', coordinates: road, widthM: 400 }))
    for (let k = 0; k < SHARED_PER_UNIT; k++) {
      const shared = {
        id: `shared-${u}-${k}`,
        lat: lat + 0.36 * (random() - 0.5),
        lon: lon + 0.36 * (random() - 0.5),
        reachDeg: 0.001 + 0.003 * random(),
      }
      const shape: ZoneShape =
        k % 3 === 0
          ? { type: 'Circle', center: [shared.lon, shared.lat], radiusM: shared.reachDeg * 111_000 }
          : star(random, shared.lat, shared.lon, shared.reachDeg, k % 3 === 1 ? 12 : 64)
      zones.set(shared.id, compileZone(shape))
      unit.shared.push(shared)
    }
    return unit
  })
  return { units, zones }
}

function star(random: () => number, lat: number, lon: number, reach: number, vertices: number): ZoneShape {
  const ring: [number, number][] = []
  for (let i = 0; i < vertices; i++) {
    const angle = (2 * Math.PI * i) / vertices
    const radius = reach * (0.75 + 0.25 * random())
    ring.push([lon + radius * Math.cos(angle), lat + radius * Math.sin(angle)])
  }
  return { type: 'Polygon', coordinates: [[...ring, ring[0]!]] }
}

/** `stays`: at home when the curfew of most begins; whoever does not has a later one, but for one in eight. */
export type Home = { unit: Unit; lat: number; lon: number; near: Shared[]; stays: number; late: boolean }

/** A home near nobody's forbidden zone, and the zones that lie nearest to it. */
export function chooseHome(random: () => number, units: Unit[]): Home {
  const unit = units[Math.floor(random() * units.length)]!
  for (;;) {
    const lat = unit.lat + 0.3 * (random() - 0.5)
    const lon = unit.lon + 0.3 * (random() - 0.5)
    const away = (s: Shared): number => Math.hypot(s.lat - lat, s.lon - lon) - s.reachDeg
    const near = [...unit.shared].sort((a, b) => away(a) - away(b)).slice(0, 8)
    if (away(near[0]!) <= 0.001) continue
    const stays = random()
    return { unit, lat, lon, near, stays, late: stays >= AT_HOME && random() < 0.875 }
  }
}

const NIGHT: WeeklyWindow[] = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '18:00', to: '06:00', exceptDates: [] }]
const LATE_NIGHT: WeeklyWindow[] = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '21:00', to: '06:00', exceptDates: [] }]
const SCHOOL: WeeklyWindow[] = [{ days: [1, 2, 3, 4, 5], from: '06:30', to: '15:00', exceptDates: ['2026-08-17'] }]
const REPORTING: WeeklyWindow[] = [{ days: [4], from: '09:00', to: '11:00', exceptDates: [] }]
const WAY: WeeklyWindow[] = [{ days: [1, 3, 5], from: '06:30', to: '07:30', exceptDates: [] }]

/** Parsed from JSON, as it comes out of Redis: no object of it is shared with another wearer's. */
export function planOf(wearerId: number, home: Home, random: () => number): Plan {
  const conditions: Condition[] = []
  const add = (kind: Condition['kind'], zoneId: string, more: Partial<Condition> = {}): void => {
    const id = `${hex(wearerId, 8)}-${hex(conditions.length, 4)}-4${hex(wearerId & 0xfff, 3)}-8000-${hex(wearerId * 32 + 7, 12)}`
    const fromMs = START_MS - 90 * DAY_MS + wearerId * 1000
    conditions.push({ id, kind, zoneId, fromMs, timeZone: 'Asia/Jakarta', legalBasis: `SK-${wearerId}`, ...more })
  }
  add('required', `home-${wearerId}`, { windows: home.late ? LATE_NIGHT : NIGHT })
  add('region', home.unit.region)
  add('corridor', home.unit.road, { windows: WAY })
  add('required', home.unit.office, { windows: REPORTING })
  for (const [k, { id }] of home.near.entries())
    if (k < 3) add('avoided', id, { windows: SCHOOL })
    else add('avoided', id, k < 5 ? { parameters: { warningRingM: 100 } } : {})
  const first = Math.floor(random() * (SHARED_PER_UNIT - CONDITIONS))
  const near = new Set(home.near.map(({ id }) => id))
  for (let k = first; conditions.length < CONDITIONS; k++) {
    const { id } = home.unit.shared[k]!
    if (!near.has(id)) add('avoided', id)
  }
  const supervisions = [{ fromMs: START_MS - 60 * DAY_MS, toMs: START_MS + 300 * DAY_MS }]
  const plan = { wearerId, supervisions, conditions, permits: [], reportIntervalMs: 60_000, silenceGraceMs: 900_000 }
  return JSON.parse(JSON.stringify(plan)) as Plan
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}

/** In the order of arrival: of round r, the k-th to come is at r × wearers + k, and is of wearer `order[k]`. */
export type Fixes = { rounds: number; latE7: Int32Array; lonE7: Int32Array; accuracyM: Float32Array; order: Int32Array }

/**
 * One fix a minute and wearer. Of a hundred, 88 stay at home and 8 elsewhere, with noise that drifts; 4 travel at up to
 * 15 m/s. Who is due when in the minute stays the same and has nothing to do with the numbers of the wearers.
 */
export function makeFixes(random: () => number, homes: Home[], rounds: number): Fixes {
  const wearers = homes.length
  const latE7 = new Int32Array(rounds * wearers)
  const lonE7 = new Int32Array(rounds * wearers)
  const accuracyM = new Float32Array(rounds * wearers)
  for (const [w, home] of homes.entries()) {
    const share = home.stays
    const away = share < AT_HOME ? 0 : share < 0.96 ? 4000 : 1500
    let north = away * (random() - 0.5)
    let east = away * (random() - 0.5)
    const travels = share >= 0.96
    const heading = 2 * Math.PI * random()
    const strideM = travels ? 900 * random() : 0
    let [driftNorth, driftEast] = [0, 0]
    for (let r = 0; r < rounds; r++) {
      north += strideM * Math.cos(heading)
      east += strideM * Math.sin(heading)
      driftNorth = 0.8 * driftNorth + 8 * (random() - 0.5)
      driftEast = 0.8 * driftEast + 8 * (random() - 0.5)
      const at = r * wearers + w
      latE7[at] = Math.round(home.lat * 1e7 + (north + driftNorth) * E7_PER_M)
      lonE7[at] = Math.round(home.lon * 1e7 + (east + driftEast) * E7_PER_M)
      accuracyM[at] = 4 + 20 * random() * random()
    }
  }
  const order = Int32Array.from({ length: wearers }, (_, w) => w)
  for (let k = wearers - 1; k > 0; k--) {
    const other = Math.floor(random() * (k + 1))
    const kept = order[k]!
    order[k] = order[other]!
    order[other] = kept
  }
  return {
    ...{ rounds, order },
    latE7: inOrder(latE7, order),
    lonE7: inOrder(lonE7, order),
    accuracyM: inOrder(accuracyM, order),
  }
}

/** Each round in the order of arrival: a log's reports are read one behind the other. */
function inOrder<T extends Int32Array | Float32Array>(byWearer: T, order: Int32Array): T {
  const wearers = order.length
  const arriving = byWearer.slice() as T
  for (let at = 0; at < byWearer.length; at++) {
    const k = at % wearers
    arriving[at] = byWearer[at - k + order[k]!]!
  }
  return arriving
}
