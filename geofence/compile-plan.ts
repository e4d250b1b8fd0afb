// A plan, compiled: for every rule the UTC intervals in which it holds, with windows, versions, supervisions and
// permits already worked in, so that the fold compares numbers and knows only beginnings and ends.
import { createHash } from 'node:crypto'
import type { Condition, ConditionKind, Permit, Plan, WeeklyWindow } from '../model/plan.ts'
import type { CompiledZone } from './compile-zone.ts'
import { Interned } from './interned.ts'
import { idAt, type PackedPlan, packPlan, unpackPlan } from './packed-plan.ts'
import { CONDITION_DEFAULTS, type ConditionParameters, ENGINE } from './parameters.ts'
import { PlanIndex } from './plan-index.ts'
import { type PlanTiming, timedRule, timingOf, type Version } from './plan-timing.ts'
import { DAY_MS, type Intervals, intersected, intervalsOf, merged, windowPairs, without } from './windows.ts'

/** A plan that cannot be judged by; the message names the condition and what is wrong with it. */
export class PlanInvalid extends Error {
  override name = 'PlanInvalid'
}

export type Horizon = { fromMs: number; toMs: number }
export type ZoneOf = (zoneId: string) => CompiledZone | undefined

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
  /** Of a plan with an index, whose text takes long to read; of all others it is read for the few that have something to tell. */
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
    this.hash = hashOf(source, zoneOf)
    this.#horizon = horizon
    const freshMs = Math.max(ENGINE.edgeFreshMs, 3 * source.reportIntervalMs)
    this.#timing = timingWithin(lineages, intervalsOf(supervision), freshMs, horizon)
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

  get freshMs(): number {
    return this.#timing.freshMs
  }

  kindOf(lineage: number): ConditionKind {
    return this.#timing.rules[lineage]!.kind
  }

  /** The condition of a lineage, or the permit where a permit names a zone. */
  conditionIdOf(lineage: number): string {
    return this.#conditionIds?.[lineage] ?? idAt(this.#packed, this.#placeOf.charCodeAt(lineage))
  }

  /** The plan as it was given, put together anew. */
  get source(): Plan {
    return unpackPlan(this.#packed)
  }

  get horizon(): Readonly<Horizon> {
    return this.#horizon
  }

  /**
   * Makes sure that windows are worked out for `timeMs` and the days around it. Cheap when they are; else compiles
   * further, which changes nothing that was already known. `afresh`: nobody stands anywhere yet, so what lies between
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
    this.#timing = timingWithin(lineages, this.supervision, this.freshMs, this.#horizon)
  }

  /** `cover` has nothing to do for times from `coveredFromMs` until this. */
  get coveredUntilMs(): number {
    return this.#horizon.toMs - MARGIN_MS
  }

  get coveredFromMs(): number {
    return this.#horizon.fromMs + MARGIN_MS
  }

  /** First edge of any rule or supervision after `timeMs`, within the horizon; Infinity if none. */
  nextEdgeMs(timeMs: number): number {
    return this.#timing.at(timeMs).toMs
  }
}

/** A lineage while it is compiled: its versions with the times in which each can hold. */
type Lineage = { key: number; kind: ConditionKind; zone: CompiledZone; rules: Rule[] }

function timingWithin(
  lineages: readonly Lineage[],
  supervision: Intervals,
  freshMs: number,
  horizon: Horizon,
): PlanTiming {
  const rules = lineages.map(({ kind, rules }) => {
    const pieces: [startMs: number, endMs: number, version: number][] = []
    const versions: Version[] = []
    for (const [version, rule] of rules.entries()) {
      const spans = inForce(rule, horizon)
      for (const [start, end] of spans) pieces.push([start, end, version])
      versions.push(knownFrom(rule, spans, freshMs, horizon))
    }
    pieces.sort((a, b) => a[0] - b[0])
    return timedRule({
      kind,
      versions,
      intervals: intervalsOf(pieces.map(([start, end]) => [start, end])),
      versionOf: pieces.map(([, , version]) => version),
    })
  })
  return timingOf(rules, supervision, freshMs)
}

/**
 * Its version, with the time it was made where that cuts a preview short. Long ago, or long before it holds, it does not, and
 * wearers whose rules were made at other times share what is left.
 */
