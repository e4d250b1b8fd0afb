// What it takes to give a notice, and to write down what was notified.
import type { Clock, Log, Meter } from '../model/observe.ts'
import { commitNotified, type NotifiedEntry, readNotified } from '../stream/logs/notified.ts'
import type { RedisClient } from '../stream/redis/connect.ts'
import type { Keys } from '../stream/redis/keys.ts'
import type { Alert } from './channels/message.ts'
import type { Decision } from './decide-notice.ts'
import type { DeliveryQueue } from './deliver.ts'
import { decodeNotified, isOver, type Notified, nextEscalation } from './notified.ts'
import { deliveryId, lastDelivery, type Recipient } from './recipient.ts'
import type { RecipientBook } from './recipient-book.ts'

export type NotifyParts = {
  shard: number
  /** Fencing token of the `notify` lease. */
  token: number
  redis: RedisClient
  keys: Keys
  deliveries: DeliveryQueue
  recipients: RecipientBook
  consoleUrl: string
  /** Instead of CORRECT_AFTER_MS. */
  correctAfterMs?: number
  clock: Clock
  meter: Meter
  log: Log
}

/** An incident that is over can still be revised by late reports; it will not be after so long. */
const NOTIFIED_KEPT_MS = 30 * 86_400_000
const NOT_NOTIFIED_KEPT_MS = 86_400_000

/** Puts the notice into these recipients' queues, each behind the last one about the same incident. */
export async function give(
  { deliveries }: NotifyParts,
  alert: Alert,
  notice: number | string,
  recipients: readonly Recipient[],
  before: Notified | undefined,
): Promise<void> {
  const addressed = recipients.map((recipient) => ({
    recipient,
    id: deliveryId(alert.reference, notice, recipient),
    after: lastDelivery(alert.reference, before, recipient),
  }))
  await deliveries.add(alert, addressed)
}

/** Queues the notice, if there is one; gives what is known then. */
export async function giveNotice(
  parts: NotifyParts,
  { notice, now }: Decision,
  before: Notified | undefined,
): Promise<Notified | undefined> {
  if (notice !== undefined) await give(parts, notice.alert, notice.alert.revision, notice.recipients, before)
  return now
}

/** What was notified of these incidents; those of which nothing was are not among them. */
export async function notifiedOf(
  { redis, keys, shard }: NotifyParts,
  ids: readonly string[],
): Promise<Map<string, Notified>> {
  const found = await readNotified(redis, keys, shard, [...new Set(ids)])
  const known = new Map<string, Notified>()
  for (const [id, json] of found) {
    const notified = decodeNotified(json)
    if (notified !== undefined) known.set(id, notified)
  }
  return known
}

/** Writes down what was notified of the changed ones, when their clocks run out, and how far it came, in one step. */
export async function commitNotices(
  { redis, keys, shard, token }: NotifyParts,
  notified: Map<string, Notified>,
  changed: Iterable<string>,
  positions: { position?: string; actsPosition?: string },
): Promise<void> {
  const entries = Array.from(changed, (incidentId): NotifiedEntry => {
    const now = notified.get(incidentId)!
    const dueMs = now.correctionDueMs ?? nextEscalation(now)?.dueMs
    return {
      ...{ incidentId, json: JSON.stringify(now) },
      ...(isOver(now.newest) ? { keptMs: now.kind === 'none' ? NOT_NOTIFIED_KEPT_MS : NOTIFIED_KEPT_MS } : {}),
      ...(dueMs === undefined ? {} : { dueMs }),
    }
  })
  await commitNotified(redis, keys, { shard, token, notified: entries, ...positions })
}
