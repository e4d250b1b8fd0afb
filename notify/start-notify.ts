// Reads the incident log and puts one BullMQ job a delivery; a worker delivers with retries. The log's position moves only after
// the jobs are in Redis, so that no alert is dropped, and a job's id keeps it from being made twice.
import { type ConnectionOptions, type Job, Queue, Worker } from 'bullmq'
import type { Incident } from '../model/incident.ts'
import type { Log, Meter } from '../model/observe.ts'
import type { RedisClient } from '../stream/connect.ts'
import { readIncidents } from '../stream/incident-log.ts'
import type { Keys } from '../stream/keys.ts'
import { ShardLeases } from '../stream/leases.ts'
import { getPosition, setPosition } from '../stream/positions.ts'
import { isRedisAway } from '../stream/redis-errors.ts'
import { type Alert, alertOf, deliveryId, type Recipient } from './alert.ts'
import { deliverWebhook } from './deliver-webhook.ts'

export type NotifyOptions = {
  redis: RedisClient
  openReader(name: string): RedisClient
  redisUrl: string
  keys: Keys
  shardCount: number
  ownerId: string
  consoleUrl: string
  recipients: readonly Recipient[]
  log: Log
  meter: Meter
  onFatal(error: unknown): void
}

type Delivery = { alert: Alert; recipient: Recipient }

export const NOTIFY_LIMITS = {
  attemptsMax: 12,
  backoffMs: 2000,
  concurrent: 4,
  keptDone: 1000,
  entriesPerRead: 100,
  blockMs: 1000,
}

/** Starts reading and delivering; `stop` finishes what is under way. */
export function startNotify(options: NotifyOptions): { stop(): Promise<void> } {
  const { redis, keys, log, meter } = options
  const connection: ConnectionOptions = { url: options.redisUrl, maxRetriesPerRequest: null }
  const prefix = `${keys.prefix}:{notify}`
  const queue = new Queue<Delivery>('alerts', { connection, prefix })
  const delivered = meter.counter('gelang_notify_deliveries_total', 'Deliveries by outcome', ['channel', 'outcome'])
  const worker = new Worker<Delivery>('alerts', (job) => deliverWebhook(job.data.alert, job.data.recipient.address), {
    connection,
    prefix,
    concurrency: NOTIFY_LIMITS.concurrent,
  })
  worker.on('completed', () => delivered.inc({ channel: 'webhook', outcome: 'delivered' }))
  worker.on('failed', (job: Job<Delivery> | undefined, error) => {
    const last = job !== undefined && job.attemptsMade >= (job.opts.attempts ?? 1)
    delivered.inc({ channel: 'webhook', outcome: last ? 'given_up' : 'failed' })
    if (last)
      log.error({ job: job.id, reason: error.message }, 'an alert could not be delivered; it stays in the failed set')
  })
  const away = (error: Error) => log.warn({ reason: error.message }, 'the alert queue is away')
  queue.on('error', away)
  worker.on('error', away)

  const enqueue = async (incident: Incident): Promise<void> => {
    const alert = alertOf(incident, options.consoleUrl)
    if (alert === undefined) return
    const jobs = options.recipients.map((recipient) => ({
      name: alert.kind,
      data: { alert, recipient },
      opts: {
        jobId: deliveryId(alert, recipient),
        attempts: NOTIFY_LIMITS.attemptsMax,
        backoff: { type: 'exponential', delay: NOTIFY_LIMITS.backoffMs },
        removeOnComplete: { count: NOTIFY_LIMITS.keptDone },
      },
    }))
    await queue.addBulk(jobs)
  }

  const readers = new Map<number, { stop(): void; done: Promise<void> }>()
  const follow = (shard: number): void => {
    const reader = options.openReader(`notify-${shard}`)
    let stopping = false
    const run = async (): Promise<void> => {
      let position = (await getPosition(redis, keys, 'notify', shard)) ?? '0-0'
      while (!stopping) {
        const entries = await readIncidents(reader, keys, shard, position, {
          count: NOTIFY_LIMITS.entriesPerRead,
          blockMs: NOTIFY_LIMITS.blockMs,
        })
        for (const { json } of entries) await enqueue(JSON.parse(json) as Incident)
        const last = entries.at(-1)
        if (last === undefined) continue
        position = last.id
        await setPosition(redis, keys, 'notify', shard, position)
      }
    }
    const done = run()
      .catch((error: unknown) => (isRedisAway(error) ? leases.giveUp(shard) : options.onFatal(error)))
      .finally(() => reader.disconnect())
    const stop = (): void => {
      stopping = true
    }
    readers.set(shard, { done, stop })
  }
  const leases = new ShardLeases(redis, keys, {
    role: 'notify',
    ownerId: options.ownerId,
    shardCount: options.shardCount,
    ttlMs: 5000,
    renewMs: 1000,
    log,
    onGained: follow,
    onLost(shard) {
      readers.get(shard)?.stop()
      return readers.get(shard)?.done
    },
  })
  leases.start()
  return {
    async stop() {
      await leases.stop()
      await worker.close()
      await queue.close()
    },
  }
}