function knownFrom(
  { version, madeMs }: Rule,
  spans: readonly [number, number][],
  freshMs: number,
  { fromMs }: Horizon,
): Version {
  if (madeMs === undefined || madeMs < fromMs) return version
  return spans.some(([start]) => madeMs > start - freshMs && madeMs <= start)
    ? { ...version, knownFromMs: madeMs }
    : version
}

function supervisionOf(source: Plan): [number, number][] {
  return merged(
    source.supervisions.map(({ fromMs, toMs }) => {
      if (!Number.isFinite(fromMs) || !Number.isFinite(toMs))
        throw new PlanInvalid(`a supervision's times must be finite, got ${fromMs} and ${toMs}`)
      return [fromMs, toMs]
    }),
  )
}

const knownVersions = new Interned<Version>(4096)

/** So many bounds are read faster than an index. */
const WALKED_MAX = 48

const MARGIN_MS = 2 * DAY_MS
const STRIDE_MS = 14 * DAY_MS

/**
 * Compiles a plan over a horizon (it extends itself when the fold passes beyond). Throws PlanInvalid: a zone that is
 * not there, versions in force at once, an unknown time zone, a time turned round.
 */
export function compilePlan(plan: Plan, zoneOf: ZoneOf, horizon: Horizon): CompiledPlan {
  if (!(horizon.fromMs < horizon.toMs)) throw new PlanInvalid(`horizon ends before it begins: ${horizon.toMs}`)
  // Whole days, so that plans compiled in the same hours have the same intervals.
  const fromMs = Math.floor((horizon.fromMs - MARGIN_MS) / DAY_MS) * DAY_MS
  return new CompiledPlan(plan, zoneOf, { fromMs, toMs: Math.ceil((horizon.toMs + MARGIN_MS) / DAY_MS) * DAY_MS })
}

/** One version of a condition, or the zone of a permit, with the times in which it can hold at all. */
type Rule = {
  key: number
  /** Of the condition, or of the permit behind all conditions. */
  place: number
  conditionId: string
  kind: ConditionKind
  zoneId: string
  version: Version
  /** When it was made, or decided; undefined = known for ever. */
  madeMs: number | undefined
  bounds: [number, number][]
  windows: readonly WeeklyWindow[] | undefined
  timeZone: string
}

function rulesOf(plan: Plan, supervision: [number, number][]): Rule[] {
  const permits = plan.permits
    .map((permit, i) => ({ permit, place: plan.conditions.length + i, span: spanOf(permit) }))
    .filter(({ span }) => span[0] < span[1])
  const rules: Rule[] = []
  for (const [place, condition] of plan.conditions.entries()) {
    if (condition.kind === 'neutral') continue
    const lifted = permits
      .filter(({ permit }) => permit.conditionIds === undefined || permit.conditionIds.includes(condition.id))
      .map(({ span }) => [...span] as [number, number])
    const force = intersected(supervision, [[condition.fromMs, condition.toMs ?? Infinity]])
    rules.push(ruleOf(condition, place, without(force, merged(lifted))))
  }
  for (const { permit, place, span } of permits)
    if (permit.zoneId !== undefined)
      rules.push({
        key: keyOf(permit.id, permit.zoneId, 'required'),
        place,
        conditionId: permit.id,
        kind: 'required',
        zoneId: permit.zoneId,
        version: {
          parameters: CONDITION_DEFAULTS.required,
          severity: undefined,
          shallowExtraFixes: ENGINE.shallowExtraFixes,
        },
        madeMs: permit.decidedMs,
        bounds: intersected(supervision, [span]),
        windows: undefined,
        timeZone: 'UTC',
      })
  refuseOverlaps(plan.conditions)
  return rules
}

function ruleOf(condition: Condition, place: number, bounds: [number, number][]): Rule {
  if (condition.toMs !== undefined && condition.toMs <= condition.fromMs)
    throw new PlanInvalid(`condition ${condition.id} ends at ${condition.toMs}, before it begins`)
  if (!Number.isFinite(condition.fromMs))
    throw new PlanInvalid(`condition ${condition.id} must begin at a finite time, got ${condition.fromMs}`)
  const parameters = { ...CONDITION_DEFAULTS[condition.kind] }
  for (const [name, value] of Object.entries(condition.parameters ?? {}))
    if (value !== undefined) parameters[name as keyof ConditionParameters] = value
  return {
    key: keyOf(condition.id, condition.zoneId, condition.kind),
    place,
    conditionId: condition.id,
    kind: condition.kind,
    zoneId: condition.zoneId,
    version: sharedVersion({
      parameters,
      severity: condition.severity,
      shallowExtraFixes:
        (condition.kind === 'required' || condition.kind === 'region') &&
        condition.parameters?.confirmFixes === undefined
          ? ENGINE.shallowExtraFixes
          : 0,
    }),
    madeMs: condition.madeMs,
    bounds,
    windows: condition.windows,
    timeZone: condition.timeZone,
  }
}

