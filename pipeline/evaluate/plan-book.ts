// The compiled plans of one shard's wearers. They come from Redis, where `publish-rules` keeps them, so that an evaluator
// starts and runs while TimescaleDB is away.

import { compileZone } from '../../geofence/geometry/compile-zone.ts'
import type { CompiledZone } from '../../geofence/geometry/compiled-zone.ts'
import { ZoneInvalid } from '../../geofence/geometry/zone-invalid.ts'
import { type CompiledPlan, compilePlan } from '../../geofence/plan/compile-plan.ts'
import { PlanInvalid } from '../../geofence/plan/plan-rules.ts'
import type { Worn } from '../../geofence/silence/expected.ts'
import type { Clock, Log } from '../../model/observe.ts'
import { type Condition, type Permit, type Plan, type Zone, zoneIdsOf } from '../../model/plan/plan.ts'
import { zoneShapeSchema } from '../../model/plan/zone.ts'
import { followPlans, loadZones, type PublishedPlan } from '../../stream/publication/publications.ts'
import type { RuleAlarm } from '../../stream/publication/rule-alarm.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'
import { breathe, PLANS_PER_BREATH } from './breathe.ts'
import { holdsFromMs } from './holds-from.ts'

const DAY_MS = 86_400_000
/** Windows are compiled this far ahead, and again when half of it has gone by. */
const HORIZON_AHEAD_MS = 8 * DAY_MS

type LastHeld = (wearerId: number) => Plan | undefined

export type PlanChange = { wearerId: number; plan: CompiledPlan; changedMs: number }

/** Zones compiled once for all shards of a process; a zone's id names an immutable version, so an entry never goes stale. */
export class ZoneBook {
  #zones = new Map<string, CompiledZone>()
  /** Zones with an invalid shape: logged once, and not tried again. */
  #invalid = new Set<string>()
  /** Zones that no plan named at the last look. */
  #unnamed = new Set<string>()
  #redis: RedisClient
  #keys: Keys
  #log: Log

  #alarm: RuleAlarm | undefined

  constructor(redis: RedisClient, keys: Keys, log: Log, alarm?: RuleAlarm) {
    this.#redis = redis
    this.#keys = keys
    this.#log = log
    this.#alarm = alarm
  }

