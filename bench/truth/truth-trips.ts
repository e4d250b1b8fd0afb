// Real violations with their labels: where the wearer truly was, from when to when beyond the line, how deep, how fast.
import type { CompiledPlan } from '../../geofence/plan/compile-plan.ts'
import type { ZoneShape } from '../../model/plan/zone.ts'
import { LogReport } from '../../model/report/report.ts'
import { type Random, randomOf } from '../../simulators/random.ts'
import { type NoiseLevels, Receiver } from './truth-noise.ts'
import {
  circle,
  type JudgedKind,
  KINDS,
  ORIGIN,
  planOf,
  type Ruled,
  regionTo,
  road,
  ruledOf,
  START_MS,
  trueMarginM,
} from './truth-plans.ts'
import { Recording } from './truth-recording.ts'

const MINUTE_MS = 60_000
export const DEPTHS_M = [30, 50, 80, 150, 400, 2000]
/** One slow stroll in twenty, then walks, bicycles, motorcycles and cars. */
export const SPEEDS_MPS = [0.4, ...Array(7).fill(1.3), ...Array(4).fill(4), ...Array(6).fill(10), 15, 15] as number[]
const STAYS_MIN = [5, 6, 10, 20, 60, 180]
/** A fix is conclusive if this many of its true error radii fit between there and the line. */
const CONCLUSIVE_RADII = 4
/** Nearer the line than this nothing is promised. */
const LEAST_M = 50
const VIOLATION_MS = 5 * MINUTE_MS

export type Trip = {
  kind: JudgedKind
  depthM: number
  speedMps: number
  indoors: boolean
  plan: CompiledPlan
  shapes: Shapes
  recording: Recording
  /** Truly beyond the line from … to …; the same moment where nobody crossed it. */
  outMs: number
  backMs: number
  /** Time truly at least the least depth beyond the line. */
  deepMs: number
  /** Conclusive fixes made there; below three no rule can know. */
  conclusive: number
  /** A minute or more without a ping, a position, or a new one, within five minutes of the crossing. */
  interrupted: boolean
  endMs: number
}

export type Shapes = Partial<Record<JudgedKind, ZoneShape>>
type Way = [eastM: number, northM: number][]
type Leg = { untilMs: number; eastM: number; northM: number; indoors: boolean }

/** True where the corpus promises to find it: longer than five minutes, and seen by three conclusive fixes. */
export function isCounted(trip: Trip): boolean {
  return trip.deepMs > VIOLATION_MS && trip.conclusive >= 3
}

/** Trip `number` of the corpus. */
export function makeTrip(seed: number, number: number, levels: NoiseLevels): Trip {
  const random = randomOf(seed * 1_000_003 + number)
  const kind = KINDS[number % KINDS.length]!
  const depthM = random.pick(kind === 'avoided' || kind === 'region' ? DEPTHS_M.slice(1) : DEPTHS_M)
  const speedMps = random.pick(SPEEDS_MPS)
  const indoors = random.next() < 0.5
  const stayMs = random.pick(STAYS_MIN) * random.between(1, 1.4) * MINUTE_MS
  const { shapes, way, depthReachedM } = stage(kind, depthM, random)
  const plan = planOf(shapes)
  const legs = legsOf(random, way, speedMps, stayMs, indoors)
  const rule = ruledOf(plan)[0]!
  const endMs = legs[legs.length - 1]!.untilMs
  const truth = follow(rule, legs)
  const trip = {
    kind,
    depthM: depthReachedM,
    speedMps,
    indoors,
    plan,
    shapes,
    endMs,
    conclusive: 0,
    interrupted: false,
    ...truth,
  }
  return { ...trip, ...listen(random, levels, rule, legs, truth) }
}

/** The rule and a way from a place on the right side, over the line, to a place on the wrong one. */
function stage(kind: JudgedKind, depthM: number, random: Random): { shapes: Shapes; way: Way; depthReachedM: number } {
  const angle = 2 * Math.PI * random.next()
  const towards = (farM: number): [number, number] => [farM * Math.cos(angle), farM * Math.sin(angle)]
  if (kind === 'required') {
    const radiusM = random.pick([50, 60, 80, 100, 120])
    const way: Way = [[0, 0], towards(radiusM + depthM)]
    return { shapes: { required: circle(0, 0, radiusM) }, way, depthReachedM: depthM }
  }
  if (kind === 'avoided') {
    const radiusM = random.pick([100, 200, 300, 500])
    const depthReachedM = Math.min(depthM, radiusM)
    const shapes = { avoided: circle(...towards(400 + radiusM), radiusM) }
    return { shapes, way: [[0, 0], towards(400 + depthReachedM)], depthReachedM }
  }
  if (kind === 'region') {
    const way: Way = [
      [0, 0],
      [500 + depthM, random.between(-100, 100)],
    ]
    return { shapes: { region: regionTo(random, 500) }, way, depthReachedM: depthM }
  }
  const widthM = random.pick([100, 150, 200])
  const { shape, line } = road(random, widthM)
  const turnOff = 3 + random.integer(0, 4)
  const side = random.next() < 0.5 ? 1 : -1
  const [east, north] = line[turnOff]!
  const aside: [number, number] = [east, north + side * (widthM / 2 + depthM)]
  return {
    shapes: { corridor: shape },
    way: [...line.slice(0, turnOff + 1), aside],
    depthReachedM: depthM,
  }
}

