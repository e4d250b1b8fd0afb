// A plan, compiled: for every rule the UTC intervals in which it holds, with windows, versions, supervisions and
// permits already worked in, so that the fold compares numbers and knows only beginnings and ends.
import type { ConditionKind, Plan } from '../../model/plan/plan.ts'
import type { CompiledZone } from '../geometry/compiled-zone.ts'
import { Interned } from '../memory/interned.ts'
import { ENGINE } from '../parameters.ts'
import { idAt, type PackedPlan, packPlan, unpackPlan } from './packed-plan.ts'
import { planHash } from './plan-hash.ts'
import { PlanIndex } from './plan-index.ts'
import { type Horizon, lineagesOf, timingWithin, type ZoneOf } from './plan-lineages.ts'
import { PlanInvalid, rulesOf, supervisionOf } from './plan-rules.ts'
import type { PlanTiming } from './plan-timing.ts'
import { DAY_MS, type Intervals, intervalsOf } from './windows.ts'

export class CompiledPlan {
  readonly wearerId: number
  readonly reportIntervalMs: number
  readonly silenceGraceMs: number
  readonly zoneOf: ZoneOf
  /** SHA-256 of the plan's canonical JSON and its zones' shapes. */
  readonly hash: string
  /**
   * The plan's lineages, in an order that the plan alone decides. A lineage is one condition in one zone over all its versions: what the
   * wearer's state belongs to. Versions that follow one another without a gap are one rule going on; a changed zone is another
   * lineage and starts from nothing. A key is the same for the same condition, zone and kind in any plan: 52 bits of SHA-256.
   */
  readonly keys: readonly number[]
  /** By lineage. */
  readonly zones: readonly CompiledZone[]
  /** Where there are so many lineages that a fix had better not walk over them. */
  readonly index: PlanIndex | undefined = undefined
  readonly #packed: PackedPlan
  #timing: PlanTiming
  #horizon: Horizon
  /** By lineage: its place in the plan as given, conditions before permits; a string takes a byte for each. */
  readonly #placeOf: string
  /** Of a plan with an index, whose text takes long to read; of all others it is read for the few that change something. */
  readonly #conditionIds: readonly string[] | undefined = undefined

  constructor(source: Plan, zoneOf: ZoneOf, horizon: Horizon) {
    this.wearerId = source.wearerId
    this.reportIntervalMs = source.reportIntervalMs
    this.silenceGraceMs = source.silenceGraceMs
    this.#packed = packPlan(source)
    this.zoneOf = zoneOf
    const supervision = supervisionOf(source)
    const lineages = lineagesOf(rulesOf(source, supervision), zoneOf)
    this.keys = lineages.map(({ key }) => key)
    this.zones = lineages.map(({ zone }) => zone)
    this.#placeOf = String.fromCharCode(...lineages.map(({ rules }) => rules[0]!.place))
    this.hash = planHash(source, zoneOf)
    this.#horizon = horizon
    const previewMs = Math.max(ENGINE.previewMs, this.freshMs)
    this.#timing = timingWithin(lineages, intervalsOf(supervision), previewMs, horizon)
    if (this.size > WALKED_MAX) {
      this.index = new PlanIndex(this.zones, this.#timing)
      this.#conditionIds = lineages.map(({ rules }) => rules[0]!.conditionId)
    }
  }

  /** What holds when, within the horizon. */
  get timing(): PlanTiming {
    return this.#timing
  }

  /** How many lineages. */
  get size(): number {
    return this.keys.length
  }

  get supervision(): Intervals {
    return this.#timing.supervision
  }

  /** So long after a fix its wearer is known to be there. */
  get freshMs(): number {
    return ENGINE.freshIntervals * this.reportIntervalMs
  }

  /** Longer without a fix is a gap, of which nobody knows anything. */
  get gapMs(): number {
    return Math.max(ENGINE.runGapMs, this.freshMs)
  }

  /** Fixes so long before a rule begins are weighed against it already. */
  get previewMs(): number {
    return this.#timing.previewMs
  }

  /** Closer in time fixes are one event. */
  get witnessApartMs(): number {
    return Math.min(ENGINE.witnessApartMs, this.reportIntervalMs / 2)
  }

  /** For so long the same coordinates are one witness. */
  get sameSpotMs(): number {
    return Math.max(ENGINE.sameSpotMs, 2 * this.reportIntervalMs)
  }

  kindOf(lineage: number): ConditionKind {
    return this.#timing.rules[lineage]!.kind
  }

  /** The condition of a lineage, or the permit where a permit names a zone. */
  conditionIdOf(lineage: number): string {
    return this.#conditionIds?.[lineage] ?? idAt(this.#packed, this.#placeOf.charCodeAt(lineage))
  }

  /** The plan as it was given, built again. */
  get source(): Plan {
    return unpackPlan(this.#packed)
  }

  get horizon(): Readonly<Horizon> {
    return this.#horizon
  }

  /**
   * Makes sure that windows are worked out for `timeMs` and the days around it. Cheap when they are; else compiles
   * further, which changes nothing that was already known. `afresh`: no wearer has a place yet, so what lies between
   * the horizon and a time far from it need not be known.
   */
  cover(timeMs: number, afresh = false): void {
    let { fromMs, toMs } = this.#horizon
    if (timeMs - MARGIN_MS >= fromMs && timeMs + MARGIN_MS <= toMs) return
    if (!(Math.abs(timeMs) < 8.64e15)) throw new RangeError(`not a time: ${timeMs}`)
    if (afresh && (timeMs < fromMs - STRIDE_MS || timeMs > toMs + STRIDE_MS)) fromMs = toMs = timeMs
    this.#horizon = { fromMs: Math.min(fromMs, timeMs - STRIDE_MS), toMs: Math.max(toMs, timeMs + STRIDE_MS) }
    const { source } = this
    const lineages = lineagesOf(rulesOf(source, supervisionOf(source)), this.zoneOf)
    this.#timing = timingWithin(lineages, this.supervision, this.previewMs, this.#horizon)
  }

  /** Until then `cover` has nothing to do. */
  get coveredUntilMs(): number {
    return this.#horizon.toMs - MARGIN_MS
  }

  /** First edge of any rule or supervision after `timeMs`, within the horizon; Infinity if none. */
  nextEdgeMs(timeMs: number): number {
    return this.#timing.at(timeMs).toMs
  }
}

/** So many bounds are read faster than an index. */
const WALKED_MAX = 48

const MARGIN_MS = 2 * DAY_MS
const STRIDE_MS = 14 * DAY_MS

const horizons = new Interned<Horizon>(64)

/**
 * Compiles a plan over a horizon (it extends itself when the fold passes beyond). Throws PlanInvalid: a zone that is
 * not there, versions in force at once, an unknown time zone, a time turned round.
 */
export function compilePlan(plan: Plan, zoneOf: ZoneOf, horizon: Horizon): CompiledPlan {
  if (!(horizon.fromMs < horizon.toMs)) throw new PlanInvalid(`horizon ends before it begins: ${horizon.toMs}`)
  // Whole days, so that plans compiled in the same hours have the same intervals.
  const fromMs = Math.floor((horizon.fromMs - MARGIN_MS) / DAY_MS) * DAY_MS
  const toMs = Math.ceil((horizon.toMs + MARGIN_MS) / DAY_MS) * DAY_MS
  return new CompiledPlan(
    plan,
    zoneOf,
    horizons.of(`${fromMs} ${toMs}`, () => ({ fromMs, toMs })),
  )
}
