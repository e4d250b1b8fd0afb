// What the engine makes of real violations: found or missed, and how soon.
import { VIOLATION } from '../../geofence/plan/condition-kinds.ts'
import type { Incident } from '../../model/incident/incident.ts'
import { judge } from './truth-judge.ts'
import { unprovenMinutes } from './truth-proven.ts'
import { isCounted, type Trip } from './truth-trips.ts'

const MINUTE_MS = 60_000

export type ViolationFigures = {
  /** Longer than five minutes and visible to the receiver; the only ones that can be missed. */
  counted: number
  missed: number
  /** Too short, too shallow, or seen by fewer than three conclusive fixes. */
  beyondSight: number
  beyondSightFound: number
  /** Violations raised at a time when the wearer was not over the line. */
  false: number
  /** `all` and by kind: where pings came every minute; `interrupted too`: the device's own silence included. */
  delaysMin: Record<string, number[]>
  byDepth: Record<number, { counted: number; missed: number; beyondSight: number; beyondSightFound: number }>
  missedTrips: string[]
  /** Minutes that incidents call proven although no reports cover them. */
  unprovenMinutes: number
}

export function emptyViolationFigures(): ViolationFigures {
  return {
    counted: 0,
    missed: 0,
    beyondSight: 0,
    beyondSightFound: 0,
    false: 0,
    delaysMin: {},
    byDepth: {},
    missedTrips: [],
    unprovenMinutes: 0,
  }
}

/** Judges one trip and adds what came of it. Delay runs from the true crossing to the confirmation. */
export function countTrip(figures: ViolationFigures, trip: Trip): void {
  const all = judge(trip.plan, trip.recording, trip.endMs)
  figures.unprovenMinutes += unprovenMinutes(all, trip.recording)
  const raised = all.filter(({ type }) => type === VIOLATION[trip.kind])
  const isTrue = ({ startMs, endMs = Infinity }: Incident) =>
    startMs <= trip.backMs + MINUTE_MS && endMs >= trip.outMs - MINUTE_MS
  const found = raised.filter(isTrue)
  figures.false += raised.length - found.length
  figures.byDepth[trip.depthM] ??= { counted: 0, missed: 0, beyondSight: 0, beyondSightFound: 0 }
  const row = figures.byDepth[trip.depthM]!
  for (const sum of [figures, row]) {
    if (isCounted(trip)) {
      sum.counted++
      if (found.length === 0) sum.missed++
    } else {
      sum.beyondSight++
      if (found.length > 0) sum.beyondSightFound++
    }
  }
  if (!isCounted(trip)) return
  if (found.length === 0) figures.missedTrips.push(describe(trip))
  else addDelay(figures, trip, Math.min(...found.map(({ confirmedMs }) => confirmedMs)) - trip.outMs)
}

function addDelay({ delaysMin }: ViolationFigures, trip: Trip, delayMs: number): void {
  for (const key of trip.interrupted ? ['interrupted too'] : ['all', trip.kind, 'interrupted too']) {
    delaysMin[key] ??= []
    delaysMin[key].push(delayMs / MINUTE_MS)
  }
}

function describe({ kind, depthM, speedMps, indoors, deepMs, conclusive }: Trip): string {
  const minutes = Math.round(deepMs / MINUTE_MS)
  return `${kind}: ${depthM} m deep for ${minutes} min, ${speedMps} m/s, ${indoors ? 'indoors' : 'outdoors'}, ${conclusive} conclusive fixes`
}

/** The value below which `share` of them lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted.length === 0 ? Number.NaN : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
}
