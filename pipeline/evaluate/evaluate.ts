// The evaluating process: owns shards by lease and runs one ShardEvaluator for each.
import { FencedOff } from '../../model/fenced-off.ts'
import type { Clock, Log, Meter } from '../../model/observe.ts'
import { ShardLeases } from '../../stream/ownership/leases.ts'
import type { RuleAlarm } from '../../stream/publication/rule-alarm.ts'
import { watchVersion } from '../../stream/publication/watch-version.ts'
import { type RedisClient, untilReady } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'
import { isRedisAway } from '../../stream/redis/redis-errors.ts'
import { ShardEvaluator } from './evaluate-shard.ts'
import { EVALUATOR_LIMITS, type EvaluatorLimits } from './evaluator-limits.ts'
import { NewsBoard } from './news-board.ts'
import { ZoneBook } from './plan-book.ts'
import { startWatchUnits } from './watch-units.ts'

export type EvaluateOptions = {
  redis: RedisClient
  /** Opens a connection for one shard's blocking reads. */
  openReader(name: string): RedisClient
  keys: Keys
  shardCount: number
  ownerId: string
  leaseTtlMs?: number
  clock: Clock
  log: Log
  meter: Meter
  limits?: Partial<EvaluatorLimits>
  /** Hears of rules that are not their publisher's. */
  alarm?: RuleAlarm
  /** A bug of ours, or an error that no retry mends: the process should end, restart and replay. */
  onFatal(error: unknown): void
}

const LEASES_READY_MS = 5000

export type Evaluating = {
  ownedShards(): number[]
  /** Live evaluating processes as of the last beat, this one included. */
  ownerCount(): number
  stop(): Promise<void>
}

/** Starts taking shards; `stop` checkpoints and hands them back. */
export function startEvaluate(options: EvaluateOptions): Evaluating {
  const { redis, keys, log, meter } = options
  const running = new Map<number, { evaluator: ShardEvaluator; done: Promise<void> }>()
  const zones = new ZoneBook(redis, keys, log, options.alarm)
  const owned = meter.gauge('gelang_evaluate_shards', 'Shards that this process evaluates')
  const limits = { ...EVALUATOR_LIMITS, ...options.limits }
  const news = new NewsBoard(redis, keys, limits.newsMs)
  const checkpointing = { busy: false }

  const gained = (shard: number, token: number): void => {
    const reader = options.openReader(`evaluate-${shard}`)
    const evaluator = new ShardEvaluator({ ...options, shard, token, reader, zones, news, limits, checkpointing })
    const before = running.get(shard)?.done
    const done = (before ?? Promise.resolve())
      .then(() => runShard(evaluator, shard))
      .finally(() => {
        reader.disconnect()
        if (running.get(shard)?.evaluator === evaluator) running.delete(shard)
        owned.set(running.size)
      })
    running.set(shard, { evaluator, done })
    owned.set(running.size)
    log.info({ shard, token }, 'evaluating shard')
  }

  const runShard = async (evaluator: ShardEvaluator, shard: number): Promise<void> => {
    try {
      await evaluator.load()
      await evaluator.run()
    } catch (error) {
      if (error instanceof FencedOff || isRedisAway(error)) {
        log.warn({ shard, reason: error.message }, 'gave up a shard; the holder of its lease replays it')
        leases.giveUp(shard)
      } else options.onFatal(error)
    }
  }

  /** Resolves when the shard's last checkpoint is written, so that the next owner begins from it. */
  const lost = (shard: number): Promise<void> | undefined => {
    const leaving = running.get(shard)
    leaving?.evaluator.stop()
    return leaving?.done
  }

  // Renewals must not queue behind megabytes of checkpoints.
  const leaseRedis = options.openReader('evaluate-leases')
  const leases = new ShardLeases(leaseRedis, keys, {
    role: 'evaluate',
    ownerId: options.ownerId,
    shardCount: options.shardCount,
    ttlMs: options.leaseTtlMs ?? 5000,
    renewMs: (options.leaseTtlMs ?? 5000) / 5,
    log,
    onGained: gained,
    onLost: lost,
  })
  const units = startWatchUnits({ ...options, leaseRedis, everyMs: limits.newsMs })
  const unwatch = watchVersion(redis, keys, 'plans', () => {
    for (const { evaluator } of running.values()) evaluator.plansChanged()
  })
  const forgetting = setInterval(() => {
    const named = new Set<string>()
    for (const { evaluator } of running.values()) for (const id of evaluator.zoneIds()) named.add(id)
    zones.forgetAllBut(named)
  }, limits.forgetZonesMs)
  forgetting.unref()
  const compete = (): void => {
    leases.start()
    units.start()
  }
  // When it does not become ready, the leases try again by themselves.
  untilReady(leaseRedis, LEASES_READY_MS).then(compete, (error: unknown) =>
    isRedisAway(error) ? compete() : options.onFatal(error),
  )
  return {
    ownedShards: () => [...running.keys()].sort((a, b) => a - b),
    ownerCount: () => leases.owners.length,
    async stop() {
      clearInterval(forgetting)
      unwatch()
      await leases.stop()
      await Promise.all([...running.values()].map(({ done }) => done))
      await units.stop()
      leaseRedis.disconnect()
    },
  }
}
