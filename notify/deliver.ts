// The deliveries, a queue for each recipient. One leaves its queue when the receiver has taken it; one that nobody takes for a
// day is kept as failed, counted, logged, and tried again when the process starts anew.
import { Queue } from 'bullmq'
import type { IncidentNotice } from '../model/incident/timeline.ts'
import type { Clock, Log, Meter } from '../model/observe.ts'
import { type NoticeOutcome, noteNotices, noteOutcome } from '../stream/logs/notices.ts'
import { rememberRecipients } from '../stream/logs/notified.ts'
import type { RedisClient } from '../stream/redis/connect.ts'
import type { Keys } from '../stream/redis/keys.ts'
import type { Alert } from './channels/message.ts'
import type { Deliver } from './channels/open-channels.ts'
import { DELIVERY_LIMITS, type DeliveryLimits } from './delivery-limits.ts'
import type { Recipient } from './recipient.ts'
import type { RecipientBook } from './recipient-book.ts'
import { type Delivery, openRecipientQueue, queueName, type RecipientQueue } from './recipient-queue.ts'

type Addressed = {
  recipient: Recipient
  /** See `deliveryId`. */
  id: string
  /** The delivery to the same recipient that has to be out before this one. */
  after: string | undefined
  /** Of a test; absent: the first. */
  way?: number
}

export type DeliveryQueue = {
  /** Resolves when all are in Redis; one that is there already is not made twice. */
  add(alert: Alert, to: readonly Addressed[]): Promise<void>
  /** Deliveries by recipient: not taken yet, given up; all of a recipient who is not configured any more are given up. */
  counts(): Promise<{ recipientId: string; pending: number; failed: number }[]>
  /** Since when every attempt of this process to reach the recipient has failed, by recipient; of those who fail only. */
  failing(): Map<string, number>
  /** Lets deliveries under way finish; what waits stays in Redis. */
  stop(): Promise<void>
}

export function openDeliveries(options: {
  redis: RedisClient
  /** A connection of its own for the workers (`connectQueueWorker`); closed by `stop`. */
  worker: RedisClient
  keys: Keys
  recipients: RecipientBook
  deliver: Deliver
  clock: Clock
  log: Log
  meter: Meter
  limits?: Partial<DeliveryLimits>
}): DeliveryQueue {
  const { redis, worker, keys, meter, clock, log, recipients } = options
  const limits = { ...DELIVERY_LIMITS, ...options.limits }
  const prefix = keys.queues
  const outcomes = meter.counter('gelang_notify_deliveries_total', 'Attempts to deliver an alert, by outcome', [
    'channel',
    'outcome',
  ])
  const parts = {
    ...{ redis, worker, prefix, limits, outcomes, clock, log, deliver: options.deliver },
    noteWay: ({ alert, way = 0 }: Delivery, id: string, recipient: Recipient) =>
      noteNotices(redis, keys, alert.reference, noticesFor(alert, [{ recipient, id, way }], clock())),
    noteOutcome: ({ alert }: Delivery, deliveryId: string, outcome: NoticeOutcome) =>
      noteOutcome(redis, keys, alert.reference, deliveryId, outcome),
  }
  const queues = new Map<string, RecipientQueue>()
  let known: string[] | undefined
  /** A recipient's queue is open as long as they are notified; whoever comes or goes while this runs is followed. */
  const follow = (): void => {
    const all = new Map(recipients.all().map((recipient) => [recipient.id, recipient]))
    for (const [id, queue] of queues) {
      const recipient = all.get(id)
      if (recipient !== undefined) queue.become(recipient)
      else {
        queues.delete(id)
        closing.push(queue.stop())
      }
    }
    for (const [id, recipient] of all) if (!queues.has(id)) queues.set(id, openRecipientQueue(recipient, parts))
    known = undefined
    left = undefined
  }
  /** Before there is anything to deliver, so that nothing is left where nobody looks. */
  const knownRecipients = async (): Promise<string[]> => {
    known ??= await rememberRecipients(redis, keys, [...queues.keys()])
    return known
  }
  /** Of recipients who are not configured any more: nobody empties them. */
  let left: Map<string, Queue> | undefined
  const closing: Promise<void>[] = []
  follow()
  recipients.onChange(follow)

  async function countLeft(): Promise<{ recipientId: string; pending: number; failed: number }[]> {
    const gone = (await knownRecipients()).filter((id) => !queues.has(id))
    left ??= new Map(gone.map((id) => [id, new Queue(queueName(id), { connection: redis, prefix })]))
    const counting = [...left].map(async ([recipientId, queue]) => {
      const counts = await queue.getJobCounts('wait', 'delayed', 'active', 'prioritized', 'failed')
      return { recipientId, pending: 0, failed: Object.values(counts).reduce((sum, count) => sum + count, 0) }
    })
    return Promise.all(counting)
  }

  return {
    async add(alert, to) {
      await knownRecipients()
      await noteNotices(redis, keys, alert.reference, noticesFor(alert, to, clock()))
      // One by one: many at once go as a pipeline, in which a node that was restarted and has forgotten its scripts fails.
      const adding = to.map(async ({ recipient, id, after, way }) => {
        const queue = queues.get(recipient.id)
        const delivery = { alert, ...(after === undefined ? {} : { after }), ...(way === undefined ? {} : { way }) }
        if (queue !== undefined) await queue.add(id, delivery)
        else log.info({ recipient: recipient.id }, 'a recipient was removed as an alert was about to be queued')
      })
      await Promise.all(adding)
    },
    async counts() {
      const counting = [...queues].map(async ([recipientId, queue]) => ({ recipientId, ...(await queue.counts()) }))
      return [...(await Promise.all(counting)), ...(await countLeft())]
    },
    failing() {
      const since = [...queues].map(([id, queue]) => [id, queue.failingSinceMs()] as const)
      return new Map(since.filter((entry): entry is [string, number] => entry[1] !== undefined))
    },
    async stop() {
      await Promise.all([...[...queues.values()].map((queue) => queue.stop()), ...closing])
      worker.disconnect()
      await Promise.all([...(left?.values() ?? [])].map((queue) => queue.close()))
    },
  }
}

function noticesFor(
  alert: Alert,
  to: readonly Pick<Addressed, 'recipient' | 'id' | 'way'>[],
  queuedMs: number,
): Map<string, IncidentNotice> {
  const { kind, cause, revision } = alert
  return new Map(
    to.map(({ id, recipient, way = 0 }) => [
      id,
      {
        ...{ kind, revision, recipientId: recipient.id, level: recipient.level, queuedMs },
        channel: (recipient.ways[way] ?? recipient.ways[0]).channel,
        ...(cause === undefined ? {} : { cause }),
      },
    ]),
  )
}
