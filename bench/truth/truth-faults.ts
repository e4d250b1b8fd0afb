// The second column: devices that do more than err. Each wearer is truly at home for every minute that is judged, or truly out where a
// curfew begins; the device adds one kind of fault to the usual noise.

import { EDGE_KEY } from '../../geofence/incident-id.ts'
import type { CompiledPlan } from '../../geofence/plan/compile-plan.ts'
import { VIOLATION } from '../../geofence/plan/condition-kinds.ts'
import type { Incident } from '../../model/incident/incident.ts'
import { LogReport, POSITION_SOURCE, REPORT_FLAG } from '../../model/report/report.ts'
import { type Random, randomOf } from '../../simulators/random.ts'
import { type HomeWearer, homeWearer } from './truth-home.ts'
import { judge } from './truth-judge.ts'
import type { NoiseLevels } from './truth-noise.ts'
import { curfewPlanOf, DAY_MS, ORIGIN, planOf, START_MS } from './truth-plans.ts'
import { unprovenMinutes } from './truth-proven.ts'
import { Recording } from './truth-recording.ts'

const MINUTE_MS = 60_000
const METRES_PER_E7 = 0.0111195
/** START_MS is midnight in Jakarta; the curfew begins at eight in the evening. */
const CURFEW_MS = 20 * 60 * MINUTE_MS

export const FAULTS = ['ghosts', 'bursts', 'repeated', 'alternating', 'edges'] as const
export type Fault = (typeof FAULTS)[number]

export type FaultFigures = {
  wearerDays: number
  /** Violations raised of wearers who were right. */
  falseViolations: number
  /** Of these, begun by the clock. */
  falseByEdge: number
  /** Minutes that incidents call proven although no reports cover them. */
  unprovenMinutes: number
  /** Of `edges`: wearers truly out when the curfew began and afterwards, and those of whom nothing was raised. */
  trulyOut: number
  missed: number
}

const BREACHES: ReadonlySet<string> = new Set(Object.values(VIOLATION))

export function measureFault(fault: Fault, seed: number, wearers: number, days: number, levels: NoiseLevels) {
  const figures: FaultFigures = {
    ...{ wearerDays: 0, falseViolations: 0, falseByEdge: 0, unprovenMinutes: 0, trulyOut: 0, missed: 0 },
  }
  for (let number = 0; number < wearers; number++) {
    const random = randomOf(seed * 7_919 + number * 31 + FAULTS.indexOf(fault))
    const home = homeWearer(seed + 11, number, days, levels)
    if (fault === 'edges') countEdges(figures, home, random, days)
    else count(figures, judgeFaulty(planOf(home.shapes), disturbed(fault, home.recording, random), days), days)
  }
  return figures
}

type Judged = { incidents: Incident[]; recording: Recording }

function judgeFaulty(plan: CompiledPlan, recording: Recording, days: number): Judged {
  return { incidents: judge(plan, recording, START_MS + days * DAY_MS), recording }
}

function count(figures: FaultFigures, { incidents, recording }: Judged, days: number): void {
  const wrong = incidents.filter(({ type }) => BREACHES.has(type))
  figures.wearerDays += days
  figures.falseViolations += wrong.length
  figures.falseByEdge += wrong.filter(isByEdge).length
  figures.unprovenMinutes += unprovenMinutes(incidents, recording)
}

function isByEdge({ evidence }: Incident): boolean {
  return evidence.some(({ role, contentKey }) => role === 'start' && (contentKey ?? EDGE_KEY) === EDGE_KEY)
}

