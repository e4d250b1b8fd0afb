// What recipients have been told, kept beside the place in the incident log up to which they have been told it: both move in
// one step, and only for who holds the shard, so that a replay or a takeover comes to the same notices.
import type { RedisClient } from './connect.ts'
import type { Keys } from './keys.ts'
import { parseId } from './positions.ts'
import { FencedOff } from './redis-errors.ts'
import { runScript, type ScriptArgument, script } from './run-script.ts'

/** `keptMs` absent: kept until it is written again. */
export type ToldEntry = { incidentId: string; json: string; keptMs?: number }

const COMMIT = script(`
-- KEYS 1 lease, 2 position, 3… what was told of each incident
-- ARGV 1 fencing token, 2 position, then per incident: its JSON, how long it is kept in ms ('' = for good)
-- Gives 1, or 0 with nothing written when the lease holds another token.
local held = redis.call('GET', KEYS[1])
if not held or string.match(held, '^%d+') ~= ARGV[1] then return 0 end
for i = 3, #KEYS do
  local at = 2 * i - 3
  if ARGV[at + 1] == '' then redis.call('SET', KEYS[i], ARGV[at])
  else redis.call('SET', KEYS[i], ARGV[at], 'PX', ARGV[at + 1]) end
end
redis.call('SET', KEYS[2], ARGV[2])
return 1
`)

/** What was told of these incidents, by id; those nobody was told of are not among them. */
export async function readTold(
  redis: RedisClient,
  keys: Keys,
  shard: number,
  incidentIds: readonly string[],
): Promise<Map<string, string>> {
  const told = new Map<string, string>()
  if (incidentIds.length === 0) return told
  const found = await redis.mget(...incidentIds.map((id) => keys.told(shard, id)))
  for (const [i, json] of found.entries()) if (json !== null) told.set(incidentIds[i] as string, json)
  return told
}

/** Throws FencedOff, with nothing written, when the shard's `notify` lease is another's. */
export async function commitTold(
  redis: RedisClient,
  keys: Keys,
  commit: { shard: number; token: number; position: string; told: readonly ToldEntry[] },
): Promise<void> {
  const { shard, token, position, told } = commit
  parseId(position)
  const args: ScriptArgument[] = [token, position]
  for (const { json, keptMs } of told) args.push(json, keptMs ?? '')
  const touched = [keys.lease('notify', shard), keys.position('notify', shard)]
  for (const { incidentId } of told) touched.push(keys.told(shard, incidentId))
  if ((await runScript(redis, COMMIT, touched, args)) !== 1)
    throw new FencedOff(`shard ${shard} is not held with token ${token} any more`)
}
