// What a fix costs the engine, by the number of avoided zones in the wearer's plan: the evaluator's whole path, kept reports and
// the fold included. Most wearers stay about a place with 10 m of noise, some travel at up to 15 m/s all the time.

import { compileZone } from '../../geofence/geometry/compile-zone.ts'
import { ZoneIndex } from '../../geofence/geometry/zone-index.ts'
import { type CompiledPlan, compilePlan } from '../../geofence/plan/compile-plan.ts'
import { Fleet } from '../../geofence/timeline/fleet.ts'
import type { Condition } from '../../model/plan/plan.ts'
import { LogReport } from '../../model/report/report.ts'
import { randomFrom } from '../measure/random.ts'
import { AREA, type Area, manyZones } from './engine-zones.ts'

const ZONE_COUNTS = [10, 100, 1_000, 10_000]
const WEARERS = 2_000
/** As many as a gateway's frame brings. */
const ENTRY_REPORTS = 200
const WARM_STEPS = 20
/** So many that every wearer's state is saved once. */
const STEPS = 300
const MINUTE_MS = 60_000
const START_MS = Date.UTC(2026, 8, 15, 1)
const DAY_MS = 86_400_000
/** A wearer who stays is farther from every zone than this; nearer ones have no fast path. */
const APART_M = 300
const E7_PER_M = 1e7 / 111_320

export type PlanCost = { zones: number; nsPerFix: number; fastShare: number; incidents: number; compileMs: number }

/** The first are the compiler's. */
const RUNS = 5

/** One in so many travels: as in the fleet of engine-world.ts. */
const TRAVELS = 25
/** The same on a day when many do. */
const TRAVELS_MANY = 10

export type PlanCosts = {
  /** In the same area, by number of zones. */
  plans: PlanCost[]
  manyTravel: PlanCost[]
  /**
   * The fewest and the most zones, each in an area in proportion: as many zones about a wearer, as many incidents. What is left of
   * the difference is what the number of zones costs.
   */
  asDense: PlanCost[]
}

/** Nanoseconds of processor time a fix, by number of zones; the best of RUNS each. */
export function measurePlans(seed: number, say: (line: string) => void): PlanCosts {
  const [few, most] = [ZONE_COUNTS[0]!, ZONE_COUNTS[ZONE_COUNTS.length - 1]!]
  const { west, south, east, north } = AREA
  measurePlan({ seed, zones: ZONE_COUNTS[1]!, area: AREA, travels: TRAVELS_MANY }, () => undefined) // for the compiler
  return {
    plans: ZONE_COUNTS.map((zones) => measurePlan({ seed, zones, area: AREA, travels: TRAVELS }, say)),
    manyTravel: [few, most].map((zones) =>
      measurePlan({ seed, zones, area: AREA, travels: TRAVELS_MANY }, (line) => say(`one in ten travels: ${line}`)),
    ),
    asDense: [few, most].map((zones) => {
      const side = Math.sqrt(zones / most)
      const area = { west, south, east: west + side * (east - west), north: south + side * (north - south) }
      return measurePlan({ seed, zones, area, travels: TRAVELS }, (line) => say(`as dense: ${line}`))
    }),
  }
}

type Setting = { seed: number; zones: number; area: Area; travels: number }

function measurePlan({ seed, zones, area, travels }: Setting, say: (line: string) => void): PlanCost {
  const compiled = manyZones(randomFrom(seed), zones, area).map(compileZone)
  const began = process.cpuUsage()
  const plan = planOver(compiled)
  const compileMs = cpuUsSince(began) / 1000
  const walks = makeWalks(randomFrom(seed + 1), new ZoneIndex(compiled), { zones, area, travels })
  let best = offerAll(plan, walks)
  for (let run = 0; run < RUNS - 1; run++) {
    const again = offerAll(plan, walks)
    if (again.nsPerFix < best.nsPerFix) best = again
  }
  say(
    `plan of ${String(zones).padStart(6)} avoided zones: ${best.nsPerFix.toFixed(0)} ns a fix, ` +
      `${(100 * best.fastShare).toFixed(1)} % on the fast path, ${best.incidents} incident revisions; compiled in ${compileMs.toFixed(0)} ms`,
  )
  return { zones, ...best, compileMs }
}

