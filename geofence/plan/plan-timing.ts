// What of a plan depends on the time alone: which rules are in force, and which are soon. Wearers with the same hours share one,
// so that at an edge, which many pass in the same second, what it says is worked out once and lies in the cache.
import type { Severity } from '../../model/incident/incident.ts'
import type { ConditionKind } from '../../model/plan/plan.ts'
import { Interned } from '../memory/interned.ts'
import type { ConditionParameters } from '../parameters.ts'
import { boundaryBeforeMs, firstEndAfter, type Intervals, intervalAt, nextBoundaryMs } from './windows.ts'

export type Version = {
  readonly parameters: ConditionParameters
  readonly severity: Severity | undefined
  /** Fixes beyond `confirmFixes` that a run near the wall needs. */
  readonly shallowExtraFixes: number
  /** The condition says itself how many fixes confirm. */
  readonly isConfirmAsked: boolean
  /** No fix before it is weighed, however soon the rule holds; absent where that changes nothing. */
  readonly knownFromMs?: number
}

/** When a lineage is judged, and by what. */
type TimedRule = {
  readonly kind: ConditionKind
  readonly versions: readonly Version[]
  /** Judged within these; disjoint, touching ones belong to different versions. */
  readonly intervals: Intervals
  /** Index into `versions`, by interval. */
  readonly versionOf: readonly number[]
  /** Equal rules have the same number. */
  readonly serial: number
}

/** Between two edges: nothing begins or ends from `fromMs` until `toMs`. */
type Span = {
  readonly fromMs: number
  readonly toMs: number
  readonly supervised: boolean
  /** By lineage. */
  readonly active: readonly boolean[]
}

/** The lineages that fixes are weighed against: in force, or so soon that a breach now is fresh then. */
export type Judged = {
  /** True from then until `untilMs`. */
  readonly fromMs: number
  readonly untilMs: number
  /** By lineage: the version in force or next; undefined = not judged. */
  readonly versions: readonly (Version | undefined)[]
  /** The widest among them. */
  readonly guardFloorM: number
  readonly warningRingM: number
}

export class PlanTiming {
  readonly rules: readonly TimedRule[]
  /** Times under supervision; outside them nothing is judged. */
  readonly supervision: Intervals
  /** Fixes so long before a rule begins are weighed against it. */
  readonly previewMs: number
  #span: Span
  #judged: Judged

  constructor(rules: readonly TimedRule[], supervision: Intervals, previewMs: number) {
    this.rules = rules
    this.supervision = supervision
    this.previewMs = previewMs
    this.#span = this.#spanAt(0)
    this.#judged = this.#judgedAt(0)
  }

  /** The time between edges that holds `timeMs`; `toMs` is the next edge, Infinity if none is known. */
  at(timeMs: number): Span {
    if (!(timeMs >= this.#span.fromMs && timeMs < this.#span.toMs)) this.#span = this.#spanAt(timeMs)
    return this.#span
  }

  /** What `judgedAt` gave last; another wearer may have asked. */
  get lastJudged(): Judged {
    return this.#judged
  }

  judgedAt(timeMs: number): Judged {
    if (!(timeMs >= this.#judged.fromMs && timeMs < this.#judged.untilMs)) this.#judged = this.#judgedAt(timeMs)
    return this.#judged
  }

  #spanAt(timeMs: number): Span {
    let fromMs = boundaryBeforeMs(this.supervision, timeMs)
    let toMs = nextBoundaryMs(this.supervision, timeMs)
    for (const { intervals } of this.rules) {
      fromMs = Math.max(fromMs, boundaryBeforeMs(intervals, timeMs))
      toMs = Math.min(toMs, nextBoundaryMs(intervals, timeMs))
    }
    return {
      fromMs,
      toMs,
      supervised: intervalAt(this.supervision, timeMs) >= 0,
      active: this.rules.map(({ intervals }) => intervalAt(intervals, timeMs) >= 0),
    }
  }

  #judgedAt(timeMs: number): Judged {
    let untilMs = Infinity
    let guardFloorM = 0
    let warningRingM = 0
    const versions = this.rules.map(({ intervals, versions, versionOf }): Version | undefined => {
      const interval = firstEndAfter(intervals, timeMs)
      if (interval === intervals.ends.length) return undefined
      const version = versions[versionOf[interval]!]!
      const startMs = intervals.starts[interval]!
      const weighedFromMs = Math.min(startMs, Math.max(startMs - this.previewMs, version.knownFromMs ?? -Infinity))
      if (timeMs < weighedFromMs) {
        untilMs = Math.min(untilMs, weighedFromMs)
        return undefined
      }
      untilMs = Math.min(untilMs, intervals.ends[interval]!)
      guardFloorM = Math.max(guardFloorM, version.parameters.guardFloorM)
      warningRingM = Math.max(warningRingM, version.parameters.warningRingM)
      return version
    })
    return { fromMs: timeMs, untilMs, versions, guardFloorM, warningRingM }
  }
}

const knownRules = new Interned<TimedRule>(8192)
const knownTimings = new Interned<PlanTiming>(4096)
let serials = 0

/** One of its kind, as long as somebody holds it. */
export function timedRule({ kind, versions, intervals, versionOf }: Omit<TimedRule, 'serial'>): TimedRule {
  const key = `${kind} ${JSON.stringify(versions)} ${intervals.starts.join()} ${intervals.ends.join()} ${versionOf.join()}`
  return knownRules.of(key, () => ({ kind, versions, intervals, versionOf, serial: serials++ }))
}

/** One of its kind, as long as somebody holds it. `rules` by lineage. */
export function timingOf(rules: readonly TimedRule[], supervision: Intervals, previewMs: number): PlanTiming {
  const { starts, ends } = supervision
  const key = `${rules.map(({ serial }) => serial).join()} ${starts.join()} ${ends.join()} ${previewMs}`
  return knownTimings.of(key, () => new PlanTiming(rules, supervision, previewMs))
}
