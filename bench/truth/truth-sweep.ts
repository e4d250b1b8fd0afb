// How the figures move with each parameter, the others at their defaults, on one corpus: so that defaults are read off a table.
import { CONDITION_DEFAULTS, DEFAULT_RADIUS_M, ENGINE } from '../../geofence/parameters.ts'
import { POSITION_SOURCE } from '../../model/report/report.ts'
import { countHome, emptyHomeFigures, homeWearer } from './truth-home.ts'
import type { NoiseLevels } from './truth-noise.ts'
import { KINDS, planOf } from './truth-plans.ts'
import { makeTrip } from './truth-trips.ts'
import { countTrip, emptyViolationFigures, quantile } from './truth-violations.ts'

const MINUTE_MS = 60_000

type Values = Record<string, number>
type Parameter = { name: string; of: Values | Values[]; key: string; values: number[] }

// The defaults are constants to everyone else; here alone they are turned, and put back.
const engine = ENGINE as unknown as Values
const rules = KINDS.map((kind) => {
  CONDITION_DEFAULTS[kind] = { ...CONDITION_DEFAULTS[kind] } // kinds share their defaults; here each has its own
  return CONDITION_DEFAULTS[kind] as Values
})
const radii = DEFAULT_RADIUS_M as unknown as Values

export const PARAMETERS: Parameter[] = [
  { name: 'confirmFixes', of: rules, key: 'confirmFixes', values: [1, 2, 3, 4] },
  { name: 'confirmMinMs', of: rules, key: 'confirmMinMs', values: [0, 2 * MINUTE_MS, 4 * MINUTE_MS] },
  { name: 'returnFixes', of: rules, key: 'returnFixes', values: [1, 2, 3] },
  { name: 'guardFloorM', of: rules, key: 'guardFloorM', values: [10, 15, 20, 30, 40] },
  { name: 'guardFloorM (region)', of: [rules[3]!], key: 'guardFloorM', values: [20, 30, 50, 80] },
  { name: 'breachGuardPerRadius', of: engine, key: 'breachGuardPerRadius', values: [1, 1.5, 2, 2.25, 2.5, 3] },
  { name: 'complyGuardPerRadius', of: engine, key: 'complyGuardPerRadius', values: [0.5, 1, 1.5] },
  { name: 'shallowExtraFixes', of: engine, key: 'shallowExtraFixes', values: [0, 1, 2] },
  { name: 'shallowM', of: engine, key: 'shallowM', values: [0, 30, 60, 100] },
  { name: 'runLinkMs', of: engine, key: 'runLinkMs', values: [5, 10, 15, 30].map((m) => m * MINUTE_MS) },
  { name: 'sameSpotMs', of: engine, key: 'sameSpotMs', values: [0, 5, 10, 20].map((m) => m * MINUTE_MS) },
  { name: 'poorRadiusM', of: engine, key: 'poorRadiusM', values: [50, 75, 100, 150] },
  {
    name: 'unverifiableAfterMs (required)',
    of: [rules[0]!],
    key: 'unverifiableAfterMs',
    values: [20, 30, 45, 60].map((m) => m * MINUTE_MS),
  },
  { name: 'default radius GPS', of: radii, key: String(POSITION_SOURCE.gps), values: [8, 15, 25, 40] },
  { name: 'default radius Wi-Fi', of: radii, key: String(POSITION_SOURCE.wifi), values: [30, 60, 100] },
]

export type SweepRow = {
  parameter: string
  value: number
  isDefault: boolean
  falsePerWearerDay: number
  missed: number
  delayP50Min: number
  delayP95Min: number
}

export function sweep(seed: number, levels: NoiseLevels, say: (line: string) => void): SweepRow[] {
  const days = 30
  const homes = Array.from({ length: 30 }, (_, i) => homeWearer(seed, i, days, levels))
  const trips = Array.from({ length: 1500 }, (_, i) => makeTrip(seed, i, levels))
  const rows: SweepRow[] = []
  say(`${'parameter'.padEnd(32)} ${'value'.padStart(8)}    false/day  missed  delay p50   p95`)
  for (const { name, of, key, values } of PARAMETERS) {
    const targets = Array.isArray(of) ? of : [of]
    const before = targets.map((target) => target[key]!)
    for (const value of values) {
      for (const target of targets) target[key] = value
      const home = emptyHomeFigures()
      for (const wearer of homes) countHome(home, wearer, planOf(wearer.shapes), days, false)
      const out = emptyViolationFigures()
      for (const trip of trips) countTrip(out, { ...trip, plan: planOf(trip.shapes) })
      const row = {
        parameter: name,
        value,
        isDefault: before.every((old) => old === value),
        falsePerWearerDay: home.falseIncidents / home.wearerDays,
        missed: out.missed,
        delayP50Min: quantile(out.delaysMin.all ?? [], 0.5),
        delayP95Min: quantile(out.delaysMin.all ?? [], 0.95),
      }
      rows.push(row)
      say(
        `${name.padEnd(32)} ${short(value)} ${row.isDefault ? '*' : ' '}  ${row.falsePerWearerDay.toFixed(4).padStart(9)}` +
          `  ${String(row.missed).padStart(6)}  ${row.delayP50Min.toFixed(2).padStart(9)}  ${row.delayP95Min.toFixed(2).padStart(4)}`,
      )
    }
    targets.forEach((target, i) => {
      target[key] = before[i]!
    })
  }
  say(`* = default; ${homes.length * days} wearer-days at home, ${trips.length} trips`)
  return rows
}

function short(value: number): string {
  return (value >= MINUTE_MS ? `${value / MINUTE_MS} min` : String(value)).padStart(8)
}
