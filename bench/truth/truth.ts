// The measure of truth: a labelled simulation, judged by the engine and by the naive rule. bench/README.md says what is in it.
import { setImmediate } from 'node:timers/promises'
import type { Bench } from '../measure/report.ts'
import { measureEdge } from './truth-edge.ts'
import { FAULTS, type Fault, type FaultFigures, measureFault } from './truth-faults.ts'
import { countHome, emptyHomeFigures, type HomeFigures, homeWearer } from './truth-home.ts'
import { type NoiseLevels, noiseLevels } from './truth-noise.ts'
import { permute } from './truth-permutations.ts'
import { planOf } from './truth-plans.ts'
import { sweep } from './truth-sweep.ts'
import { makeTrip } from './truth-trips.ts'
import { countTrip, emptyViolationFigures, quantile, type ViolationFigures } from './truth-violations.ts'

export type TruthSize = {
  wearers: number
  days: number
  trips: number
  permutations: number
  edgeWearers: number
  /** Of each fault, for `faultDays`. */
  faultWearers: number
  faultDays: number
}
const DEFAULT_SIZE: TruthSize = {
  wearers: 200,
  days: 30,
  trips: 6_000,
  permutations: 10_000,
  edgeWearers: 10_000,
  faultWearers: 40,
  faultDays: 10,
}

export const truth: Bench = async ({ seed, say, args }) => {
  const text = (name: string): string | undefined => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined)
  const count = (name: string, otherwise: number): number => {
    const value = Number(text(name) ?? otherwise)
    if (!Number.isInteger(value) || value < 0) throw new Error(`${name} wants a whole number, got ${text(name)}`)
    return value
  }
  const levels = noiseLevels(text('--noise'))
  const size = {
    wearers: count('--wearers', DEFAULT_SIZE.wearers),
    days: count('--days', DEFAULT_SIZE.days),
    trips: count('--trips', DEFAULT_SIZE.trips),
    permutations: count('--permutations', DEFAULT_SIZE.permutations),
    edgeWearers: DEFAULT_SIZE.edgeWearers,
    faultWearers: count('--fault-wearers', DEFAULT_SIZE.faultWearers),
    faultDays: DEFAULT_SIZE.faultDays,
  }
  say(
    `noise: ${Object.entries(levels)
      .map(([source, level]) => `${source}=${level}`)
      .join(' ')}`,
  )
  if (args.includes('--sweep')) return { marks: {}, noise: levels, table: sweep(seed, levels, say) }
  return measureTruth(seed, levels, size, say)
}

/** Everything but the sweep; the test takes a small sample of it. */
export async function measureTruth(seed: number, levels: NoiseLevels, size: TruthSize, say: (line: string) => void) {
  const startedMs = performance.now()
  const seconds = () => `${((performance.now() - startedMs) / 1000).toFixed(0)} s`
  const home = emptyHomeFigures()
  for (let number = 0; number < size.wearers; number++) {
    const wearer = homeWearer(seed, number, size.days, levels)
    countHome(home, wearer, planOf(wearer.shapes), size.days)
    if (number % 50 === 49) say(`  ${seconds()}: ${number + 1} of ${size.wearers} wearers at home`)
    await setImmediate()
  }
  sayHome(home, say)
  const out = emptyViolationFigures()
  for (let number = 0; number < size.trips; number++) {
    countTrip(out, makeTrip(seed, number, levels))
    if (number % 2000 === 1999) say(`  ${seconds()}: ${number + 1} of ${size.trips} trips`)
  }
  sayViolations(out, say)
  const faults = {} as Record<Fault, FaultFigures>
  for (const fault of FAULTS) {
    faults[fault] = measureFault(fault, seed, size.faultWearers, size.faultDays, levels)
    sayFault(fault, faults[fault], say)
    await setImmediate()
  }
  const sumOf = (figure: keyof FaultFigures) => FAULTS.reduce((sum, fault) => sum + faults[fault][figure], 0)
  const edge = measureEdge(size.edgeWearers)
  say(
    `curfew edge, ${edge.wearers} wearers known to be out: ${edge.raised} raised, the last after ${edge.lastMs.toFixed(0)} ms ` +
      `(the engine alone; the evaluator's wake-up and its write to the log come on top)`,
  )
  const permutations = permute(seed, size.permutations, levels, ({ permutations: done, failures }) => {
    if (done % 1000 === 0) say(`  ${seconds()}: ${done} of ${size.permutations} permutations, ${failures} failed`)
  })
  say(
    `permutations and duplications: ${permutations.permutations} of ${permutations.days} days with ${permutations.incidents} ` +
      `incidents, ${permutations.failures} with another outcome; all in ${seconds()}`,
  )
  const delays = out.delaysMin.all ?? []
  return {
    marks: {
      'truth.falsePerWearerDay': round(home.falseIncidents / home.wearerDays),
      'truth.missed': out.missed,
      'truth.delayP50Min': round(quantile(delays, 0.5)),
      'truth.delayP95Min': round(quantile(delays, 0.95)),
      'truth.faults.falsePerWearerDay': round(sumOf('falseViolations') / Math.max(1, sumOf('wearerDays'))),
      'truth.faults.falseByEdge': sumOf('falseByEdge'),
      'truth.faults.missed': sumOf('missed'),
      'truth.minutesWithoutReport': round(out.unprovenMinutes + home.unprovenMinutes + sumOf('unprovenMinutes')),
      'truth.permutationFailures': permutations.failures,
      'truth.edgeMs': round(edge.lastMs),
      'truth.naiveFalsePerWearerDay': round(home.naive / home.wearerDays),
    },
    noise: levels,
    size,
    home,
    violations: { ...out, delaysMin: delayTable(out) },
    faults,
    edge,
    permutations,
  }
}

