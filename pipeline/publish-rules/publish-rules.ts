// The holder of a lease reads plans, zones and the directory from PostgreSQL when they change and publishes them to Redis. Evaluators
// and ingest read them there, also while TimescaleDB is away.
//
// Order matters: zones, then plans, then the directory, so that every bracelet that ingest accepts already has a plan.
import { setTimeout as delay } from 'node:timers/promises'
import { keepGoing } from '../../model/keep-going.ts'
import type { Clock, Log, Meter } from '../../model/observe.ts'
import { zoneIdsOf } from '../../model/plan/plan.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { listenRules } from '../../store/rules/listen-rules.ts'
import { loadRules } from '../../store/rules/load-rules.ts'
import { ShardLeases } from '../../stream/ownership/leases.ts'
import {
  beginPublishingRules,
  publishAllPlans,
  publishDirectory,
  publishRecipients,
  publishZones,
  retireZones,
} from '../../stream/publication/publications.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'
import { passes } from '../passes.ts'

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
/** Retired zones are looked for this often. */
const RETIRE_EVERY_MS = 60 * 60_000
/** Rules are published this often without a notice: a notice can be lost with its connection. */
const REFRESH_MS = 60_000

/** Starts competing for the lease; its holder publishes. */
export function startPublishRules(options: PublishRulesOptions): { stop(): Promise<void> } {
  const { pool, redis, keys, log } = options
  const published = options.meter.counter('gelang_rules_published_total', 'Times the rules were published to Redis')
  let publishing: { stop(): Promise<unknown> } | undefined
  let retiredMs = -Infinity
  const begin = (token: number, before: Promise<unknown> | undefined) => {
    const going = keepGoing({
      ...{ name: 'publish rules', retries: passes, log, onFatal: options.onFatal },
      async turn({ stopped }) {
        await before
        await delay(GATHER_MS)
        if (stopped.aborted) return 'done'
        const nowMs = options.clock()
        const named = await publishAll(options, token)
        published.inc()
        if (nowMs - retiredMs >= RETIRE_EVERY_MS) {
          await retireZones(redis, keys, named, nowMs, options.zonesKeptMs)
          retiredMs = nowMs
        }
        return REFRESH_MS
      },
      onFailing: (error) =>
        log.warn({ reason: error.message }, 'rules cannot be published now; the last ones stay in force'),
    })
    const unlisten = listenRules(pool, going.wake, log)
    return { stop: () => Promise.all([going.stop(), unlisten()]) }
  }

  const leases = new ShardLeases(redis, keys, {
    role: 'publish',
    ownerId: options.ownerId,
    shardCount: 1,
    ttlMs: options.leaseTtlMs ?? 5000,
    renewMs: (options.leaseTtlMs ?? 5000) / 5,
    log,
    onGained(_, token) {
      publishing = begin(token, publishing?.stop())
    },
    async onLost() {
      await publishing?.stop()
    },
  })
  leases.start()
  return {
    async stop() {
      await leases.stop()
      await publishing?.stop()
    },
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
  const { zones, plans, directory, recipients } = await loadRules(pool)
  const named = new Set(plans.flatMap(({ plan }) => zoneIdsOf(plan)))
  await publishZones(
    redis,
    keys,
    zones.filter(({ id }) => named.has(id)),
  )
  await publishAllPlans(redis, keys, shardCount, plans, token)
  await publishDirectory(redis, keys, directory, token)
  await publishRecipients(redis, keys, recipients, token)
  return named
}