function sharedVersion(version: Version): Version {
  return knownVersions.of(JSON.stringify(version), () => version)
}

/** A permit never holds before it was decided. */
function spanOf(permit: Permit): [number, number] {
  return [Math.max(permit.fromMs, permit.decidedMs ?? -Infinity), permit.toMs]
}

function refuseOverlaps(conditions: readonly Condition[]): void {
  const sorted = [...conditions].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : a.fromMs - b.fromMs))
  for (let i = 1; i < sorted.length; i++) {
    const [before, after] = [sorted[i - 1]!, sorted[i]!]
    if (before.id === after.id && (before.toMs ?? Infinity) > after.fromMs)
      throw new PlanInvalid(`condition ${after.id} has two versions in force at ${after.fromMs}`)
  }
}

function lineagesOf(rules: readonly Rule[], zoneOf: ZoneOf): Lineage[] {
  const lineages = new Map<number, Lineage>()
  for (const rule of rules) {
    const zone = zoneOf(rule.zoneId)
    if (zone === undefined)
      throw new PlanInvalid(`condition ${rule.conditionId} names a zone that is not there: ${rule.zoneId}`)
    const known = lineages.get(rule.key)
    if (known) known.rules.push(rule)
    else lineages.set(rule.key, { key: rule.key, kind: rule.kind, zone, rules: [rule] })
  }
  // First by what they have in common with other wearers', so that equal hours come in the same order and are shared.
  return [...lineages.values()]
    .map((lineage) => ({ lineage, alike: lineage.rules.map(alikeOf).join() }))
    .sort((a, b) => (a.alike < b.alike ? -1 : a.alike > b.alike ? 1 : a.lineage.key - b.lineage.key))
    .map(({ lineage }) => lineage)
}

function alikeOf({ kind, version, windows, timeZone }: Rule): string {
  return JSON.stringify([kind, version, windows, timeZone])
}

function inForce(rule: Rule, { fromMs, toMs }: Horizon): [number, number][] {
  const bounds = intersected(rule.bounds, [[fromMs, toMs]])
  if (rule.windows === undefined || bounds.length === 0) return bounds.map((b) => stretched(b, rule.bounds))
  const first = bounds[0]![0]
  const last = bounds[bounds.length - 1]![1]
  try {
    return intersected(bounds, merged(windowPairs(rule.windows, rule.timeZone, first, last)))
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new PlanInvalid(`condition ${rule.conditionId}: time zone ${rule.timeZone} is not known`, { cause })
    throw cause
  }
}

/** A rule without windows is known for all time: the horizon must not make edges of its own. */
function stretched(cut: [number, number], whole: readonly [number, number][]): [number, number] {
  const bound = whole.find(([start, end]) => cut[0] >= start && cut[1] <= end)!
  return [bound[0], bound[1]]
}

function keyOf(conditionId: string, zoneId: string, kind: ConditionKind): number {
  const digest = createHash('sha256')
    .update(JSON.stringify([conditionId, zoneId, kind]))
    .digest()
  return digest.readUIntBE(0, 6) * 16 + (digest[6]! >> 4)
}

function hashOf(plan: Plan, zoneOf: ZoneOf): string {
  const zoneIds = new Set<string>()
  for (const condition of plan.conditions) zoneIds.add(condition.zoneId)
  for (const permit of plan.permits) if (permit.zoneId !== undefined) zoneIds.add(permit.zoneId)
  const shapes = [...zoneIds].sort().map((id) => {
    const zone = zoneOf(id)
    return [id, zone && [zone.kind, zone.vertices, zone.areaM2, zone.bboxE7]]
  })
  return createHash('sha256')
    .update(canonicalJson([plan, shapes]))
    .digest('hex')
}

/** JSON with sorted keys and without undefined: the same data gives the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
