// What recipients were notified of, kept beside the places in the incident log and the log of acts up to which they were: all
// move in one step, and only for who holds the shard, so that a replay or a takeover comes to the same notices.
import type { Level } from '../../model/incident/sop-table.ts'
import type { RedisClient } from '../redis/connect.ts'
import { ACTS_READER, type Keys } from '../redis/keys.ts'
import { leasedScript, runLeased } from '../redis/leased-script.ts'
import type { ScriptArgument } from '../redis/run-script.ts'
import { parseId } from './positions.ts'

/** `keptMs` absent: kept until it is written again. `dueMs`: when its clock runs out; absent: none runs. */
export type NotifiedEntry = { incidentId: string; json: string; keptMs?: number; dueMs?: number }

const COMMIT = leasedScript(`
-- KEYS 1 lease, 2 position, 3 position among the acts, 4 when clocks run out (sorted set), 5… what was notified of each incident
-- ARGV 1 fencing token, 2 and 3 the positions ('' = as it is), then per incident: its id, its JSON, how long it is kept in ms ('' =
-- for good), when its clock runs out ('' = none runs)
for i = 5, #KEYS do
  local at = 4 * (i - 4)
  if ARGV[at + 2] == '' then redis.call('SET', KEYS[i], ARGV[at + 1])
  else redis.call('SET', KEYS[i], ARGV[at + 1], 'PX', ARGV[at + 2]) end
  if ARGV[at + 3] == '' then redis.call('ZREM', KEYS[4], ARGV[at])
  else redis.call('ZADD', KEYS[4], ARGV[at + 3], ARGV[at]) end
end
for i = 2, 3 do
  if ARGV[i] ~= '' then redis.call('SET', KEYS[i], ARGV[i]) end
end
return 1
`)

/** What was notified of these incidents, by id; those of which nothing was are not among them. */
export async function readNotified(
  redis: RedisClient,
  keys: Keys,
  shard: number,
  incidentIds: readonly string[],
): Promise<Map<string, string>> {
  const notified = new Map<string, string>()
  if (incidentIds.length === 0) return notified
  const found = await redis.mget(...incidentIds.map((id) => keys.notified(shard, id)))
  for (const [i, json] of found.entries()) if (json !== null) notified.set(incidentIds[i] as string, json)
  return notified
}

/** Throws FencedOff, with nothing written, when the shard's `notify` lease is another's. An absent position stays as it is. */
export async function commitNotified(
  redis: RedisClient,
  keys: Keys,
  commit: {
    shard: number
    token: number
    position?: string
    actsPosition?: string
    notified: readonly NotifiedEntry[]
  },
): Promise<void> {
  const { shard, token, position, actsPosition, notified } = commit
  for (const id of [position, actsPosition]) if (id !== undefined) parseId(id)
  const args: ScriptArgument[] = [position ?? '', actsPosition ?? '']
  for (const { incidentId, json, keptMs, dueMs } of notified) args.push(incidentId, json, keptMs ?? '', dueMs ?? '')
  const positions = [keys.position('notify', shard), keys.position(ACTS_READER, shard)]
  const touched = [...positions, keys.due(shard)]
  for (const { incidentId } of notified) touched.push(keys.notified(shard, incidentId))
  await runLeased(redis, COMMIT, { lease: keys.lease('notify', shard), token }, touched, args)
}

/** Incidents of the shard whose clocks have run out by `nowMs` (UTC), the first one first. */
export function readDue(
  redis: RedisClient,
  keys: Keys,
  shard: number,
  nowMs: number,
  count: number,
): Promise<string[]> {
  return redis.zrangebyscore(keys.due(shard), '-inf', nowMs, 'LIMIT', 0, count)
}

/** For incidents of which nothing is known any more. */
export async function forgetDue(redis: RedisClient, keys: Keys, shard: number, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await redis.zrem(keys.due(shard), ...ids)
}

/** Takes these among the recipients who ever had a queue of alerts; gives all of them. */
export async function rememberRecipients(redis: RedisClient, keys: Keys, ids: readonly string[]): Promise<string[]> {
  if (ids.length > 0) await redis.sadd(keys.recipients, ...ids)
  return redis.smembers(keys.recipients)
}

/** Who is notified by now, so that the API can show who an escalation reaches. */
export type KnownRecipient = { id: string; level: Level; unitPath?: string }

/** Says who the recipients of this installation are; addresses stay with notify. */
export async function announceRecipients(
  redis: RedisClient,
  keys: Keys,
  recipients: readonly KnownRecipient[],
): Promise<void> {
  const known = recipients.map(({ id, level, unitPath }) => ({ id, level, ...(unitPath && { unitPath }) }))
  await redis.set(keys.notifiedLevels, JSON.stringify(known))
}

/** Empty where nobody is notified, or no notify process has published recipients. */
export async function readRecipients(redis: RedisClient, keys: Keys): Promise<KnownRecipient[]> {
  const json = await redis.get(keys.notifiedLevels)
  return json === null ? [] : (JSON.parse(json) as KnownRecipient[])
}
