// How a simulated receiver errs. Each source can be turned: 0 = off, 1 = as calibrated (truth-calibrate.ts), 2 = twice as often
// or as far. Errors are not white: the drift is a sum of two Gauss–Markov processes, everything else comes in episodes.
import { type LogReport, POSITION_SOURCE, REPORT_FLAG } from '../../model/report/report.ts'
import { normalPair, type Random } from '../../simulators/random.ts'
import { cellPlaces, type Radio, wifiPlaces } from './truth-radio.ts'

export const NOISE_SOURCES = [
  'drift',
  'multipath',
  'indoor',
  'gaps',
  'wifi',
  'cell',
  'sentinels',
  'stale',
  'jitter',
] as const
export type NoiseLevels = Record<(typeof NOISE_SOURCES)[number], number>

const MINUTE_MS = 60_000
/** 68 % of a circular normal error lies within 1.51 sigma. */
const SIGMA_PER_RADIUS = 1 / 1.51
const SLOW_MINUTES = 15
const FAST_MINUTES = 2
const SLOW_SHARE = Math.sqrt(0.6)
const FAST_SHARE = Math.sqrt(0.3)
const WHITE_SHARE = Math.sqrt(0.1)
/** What a receiver's HDOP of 1 means in metres of 68 % radius. */
const HDOP_TO_M = 6
const SENTINELS = [0, -1, 2_147_483_647, Number.NaN]
const METRES_PER_E7 = 0.0111195

/** Reception; share of time indoors and outdoors, minutes an episode lasts, jumps an hour. */
const MODES = {
  open: { indoors: 0.15, outdoors: 0.96, minutes: 20, jumpsPerHour: 0.06, medianM: 7, minM: 4, maxM: 15 },
  light: { indoors: 0.5, outdoors: 0, minutes: 45, jumpsPerHour: 0.06, medianM: 15, minM: 8, maxM: 30 },
  deep: { indoors: 0.22, outdoors: 0, minutes: 25, jumpsPerHour: 0.06, medianM: 38, minM: 30, maxM: 80 },
  wifi: { indoors: 0.1, outdoors: 0.03, minutes: 30, jumpsPerHour: 0, medianM: 30, minM: 20, maxM: 50 },
  cell: { indoors: 0.03, outdoors: 0.01, minutes: 5, jumpsPerHour: 0, medianM: 697, minM: 300, maxM: 1000 },
} as const
type Mode = keyof typeof MODES

/** What made a fix what it is; for the table of what is false and why. */
export const CAUSES = [
  'open sky',
  'light roof',
  'deep indoors',
  'reflection',
  'access point',
  'stray access point',
  'cell',
  'stray cell',
  'old coordinates',
  'no position',
  'ghost',
] as const
export type Cause = (typeof CAUSES)[number]
const CAUSE_OF_MODE: Record<Mode, Cause> = {
  open: 'open sky',
  light: 'light roof',
  deep: 'deep indoors',
  wifi: 'access point',
  cell: 'cell',
}
/** Outdoors nothing stays as it is for long. */
const OUTDOOR_MINUTES_MAX = 5
const MODE_NAMES = Object.keys(MODES) as Mode[]

/** Reads `drift=2,multipath=0`; what is not named stays at 1. Throws on an unknown source. */
export function noiseLevels(text = ''): NoiseLevels {
  const levels = Object.fromEntries(NOISE_SOURCES.map((source) => [source, 1])) as NoiseLevels
  for (const part of text.split(',').filter(Boolean)) {
    const [source, level] = part.split('=') as [keyof NoiseLevels, string]
    if (!(source in levels) || !(Number(level) >= 0))
      throw new Error(`noise is ${NOISE_SOURCES.join('|')}=level, got ${part}`)
    levels[source] = Number(level)
  }
  return levels
}

/** One wearer's receiver: pings in order of time give reports. */
export class Receiver {
  readonly #random: Random
  readonly #levels: NoiseLevels
  /** Some devices promise more than they keep. */
  readonly #honesty: number
  /** Never states an accuracy, only HDOP. */
  readonly #mute: boolean
  /**
   * 68 % error radius that the last fix really had, or stated if that is more; Infinity where it was thrown aside, told
   * nothing new, or was looked up without saying how good it is.
   */
  trueRadiusM = Infinity
  /** Of the last ping. */
  cause: Cause = 'open sky'
  readonly #slow: [number, number] = [0, 0]
  readonly #fast: [number, number] = [0, 0]
  #lastMs = -Infinity
  #mode: Mode = 'open'
  #modeUntilMs = -Infinity
  #indoors = false
  #accuracyM = 7
  #jump = { untilMs: -Infinity, eastM: 0, northM: 0, claimedM: 0 }
  #silentUntilMs = -Infinity
  #noFixUntilMs = -Infinity
  #staleUntilMs = -Infinity
  #stale: { latE7: number; lonE7: number; accuracyM: number; hdop: number; source: number } | undefined
  #wifi: Radio | undefined
  #cell: Radio | undefined
  #sequence = 0

