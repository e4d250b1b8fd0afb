// Rules arrive aside: one process (by lease) reads plans, zones and the directory from PostgreSQL when they change and
// publishes them to Redis, where evaluators and ingest find them, also while TimescaleDB is away.
//
// Order matters: zones, then plans, then the directory, so that every bracelet that ingest accepts already has a plan.
import type { Log, Meter } from '../../model/observe.ts'
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
} from '../../stream/publication/publications.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'
import { FencedOff, isRedisAway } from '../../stream/redis/redis-errors.ts'
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
  onFatal(error: unknown): void
}

/** Changes that come together are published together. */
const GATHER_MS = 50
const AGAIN_MS = 1000
/** Published anew so often even when no notice came: a notice can be lost with its connection. */
const REFRESH_MS = 60_000

/** Starts competing for the lease; its holder publishes. */
export function startPublishRules(options: PublishRulesOptions): { stop(): Promise<void> } {
  const { pool, redis, keys, log } = options
  const published = options.meter.counter('gelang_rules_published_total', 'Times the rules were published to Redis')
  let holding: AbortController | undefined
  let done: Promise<void> = Promise.resolve()

  const hold = async (stopped: AbortSignal, token: number): Promise<void> => {
    let dirty = new AbortController()
    const unlisten = await listenRules(pool, () => dirty.abort(), log)
    try {
      while (!stopped.aborted) {
        dirty = new AbortController()
        const ok = await tryPublish(options, token)
        if (ok) published.inc()
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
async function tryPublish(options: PublishRulesOptions, token: number): Promise<boolean> {
  try {
    await publishAll(options, token)
    return true
  } catch (error) {
    if (!isStoreAway(error) && !isRedisAway(error) && !(error instanceof FencedOff)) throw error
    options.log.warn({ reason: error.message }, 'rules not published now; the last ones stay in force')
    return false
  }
}

/**
 * Publishes all rules as they are in PostgreSQL now; a publisher with an older token writes nothing any more. Throws FencedOff
 * when one with a newer token has begun: what it reads is newer.
 */
export async function publishAll(
  { pool, redis, keys, shardCount }: Pick<PublishRulesOptions, 'pool' | 'redis' | 'keys' | 'shardCount'>,
  token: number,
): Promise<void> {
  await beginPublishingRules(redis, keys, shardCount, token)
  const { zones, plans, directory } = await loadRules(pool)
  await publishZones(redis, keys, zones)
  await publishAllPlans(redis, keys, shardCount, plans, token)
  await publishDirectory(redis, keys, directory, token)
}
