// The queue of deliveries and the worker that empties it. A delivery leaves the queue when the receiver has taken it; one that
// nobody takes for a day is kept as failed, counted, logged, and tried again when the process starts anew.
import { DelayedError, type Job, Queue, Worker } from 'bullmq'
import type { Log, Meter } from '../model/observe.ts'
import type { RedisClient } from '../stream/connect.ts'
import type { Keys } from '../stream/keys.ts'
import { isRedisAway } from '../stream/redis-errors.ts'
import { type Alert, deliveryId, type Recipient } from './alert.ts'
import { deliverWebhook } from './deliver-webhook.ts'

export type DeliveryLimits = {
  attemptsMax: number
  /** Doubles from the first to the last. */
  backoffMs: number
  backoffMsMax: number
  timeoutMs: number
  concurrent: number
  /** A delivery under way whose process died is taken up again after this, and once more this. */
  lockMs: number
  stalledMs: number
  /** Delivered ones kept, for people to look at and so that a replay finds them. */
  keptDone: number
  /** A notice waits so long before it looks again whether the one before it is out. */
  afterMs: number
  stopMs: number
}

/** 2 s, 4 s … 5 min: 300 attempts are about a day. */
export const DELIVERY_LIMITS: DeliveryLimits = {
  attemptsMax: 300,
  backoffMs: 2000,
  backoffMsMax: 300_000,
  timeoutMs: 10_000,
  concurrent: 8,
  lockMs: 20_000,
  stalledMs: 5000,
  keptDone: 10_000,
  afterMs: 2000,
  stopMs: 12_000,
}

type Delivery = {
  alert: Alert
  recipientId: string
  /** The notice about the same incident to the same recipient that has to be out before this one. */
  after?: string
}

export type DeliveryQueue = {
  /** Resolves when all are in Redis; one that is there already is not made twice. */
  add(alert: Alert, recipients: readonly Recipient[], afterRevision?: number): Promise<void>
  /** Deliveries not taken yet by a receiver, and those given up. */
  counts(): Promise<{ pending: number; failed: number }>
  /** Lets deliveries under way finish; what waits stays in Redis. */
  stop(): Promise<void>
}

const UNSETTLED = new Set(['waiting', 'delayed', 'active', 'prioritized'])

export function openDeliveries(options: {
  redis: RedisClient
  /** A connection of its own for the worker (`connectQueueWorker`); closed by `stop`. */
  worker: RedisClient
  keys: Keys
  recipients: readonly Recipient[]
  log: Log
  meter: Meter
  limits?: Partial<DeliveryLimits>
}): DeliveryQueue {
  const { log, meter, keys } = options
  const limits = { ...DELIVERY_LIMITS, ...options.limits }
  const recipients = new Map(options.recipients.map((recipient) => [recipient.id, recipient]))
  // The hash tag keeps all of the queue's keys on one node of a Redis Cluster.
  const prefix = `${keys.prefix}:{notify}`
  const queue = new Queue<Delivery>('alerts', { connection: options.redis, prefix })
  const outcomes = meter.counter('gelang_notify_deliveries_total', 'Attempts to deliver an alert, by outcome', [
    'channel',
    'outcome',
  ])

  const deliver = async (job: Job<Delivery>, token?: string): Promise<void> => {
    const { alert, recipientId, after } = job.data
    const recipient = recipients.get(recipientId)
    if (recipient === undefined) throw new Error(`recipient ${recipientId} is not configured any more`)
    if (after !== undefined && UNSETTLED.has(await queue.getJobState(after))) {
      await job.moveToDelayed((job.processedOn as number) + limits.afterMs, token)
      throw new DelayedError()
    }
    await deliverWebhook(alert, job.id as string, recipient.address, limits.timeoutMs)
  }
  const worker = new Worker<Delivery>('alerts', deliver, {
    connection: options.worker,
    prefix,
    concurrency: limits.concurrent,
    lockDuration: limits.lockMs,
    stalledInterval: limits.stalledMs,
    // However often its process dies under it, a delivery is taken up again.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    runRetryDelay: 1000,
    settings: {
      backoffStrategy: (attemptsMade) =>
        Math.min(limits.backoffMs * 2 ** Math.min(attemptsMade - 1, 30), limits.backoffMsMax),
    },
  })
  const channelOf = (job: Job<Delivery> | undefined) => recipients.get(job?.data.recipientId ?? '')?.channel ?? 'none'
  worker.on('completed', (job) => outcomes.inc({ channel: channelOf(job), outcome: 'delivered' }))
  worker.on('failed', (job, error) => {
    const last = job !== undefined && job.attemptsMade >= (job.opts.attempts ?? 1)
    outcomes.inc({ channel: channelOf(job), outcome: last ? 'given_up' : 'failed' })
    if (last)
      log.error({ job: job.id, reason: error.message }, 'an alert could not be delivered; it is kept among the failed')
    else if (job?.attemptsMade === 1) log.warn({ job: job.id, reason: error.message }, 'an alert is tried again')
  })
  const onError = (error: unknown) => {
    if (!isRedisAway(error))
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'the alert queue complains')
  }
  queue.on('error', onError)
  worker.on('error', onError)
  // Whoever mended the receiver starts the process again and finds nothing lost.
  worker.once('ready', () => void queue.retryJobs({ state: 'failed' }).catch(onError))

  return {
    async add(alert, to, afterRevision) {
      // One by one: many at once go as a pipeline, in which a node that was restarted and has forgotten its scripts fails.
      await Promise.all(
        to.map((recipient) => {
          const data: Delivery = {
            alert,
            recipientId: recipient.id,
            ...(afterRevision === undefined ? {} : { after: deliveryId(alert.reference, afterRevision, recipient) }),
          }
          return queue.add(alert.kind, data, {
            jobId: deliveryId(alert.reference, alert.revision, recipient),
            attempts: limits.attemptsMax,
            backoff: { type: 'custom' },
            removeOnComplete: { count: limits.keptDone },
          })
        }),
      )
    },
    async counts() {
      const { failed = 0, ...others } = await queue.getJobCounts('wait', 'delayed', 'active', 'prioritized', 'failed')
      return { pending: Object.values(others).reduce((sum, count) => sum + count, 0), failed }
    },
    async stop() {
      let timer: NodeJS.Timeout | undefined
      const overdue = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, limits.stopMs)
      })
      await Promise.race([worker.close(), overdue])
      clearTimeout(timer)
      options.worker.disconnect()
      await queue.close()
    },
  }
}
