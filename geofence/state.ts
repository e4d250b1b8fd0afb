// What the fold remembers of one wearer. Quiet wearers are nearly all of them nearly always, so whatever is not quiet is
// allocated when it begins: a wearer at peace with 20 conditions costs some 800 bytes.
import type { Evidence, IncidentType, Severity } from '../model/incident.ts'
import { type InForce, NOT_IN_FORCE } from './in-force.ts'
import type { Spot } from './spot.ts'
import { freshRow, HOT, refreshFolded } from './wearer-row.ts'

/** An incident that has begun and not ended. */
export type Episode = {
  id: string
  type: IncidentType
  severity: Severity
  conditionId: string | undefined
  startMs: number
  confirmedMs: number
  evidence: Evidence[]
  /** As in Incident. */
  signs?: number
}

/** One condition in one zone: the run towards the wrong side, the run back, and what stands open. */
export class ZoneMemory {
  wrongSide = false
  breachCount = 0
  unsureSinceBreach = false
  /** A long time without any fix lies within the run; `breachFirst` is the first after it. */
  overGap = false
  breachFirst: Spot | undefined
  breachLast: Spot | undefined
  deepest: Spot | undefined
  /** The fix before the run: where a crossing seen by one fix only came from. */
  before: Spot | undefined
  returnCount = 0
  returnFirst: Spot | undefined
  /** On the right side, though not deep: the run back of whoever lives near the wall. */
  nearCount = 0
  nearFirst: Spot | undefined
  unsureFirst: Spot | undefined
  /** In an avoided zone that no single fix proves: the first one inside, and the mean since (`unverifiable.ts`). */
  stayFirst: Spot | undefined
  stayMean: Spot | undefined
  stayCount = 0
  ringCount = 0
  ringFirst: Spot | undefined
  ringReturnCount = 0
  ringReturnFirst: Spot | undefined
  /** As `nearCount`, of the ring's line. */
  ringNearCount = 0
  ringNearFirst: Spot | undefined
  violation: Episode | undefined
  unverifiable: Episode | undefined
  ring: Episode | undefined

  /** Nothing to remember: on the right side, no run, nothing open. */
  get clean(): boolean {
    return (
      !this.wrongSide &&
      this.breachCount === 0 &&
      this.ringCount === 0 &&
      !this.unsureFirst &&
      !this.stayMean &&
      !this.hasOpen
    )
  }

  get hasOpen(): boolean {
    return this.violation !== undefined || this.unverifiable !== undefined || this.ring !== undefined
  }

  /** Forgets runs and side; what is open stays open. */
  forgetRuns(): void {
    this.wrongSide = false
    this.breachCount = 0
    this.unsureSinceBreach = false
    this.overGap = false
    this.breachFirst = undefined
    this.breachLast = undefined
    this.deepest = undefined
    this.before = undefined
    this.forgetReturn()
  }

  forgetReturn(): void {
    this.returnCount = 0
    this.returnFirst = undefined
    this.nearCount = 0
    this.nearFirst = undefined
  }

  forgetStay(): void {
    this.stayFirst = undefined
    this.stayMean = undefined
    this.stayCount = 0
    if (!this.wrongSide) this.forgetReturn()
  }

