// The compiled plans of one shard's wearers. They come from Redis, where `publish-rules` keeps them, so that an evaluator
// starts and runs while TimescaleDB is away.
import { type CompiledPlan, compilePlan } from '../geofence/compile-plan.ts'
import { type CompiledZone, compileZone } from '../geofence/compile-zone.ts'
import type { Clock, Log } from '../model/observe.ts'
import type { Plan } from '../model/plan.ts'
import type { RedisClient } from '../stream/connect.ts'
import type { Keys } from '../stream/keys.ts'
import { loadPlanChanges, loadPlans, loadZones, type PublishedPlan } from '../stream/publications.ts'

const DAY_MS = 86_400_000
/** Windows are compiled this far ahead, and again when half of it has gone by. */
const HORIZON_AHEAD_MS = 8 * DAY_MS

export type PlanChange = { wearerId: number; plan: CompiledPlan; changedMs: number }

/** Zones compiled once for all shards of a process; a zone's id names an immutable version, so an entry never goes stale. */
export class ZoneBook {
  #zones = new Map<string, CompiledZone>()
  #redis: RedisClient
  #keys: Keys

  constructor(redis: RedisClient, keys: Keys) {
    this.#redis = redis
    this.#keys = keys
  }

  async load(ids: Iterable<string>): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.#zones.has(id))
    if (missing.length === 0) return
    for (const zone of await loadZones(this.#redis, this.#keys, missing))
      this.#zones.set(zone.id, compileZone(zone.shape))
  }

  readonly zoneOf = (id: string): CompiledZone | undefined => this.#zones.get(id)
}

export type PlanBookOptions = {
  redis: RedisClient
  keys: Keys
  shard: number
  zones: ZoneBook
  retainMs: number
  clock: Clock
  log: Log
}

export class PlanBook {
  #sources = new Map<number, PublishedPlan>()
  #compiled = new Map<number, CompiledPlan>()
  #version = 0
  #compiledAtMs = 0

  readonly #options: PlanBookOptions

  constructor(options: PlanBookOptions) {
    this.#options = options
  }

  get(wearerId: number): CompiledPlan | undefined {
    return this.#compiled.get(wearerId)
  }

  /** When the wearer's plan was last changed. */
  changedMs(wearerId: number): number | undefined {
    return this.#sources.get(wearerId)?.changedMs
  }

  wearerIds(): IterableIterator<number> {
    return this.#compiled.keys()
  }

  /** Reads what has changed since the last time; gives the changed plans, compiled, and the wearers that have none any more. */
  async refresh(): Promise<{ changed: PlanChange[]; removed: number[] }> {
    if (this.#compiledAtMs === 0) this.#compiledAtMs = this.#options.clock()
    const news = await this.#readNews()
    const fresh: [number, PublishedPlan][] = []
    const removed: number[] = []
    for (const [wearerId, published] of news) {
      if (published !== undefined) fresh.push([wearerId, published])
      else if (this.#sources.delete(wearerId)) {
        this.#compiled.delete(wearerId)
        removed.push(wearerId)
      }
    }
    await this.#options.zones.load(fresh.flatMap(([, { plan }]) => zoneIdsOf(plan)))
    const changed: PlanChange[] = []
    for (const [wearerId, published] of fresh) {
      const plan = this.#compile(wearerId, published.plan)
      if (plan === undefined) continue
      this.#sources.set(wearerId, published)
      changed.push({ wearerId, plan, changedMs: published.changedMs })
    }
    return { changed, removed }
  }

  async #readNews(): Promise<Map<number, PublishedPlan | undefined>> {
    const { redis, keys, shard } = this.#options
    const some = this.#version === 0 ? undefined : await loadPlanChanges(redis, keys, shard, this.#version)
    if (some !== undefined) {
      this.#version = some.version
      return some.changed
    }
    const { version, plans } = await loadPlans(redis, keys, shard)
    this.#version = version
    const news = new Map<number, PublishedPlan | undefined>(plans)
    for (const wearerId of this.#sources.keys()) if (!news.has(wearerId)) news.set(wearerId, undefined)
    return news
  }

  /** When windows have been compiled long ago: all plans compiled anew for a later horizon; nobody's rules change by it. */
  extendHorizon(): PlanChange[] {
    const nowMs = this.#options.clock()
    if (this.#compiledAtMs === 0 || nowMs - this.#compiledAtMs < HORIZON_AHEAD_MS / 2) return []
    this.#compiledAtMs = nowMs
    const extended: PlanChange[] = []
    for (const [wearerId, { plan, changedMs }] of this.#sources) {
      const compiled = this.#compile(wearerId, plan)
      if (compiled !== undefined) extended.push({ wearerId, plan: compiled, changedMs })
    }
    return extended
  }

  /** A plan that does not compile leaves the last good one in force and is said loudly: a person must mend it. */
  #compile(wearerId: number, plan: Plan): CompiledPlan | undefined {
    const nowMs = this.#options.clock()
    const horizon = { fromMs: nowMs - this.#options.retainMs - DAY_MS, toMs: nowMs + HORIZON_AHEAD_MS }
    try {
      const compiled = compilePlan(plan, this.#options.zones.zoneOf, horizon)
      this.#compiled.set(wearerId, compiled)
      return compiled
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'PlanInvalid') throw error
      this.#options.log.error(
        { wearerId, reason: error.message },
        'a plan does not compile; the last good one stays in force',
      )
      return undefined
    }
  }
}

function zoneIdsOf(plan: Plan): string[] {
  const ids = plan.conditions.map((condition) => condition.zoneId)
  for (const permit of plan.permits) if (permit.zoneId !== undefined) ids.push(permit.zoneId)
  return ids
}
