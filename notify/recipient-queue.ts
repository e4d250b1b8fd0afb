// One recipient's queue and the worker that empties it: a receiver that hangs holds up nobody else's alerts, and the gravest of
// what waits goes first.
import { DelayedError, type Job, Queue, UnrecoverableError, Worker } from 'bullmq'
import { SEVERITIES } from '../model/incident/incident.ts'
import type { Clock, Counter, Log } from '../model/observe.ts'
import type { NoticeOutcome } from '../stream/logs/notices.ts'
import type { RedisClient } from '../stream/redis/connect.ts'
import { isRedisAway } from '../stream/redis/redis-errors.ts'
import { messageOf } from './alert-text.ts'
import { NotDelivered } from './channels/channel.ts'
import type { Alert } from './channels/message.ts'
import type { Deliver } from './channels/open-channels.ts'
import type { DeliveryLimits } from './delivery-limits.ts'
import { deliveryIdOnWay, type Recipient } from './recipient.ts'

export type Delivery = {
  alert: Alert
  /** The notice about the same incident to the same recipient that has to be out before this one. */
  after?: string
  /** Which of the recipient's ways it takes; absent: the first. */
  way?: number
}

export type RecipientQueue = {
  /** Resolves when it is in Redis; one that is there already is not made twice. */
  add(jobId: string, delivery: Delivery): Promise<void>
  /** The same recipient, by other ways or in another language. */
  become(recipient: Recipient): void
  /** Deliveries not taken yet, and those given up. */
  counts(): Promise<{ pending: number; failed: number }>
  /** Since when every attempt of this process has failed; undefined while alerts are taken, or none is tried. */
  failingSinceMs(): number | undefined
  /** Lets deliveries under way finish, for at most `stopMs`; what waits stays in Redis. */
  stop(): Promise<void>
}

type QueueParts = {
  redis: RedisClient
  /** For the workers (`connectQueueWorker`). */
  worker: RedisClient
  /** Of the queues' keys in Redis. */
  prefix: string
  deliver: Deliver
  limits: DeliveryLimits
  outcomes: Counter
  /** For the incident's timeline: the alert is about to go by another way. */
  noteWay(delivery: Delivery, deliveryId: string, recipient: Recipient): Promise<void>
  /** What came of a delivery, for the incident's timeline. */
  noteOutcome(delivery: Delivery, deliveryId: string, outcome: NoticeOutcome): Promise<void>
  clock: Clock
  log: Log
}

type Done = 'delivered' | 'passed on'

const UNFINISHED = new Set(['waiting', 'delayed', 'active', 'prioritized'])

/** BullMQ takes no colon in a name. */
export function queueName(recipientId: string): string {
  return `alerts-${encodeURIComponent(recipientId)}`
}