  forgetRing(): void {
    this.ringCount = 0
    this.ringFirst = undefined
    this.ringReturnCount = 0
    this.ringReturnFirst = undefined
    this.ringNearCount = 0
    this.ringNearFirst = undefined
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
  /** Time of the last alarm word without a contact state behind it, by SLOT (strap, case, sos), and when the battery was last low. */
  readonly alarmMs = [-Infinity, -Infinity, -Infinity, -Infinity]
  /** The contact itself was reported open; only a closed contact ends it. */
  readonly contactOpen = [false, false]
  /** The word was among the alarms of the last report, by SLOT: only a word after silence is a new sign. */
  readonly said = [false, false, false]
  noFixFirst: Spot | undefined
  noFixReturnCount = 0
  noFixReturnFirst: Spot | undefined
  /** Since when nothing was said of charging, though it still counts as such; undefined while that decides nothing. */
  chargingHeldFromMs: number | undefined
  /** Last sign of each kind: jamming alarm, receiver fault, lost position. */
  jamming: (Spot | undefined)[] = [undefined, undefined, undefined]
  /** Jumps and mock flags, oldest first. */
  doubts: Spot[] = []

  /** Says no more than its absence would. */
  get isBlank(): boolean {
    return (
      this.openCount === 0 &&
      !this.said.includes(true) &&
      this.chargingHeldFromMs === undefined &&
      this.noFixFirst === undefined &&
      this.noFixReturnFirst === undefined &&
      this.noFixReturnCount === 0 &&
      this.doubts.length === 0 &&
      !this.contactOpen.includes(true) &&
      this.jamming.every((sign) => sign === undefined) &&
      this.alarmMs.every((timeMs) => timeMs === -Infinity)
    )
  }
}

export class WearerState {
  readonly wearerId: number
  /** No report yet: edges before the first one mean nothing. */
  begun = false
  /** What nearly every fix reads or writes, by HOT, from `at` on: a fleet's page, or a row of its own. */
  readonly hot: Float64Array
  readonly at: number
  /** A fix that no vehicle could have reached; if the next one agrees with it, the wearer is there. */
  candidate: Spot | undefined = undefined
  /** Absent while the device has nothing to be remembered for. */
  remembered: DeviceMemory | undefined = undefined
  activeSinceMs: InForce = NOT_IN_FORCE
  /** By lineage; may be shorter. */
  memory: (ZoneMemory | undefined)[] = []
  /** The lineages that have one; undefined: to be looked for. Can be worked out again. */
  remembering: number[] | undefined = undefined
  /**
   * By lineage: at least so far on the right side at the anchor; −Infinity = not known, NaN = not judged now. Can be worked
   * out again.
   */
  boundM: number[] = NO_BOUNDS

  /** Fresh, in the row given; whatever was folded there is forgotten. */
  constructor(wearerId: number, hot?: Float64Array, at = 0) {
    this.wearerId = wearerId
    if (hot !== undefined) refreshFolded(hot, at)
    this.hot = hot ?? freshRow()
    this.at = at
  }

  get device(): DeviceMemory {
    this.remembered ??= new DeviceMemory()
    return this.remembered
  }

  /** The next report is judged in full: what could be taken for granted no longer can. */
  unsettle(): void {
    this.hot[this.at + HOT.calmUntilMs] = -Infinity
    this.hot[this.at + HOT.settledUntilMs] = -Infinity
  }

  get charging(): boolean {
    return this.hot[this.at + HOT.charging] === 1
  }
  set charging(charging: boolean) {
    this.hot[this.at + HOT.charging] = charging ? 1 : 0
  }

  /** Time of the last report or edge that was folded in. */
  get cursorMs(): number {
    return this.hot[this.at + HOT.cursorMs]!
  }
  set cursorMs(timeMs: number) {
    this.hot[this.at + HOT.cursorMs] = timeMs
  }

  /** NaN outside supervision. */
  get supervisedSinceMs(): number {
    return this.hot[this.at + HOT.supervisedSinceMs]!
  }
  set supervisedSinceMs(timeMs: number) {
    this.hot[this.at + HOT.supervisedSinceMs] = timeMs
  }

  /** Last fix that counted as evidence; −Infinity while there is none. */
  get fixMs(): number {
    return this.hot[this.at + HOT.fixMs]!
  }
  set fixMs(timeMs: number) {
    this.hot[this.at + HOT.fixMs] = timeMs
  }

  get fixLatE7(): number {
    return this.hot[this.at + HOT.fixLatE7]!
  }
  get fixLonE7(): number {
    return this.hot[this.at + HOT.fixLonE7]!
  }
  get fixRadiusM(): number {
    return this.hot[this.at + HOT.fixRadiusM]!
  }
  get fixHi(): number {
    return this.hot[this.at + HOT.fixHi]!
  }
  get fixLo(): number {
    return this.hot[this.at + HOT.fixLo]!
  }
}

/** Nothing is known of any zone. */
export const NO_BOUNDS: number[] = []

/** Numbers of double precision from the start: such an array holds them unboxed. */
export function notANumbers(count: number): number[] {
  if (count === 0) return []
  const out = [Number.NaN]
  while (out.length < count) out.push(Number.NaN)
  return out
}