function planOver(zones: ReturnType<typeof compileZone>[]): CompiledPlan {
  const conditions = zones.map((_, k): Condition => {
    const id = `condition-${k}`
    return { id, kind: 'avoided', zoneId: String(k), fromMs: START_MS, timeZone: 'Asia/Jakarta', legalBasis: 'SK' }
  })
  const supervisions = [{ fromMs: START_MS - DAY_MS, toMs: START_MS + 300 * DAY_MS }]
  const plan = { wearerId: 0, supervisions, conditions, permits: [], reportIntervalMs: 60_000, silenceGraceMs: 900_000 }
  return compilePlan(plan, (id) => zones[Number(id)], { fromMs: START_MS, toMs: START_MS + 8 * DAY_MS })
}

type Walks = { latE7: Int32Array; lonE7: Int32Array }

function makeWalks(
  random: () => number,
  index: ZoneIndex,
  { zones, area, travels: oneIn }: Omit<Setting, 'seed'>,
): Walks {
  const steps = WARM_STEPS + STEPS
  const latE7 = new Int32Array(steps * WEARERS)
  const lonE7 = new Int32Array(steps * WEARERS)
  const found = new Int32Array(zones)
  const distancesM = new Float64Array(zones + 1)
  for (let w = 0; w < WEARERS; w++) {
    const travels = w % oneIn === oneIn - 1
    let [lat, lon] = [0, 0]
    do {
      lat = Math.round((area.south + random() * (area.north - area.south)) * 1e7)
      lon = Math.round((area.west + random() * (area.east - area.west)) * 1e7)
    } while (!travels && index.near(lat, lon, APART_M, found, distancesM) > 0)
    let north = (random() - 0.5) * 1800 * E7_PER_M
    let east = (random() - 0.5) * 1800 * E7_PER_M
    for (let step = 0; step < steps; step++) {
      if (travels) {
        lat += north * random()
        lon += east * random()
        // Back from where there are no zones any more.
        if (lat < area.south * 1e7 === north < 0 && (lat < area.south * 1e7 || lat > area.north * 1e7)) north = -north
        if (lon < area.west * 1e7 === east < 0 && (lon < area.west * 1e7 || lon > area.east * 1e7)) east = -east
      }
      latE7[step * WEARERS + w] = Math.round(lat + 20 * (random() + random() - 1) * E7_PER_M)
      lonE7[step * WEARERS + w] = Math.round(lon + 20 * (random() + random() - 1) * E7_PER_M)
    }
  }
  return { latE7, lonE7 }
}

function offerAll(plan: CompiledPlan, { latE7, lonE7 }: Walks): Omit<PlanCost, 'zones' | 'compileMs'> {
  const fleet = new Fleet({ retainMs: DAY_MS, retainEventsMax: 4096 })
  for (let w = 0; w < WEARERS; w++) fleet.begin(w, plan)
  const report = new LogReport()
  report.flags = 3
  report.source = 1
  report.accuracyM = 8
  report.batteryPercent = 80
  let fast = 0
  const run = (from: number, to: number): void => {
    for (let step = from; step < to; step++)
      for (let w = 0; w < WEARERS; w++) {
        if (w % ENTRY_REPORTS === 0) {
          for (let next = w; next < w + ENTRY_REPORTS; next++) fleet.expect(next)
          fleet.fetch()
        }
        const at = step * WEARERS + w
        report.wearerId = w
        report.timeMs = START_MS + step * MINUTE_MS + w
        report.receivedMs = report.timeMs + 1000
        report.contentHi = at
        report.latE7 = latE7[at]!
        report.lonE7 = lonE7[at]!
        if (fleet.offer(report) === 'fast') fast++
      }
  }
  const revisions = (): number => {
    let count = 0
    for (let w = 0; w < WEARERS; w++) count += fleet.get(w)!.takeChanges().length
    return count
  }
  run(0, WARM_STEPS)
  revisions()
  fast = 0
  const began = process.cpuUsage()
  run(WARM_STEPS, WARM_STEPS + STEPS)
  const count = STEPS * WEARERS
  const nsPerFix = (cpuUsSince(began) * 1000) / count
  return { nsPerFix, fastShare: fast / count, incidents: revisions() }
}

function cpuUsSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began)
  return user + system
}
