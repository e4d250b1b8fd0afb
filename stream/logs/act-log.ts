// Officers' acts on their way to the other officers' screens. PostgreSQL has them already; this only publishes them.
import type { IncidentAct } from '../../model/incident/incident.ts'
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import { readEntries } from './read-reports.ts'

const ACTS_KEPT = 10_000

/** Publishes an act; returns its place. */
export async function appendAct(redis: RedisClient, keys: Keys, act: IncidentAct): Promise<string> {
  const id = await redis.xadd(keys.acts, 'MAXLEN', '~', ACTS_KEPT, '*', 'json', JSON.stringify(act))
  if (id === null) throw new Error('Redis gave an act no place')
  return id
}

/** Acts after `afterId`, oldest first; about ACTS_KEPT of them are kept. Blocking needs a connection of its own. */
export async function readActs(
  redis: RedisClient,
  keys: Keys,
  afterId: string,
  options: { count: number; blockMs?: number },
): Promise<{ id: string; act: IncidentAct }[]> {
  const entries = await readEntries(redis, keys.acts, afterId, options)
  return entries.map(({ id, bytes }) => ({ id, act: JSON.parse(Buffer.from(bytes).toString()) }))
}
