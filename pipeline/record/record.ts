// The recording process: owns shards by lease and moves their reports, incidents and quarantined frames into TimescaleDB.
import { FencedOff } from '../../model/fenced-off.ts'
import { type Going, keepGoing, type Loop } from '../../model/keep-going.ts'
import type { Clock, Log, Meter } from '../../model/observe.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { retryable } from '../../store/database/retry.ts'
import { ShardLeases } from '../../stream/ownership/leases.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'
import { passes } from '../passes.ts'
import { recordIncidents } from './record-incidents.ts'
import { RecordLane } from './record-lane.ts'
import { recordLate } from './record-late.ts'
import { recordQuarantine } from './record-quarantine.ts'
import { type RetentionOptions, retention } from './retention.ts'
import { type SignHeadsOptions, signHeads } from './sign-heads.ts'

export type RecordOptions = {
  pool: Pool
  redis: RedisClient
  keys: Keys
  shardCount: number
  ownerId: string
  /** Connections that store reports at the same time. */
  lanes?: number
  /** Dropping of what is old; absent: this process never does. */
  retention?: Pick<RetentionOptions, 'trackDays' | 'quarantineDays'>
  /** Signing of the audit's heads; absent: this process never does. */
  auditHeads?: SignHeadsOptions
  leaseTtlMs?: number
  clock: Clock
  log: Log
  meter: Meter
  onFatal(error: unknown): void
}

type Recording = {
  ownedShards(): number[]
  /** Live recording processes as of the last beat, this one included. */
  ownerCount(): number
  /** What an operator should know although it records. */
  warning(): string | undefined
  stop(): Promise<void>
}

/** The record need not be as quick as the map: a pause makes each transaction worth its fsync. */
const IDLE_MS = 100
const BUSY_REPORTS = 2000
const INCIDENTS_IDLE_MS = 100
const QUARANTINE_IDLE_MS = 500
const LATE_IDLE_MS = 500

/** Starts taking shards; `stop` finishes the transactions under way and hands the shards back. */
export function startRecord(options: RecordOptions): Recording {
  const { log, clock, pool, redis, keys } = options
  const owned = new Map<number, number>()
  const shardGauge = options.meter.gauge('gelang_record_shards', 'Shards that this process records')
  const lanes = Array.from(
    { length: options.lanes ?? 2 },
    () => new RecordLane({ pool, redis, keys, log, meter: options.meter, giveUp: (shard) => leases.giveUp(shard) }),
  )
  const laneOf = (shard: number): RecordLane => lanes[shard % lanes.length]!

  const keep = (name: string, turn: Loop['turn'], retries: Loop['retries'] = passes): Going =>
    keepGoing({ name, turn, retries, log, onFatal: options.onFatal })

  const claims = new Map<number, Going>()
  /** Until the shard is claimed in the record, or not ours any more. */
  const claim = (shard: number, token: number): Going =>
    keep(
      `claim of shard ${shard}`,
      async ({ stopped }) => {
        const mine = () => owned.get(shard) === token && !stopped.aborted
        if (mine())
          await laneOf(shard)
            .take(shard, token)
            .catch((error: unknown) => {
              if (!(error instanceof FencedOff)) throw error
              leases.giveUp(shard)
            })
        if (!mine()) laneOf(shard).drop(shard)
        return 'done'
      },
      retryable,
    )

  const leases = new ShardLeases(redis, keys, {
    role: 'record',
    ownerId: options.ownerId,
    shardCount: options.shardCount,
    ttlMs: options.leaseTtlMs ?? 5000,
    renewMs: (options.leaseTtlMs ?? 5000) / 5,
    log,
    onGained(shard, token) {
      owned.set(shard, token)
      shardGauge.set(owned.size)
      claims.set(shard, claim(shard, token))
    },
    onLost(shard) {
      owned.delete(shard)
      shardGauge.set(owned.size)
      laneOf(shard).drop(shard)
    },
  })
  const incidents = recordIncidents({ pool, redis, keys, shards: () => owned.keys(), meter: options.meter })
  const quarantine = recordQuarantine({ pool, redis, keys, mine: () => owned.has(0), meter: options.meter })
  const late = recordLate({ pool, redis, keys, shards: () => owned.keys(), log, meter: options.meter })
  const going = [
    ...lanes.map((lane, i) =>
      keep(`record lane ${i}`, async () => ((await lane.turn(clock())) >= BUSY_REPORTS ? 0 : IDLE_MS)),
    ),
    keep('record incidents', async () => ((await incidents()) > 0 ? 0 : INCIDENTS_IDLE_MS)),
    keep('record late', async () => ((await late()) > 0 ? 0 : LATE_IDLE_MS)),
    keep('record quarantine', async () => ((await quarantine()) > 0 ? 0 : QUARANTINE_IDLE_MS)),
  ]
  if (options.retention !== undefined) {
    const old = retention({
      ...options.retention,
      pool: options.pool,
      mine: () => owned.has(0),
      clock,
      log,
      meter: options.meter,
    })
    going.push(keep('retention', old))
  }
  const signing =
    options.auditHeads &&
    signHeads({ ...options.auditHeads, pool, mine: () => owned.has(0), clock, log, meter: options.meter })
  if (signing) going.push(keep("audit's heads", signing.turn))
  leases.start()
  return {
    warning: () => signing?.warning(),
    ownedShards: () => [...owned.keys()].sort((a, b) => a - b),
    ownerCount: () => leases.owners.length,
    async stop() {
      await Promise.all(going.map((each) => each.stop()))
      await leases.stop()
      await Promise.all([...claims.values()].map((each) => each.stop()))
    },
  }
}
