// Rules arrive aside: one process (by lease) reads plans, zones and the directory from PostgreSQL when they change and
// publishes them to Redis, where evaluators and ingest find them, also while TimescaleDB is away.
//
// Order matters: zones, then plans, then the directory, so that every bracelet that ingest accepts already has a plan.
import { FencedOff } from '../../model/fenced-off.ts'
import type { Clock, Log, Meter } from '../../model/observe.ts'
import { zoneIdsOf } from '../../model/plan/plan.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { isStoreAway } from '../../store/database/retry.ts'
import { listenRules } from '../../store/rules/listen-rules.ts'
import { loadRules } from '../../store/rules/load-rules.ts'
import { ShardLeases } from '../../stream/ownership/leases.ts'
import {
  beginPublishingRules,
  publishAllPlans,
  publishDirectory,
  publishZones,
  retireZones,
} from '../../stream/publication/publications.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'
import { isRedisAway } from '../../stream/redis/redis-errors.ts'
import { pause } from '../pause.ts'

type PublishRulesOptions = {
  pool: Pool
  redis: RedisClient
  keys: Keys
  shardCount: number
  ownerId: string
  leaseTtlMs?: number
  log: Log
  meter: Meter
  clock: Clock
  /** How long an evaluator may still need a zone that no plan names any more. */
  zonesKeptMs: number
  onFatal(error: unknown): void
}

/** Changes that come together are published together. */
const GATHER_MS = 50
const AGAIN_MS = 1000
/** Retired zones are looked for this often. */
const RETIRE_EVERY_MS = 60 * 60_000
/** Published anew so often even when no notice came: a notice can be lost with its connection. */
const REFRESH_MS = 60_000

/** Starts competing for the lease; its holder publishes. */
export function startPublishRules(options: PublishRulesOptions): { stop(): Promise<void> } {
  const { pool, redis, keys, log } = options
  const published = options.meter.counter('gelang_rules_published_total', 'Times the rules were published to Redis')
  let holding: AbortController | undefined
  let done: Promise<void> = Promise.resolve()

  let retiredMs = -Infinity
  const hold = async (stopped: AbortSignal, token: number): Promise<void> => {
    let dirty = new AbortController()
    const unlisten = await listenRules(pool, () => dirty.abort(), log)
    try {
      while (!stopped.aborted) {
        dirty = new AbortController()
        const nowMs = options.clock()
        const retires = nowMs - retiredMs >= RETIRE_EVERY_MS
        const ok = await tryPublish(options, token, retires ? nowMs : undefined)
        if (ok) published.inc()
        if (ok && retires) retiredMs = nowMs
        await pause(ok ? REFRESH_MS : AGAIN_MS, AbortSignal.any([stopped, dirty.signal]))
        await pause(GATHER_MS, stopped)
      }
    } finally {
      await unlisten()
    }
  }

  const leases = new ShardLeases(redis, keys, {
    role: 'publish',
    ownerId: options.ownerId,
    shardCount: 1,
    ttlMs: options.leaseTtlMs ?? 5000,
    renewMs: (options.leaseTtlMs ?? 5000) / 5,
    log,
    onGained(_, token) {
      const controller = new AbortController()
      holding = controller
      done = done.then(() => hold(controller.signal, token)).catch(options.onFatal)
    },
    onLost: () => holding?.abort(),
  })
  leases.start()
  return {
    async stop() {
      holding?.abort()
      await done
      await leases.stop()
    },
  }
}

/** False when either side is away, or another one publishes now; the last rules stay in force. */
async function tryPublish(options: PublishRulesOptions, token: number, retireMs: number | undefined): Promise<boolean> {
  try {
    const named = await publishAll(options, token)
    if (retireMs !== undefined) await retireZones(options.redis, options.keys, named, retireMs, options.zonesKeptMs)
    return true
  } catch (error) {
    if (!isStoreAway(error) && !isRedisAway(error) && !(error instanceof FencedOff)) throw error
    options.log.warn({ reason: error.message }, 'rules not published now; the last ones stay in force')
    return false
  }
}

/**
 * Publishes all rules as they are in PostgreSQL now; a publisher with an older token writes nothing any more. Throws FencedOff
 * when one with a newer token has begun: what it reads is newer. Gives the zones that the plans name; no others are published.
 */
export async function publishAll(
  { pool, redis, keys, shardCount }: Pick<PublishRulesOptions, 'pool' | 'redis' | 'keys' | 'shardCount'>,
  token: number,
): Promise<Set<string>> {
  await beginPublishingRules(redis, keys, shardCount, token)
  const { zones, plans, directory } = await loadRules(pool)
  const named = new Set(plans.flatMap(({ plan }) => zoneIdsOf(plan)))
  await publishZones(
    redis,
    keys,
    zones.filter(({ id }) => named.has(id)),
  )
  await publishAllPlans(redis, keys, shardCount, plans, token)
  await publishDirectory(redis, keys, directory, token)
  return named
}
