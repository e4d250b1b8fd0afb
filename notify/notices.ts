// What is written down of an incident's notices, and what it takes to give one.
import type { Clock, Log, Meter } from '../model/observe.ts'
import { commitTold, readTold, type ToldEntry } from '../stream/logs/told.ts'
import type { RedisClient } from '../stream/redis/connect.ts'
import type { Keys } from '../stream/redis/keys.ts'
import { type Alert, deliveryId, lastDelivery, type Recipient, type Told, type ToldAbout } from './alert.ts'
import type { DeliveryQueue } from './deliver.ts'
import { dueMs } from './response-clock.ts'

export type TellOptions = {
  shard: number
  /** Fencing token of the `notify` lease. */
  token: number
  redis: RedisClient
  keys: Keys
  deliveries: DeliveryQueue
  recipients: readonly Recipient[]
  consoleUrl: string
  clock: Clock
  meter: Meter
  log: Log
}

/** An incident that is over can still be revised by late reports; it will not be after so long. */
const TOLD_KEPT_MS = 30 * 86_400_000
const UNTOLD_KEPT_MS = 86_400_000

/** Puts the notice into these recipients' queues, each behind the last one about the same incident. */
export async function give(
  { deliveries }: TellOptions,
  alert: Alert,
  notice: number | string,
  recipients: readonly Recipient[],
  before: Told | undefined,
): Promise<void> {
  const addressed = recipients.map((recipient) => ({
    recipient,
    id: deliveryId(alert.reference, notice, recipient),
    after: lastDelivery(alert.reference, before, recipient),
  }))
  await deliveries.add(alert, addressed)
}

/** What was told of these incidents; those nobody was told of are not among them. */
export async function toldOf({ redis, keys, shard }: TellOptions, ids: readonly string[]): Promise<Map<string, Told>> {
  const found = await readTold(redis, keys, shard, [...new Set(ids)])
  return new Map([...found].map(([id, json]) => [id, JSON.parse(json) as Told]))
}

/** Writes down what was told of the changed ones, when their clocks run out, and how far it came, in one step. */
export async function commitNotices(
  { redis, keys, shard, token }: TellOptions,
  told: Map<string, Told>,
  changed: Iterable<string>,
  positions: { position?: string; actsPosition?: string },
): Promise<void> {
  const entries = Array.from(changed, (incidentId): ToldEntry => {
    const now = told.get(incidentId)!
    const due = dueMs(now)
    return {
      ...{ incidentId, json: JSON.stringify(now) },
      ...(isOver(now.newest) ? { keptMs: now.kind === 'none' ? UNTOLD_KEPT_MS : TOLD_KEPT_MS } : {}),
      ...(due === undefined ? {} : { dueMs: due }),
    }
  })
  await commitTold(redis, keys, { shard, token, told: entries, ...positions })
}

export function isOver(newest: ToldAbout | undefined): boolean {
  return newest === undefined || newest.endMs !== undefined || newest.withdrawn !== undefined
}