export function openRecipientQueue(first: Recipient, parts: QueueParts): RecipientQueue {
  let recipient = first
  const { prefix, limits, outcomes, clock, log } = parts
  const wayOf = ({ way = 0 }: Delivery) => Math.min(way, recipient.ways.length - 1)
  const channelOf = (delivery: Delivery) => recipient.ways[wayOf(delivery)]!.channel
  const name = queueName(recipient.id)
  const queue = new Queue<Delivery>(name, { connection: parts.redis, prefix })
  let failingSinceMs: number | undefined

  const deliver = async (job: Job<Delivery>, token?: string): Promise<Done> => {
    const { alert, after } = job.data
    if (after !== undefined && UNFINISHED.has(await queue.getJobState(after))) {
      await job.moveToDelayed((job.processedOn as number) + limits.afterMs, token)
      throw new DelayedError()
    }
    const way = wayOf(job.data)
    const attempt = { deliveryId: job.id as string, atMs: clock(), timeoutMs: limits.timeoutMs }
    try {
      await parts.deliver(messageOf(alert, recipient.language), recipient.ways[way]!, attempt)
    } catch (error) {
      if (!(error instanceof NotDelivered)) throw error
      const exhausted = !error.again || job.attemptsMade + 1 >= limits.attemptsBeforeNextWay
      const last = way === recipient.ways.length - 1 || alert.kind === 'test'
      if (last && alert.kind === 'test' && !error.again) throw new UnrecoverableError(error.message)
      if (last || !exhausted) throw error
      await passOn(job, way + 1, error)
      return 'passed on'
    }
    // The alert is out: a note that fails must not send it again.
    await parts.noteOutcome(job.data, attempt.deliveryId, { acceptedMs: clock() }).catch(onError)
    return 'delivered'
  }
  /** The next way takes over; done again after a crash, it comes to the same delivery. */
  const passOn = async (job: Job<Delivery>, way: number, { message }: Error): Promise<void> => {
    const { alert, after } = job.data
    const id = deliveryIdOnWay(job.id as string, recipient, way)
    const next = { alert, way, ...(after === undefined ? {} : { after: deliveryIdOnWay(after, recipient, way) }) }
    await parts.noteWay(next, id, recipient)
    await addJob(id, next)
    await parts.noteOutcome(job.data, job.id as string, { failedMs: clock() })
    const channels = { from: channelOf(job.data), to: channelOf(next) }
    log.warn({ job: job.id, reason: message, ...channels }, 'an alert goes by the next way')
  }
  const addJob = async (jobId: string, delivery: Delivery): Promise<void> => {
    await queue.add(delivery.alert.kind, delivery, {
      jobId,
      // Whoever asked for a test waits for its outcome.
      attempts: delivery.alert.kind === 'test' ? limits.attemptsBeforeNextWay : limits.attemptsMax,
      backoff: { type: 'custom' },
      priority: SEVERITIES.length - SEVERITIES.indexOf(delivery.alert.severity),
      removeOnComplete: { count: limits.keptDone },
      // A test that failed is no alert that somebody has to look after.
      ...(delivery.alert.kind === 'test' ? { removeOnFail: true } : {}),
    })
  }
  const worker = new Worker<Delivery, Done>(name, deliver, {
    connection: parts.worker,
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
  worker.on('completed', (job, done) => {
    const channel = channelOf(job.data)
    if (done === 'delivered') failingSinceMs = undefined
    else failingSinceMs ??= clock()
    outcomes.inc({ channel, outcome: done === 'delivered' ? 'delivered' : 'passed_on' })
  })
  worker.on('failed', (job, error) => {
    const isTest = job?.data.alert.kind === 'test'
    if (!isTest) failingSinceMs ??= clock()
    const ended = error instanceof UnrecoverableError || (job?.attemptsMade ?? 0) >= (job?.opts.attempts ?? 1)
    const last = job !== undefined && ended
    if (job !== undefined) outcomes.inc({ channel: channelOf(job.data), outcome: last ? 'given_up' : 'failed' })
    if (last) void parts.noteOutcome(job.data, job.id as string, { failedMs: clock() }).catch(onError)
    if (last && !isTest)
      log.error({ job: job.id, reason: error.message }, 'an alert could not be delivered; it is kept among the failed')
    else if (job?.attemptsMade === 1) log.warn({ job: job.id, reason: error.message }, 'an alert is retried')
  })
  const onError = (error: unknown) => {
    if (!isRedisAway(error))
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'the alert queue reported an error')
  }
  queue.on('error', onError)
  worker.on('error', onError)
  // After the receiver is mended the process is started again, and nothing is lost.
  worker.once('ready', () => void queue.retryJobs({ state: 'failed' }).catch(onError))

  return {
    add: addJob,
    become: (now) => {
      recipient = now
    },
    async counts() {
      const { failed = 0, ...others } = await queue.getJobCounts('wait', 'delayed', 'active', 'prioritized', 'failed')
      return { pending: Object.values(others).reduce((sum, count) => sum + count, 0), failed }
    },
    failingSinceMs: () => failingSinceMs,
    async stop() {
      let timer: NodeJS.Timeout | undefined
      const overdue = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, limits.stopMs)
      })
      await Promise.race([worker.close(), overdue])
      clearTimeout(timer)
      await queue.close()
    },
  }
}
