// The notifying process: owns shards by lease, follows their incident logs, and works on the queue of deliveries, which all
// notifying processes share.
import { FencedOff } from '../model/fenced-off.ts'
import type { Clock, Log, Meter } from '../model/observe.ts'
import { announceRecipients } from '../stream/logs/notified.ts'
import { ShardLeases } from '../stream/ownership/leases.ts'
import type { RuleAlarm } from '../stream/publication/rule-alarm.ts'
import type { Conceal } from '../stream/redis/conceal.ts'
import type { RedisClient } from '../stream/redis/connect.ts'
import type { Keys } from '../stream/redis/keys.ts'
import { isRedisAway } from '../stream/redis/redis-errors.ts'
import { answerTests } from './answer-tests.ts'
import type { Deliver } from './channels/open-channels.ts'
import { openDeliveries } from './deliver.ts'
import type { DeliveryLimits } from './delivery-limits.ts'
import { followIncidents } from './follow-incidents.ts'
import type { Recipient } from './recipient.ts'
import { followBook, type RecipientBook } from './recipient-book.ts'
import { watchDeliveries } from './watch-deliveries.ts'

type NotifyOptions = {
  redis: RedisClient
  /** A connection for one shard's blocking reads. */
  openReader(name: string): RedisClient
  /** A connection for the queue's worker (`connectQueueWorker`). */
  openWorker(name: string): RedisClient
  keys: Keys
  shardCount: number
  ownerId: string
  leaseTtlMs?: number
  /** Instead of WARM_UP_MS. */
  warmUpMs?: number
  /** Instead of BLOCK_MS. */
  blockMs?: number
  /** Instead of CORRECT_AFTER_MS. */
  correctAfterMs?: number
  consoleUrl: string
  /** Those that the settings name. */
  recipients: readonly Recipient[]
  /** For the ways of those that units entered (`concealWith`); absent: they are not notified. */
  conceal?: Conceal
  /** What is said of published recipients that are not what their publisher made. */
  alarm?: RuleAlarm
  /** See `openChannels`. */
  deliver: Deliver
  clock: Clock
  log: Log
  meter: Meter
  limits?: Partial<DeliveryLimits>
  onFatal(error: unknown): void
}

export type Notifying = {
  ownedShards(): number[]
  ownerCount(): number
  /** What an operator should know although the role does its work: who is not reached. */
  warning(): string | undefined
  stop(): Promise<void>
}

/** Starts reading and delivering; `stop` finishes what is under way and hands the shards back. */
export function startNotify(options: NotifyOptions): Notifying {
  const { redis, keys, log, meter } = options
  const book = followBook({ ...options, fixed: options.recipients, conceal: options.conceal })
  const deliveries = openDeliveries({ ...options, recipients: book, worker: options.openWorker('notify-worker') })
  const tests = answerTests({ ...options, book, deliveries })
  const announce = () => announceRecipients(redis, keys, book.all())
  book.onChange(() => {
    announce().catch((error: unknown) => {
      if (!isRedisAway(error)) options.onFatal(error)
    })
  })
  const running = new Map<number, { stopping: boolean; done: Promise<void> }>()
  const shards = meter.gauge('gelang_notify_shards', 'Shards of whose incidents this process notifies')

  const gained = (shard: number, token: number): void => {
    const reader = options.openReader(`notify-${shard}`)
    const before = running.get(shard)?.done ?? Promise.resolve()
    const following = { stopping: false, done: before }
    const run = async (): Promise<void> => {
      await before
      const stopping = () => following.stopping
      try {
        await book.ready
        await announce()
        await followIncidents({ ...options, recipients: book, shard, token, reader, deliveries, stopping })
      } catch (error) {
        if (error instanceof FencedOff || isRedisAway(error)) leases.giveUp(shard)
        else options.onFatal(error)
      } finally {
        reader.disconnect()
        if (running.get(shard) === following) running.delete(shard)
        shards.set(running.size)
      }
    }
    running.set(shard, following)
    following.done = run()
    shards.set(running.size)
  }

  const leaseTtlMs = options.leaseTtlMs ?? 5000
  const leases = new ShardLeases(redis, keys, {
    role: 'notify',
    ownerId: options.ownerId,
    shardCount: options.shardCount,
    ttlMs: leaseTtlMs,
    renewMs: leaseTtlMs / 5,
    log,
    onGained: gained,
    onLost(shard) {
      const following = running.get(shard)
      if (following === undefined) return
      following.stopping = true
      return following.done
    },
  })
  const watch = watchDeliveries(deliveries, options)
  leases.start()
  return {
    ownedShards: () => [...running.keys()].sort((a, b) => a - b),
    ownerCount: () => leases.owners.length,
    warning: () => [unreachable(book), watch.warning()].filter((said) => said !== undefined).join('; ') || undefined,
    async stop() {
      await watch.stop()
      await book.stop()
      await tests.stop()
      await leases.stop()
      await Promise.all([...running.values()].map(({ done }) => done))
      await deliveries.stop()
    },
  }
}

/** Levels at which nobody is notified. */
function unreachable(book: RecipientBook): string | undefined {
  const levels = new Set(book.all().map(({ level }) => level))
  if (!levels.has('petugas')) return 'nobody is notified of alerts: they reach the console only'
  if (levels.size === 1)
    return 'nobody above the first level is notified: an alert that nobody takes reaches no superior'
}
