// The compiled plans of one shard's wearers. They come from Redis, where `publish-rules` keeps them, so that an evaluator
// starts and runs while TimescaleDB is away.
import { type CompiledPlan, compilePlan } from '../geofence/compile-plan.ts'
import { type CompiledZone, compileZone } from '../geofence/compile-zone.ts'
import type { Clock, Log } from '../model/observe.ts'
import type { Plan } from '../model/plan.ts'
import type { RedisClient } from '../stream/connect.ts'
import type { Keys } from '../stream/keys.ts'
import { loadPlans, loadZones } from '../stream/publications.ts'

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
  #sources = new Map<number, { plan: Plan; changedMs: number }>()
  #compiled = new Map<number, CompiledPlan>()
  #compiledAtMs = 0

  readonly #options: PlanBookOptions

  constructor(options: PlanBookOptions) {
    this.#options = options
  }

  get(wearerId: number): CompiledPlan | undefined {
    return this.#compiled.get(wearerId)
  }

  wearerIds(): IterableIterator<number> {
    return this.#compiled.keys()
  }

  /** Reads the shard's plans anew; gives those that differ from the ones in use, compiled, and the wearers that have none any more. */
  async refresh(): Promise<{ changed: PlanChange[]; removed: number[] }> {
    const { plans } = await loadPlans(this.#options.redis, this.#options.keys, this.#options.shard)
    const fresh = [...plans].filter(([wearerId, { plan, changedMs }]) => {
      const known = this.#sources.get(wearerId)
      return known === undefined || known.changedMs !== changedMs || JSON.stringify(known.plan) !== JSON.stringify(plan)
    })
    await this.#options.zones.load(fresh.flatMap(([, { plan }]) => zoneIdsOf(plan)))
    const removed = [...this.#sources.keys()].filter((wearerId) => !plans.has(wearerId))
    for (const wearerId of removed) {
      this.#sources.delete(wearerId)
      this.#compiled.delete(wearerId)
    }
    const changed: PlanChange[] = []
    for (const [wearerId, source] of fresh) {
      const plan = this.#compile(wearerId, source.plan)
      if (plan === undefined) continue
      this.#sources.set(wearerId, source)
      changed.push({ wearerId, plan, changedMs: source.changedMs })
    }
    if (this.#compiledAtMs === 0) this.#compiledAtMs = this.#options.clock()
    return { changed, removed }
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
