// What was sent to whom about an incident, and what came of it: for its timeline. Kept for a while after the last notice.
import type { IncidentNotice } from '../../model/incident/timeline.ts'
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'

const NOTICES_KEPT_MS = 90 * 86_400_000
/** Apart from the notice itself, which is written once. */
const OUTCOME = ':outcome'

export type NoticeOutcome = Pick<IncidentNotice, 'acceptedMs' | 'failedMs'>

/** Notes deliveries that are about to be queued; one that is noted stays as it is. */
export async function noteNotices(
  redis: RedisClient,
  keys: Keys,
  incidentId: string,
  notices: ReadonlyMap<string, IncidentNotice>,
): Promise<void> {
  const key = keys.notices(incidentId)
  const noting = Array.from(notices, ([deliveryId, notice]) => redis.hsetnx(key, deliveryId, JSON.stringify(notice)))
  await Promise.all(noting)
  if (notices.size > 0) await redis.pexpire(key, NOTICES_KEPT_MS)
}

/** Notes that the receiver accepted the delivery, or that it was given up. */
export async function noteOutcome(
  redis: RedisClient,
  keys: Keys,
  incidentId: string,
  deliveryId: string,
  outcome: NoticeOutcome,
): Promise<void> {
  await redis.hset(keys.notices(incidentId), deliveryId + OUTCOME, JSON.stringify(outcome))
}

/** Oldest first. */
export async function readNotices(redis: RedisClient, keys: Keys, incidentId: string): Promise<IncidentNotice[]> {
  const fields = await redis.hgetall(keys.notices(incidentId))
  return Object.entries(fields)
    .filter(([field]) => !field.endsWith(OUTCOME))
    .map(([field, json]) => {
      const outcome = fields[field + OUTCOME]
      return { ...JSON.parse(json), ...(outcome === undefined ? {} : JSON.parse(outcome)) } as IncidentNotice
    })
    .sort((a, b) => a.queuedMs - b.queuedMs)
}
