// What a simulated bracelet says: the truth seen through GPS noise, a battery, holes in the network, and scripts.
import type { DeviceReport } from '../model/report/report.ts'
import type { FleetWearer } from './fleet-people.ts'
import { lifeOf, type Truth } from './life.ts'
import { offset, type Place } from './place.ts'
import { chanceAt, normalPair } from './random.ts'
import { type Said, scriptSays, scriptTruth } from './script.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** `stretch` plays the script so many times slower, for bracelets that report seldom. */
type Played = { startMs: number; stretch?: number }

export type Bracelet = {
  wearer: FleetWearer
  /** Where the wearer really is. */
  truthAt(timeMs: number): Truth
  reportAt(timeMs: number): DeviceReport
  /** No network: what would be said now is kept for later. */
  offlineAt(timeMs: number): boolean
  /** Makes no report at this moment. */
  muteAt(timeMs: number): boolean
}

/** A bracelet of the fleet; `played` starts its script. Everything it gives depends on seed, wearer, script start and time alone. */
export function braceletOf(seed: number, wearer: FleetWearer, played: Played | undefined): Bracelet {
  const life = lifeOf(seed, wearer)
  const script = wearer.script !== undefined && played !== undefined ? { kind: wearer.script, ...played } : undefined
  const sinceMs = (timeMs: number): number => (timeMs - played!.startMs) / (played!.stretch ?? 1)
  const truthAt = (timeMs: number): Truth =>
    (script && slower(scriptTruth(wearer, script.kind, sinceMs(timeMs)), script.stretch)) ?? life(timeMs)
  const saidAt = (timeMs: number): Said => (script ? scriptSays(wearer, script.kind, sinceMs(timeMs)) : {})
  return {
    wearer,
    truthAt,
    offlineAt: (timeMs) =>
      saidAt(timeMs).offline ?? (script === undefined && inCoverageHole(seed, wearer.number, timeMs)),
    muteAt: (timeMs) => saidAt(timeMs).mute === true,
    reportAt: (timeMs) => say(seed, wearer, timeMs, truthAt(timeMs), saidAt(timeMs)),
  }
}

function slower(truth: Truth | undefined, stretch = 1): Truth | undefined {
  return truth && { ...truth, speedMps: truth.speedMps / stretch }
}

function say(seed: number, wearer: FleetWearer, timeMs: number, truth: Truth, said: Said): DeviceReport {
  const report: DeviceReport = {
    deviceId: wearer.deviceId,
    timeMs,
    fixValid: !said.noFix,
    source: 'gps',
    batteryPercent: said.batteryPercent ?? batteryAt(wearer, timeMs).percent,
    charging: said.batteryPercent === undefined && batteryAt(wearer, timeMs).charging,
    strap: said.strap ?? 'closed',
    case: said.case ?? 'closed',
    alarms: said.alarms ?? [],
    archived: false,
    ...(said.mock ? { mock: true } : {}),
  }
  if (said.noFix) return report
  const seen = noisy(seed, wearer.number, timeMs, said.claims ?? truth.place, truth.indoors, said.accuracyM)
  return {
    ...report,
    latDeg: round7(seen.place.latDeg),
    lonDeg: round7(seen.place.lonDeg),
    accuracyM: Math.round(seen.accuracyM * 10) / 10,
    speedMps: Math.round(truth.speedMps * 10) / 10,
    courseDeg: Math.round(truth.courseDeg),
    satellites: truth.indoors ? 5 : 10,
  }
}

/** Drift correlated over minutes, a little white noise, and now and then a reflection that throws the fix aside. */
function noisy(
  seed: number,
  number: number,
  timeMs: number,
  place: Place,
  indoors: boolean,
  accuracyM: number | undefined,
) {
  const minute = Math.floor(timeMs / MINUTE_MS)
  const radiusM =
    accuracyM ?? (indoors ? 14 + 18 * chanceAt(seed, number, minute, 11) : 4 + 5 * chanceAt(seed, number, minute, 12))
  const scaleM = Math.min(radiusM, 60)
  let eastM = 0
  let northM = 0
  for (let i = 0; i < 3; i++) {
    const periodMs = (4 + 9 * chanceAt(seed, number, 20 + i)) * MINUTE_MS
    eastM += 0.28 * scaleM * Math.sin((2 * Math.PI * timeMs) / periodMs + 6.28 * chanceAt(seed, number, 30 + i))
    northM +=
      0.28 * scaleM * Math.sin((2 * Math.PI * timeMs) / (periodMs * 1.3) + 6.28 * chanceAt(seed, number, 40 + i))
  }
  const [whiteEast, whiteNorth] = normalPair(chanceAt(seed, number, timeMs, 50), chanceAt(seed, number, timeMs, 51))
  eastM += 0.2 * scaleM * whiteEast
  northM += 0.2 * scaleM * whiteNorth
  if (accuracyM === undefined && indoors && chanceAt(seed, number, minute, 60) < 0.004) {
    const angle = 6.28 * chanceAt(seed, number, minute, 61)
    const throwM = 50 + 70 * chanceAt(seed, number, minute, 62)
    return {
      place: offset(place, eastM + throwM * Math.cos(angle), northM + throwM * Math.sin(angle)),
      accuracyM: throwM * 1.1,
    }
  }
  return { place: offset(place, eastM, northM), accuracyM: radiusM }
}

/** Drains over the day from seven in the morning (UTC+7 for all: nobody looks), charged from five to seven. */
function batteryAt(wearer: FleetWearer, timeMs: number): { percent: number; charging: boolean } {
  const hour = ((timeMs + 7 * HOUR_MS + wearer.number * 7 * MINUTE_MS) / HOUR_MS) % 24
  if (hour >= 5 && hour < 7) return { percent: Math.round(40 + (60 * (hour - 5)) / 2), charging: true }
  const drained = (hour - 7 + 24) % 24
  return { percent: Math.round(100 - (60 * drained) / 22), charging: false }
}

/** A few minutes without network, in about one hour of twenty. */
function inCoverageHole(seed: number, number: number, timeMs: number): boolean {
  const hour = Math.floor(timeMs / HOUR_MS)
  if (chanceAt(seed, number, hour, 70) > 0.05) return false
  const startMs = hour * HOUR_MS + chanceAt(seed, number, hour, 71) * 50 * MINUTE_MS
  return timeMs >= startMs && timeMs < startMs + (2 + 6 * chanceAt(seed, number, hour, 72)) * MINUTE_MS
}

function round7(degrees: number): number {
  return Math.round(degrees * 1e7) / 1e7
}
