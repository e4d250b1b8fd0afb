// What the fold remembers of one wearer. Quiet wearers are nearly all of them nearly always, so whatever is not quiet is
// allocated when it begins: a wearer with 20 conditions and no open episode costs some 800 bytes.
import { DeviceMemory } from './device-memory.ts'
import type { Hop } from './hop.ts'
import { type InForce, NOT_IN_FORCE } from './in-force.ts'
import { Spot } from './spot.ts'
import { chargingOf, freshRow, HOT, refreshFolded } from './wearer-row.ts'
import type { ZoneMemory } from './zone-memory.ts'

export class WearerState {
  readonly wearerId: number
  /** No report yet: edges before the first one mean nothing. */
  begun = false
  /** What nearly every fix reads or writes, by HOT, from `at` on: a fleet's page, or a row of its own. */
  readonly hot: Float64Array
  readonly at: number
  /** A fix that no vehicle could have reached; if the next one agrees with it, the wearer is there. */
  candidate: Spot | undefined = undefined
  /** Only for a wearer whose position has leapt. */
  hop: Hop | undefined = undefined
  /** Absent while the device has nothing to be remembered for. */
  remembered: DeviceMemory | undefined = undefined
  activeSinceMs: InForce = NOT_IN_FORCE
  /** By lineage; may be shorter. */
  memory: (ZoneMemory | undefined)[] = []
  /** The lineages that have one; undefined: to be looked for. Can be derived again. */
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
  leaveFastPath(): void {
    this.hot[this.at + HOT.calmUntilMs] = -Infinity
    this.hot[this.at + HOT.fastUntilMs] = -Infinity
  }

  get charging(): boolean {
    return chargingOf(this.hot[this.at + HOT.trail]!) === 1
  }
  set charging(charging: boolean) {
    const trail = this.hot[this.at + HOT.trail]!
    this.hot[this.at + HOT.trail] = trail - chargingOf(trail) + (charging ? 1 : 0)
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

/** The last fix that counted as evidence; undefined while there is none. */
export function lastFix(state: WearerState): Spot | undefined {
  if (state.fixMs === -Infinity) return undefined
  const spot = new Spot()
  spot.timeMs = state.fixMs
  spot.contentHi = state.fixHi
  spot.contentLo = state.fixLo
  spot.latE7 = state.fixLatE7
  spot.lonE7 = state.fixLonE7
  spot.radiusM = state.fixRadiusM
  return spot
}