function sayFault(
  fault: Fault,
  { wearerDays, falseViolations, trulyOut, ...figures }: FaultFigures,
  say: (line: string) => void,
) {
  const a = (falseViolations / Math.max(1, wearerDays)).toFixed(4)
  const of = trulyOut > 0 ? `; truly out ${trulyOut}, missed ${figures.missed}` : ''
  say(
    `${fault}: ${wearerDays} wearer-days at home, false violations ${a} a day, by an edge ${figures.falseByEdge}; ` +
      `minutes claimed without a report ${figures.unprovenMinutes.toFixed(1)}${of}`,
  )
}

function sayHome(home: HomeFigures, say: (line: string) => void): void {
  const a = (incidents: number, wearerDays: number) => (incidents / wearerDays).toFixed(4)
  say(`at home: ${home.wearerDays} wearer-days, ${home.reports} reports; false incidents a wearer-day:`)
  say(`  engine ${a(home.falseIncidents, home.wearerDays)}, naive rule ${a(home.naive, home.wearerDays)}`)
  for (const [what, incidents] of Object.entries(home.byType))
    say(`  ${what.padEnd(44)} ${a(incidents, home.wearerDays)}`)
  for (const [radiusM, row] of Object.entries(home.byRadius))
    say(
      `  zone of ${radiusM.padStart(3)} m: engine ${a(row.falseIncidents, row.wearerDays)}, naive ${a(row.naive, row.wearerDays)}`,
    )
  say(
    `  true of the device, not counted: ${a(home.deviceIncidents, home.wearerDays)} (no position for half an hour, or mostly cells)`,
  )
}

function sayViolations(out: ViolationFigures, say: (line: string) => void): void {
  say(
    `violations longer than 5 minutes, 50 m or deeper, seen by 3 conclusive fixes: ${out.counted}, missed ${out.missed}`,
  )
  for (const trip of out.missedTrips.slice(0, 10)) say(`  missed: ${trip}`)
  say(`  shorter, shallower or hardly seen: ${out.beyondSight}, of these found ${out.beyondSightFound}`)
  for (const [depthM, row] of Object.entries(out.byDepth))
    say(
      `  ${depthM.padStart(5)} m deep: counted ${row.counted}, missed ${row.missed}; hardly seen ${row.beyondSight}, found ${row.beyondSightFound}`,
    )
  say(`  raised while on the right side: ${out.false}`)
  say('  minutes from the true crossing to the confirmation, p50 / p95:')
  for (const [kind, { p50, p95, count }] of Object.entries(delayTable(out)))
    say(`  ${kind.padEnd(16)} ${p50.toFixed(2)} / ${p95.toFixed(2)}  (${count})`)
}

function delayTable({ delaysMin }: ViolationFigures): Record<string, { p50: number; p95: number; count: number }> {
  return Object.fromEntries(
    Object.entries(delaysMin).map(([kind, delays]) => [
      kind,
      { p50: round(quantile(delays, 0.5)), p95: round(quantile(delays, 0.95)), count: delays.length },
    ]),
  )
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