  /** Gives those that were not there before. */
  async load(ids: Iterable<string>): Promise<Set<string>> {
    const came = new Set<string>()
    const missing = [...new Set(ids)].filter((id) => !this.#zones.has(id) && !this.#invalid.has(id))
    if (missing.length === 0) return came
    for (const zone of await loadZones(this.#redis, this.#keys, missing, this.#alarm)) {
      const compiled = compiledOr(zone)
      if (typeof compiled !== 'string') {
        this.#zones.set(zone.id, compiled)
        came.add(zone.id)
      } else {
        this.#invalid.add(zone.id)
        this.#log.error({ zoneId: zone.id, reason: compiled }, 'a zone has an invalid shape; no wearer is judged by it')
      }
    }
    return came
  }

  readonly zoneOf = (id: string): CompiledZone | undefined => this.#zones.get(id)

  get size(): number {
    return this.#zones.size
  }

  /**
   * Forgets zones that no plan names now or named at the last call: a zone that was just loaded may be named soon.
   * Plans that were compiled with a forgotten zone keep it.
   */
  forgetAllBut(named: ReadonlySet<string>): void {
    const unnamed = new Set<string>()
    for (const ids of [this.#zones.keys(), this.#invalid.keys()])
      for (const id of ids) if (!named.has(id)) unnamed.add(id)
    for (const id of unnamed) {
      if (!this.#unnamed.has(id)) continue
      this.#zones.delete(id)
      this.#invalid.delete(id)
      unnamed.delete(id)
    }
    this.#unnamed = unnamed
  }
}

/** The zone, or why it is invalid. */
function compiledOr({ shape }: Zone): CompiledZone | string {
  const parsed = zoneShapeSchema.safeParse(shape)
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
  try {
    return compileZone(parsed.data)
  } catch (error) {
    if (error instanceof ZoneInvalid) return error.message
    throw error
  }
}

type PlanBookOptions = {
  redis: RedisClient
  keys: Keys
  shard: number
  zones: ZoneBook
  retainMs: number
  clock: Clock
  log: Log
  alarm?: RuleAlarm
}

export class PlanBook {
  #sources = new Map<number, PublishedPlan>()
  #compiled = new Map<number, CompiledPlan>()
  /** As published, of those that did not compile: they are tried again when a zone has come that one of them names. */
  #broken = new Map<number, PublishedPlan>()
  readonly #readNews: ReturnType<typeof followPlans>
  #compiledAtMs = 0
  #version = 0

  readonly #options: PlanBookOptions

  constructor(options: PlanBookOptions) {
    this.#options = options
    const { redis, keys, shard, alarm } = options
    this.#readNews = followPlans(redis, keys, shard, alarm)
  }

  /** Plans of this shard have been published: a wearer who is not among them has none. */
  get isPublished(): boolean {
    return this.#version > 0
  }

  get(wearerId: number): CompiledPlan | undefined {
    return this.#compiled.get(wearerId)
  }

  /** From when on the wearer's plan holds, and not the one before it. */
  changedMs(wearerId: number): number | undefined {
    return this.#sources.get(wearerId)?.changedMs
  }

  /** The unit whose outages are the wearer's excuse; undefined where none was published. */
  unitOf(wearerId: number): string | undefined {
    return this.#sources.get(wearerId)?.unitPath
  }

  /** When the wearer wears a bracelet; undefined where that was not published. */
  wornOf(wearerId: number): Worn {
    return this.#sources.get(wearerId)?.worn
  }

  /** Zones that are needed to compile a plan anew. */
  *zoneIds(): Generator<string> {
    for (const { plan } of this.#sources.values()) yield* zoneIdsOf(plan)
    for (const { plan } of this.#broken.values()) yield* zoneIdsOf(plan)
    for (const { source } of this.#compiled.values()) yield* zoneIdsOf(source)
  }

  wearerIds(): IterableIterator<number> {
    return this.#compiled.keys()
  }

  /**
   * Reads what has changed since the last time; gives the changed plans, compiled, and the wearers that have none any more.
   * @param lastHeld the plan by which a wearer was judged before this process began; its zones must have been loaded
   */
  async refresh(lastHeld: LastHeld = () => undefined): Promise<{ changed: PlanChange[]; removed: number[] }> {
    if (this.#compiledAtMs === 0) this.#compiledAtMs = this.#options.clock()
    const { changed: news, version } = await this.#readNews()
    this.#version = version
    const fresh: [number, PublishedPlan][] = []
    const removed: number[] = []
    for (const [wearerId, published] of news) {
      this.#broken.delete(wearerId)
      if (published !== undefined) fresh.push([wearerId, published])
      else if (this.#sources.delete(wearerId)) {
        this.#compiled.delete(wearerId)
        removed.push(wearerId)
      }
    }
    const waiting = [...this.#broken]
    const came = await this.#options.zones.load([...fresh, ...waiting].flatMap(([, { plan }]) => zoneIdsOf(plan)))
    fresh.push(...waiting.filter(([, { plan }]) => zoneIdsOf(plan).some((id) => came.has(id))))
    const changed: PlanChange[] = []
    for (const [i, [wearerId, published]] of fresh.entries()) {
      if (i % PLANS_PER_BREATH === PLANS_PER_BREATH - 1) await breathe()
      const held = this.#compiled.get(wearerId)?.source ?? lastHeld(wearerId)
      const plan = this.#compile(wearerId, published, lastHeld)
      if (plan === undefined) continue
      const heldSinceMs = this.#sources.get(wearerId)?.changedMs
      const changedMs = holdsFromMs(held, plan.source, published.changedMs, heldSinceMs)
      this.#sources.set(wearerId, { ...published, changedMs })
      changed.push({ wearerId, plan, changedMs })
    }
    return { changed, removed }
  }

  /** Compiles all plans anew for a later horizon when their windows were compiled long ago. The rules stay the same. */
  extendHorizon(): PlanChange[] {
    const nowMs = this.#options.clock()
    if (this.#compiledAtMs === 0 || nowMs - this.#compiledAtMs < HORIZON_AHEAD_MS / 2) return []
    this.#compiledAtMs = nowMs
    const extended: PlanChange[] = []
    for (const [wearerId, published] of this.#sources) {
      const compiled = this.#compile(wearerId, published)
      if (compiled !== undefined) extended.push({ wearerId, plan: compiled, changedMs: published.changedMs })
    }
    return extended
  }

  /**
   * When a plan does not compile, the last good one stays in force, also over a restart (`lastHeld`): an open incident must
   * not end because a process ended. Without a good one, every condition that compiles is judged: a broken zone must not hide
   * a cut strap. Both cases are logged as errors, because a person must mend the plan.
   */
  #compile(wearerId: number, published: PublishedPlan, lastHeld: LastHeld = () => undefined): CompiledPlan | undefined {
    const { plan } = published
    const nowMs = this.#options.clock()
    const { zones, retainMs, log } = this.#options
    const horizon = { fromMs: nowMs - retainMs - DAY_MS, toMs: nowMs + HORIZON_AHEAD_MS }
    const compiledOr = (part: Plan): CompiledPlan | string => {
      try {
        return compilePlan(part, zones.zoneOf, horizon)
      } catch (error) {
        if (!(error instanceof PlanInvalid)) throw error
        return error.message
      }
    }
    const whole = compiledOr(plan)
    if (typeof whole !== 'string') {
      this.#broken.delete(wearerId)
      this.#compiled.set(wearerId, whole)
      return whole
    }
    this.#broken.set(wearerId, published)
    const say = (outcome: string) => log.error({ wearerId, reason: whole }, `a plan does not compile; ${outcome}`)
    if (this.#compiled.has(wearerId)) {
      say('the last good one stays in force')
      return undefined
    }
    const known = ({ zoneId }: Permit) => zoneId === undefined || zones.zoneOf(zoneId) !== undefined
    const compiles = (condition: Condition) =>
      typeof compiledOr({ ...plan, conditions: [condition], permits: [] }) !== 'string'
    const held = lastHeld(wearerId)
    const rest: [outcome: string, part: Plan][] = [
      ...(held === undefined ? [] : [['the last good one stays in force', held] as [string, Plan]]),
      [
        'this wearer is judged by the rest of it',
        { ...plan, conditions: plan.conditions.filter(compiles), permits: plan.permits.filter(known) },
      ],
      ['nothing but the device is judged', { ...plan, conditions: [], permits: [] }],
    ]
    for (const [outcome, part] of rest) {
      const compiled = compiledOr(part)
      if (typeof compiled === 'string') continue
      say(outcome)
      this.#compiled.set(wearerId, compiled)
      return compiled
    }
    say('this wearer is not judged at all')
    return undefined
  }
}