export function disturbed(fault: Exclude<Fault, 'edges'>, from: Recording, random: Random): Recording {
  const into = new Recording(from.count * 6)
  const add = adder(into)
  const report = new LogReport()
  let ghost = place(random)
  let untilMs = -Infinity
  let frozenMs = Number.NaN
  for (let i = 0; i < from.count; i++) {
    from.read(i, report)
    const { timeMs } = report
    const starts = timeMs >= untilMs
    if (fault === 'ghosts') {
      // Six times a day, for one fix or two of the same to the digit.
      if (random.next() < 6 / 1440 && report.flags !== 0) {
        ghost = place(random)
        for (let n = random.integer(1, 2); n > 0; n--)
          add(haunt(Object.assign(kept, report), ghost), timeMs - 25_000 * n)
      }
      add(report, timeMs)
    } else if (fault === 'bursts') {
      // Every half an hour one reading in five reports, some seconds apart; every tenth of them is far away.
      add(report, timeMs)
      if (random.next() >= 1 / 30 || report.flags === 0) continue
      if (random.next() < 0.1) haunt(report, place(random))
      for (let n = 1; n <= 5; n++) {
        report.latE7 += random.integer(-20, 20)
        add(report, timeMs + n * random.integer(2, 4) * 1000)
      }
    } else if (fault === 'repeated') {
      // Three times a day the last record again and again, under its own time or a new one.
      if (starts && random.next() < 3 / 1440) {
        untilMs = timeMs + random.between(30, 175) * MINUTE_MS
        frozenMs = random.next() < 0.5 ? timeMs : Number.NaN
        Object.assign(kept, report)
      }
      if (timeMs < untilMs) {
        Object.assign(report, { ...kept, contentLo: report.contentLo })
        add(report, Number.isNaN(frozenMs) ? timeMs : frozenMs)
      } else add(report, timeMs)
    } else {
      // Two hours a day the device is at home and at one far place in turn.
      if (starts && random.next() < 1 / 1440) {
        untilMs = timeMs + random.between(60, 180) * MINUTE_MS
        ghost = place(random)
      }
      add(timeMs < untilMs && i % 2 === 0 && report.flags !== 0 ? haunt(report, ghost) : report, timeMs)
    }
  }
  return into.kept()
}
const kept = new LogReport()

/** Adds in order of time, each with a content of its own; the fold wants no earlier report after a later one. */
function adder(into: Recording): (report: LogReport, timeMs: number) => void {
  let sequence = 0
  let lastMs = -Infinity
  return (report, timeMs) => {
    report.timeMs = Math.max(lastMs, timeMs)
    lastMs = report.timeMs
    report.contentLo = ++sequence
    into.add(report)
  }
}

type Ghost = { latE7: number; lonE7: number; accuracyM: number }

/** 300 m to 6 km off. */
function place(random: Random): Ghost {
  const [farM, angle] = [300 * 20 ** random.next(), 2 * Math.PI * random.next()]
  return {
    latE7: ORIGIN.latE7 + Math.round((farM * Math.sin(angle)) / METRES_PER_E7),
    lonE7: ORIGIN.lonE7 + Math.round((farM * Math.cos(angle)) / METRES_PER_E7 / ORIGIN.shrink),
    accuracyM: random.between(4, 12),
  }
}

function haunt(report: LogReport, ghost: Ghost): LogReport {
  report.flags = REPORT_FLAG.hasPosition | REPORT_FLAG.fixValid
  report.source = POSITION_SOURCE.gps
  return Object.assign(report, ghost)
}

/**
 * A curfew each evening. The wearer is out in the afternoon; the device says nothing for 5 to 90 minutes around eight. Two of three are
 * at home before the curfew begins, the third comes back two hours later.
 */
function countEdges(
  figures: FaultFigures,
  { shapes, recording: from }: HomeWearer,
  random: Random,
  days: number,
): void {
  const isOut = random.next() < 1 / 3
  const into = new Recording(from.count)
  const add = adder(into)
  const report = new LogReport()
  const [awayE7, eastE7] = [random.integer(60_000, 200_000), random.integer(-90_000, 90_000)]
  let [day, beforeMs, afterMs] = [-1, 0, 0]
  for (let i = 0; i < from.count; i++) {
    from.read(i, report)
    const today = Math.floor((report.timeMs - START_MS) / DAY_MS)
    if (today !== day) {
      day = today
      beforeMs = random.between(4, 60) * MINUTE_MS
      afterMs = random.between(1, 30) * MINUTE_MS
    }
    const sinceMs = report.timeMs - START_MS - today * DAY_MS - CURFEW_MS
    if (sinceMs > -beforeMs && sinceMs < afterMs) continue
    const away = sinceMs > -180 * MINUTE_MS && sinceMs < (isOut ? 120 * MINUTE_MS : 0)
    if (away && report.flags !== 0) {
      report.latE7 += awayE7
      report.lonE7 += eastE7
    }
    add(report, report.timeMs)
  }
  const judged = judgeFaulty(curfewPlanOf(shapes.required!), into.kept(), days)
  if (!isOut) {
    count(figures, judged, days)
    return
  }
  figures.unprovenMinutes += unprovenMinutes(judged.incidents, judged.recording)
  for (let n = 0; n < days; n++) {
    const fromMs = START_MS + n * DAY_MS + CURFEW_MS
    const found = judged.incidents.some(
      ({ type, startMs }) => BREACHES.has(type) && startMs >= fromMs && startMs < fromMs + 120 * MINUTE_MS,
    )
    figures.trulyOut++
    if (!found) figures.missed++
  }
}
