// What the fold remembers of one wearer. Quiet wearers are nearly all of them nearly always, so whatever is not quiet is
// allocated when it begins: a wearer at peace with 20 conditions costs some 700 bytes.
import type { Evidence, IncidentType, Severity } from '../model/incident.ts'
import type { CompiledPlan } from './compile-plan.ts'

/** A fix (or a report without one) as evidence: who it was, where, and how it lay to the boundary. */
export type Spot = {
  timeMs: number
  contentHi: number
  contentLo: number
  /** NaN where the report had no position. */
  latE7: number
  lonE7: number
  /** Signed, + inside; NaN where no zone is concerned. */
  distanceM: number
  radiusM: number
}

/** An incident that has begun and not ended. */
export type Episode = {
  id: string
  type: IncidentType
  severity: Severity
  conditionId: string | undefined
  startMs: number
  confirmedMs: number
  evidence: Evidence[]
}

/** One condition in one zone: the run towards the wrong side, the run back, and what stands open. */
export class ZoneMemory {
  wrongSide = false
  breachCount = 0
  unsureSinceBreach = false
  breachFirst: Spot | undefined
  breachLast: Spot | undefined
  deepest: Spot | undefined
  /** The fix before the run: where a crossing seen by one fix only came from. */
  before: Spot | undefined
  returnCount = 0
  returnFirst: Spot | undefined
  unsureFirst: Spot | undefined
  ringCount = 0
  ringFirst: Spot | undefined
  ringReturnCount = 0
  ringReturnFirst: Spot | undefined
  violation: Episode | undefined
  unverifiable: Episode | undefined
  ring: Episode | undefined

  /** Nothing to remember: on the right side, no run, nothing open. */
  get clean(): boolean {
    return !this.wrongSide && this.breachCount === 0 && this.ringCount === 0 && !this.unsureFirst && !this.hasOpen
  }

  get hasOpen(): boolean {
    return this.violation !== undefined || this.unverifiable !== undefined || this.ring !== undefined
  }

  /** Forgets runs and side; what is open stays open. */
  forgetRuns(): void {
    this.wrongSide = false
    this.breachCount = 0
    this.unsureSinceBreach = false
    this.breachFirst = undefined
    this.breachLast = undefined
    this.deepest = undefined
    this.before = undefined
    this.returnCount = 0
    this.returnFirst = undefined
  }

  forgetRing(): void {
    this.ringCount = 0
    this.ringFirst = undefined
    this.ringReturnCount = 0
    this.ringReturnFirst = undefined
  }
}

/** Incidents of the wearer's device and credibility: at most one of each open. */
export const DEVICE_TYPES = [
  'strap_open',
  'case_opened',
  'sos',
  'battery_low',
  'battery_critical',
  'no_fix',
  'suspected_jamming',
  'position_not_credible',
] as const satisfies readonly IncidentType[]
export type DeviceType = (typeof DEVICE_TYPES)[number]
export const SLOT = Object.fromEntries(DEVICE_TYPES.map((type, slot) => [type, slot])) as Record<DeviceType, number>

export class DeviceMemory {
  readonly open: (Episode | undefined)[] = DEVICE_TYPES.map(() => undefined)
  openCount = 0
  /** Time of the last alarm word without a contact state behind it, by SLOT (strap, case, sos). */
  readonly alarmMs = [-Infinity, -Infinity, -Infinity]
  /** The contact itself was reported open; only a closed contact ends it. */
  readonly contactOpen = [false, false]
  charging = false
  noFixFirst: Spot | undefined
  noFixReturnCount = 0
  noFixReturnFirst: Spot | undefined
  /** Last sign of each kind: jamming alarm, receiver fault, lost position. */
  jamming: (Spot | undefined)[] = [undefined, undefined, undefined]
  /** Jumps and mock flags, oldest first. */
  doubts: Spot[] = []
}

export class WearerState {
  readonly wearerId: number
  /** No report yet: edges before the first one mean nothing. */
  begun = false
  /** Time of the last report or edge that was folded in. */
  cursorMs = -Infinity
  /** NaN outside supervision. */
  supervisedSinceMs = Number.NaN
  /** Last fix that counted as evidence; `fixMs` is −Infinity while there is none. */
  fixMs = -Infinity
  fixLatE7 = 0
  fixLonE7 = 0
  fixRadiusM = 0
  fixHi = 0
  fixLo = 0
  /** A fix that no vehicle could have reached; if the next one agrees with it, the wearer is there. */
  candidate: Spot | undefined
  device = new DeviceMemory()
  /** By lineage of the plan: since when it is in force; NaN while it is not. */
  activeSinceMs: Float64Array
  /** By lineage. */
  memory: (ZoneMemory | undefined)[]
  readonly cache: StateCache

  constructor(wearerId: number, plan: CompiledPlan) {
    this.wearerId = wearerId
    this.activeSinceMs = new Float64Array(plan.lineages.length).fill(Number.NaN)
    this.memory = new Array(plan.lineages.length).fill(undefined)
    this.cache = new StateCache()
  }
}

/** What can be worked out again at any time; never part of what is saved or compared. */
export class StateCache {
  /** Plan and state of its intervals that the cache was made for. */
  plan: CompiledPlan | undefined
  generation = -1
  nextEdgeMs = -Infinity
  /** Lineages that a fix is weighed against until `judgedUntilMs`, and the interval of each. */
  judgedUntilMs = -Infinity
  judged = new Uint16Array(0)
  intervalOf = new Int32Array(0)
  judgedCount = 0
  /** Position at which `boundM` held, and by lineage: at least so far on the right side there; −Infinity = not known. */
  anchorLatE7 = 0
  anchorLonE7 = 0
  boundM = new Float64Array(0)
  /** Every judged lineage is clean and at least this far on the right side of boundary and ring at the anchor. */
  safeM = -Infinity
  guardFloorM = 0
}