function legsOf(random: Random, way: Way, speedMps: number, stayMs: number, indoors: boolean): Leg[] {
  const atHome = way.length === 2
  const legs: Leg[] = []
  let [at, timeMs] = [way[0]!, START_MS + random.between(20, 90) * MINUTE_MS]
  legs.push({ untilMs: timeMs, eastM: at[0], northM: at[1], indoors: atHome })
  const go = (to: [number, number], mps: number) => {
    timeMs += (Math.hypot(to[0] - at[0], to[1] - at[1]) / mps) * 1000
    at = to
    legs.push({ untilMs: timeMs, eastM: to[0], northM: to[1], indoors: false })
  }
  const last = way.length - 1
  for (let i = 1; i <= last; i++) go(way[i]!, i === last ? speedMps : Math.max(4, speedMps))
  timeMs += stayMs
  legs.push({ untilMs: timeMs, eastM: at[0], northM: at[1], indoors })
  for (let i = last - 1; i >= 0; i--) go(way[i]!, i === last - 1 ? speedMps : Math.max(4, speedMps))
  legs.push({ untilMs: timeMs + 40 * MINUTE_MS, eastM: at[0], northM: at[1], indoors: atHome })
  return legs
}

/** Where the wearer is: on the way during a leg outdoors, standing during one that goes nowhere. */
function placeAt(legs: Leg[], timeMs: number): Leg {
  const i = Math.max(
    0,
    legs.findIndex(({ untilMs }) => timeMs < untilMs),
  )
  const leg = legs[i]!
  const from = legs[i - 1]
  if (!from) return leg
  const part = Math.min(1, (timeMs - from.untilMs) / Math.max(1, leg.untilMs - from.untilMs))
  const along = (a: number, b: number) => a + (b - a) * part
  return { ...leg, eastM: along(from.eastM, leg.eastM), northM: along(from.northM, leg.northM) }
}

function follow(rule: Ruled, legs: Leg[]): { outMs: number; backMs: number; deepMs: number } {
  const [startMs, endMs] = [START_MS, legs[legs.length - 1]!.untilMs]
  let [outMs, backMs, deepMs] = [Number.NaN, Number.NaN, 0]
  for (let timeMs = startMs; timeMs < endMs; timeMs += 2000) {
    const { eastM, northM } = placeAt(legs, timeMs)
    const marginM = trueMarginM(rule, eastM, northM)
    if (marginM < 0 && Number.isNaN(outMs)) outMs = timeMs
    if (marginM < 0) backMs = timeMs
    if (marginM <= -LEAST_M + 0.5) deepMs += 2000
  }
  return { outMs, backMs, deepMs }
}

function listen(
  random: Random,
  levels: NoiseLevels,
  rule: Ruled,
  legs: Leg[],
  { outMs, backMs }: { outMs: number; backMs: number },
): { recording: Recording; conclusive: number; interrupted: boolean } {
  const receiver = new Receiver(random, levels)
  const report = new LogReport()
  const endMs = legs[legs.length - 1]!.untilMs
  const recording = new Recording(Math.ceil((endMs - START_MS) / MINUTE_MS) + 1)
  let conclusive = 0
  let interrupted = false
  const phaseMs = random.integer(0, 60) * 1000 // the line is not crossed on the stroke of a ping
  for (let dueMs = START_MS + phaseMs; dueMs < endMs; dueMs += MINUTE_MS) {
    const timeMs = receiver.jittered(dueMs)
    const { eastM, northM, indoors } = placeAt(legs, timeMs)
    const sent = receiver.ping(timeMs, eastM, northM, indoors, ORIGIN, report)
    if (receiver.isInterrupted && timeMs > outMs && timeMs < outMs + VIOLATION_MS) interrupted = true
    if (!sent) continue
    recording.add(report, receiver.trueRadiusM, receiver.cause)
    if (timeMs < outMs || timeMs > backMs) continue
    const depthM = -trueMarginM(rule, eastM, northM)
    if (depthM >= LEAST_M - 0.5 && depthM >= CONCLUSIVE_RADII * receiver.trueRadiusM) conclusive++
  }
  return { recording: recording.kept(), conclusive, interrupted }
}
