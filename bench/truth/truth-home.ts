// Wearers at home for a month: whatever the engine says of them is false.

import type { CompiledPlan } from '../../geofence/plan/compile-plan.ts'
import type { Incident } from '../../model/incident/incident.ts'
import type { ZoneShape } from '../../model/plan/zone.ts'
import { LogReport, POSITION_SOURCE } from '../../model/report/report.ts'
import { type Random, randomOf } from '../../simulators/random.ts'
import { judge, judgeNaively } from './truth-judge.ts'
import { type NoiseLevels, Receiver } from './truth-noise.ts'
import { circle, DAY_MS, type JudgedKind, ORIGIN, regionTo, START_MS } from './truth-plans.ts'
import { unprovenMinutes } from './truth-proven.ts'
import { Recording } from './truth-recording.ts'

const MINUTE_MS = 60_000
export const HOME_RADII_M = [50, 60, 80, 100, 120]
const COARSE_M = 200

/** True whatever the wearer did: the device had lost its position, or mostly had no better one than a cell. */
function isTrueOfDevice({ type, startMs, confirmedMs }: Incident, recording: Recording): boolean {
  if (type !== 'location_unverifiable') return type === 'no_fix'
  let [fixes, coarse] = [0, 0]
  for (let i = 0; i < recording.count; i++) {
    const { timeMs, source, accuracyM } = recording.read(i, looked)
    if (timeMs < startMs || timeMs > confirmedMs) continue
    fixes++
    if (source === POSITION_SOURCE.cell || (accuracyM >= COARSE_M && accuracyM < 50_000)) coarse++
  }
  return coarse > fixes / 2
}
const looked = new LogReport()

export type HomeWearer = { radiusM: number; shapes: Partial<Record<JudgedKind, ZoneShape>>; recording: Recording }

/**
 * Lives in a house of 16 m within a zone drawn up to 15 m off it, 70 to 300 m from an avoided zone, 150 m to 6 km
 * from the region's border; never leaves the yard. A ping a minute.
 */
export function homeWearer(seed: number, number: number, days: number, levels: NoiseLevels): HomeWearer {
  const random = randomOf(seed * 100_003 + number)
  const radiusM = HOME_RADII_M[number % HOME_RADII_M.length]!
  const avoidedM = random.between(70, 300)
  const avoidedAngle = 2 * Math.PI * random.next()
  const avoidedRadiusM = random.between(60, 250)
  const off = { angle: 2 * Math.PI * random.next(), byM: 15 * random.next() }
  const shapes = {
    required: circle(off.byM * Math.cos(off.angle), off.byM * Math.sin(off.angle), radiusM),
    avoided: circle(
      (avoidedM + avoidedRadiusM) * Math.cos(avoidedAngle),
      (avoidedM + avoidedRadiusM) * Math.sin(avoidedAngle),
      avoidedRadiusM,
    ),
    region: regionTo(random, number % 5 === 0 ? random.between(150, 400) : random.between(400, 6000)),
  }
  return { radiusM, shapes, recording: monthAtHome(random, days, levels) }
}

function monthAtHome(random: Random, days: number, levels: NoiseLevels): Recording {
  const recording = new Recording(days * 1440)
  const receiver = new Receiver(random, levels)
  const report = new LogReport()
  let [eastM, northM, indoors, stayUntilMs] = [0, 0, true, -Infinity]
  for (let minute = 0; minute < days * 1440; minute++) {
    const timeMs = receiver.jittered(START_MS + minute * MINUTE_MS)
    if (timeMs > stayUntilMs) {
      const hour = (timeMs / 3_600_000) % 24
      const atNight = hour >= 15 && hour < 22 // 22.00 to 05.00 in Jakarta
      indoors = atNight || random.next() < 0.75
      const reachM = indoors ? 8 : 14
      eastM = random.between(-reachM, reachM)
      northM = random.between(-reachM, reachM)
      stayUntilMs = timeMs - 20 * MINUTE_MS * Math.log(1 - random.next())
    }
    if (receiver.ping(timeMs, eastM, northM, indoors, ORIGIN, report))
      recording.add(report, receiver.trueRadiusM, receiver.cause)
  }
  return recording
}

export type HomeFigures = {
  wearerDays: number
  falseIncidents: number
  naive: number
  reports: number
  /** By `type kind`. */
  byType: Record<string, number>
  /** Away from home, by the zone's radius. */
  byRadius: Record<number, { wearerDays: number; falseIncidents: number; naive: number }>
  deviceIncidents: number
  /** Minutes that incidents call proven although no reports cover them. */
  unprovenMinutes: number
}

export function emptyHomeFigures(): HomeFigures {
  const byRadius = Object.fromEntries(
    HOME_RADII_M.map((radiusM) => [radiusM, { wearerDays: 0, falseIncidents: 0, naive: 0 }]),
  )
  return {
    wearerDays: 0,
    falseIncidents: 0,
    naive: 0,
    reports: 0,
    byType: {},
    byRadius,
    deviceIncidents: 0,
    unprovenMinutes: 0,
  }
}

/** Judges one wearer's month and adds what came of it. */
export function countHome(
  figures: HomeFigures,
  { radiusM, recording }: HomeWearer,
  plan: CompiledPlan,
  days: number,
  naively = true,
): Incident[] {
  const all = judge(plan, recording, START_MS + days * DAY_MS)
  const wrong = all.filter((incident) => !isTrueOfDevice(incident, recording))
  const naive = naively ? Object.values(judgeNaively(plan, recording)).reduce((a, b) => a + b, 0) : 0
  const row = figures.byRadius[radiusM]!
  for (const sum of [figures, row]) {
    sum.wearerDays += days
    sum.falseIncidents += wrong.length
    sum.naive += naive
  }
  figures.reports += recording.count
  figures.deviceIncidents += all.length - wrong.length
  figures.unprovenMinutes += unprovenMinutes(all, recording)
  for (const { type, conditionId } of wrong) {
    const key = conditionId === undefined ? type : `${type} (${conditionId})`
    figures.byType[key] = (figures.byType[key] ?? 0) + 1
  }
  return wrong
}
