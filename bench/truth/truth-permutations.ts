// Any order, any duplication: the active incidents must be those of the run in order, ids included.
import type { CompiledPlan } from '../../geofence/plan/compile-plan.ts'
import { Fleet } from '../../geofence/timeline/fleet.ts'
import type { WearerTimeline } from '../../geofence/timeline/timeline.ts'
import type { Incident } from '../../model/incident/incident.ts'
import type { LogReport } from '../../model/report/report.ts'
import { type Random, randomOf } from '../../simulators/random.ts'
import type { NoiseLevels } from './truth-noise.ts'
import { planOf, positionOf } from './truth-plans.ts'
import { makeTrip } from './truth-trips.ts'

const OPTIONS = { retainMs: Infinity, retainEventsMax: Infinity }
/** Permutations of one day before the next is simulated. */
const PER_DAY = 100
const MINUTE_MS = 60_000

export type Day = { plan: CompiledPlan; reports: LogReport[]; endMs: number }
export type PermutationFigures = { permutations: number; failures: number; days: number; incidents: number }

/** A day: eight trips over lines that no rule but a required zone and an avoided one around them knows, with all their noise. */
export function eventfulDay(seed: number, number: number, levels: NoiseLevels): Day {
  const reports: LogReport[] = []
  let endMs = Number.NaN
  let plan: CompiledPlan | undefined
  for (let part = 0; reports.length < 1200; part++) {
    const trip = makeTrip(seed + 7, number * 64 + part * 4, levels) // every fourth is about a required zone
    plan ??= planOf({ required: zoneOf(120), avoided: { ...zoneOf(80), center: positionOf(300, 100) } })
    const shiftMs = Number.isNaN(endMs) ? 0 : endMs - trip.recording.reports()[0]!.timeMs + MINUTE_MS
    for (const report of trip.recording.reports()) {
      report.timeMs += shiftMs
      report.receivedMs = report.timeMs
      report.contentHi += part
      reports.push(report)
    }
    endMs = reports[reports.length - 1]!.timeMs
  }
  return { plan: plan!, reports, endMs: endMs + MINUTE_MS }
}

function zoneOf(radiusM: number) {
  return { type: 'Circle' as const, center: positionOf(0, 0), radiusM }
}

/** Runs `count` of them; calls back now and then. */
export function permute(
  seed: number,
  count: number,
  levels: NoiseLevels,
  progress?: (figures: PermutationFigures) => void,
): PermutationFigures {
  const figures = { permutations: 0, failures: 0, days: 0, incidents: 0 }
  const random = randomOf(seed + 1)
  for (let number = 0; figures.permutations < count; number++) {
    const day = eventfulDay(seed, number, levels)
    const expected = verdictsOf(run(day, day.reports, () => undefined))
    figures.days++
    figures.incidents += expected.length
    for (let i = 0; i < PER_DAY && figures.permutations < count; i++) {
      const published = run(day, disordered(day.reports, random), (timeline, collect) => {
        // Now and then something is taken out, or the clock moves on, between any two reports.
        if (random.next() < 0.001) collect()
        if (random.next() < 0.001) timeline.advanceTo(random.between(day.reports[0]!.timeMs, day.endMs))
      })
      if (verdictsOf(published).join() !== expected.join()) figures.failures++
      figures.permutations++
    }
    progress?.(figures)
  }
  return figures
}

/** What others believe at the end: the last word on every incident that was not withdrawn. */
function run(
  { plan, endMs }: Day,
  reports: LogReport[],
  between: (timeline: WearerTimeline, collect: () => void) => void,
): Incident[] {
  const published = new Map<string, Incident>()
  const { wearerId } = plan
  const fleet = new Fleet(OPTIONS)
  const timeline = fleet.begin(wearerId, plan)
  const collect = () => {
    for (const incident of timeline.takeChanges()) published.set(incident.id, incident)
  }
  for (const report of reports) {
    report.wearerId = wearerId
    fleet.offer(report)
    between(timeline, collect)
  }
  timeline.advanceTo(endMs)
  collect()
  return [...published.values()].filter(({ withdrawn }) => !withdrawn)
}

/** Wholly shuffled, newest first, an outage sent afterwards newest first, or a tenth of it late; a fifth of it twice. */
function disordered(reports: LogReport[], random: Random): LogReport[] {
  const doubled = [...reports, ...reports.filter(() => random.next() < 0.2)]
  const way = random.integer(0, 4)
  if (way === 0) return sortedBy(doubled, () => random.next())
  if (way === 1) return sortedBy(doubled, ({ timeMs }) => -timeMs)
  const span = reports[reports.length - 1]!.timeMs - reports[0]!.timeMs
  const fromMs = reports[0]!.timeMs + random.next() * span
  const toMs = fromMs + random.next() * 0.3 * span
  if (way === 2)
    return sortedBy(doubled, ({ timeMs }) => (timeMs < fromMs || timeMs > toMs ? timeMs : toMs + (toMs - timeMs) / 1e3))
  return sortedBy(doubled, ({ timeMs }) => timeMs + (random.next() < 0.1 ? random.next() * 120 * MINUTE_MS : 0))
}

function sortedBy(reports: LogReport[], keyOf: (report: LogReport) => number): LogReport[] {
  return reports
    .map((report) => ({ report, key: keyOf(report) }))
    .sort((a, b) => a.key - b.key)
    .map(({ report }) => report)
}

/** Type, condition, start, confirmation, end, id, severity, depth. */
function verdictsOf(incidents: Incident[]): string[] {
  return incidents
    .map((i) => [i.type, i.conditionId, i.startMs, i.confirmedMs, i.endMs, i.id, i.severity, i.depthM].join(' '))
    .sort()
}
