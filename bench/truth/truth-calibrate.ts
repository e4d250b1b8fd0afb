// What two recordings say about real receivers, beside the values of truth-noise.ts and truth-radio.ts that follow from it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { between } from '../../simulators/place.ts'
import { readTrack, type TrackPoint } from '../../simulators/read-track.ts'
import type { Bench } from '../measure/report.ts'
import { quantile } from './truth-violations.ts'

const TRACKS = join(import.meta.dirname, '../../tests/tracks')
const COARSE_M = 200
/** Evening in Zürich, indoors: two access points in turn (tests/geofence/fold/recordings.test.ts). */
const STAY = { fromMs: Date.parse('2012-12-18T19:20:00Z'), toMs: Date.parse('2012-12-18T21:31:00Z') }

export const truthCalibrate: Bench = async ({ say }) => {
  const phone = load('google-timeline-zurich-1min.csv')
  const car = load('barefoot-munich-car-1hz.json')
  const marks = { ...ofPhone(phone, say), ...ofCar(car, say) }
  return { marks }
}

function load(name: string): TrackPoint[] {
  const { points } = readTrack(name, readFileSync(join(TRACKS, name), 'utf8'))
  return points.sort((a, b) => a.timeMs - b.timeMs)
}

function ofPhone(points: TrackPoint[], say: (line: string) => void): Record<string, number> {
  const accuracies = points.map(({ accuracyM = Number.NaN }) => accuracyM)
  const part = (from: number, to: number) =>
    round(accuracies.filter((a) => a > from && a <= to).length / accuracies.length)
  const steps = points.slice(1).map((point, i) => apart(points[i]!, point))
  const gaps = points.slice(1).map((point, i) => (point.timeMs - points[i]!.timeMs) / 1000)
  const stay = points.filter(({ timeMs }) => timeMs >= STAY.fromMs && timeMs <= STAY.toMs)
  const alternations = stay.slice(1).filter((point, i) => apart(stay[i]!, point) > 50).length / (stay.length - 1)
  const first = stay[0]!
  const second = stay.find((point) => apart(point, first) > 50)!
  const coarseRuns = runsOf(points.map(({ accuracyM = 0 }) => accuracyM >= COARSE_M))
  const cells = [...new Set(accuracies.filter((a) => a >= 600))].sort((a, b) => a - b)
  say(`phone without GPS, ${points.length} fixes, one a minute (google-timeline-zurich)`)
  say(
    `  stated accuracy p5/p25/p50/p75/p95: ${[0.05, 0.25, 0.5, 0.75, 0.95].map((q) => quantile(accuracies, q)).join('/')} m`,
  )
  say(
    `  share 15-30 m ${part(15, 30)}, 30-50 m ${part(30, 50)}, 50-100 m ${part(50, 100)}, 300-1000 m ${part(300, 1000)}`,
  )
  say(
    '    → indoor GPS 30 to 80 m with a median of 38, four in five below 50; access points 20 to 46 m; nothing from 100 to 300',
  )
  say(
    `  cells state ${cells.join(', ')} m, in runs of ${coarseRuns.join(' ')} → these values, 5 minutes an episode, often following one another`,
  )
  say(
    `  same coordinates as the fix before: ${round(steps.filter((m) => m === 0).length / steps.length)} → looked-up places repeat to the digit`,
  )
  say(
    `  two access points in turn: ${round(alternations)} of fixes change place, ${apart(first, second).toFixed(0)} m apart, stated ${first.accuracyM} and ${second.accuracyM} m`,
  )
  say(
    '    → alternation 0.9 a fix, places up to 1.5 stated radii off; one of them exact to the digit, one wobbling by metres',
  )
  say(
    `  longest pause ${Math.max(...gaps)} s, p90 ${quantile(gaps, 0.9)} s → longer gaps are assumed, not measured: two a day, 8 minutes`,
  )
  return {
    'calibrate.accuracyP50M': quantile(accuracies, 0.5),
    'calibrate.coarseShare': part(300, 1e9),
    'calibrate.repeatShare': round(steps.filter((m) => m === 0).length / steps.length),
    'calibrate.alternationShare': round(alternations),
    'calibrate.accessPointsApartM': round(apart(first, second)),
  }
}

function ofCar(points: TrackPoint[], say: (line: string) => void): Record<string, number> {
  const leaps = points.slice(1).filter((point, i) => apart(points[i]!, point) / seconds(points[i]!, point) > 100).length
  const speeds = points.slice(1).map((point, i) => apart(points[i]!, point) / seconds(points[i]!, point))
  // The fourth difference of a smooth drive is its white noise times the root of 70.
  const white: number[] = []
  for (let i = 2; i < points.length - 2; i++) {
    const d = (k: number) => between(points[i]!, points[i + k]!)
    for (const axis of [0, 1] as const)
      white.push(Math.abs(d(-2)[axis] - 4 * d(-1)[axis] - 4 * d(1)[axis] + d(2)[axis]) / Math.sqrt(70))
  }
  const sigmaM = quantile(white, 0.5) / 0.6745
  const minutes = (points[points.length - 1]!.timeMs - points[0]!.timeMs) / 60_000
  say(`car, ${points.length} fixes, one a second (barefoot-munich)`)
  say(`  white noise ${sigmaM.toFixed(2)} m an axis; p99 of speed ${quantile(speeds, 0.99).toFixed(0)} m/s`)
  say(
    '    → a receiver hardly scatters from second to second: nine tenths of the error are given to drift over minutes',
  )
  say(`  ${leaps} leap(s) beyond 100 m/s in ${minutes.toFixed(0)} minutes, over within a second`)
  say('    → seen at one ping a minute about 0.05 an hour; taken: 0.06 an hour, three of four lasting one fix')
  return { 'calibrate.whiteSigmaM': round(sigmaM), 'calibrate.leaps': leaps }
}

function apart(a: TrackPoint, b: TrackPoint): number {
  return Math.hypot(...between(a, b))
}

function seconds(a: TrackPoint, b: TrackPoint): number {
  return Math.max(1, (b.timeMs - a.timeMs) / 1000)
}

function runsOf(flags: boolean[]): number[] {
  const runs: number[] = []
  flags.forEach((flag, i) => {
    if (!flag) return
    if (flags[i - 1]) runs[runs.length - 1]!++
    else runs.push(1)
  })
  return runs
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
