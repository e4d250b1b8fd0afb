// Many bracelets silent at once are a fault of the network or of ours, not of a hundred wearers: one incident of the unit
// instead of one each. Folded from what the shards have counted, so that it needs nobody's name.
import type { UnitIncident } from '../../model/incident/incident.ts'
import type { Outage, UnitCount } from '../../model/incident/outage.ts'
import { EDGE_KEY, incidentId } from '../incident-id.ts'
import { ENGINE_VERSION } from '../parameters.ts'
import type { CompiledPlan } from '../plan/compile-plan.ts'

const MINUTE_MS = 60_000

export const FLEET = {
  /** Fewer than this are judged one by one. */
  silentMin: 5,
  /** Share of the unit's bracelets that must be silent for an outage to begin … */
  silentShare: 0.3,
  /** … below which it does not excuse a wearer who falls silent from now on … */
  tailShare: 0.2,
  /** … and below which, for as long as `endAfterMs`, it is over: far from where it began, so that it does not flap. */
  endShare: 0.1,
  /** A bracelet that reports again counts as heard for some eight minutes more: this proves that it spoke for the ten before those. */
  endAfterMs: 20 * MINUTE_MS,
  /** They fell silent within this span of each other: an outage is sudden, empty batteries are not. */
  spanMs: 10 * MINUTE_MS,
  /** A bracelet silent for longer is dead and no part of any outage, which so excuses nobody for longer either. */
  countedMs: 24 * 60 * MINUTE_MS,
} as const

/** Silence that counts towards an outage: half the grace, so that the unit's incident comes before the single ones. */
export function quietAfterMs({ reportIntervalMs, silenceGraceMs }: CompiledPlan): number {
  return reportIntervalMs + silenceGraceMs / 2
}

/** The minute by which a silent bracelet is counted. */
export function quietMinuteMs(lastReceivedMs: number): number {
  return Math.floor(lastReceivedMs / MINUTE_MS) * MINUTE_MS
}

/**
 * Looks at one unit at `nowMs` by what each shard has counted; `known` is what the last look gave. Gives what to keep, the same
 * object where nothing changed; a changed incident is a revision to publish. Where not all shards have counted (`whole`
 * false) nothing ends. After the end only bracelets that have reported since can make another outage.
 */
export function judgeUnit(
  unitPath: string,
  counts: readonly UnitCount[],
  known: Outage | undefined,
  nowMs: number,
  whole: boolean,
): Outage | undefined {
  const heard = counts.reduce((sum, count) => sum + count.heard, 0)
  const quiet = quietByMinute(counts)
  if (known !== undefined && known.incident.endMs === undefined) return goOn(known, heard, quiet, nowMs, whole)
  const endMs = known?.incident.endMs ?? Number.NEGATIVE_INFINITY
  const begun = begin(unitPath, heard, new Map([...quiet].filter(([minuteMs]) => minuteMs >= endMs)), nowMs)
  return begun ?? (nowMs - endMs < FLEET.countedMs ? known : undefined)
}

/** What an outage means for a wearer whose last report came at `lastReceivedMs`: held to be part of it, or so until `freedMs`. */
export function coverOf(outage: Outage | undefined, lastReceivedMs: number): { covered: boolean; freedMs: number } {
  const apart = { covered: false, freedMs: Number.NEGATIVE_INFINITY }
  if (outage === undefined || lastReceivedMs < outage.incident.startMs) return apart
  if (outage.coverToMs !== undefined && lastReceivedMs > outage.coverToMs) return apart
  return outage.decidedMs === undefined ? { ...apart, covered: true } : { covered: false, freedMs: outage.decidedMs }
}

function quietByMinute(counts: readonly UnitCount[]): Map<number, number> {
  const quiet = new Map<number, number>()
  for (const count of counts)
    for (const [minuteMs, n] of count.quiet) quiet.set(minuteMs, (quiet.get(minuteMs) ?? 0) + n)
  return new Map([...quiet].sort(([a], [b]) => a - b))
}

function sumFrom(quiet: Map<number, number>, fromMs: number): number {
  let sum = 0
  for (const [minuteMs, count] of quiet) if (minuteMs >= fromMs) sum += count
  return sum
}

function begin(unitPath: string, heard: number, quiet: Map<number, number>, nowMs: number): Outage | undefined {
  const { startMs, silent } = densest([...quiet])
  // Who was silent long before is no part of the unit that fell silent now.
  const of = heard + sumFrom(quiet, startMs)
  if (silent < FLEET.silentMin || silent < of * FLEET.silentShare) return undefined
  const incident: UnitIncident = {
    id: incidentId(0, unitPath, 'fleet_silence', startMs, EDGE_KEY),
    type: 'fleet_silence',
    severity: 'serius',
    unitPath,
    silentCount: silent,
    ofCount: of,
    startMs,
    confirmedMs: nowMs,
    evidence: [
      { timeMs: startMs, role: 'start' },
      { timeMs: nowMs, role: 'confirm' },
    ],
    engineVersion: ENGINE_VERSION,
    late: false,
    inferred: false,
    revision: 1,
  }
  return { incident }
}

/** The most that fell silent within one span, the earliest of equals. */
function densest(quiet: [minuteMs: number, count: number][]): { startMs: number; silent: number } {
  let best = { startMs: Number.POSITIVE_INFINITY, silent: 0 }
  let silent = 0
  let from = 0
  for (const [minuteMs, count] of quiet) {
    silent += count
    while (minuteMs - quiet[from]![0] >= FLEET.spanMs) silent -= quiet[from++]![1]
    if (silent > best.silent) best = { startMs: quiet[from]![0], silent }
  }
  return best
}

function goOn(known: Outage, heard: number, quiet: Map<number, number>, nowMs: number, whole: boolean): Outage {
  const { incident } = known
  const silent = sumFrom(quiet, incident.startMs)
  const of = heard + silent
  const reaches = (share: number) => silent >= FLEET.silentMin && silent >= of * share
  const massive = reaches(known.coverToMs === undefined ? FLEET.tailShare : FLEET.silentShare)
  const coverToMs = massive ? undefined : (known.coverToMs ?? (whole ? nowMs : undefined))
  const isFew = whole ? !reaches(FLEET.endShare) : known.fewSinceMs !== undefined
  const fewSinceMs = isFew ? (known.fewSinceMs ?? nowMs) : undefined
  if (whole && fewSinceMs !== undefined && nowMs - fewSinceMs >= FLEET.endAfterMs)
    return {
      incident: ended(incident, fewSinceMs),
      ...(coverToMs === undefined ? {} : { coverToMs }),
      decidedMs: nowMs,
    }
  const next = silent >= 2 * incident.silentCount ? grown(incident, silent, of) : incident
  if (next === incident && coverToMs === known.coverToMs && fewSinceMs === known.fewSinceMs) return known
  return {
    incident: next,
    ...(coverToMs === undefined ? {} : { coverToMs }),
    ...(fewSinceMs === undefined ? {} : { fewSinceMs }),
  }
}

/** Published again when twice as many are silent: the first counts of an outage are small. */
function grown(incident: UnitIncident, silentCount: number, ofCount: number): UnitIncident {
  return { ...incident, silentCount, ofCount, revision: incident.revision + 1 }
}

function ended(incident: UnitIncident, endMs: number): UnitIncident {
  return {
    ...incident,
    endMs,
    evidence: [...incident.evidence, { timeMs: endMs, role: 'end' }],
    revision: incident.revision + 1,
  }
}