  constructor(random: Random, levels: NoiseLevels) {
    this.#random = random
    this.#levels = levels
    this.#honesty = Math.exp(0.2 * normalPair(random.next(), random.next())[0])
    this.#mute = random.next() < 0.1 * levels.sentinels
  }

  /** The last ping was not sent, held no position, or an old one. */
  get isInterrupted(): boolean {
    return this.#lastMs < Math.max(this.#silentUntilMs, this.#noFixUntilMs, this.#staleUntilMs)
  }

  /** When the ping due at `dueMs` is really made, in whole seconds. */
  jittered(dueMs: number): number {
    const seconds = Math.round(4 * this.#levels.jitter * this.#normal())
    return Math.max(this.#lastMs + 1000, dueMs + 1000 * Math.max(-25, Math.min(25, seconds)))
  }

  /** Fills the report for a wearer `eastM`, `northM` from the origin; false when nothing is sent. */
  ping(timeMs: number, eastM: number, northM: number, indoors: boolean, origin: Origin, into: LogReport): boolean {
    const minutes = this.#lastMs === -Infinity ? 1000 : (timeMs - this.#lastMs) / MINUTE_MS
    this.#lastMs = timeMs
    this.#drift(minutes)
    if (timeMs >= this.#modeUntilMs || indoors !== this.#indoors) this.#enter(timeMs, indoors)
    this.#interrupt(timeMs, minutes)
    if (timeMs < this.#silentUntilMs) return false
    this.trueRadiusM = Infinity
    into.timeMs = timeMs
    into.receivedMs = timeMs
    into.contentHi = 0
    into.contentLo = ++this.#sequence
    if (timeMs < this.#noFixUntilMs) {
      this.cause = 'no position'
      into.flags = 0
      return true
    }
    into.flags = REPORT_FLAG.hasPosition | REPORT_FLAG.fixValid
    if (timeMs < this.#staleUntilMs && this.#stale) {
      this.cause = 'old coordinates'
      Object.assign(into, this.#stale)
      return true
    }
    this.#place(timeMs, minutes, eastM, northM, origin, into)
    into.hdop = Number.NaN
    if (this.#mute && into.source === POSITION_SOURCE.gps)
      into.hdop = Math.round((10 * into.accuracyM * this.#random.between(0.8, 1.2)) / HDOP_TO_M) / 10
    if (this.#mute) into.accuracyM = Number.NaN
    else if (this.#chance(0.01 * this.#levels.sentinels)) into.accuracyM = this.#random.pick(SENTINELS)
    const { latE7, lonE7, accuracyM, hdop, source } = into
    this.#stale = { latE7, lonE7, accuracyM, hdop, source }
    return true
  }

  #place(
    timeMs: number,
    minutes: number,
    eastM: number,
    northM: number,
    { latE7, lonE7, shrink }: Origin,
    into: LogReport,
  ): void {
    if (this.#mode === 'wifi' && !this.#wifi?.near(eastM, northM)) this.#wifi = wifiPlaces(this.#random, eastM, northM)
    if (this.#mode === 'cell' && !this.#cell?.near(eastM, northM)) this.#cell = cellPlaces(this.#random, eastM, northM)
    this.cause = CAUSE_OF_MODE[this.#mode]
    const radio = this.#mode === 'wifi' ? this.#wifi : this.#mode === 'cell' ? this.#cell : undefined
    if (radio) {
      const seen = radio.hear(this.#random)
      into.latE7 = latE7 + Math.round(seen.northM / METRES_PER_E7)
      into.lonE7 = lonE7 + Math.round(seen.eastM / METRES_PER_E7 / shrink)
      into.accuracyM = seen.accuracyM
      into.source = radio.source
      if (seen.strayed) this.cause = this.#mode === 'wifi' ? 'stray access point' : 'stray cell'
      if (seen.conclusive && !this.#mute) this.trueRadiusM = seen.accuracyM
      return
    }
    const { jumpsPerHour } = MODES[this.#mode]
    if (timeMs >= this.#jump.untilMs && this.#chance((jumpsPerHour * minutes * this.#levels.multipath) / 60))
      this.#reflect(timeMs)
    const jumped = timeMs < this.#jump.untilMs
    if (jumped) this.cause = 'reflection'
    const claimedM = this.#accuracyM * (0.9 + 0.2 * this.#random.next())
    const sigmaM = this.#accuracyM * SIGMA_PER_RADIUS * this.#honesty * this.#levels.drift
    const [whiteEast, whiteNorth] = normalPair(this.#random.next(), this.#random.next())
    const [slow, fast] = [this.#slow, this.#fast]
    const errEastM = sigmaM * (SLOW_SHARE * slow[0] + FAST_SHARE * fast[0] + WHITE_SHARE * whiteEast)
    const errNorthM = sigmaM * (SLOW_SHARE * slow[1] + FAST_SHARE * fast[1] + WHITE_SHARE * whiteNorth)
    into.latE7 = latE7 + Math.round((northM + errNorthM + (jumped ? this.#jump.northM : 0)) / METRES_PER_E7)
    into.lonE7 = lonE7 + Math.round((eastM + errEastM + (jumped ? this.#jump.eastM : 0)) / METRES_PER_E7 / shrink)
    into.accuracyM = Math.round(10 * Math.max(claimedM, jumped ? this.#jump.claimedM : 0)) / 10
    into.source = POSITION_SOURCE.gps
    if (!jumped) this.trueRadiusM = Math.max(claimedM, sigmaM / SIGMA_PER_RADIUS)
  }

  #drift(minutes: number): void {
    decay(this.#slow, Math.exp(-minutes / SLOW_MINUTES), this.#random)
    decay(this.#fast, Math.exp(-minutes / FAST_MINUTES), this.#random)
  }

  #enter(timeMs: number, indoors: boolean): void {
    const { indoor, wifi, cell } = this.#levels
    const scale: Record<Mode, number> = { open: 1, light: 1, deep: indoor, wifi, cell }
    const minutesIn = (name: Mode) =>
      indoors ? MODES[name].minutes : Math.min(MODES[name].minutes, OUTDOOR_MINUTES_MAX)
    const weights = MODE_NAMES.map(
      (name) => (MODES[name][indoors ? 'indoors' : 'outdoors'] * scale[name]) / minutesIn(name),
    )
    let ticket = this.#random.next() * weights.reduce((sum, weight) => sum + weight, 0)
    let i = 0
    while (i < weights.length - 1 && ticket >= weights[i]!) ticket -= weights[i++]!
    this.#mode = MODE_NAMES[i]!
    this.#indoors = indoors
    const { medianM, minM, maxM } = MODES[this.#mode]
    this.#modeUntilMs = timeMs + minutesIn(this.#mode) * MINUTE_MS * -Math.log(1 - this.#random.next())
    this.#accuracyM = Math.min(maxM, Math.max(minM, medianM * Math.exp(0.35 * this.#normal())))
  }

  /** A reflected signal: usually one fix, sometimes a few; in three of ten cases the receiver does not notice. */
  #reflect(timeMs: number): void {
    const farM = Math.min(300, 25 - 45 * Math.log(1 - this.#random.next()))
    const angle = 2 * Math.PI * this.#random.next()
    let fixes = 1
    while (fixes < 10 && this.#chance(0.25)) fixes++
    this.#jump = {
      untilMs: timeMs + (fixes - 0.5) * MINUTE_MS,
      eastM: farM * Math.cos(angle),
      northM: farM * Math.sin(angle),
      claimedM: this.#chance(0.3) ? 0 : farM * this.#random.between(0.6, 1.1),
    }
  }

  #interrupt(timeMs: number, minutes: number): void {
    const { gaps, stale } = this.#levels
    const lasting = (meanMinutes: number, maxMinutes: number) =>
      timeMs + MINUTE_MS * Math.min(maxMinutes, -meanMinutes * Math.log(1 - this.#random.next()))
    const perDay = minutes < 1000 ? minutes / 1440 : 0
    if (this.#chance(2 * gaps * perDay)) this.#silentUntilMs = lasting(8, 120)
    if (this.#chance(2 * gaps * perDay)) this.#noFixUntilMs = lasting(6, 25)
    if (this.#chance(1 * stale * perDay)) this.#staleUntilMs = lasting(4, 15)
  }

  #chance(probability: number): boolean {
    return this.#random.next() < probability
  }

  #normal(): number {
    return normalPair(this.#random.next(), this.#random.next())[0]
  }
}

/** Where the metres are counted from; `shrink` is the cosine of the latitude. */
export type Origin = { latE7: number; lonE7: number; shrink: number }

function decay(pair: [number, number], keep: number, random: Random): void {
  const [a, b] = normalPair(random.next(), random.next())
  const add = Math.sqrt(1 - keep * keep)
  pair[0] = pair[0] * keep + a * add
  pair[1] = pair[1] * keep + b * add
}
