// Units span shards, and shards are evaluated apart. Each evaluator publishes its counts, the owner of the lease `units` decides,
// and all evaluators read the decision.
import type { UnitIncident } from '../../model/incident/incident.ts'
import type { Outage, ShardCounts } from '../../model/incident/outage.ts'
import type { RedisClient } from '../redis/connect.ts'
import { type Keys, UNITS_SHARD } from '../redis/keys.ts'
import { leasedScript, runLeased } from '../redis/leased-script.ts'

const SAVE_COUNTS = leasedScript(`
-- KEYS 1 lease, 2 counts (string); ARGV 1 fencing token, 2 counts as JSON.
redis.call('SET', KEYS[2], ARGV[2])
return 1
`)

const COMMIT_OUTAGES = leasedScript(`
-- Appends revisions of units' incidents and keeps what knows of them, all or nothing, if the caller still decides.
-- KEYS 1 lease, 2 incidents (stream), 3 outages (hash)
-- ARGV 1 fencing token, 2 incidents, 3 fields and values written, 4 fields dropped: counts; then these
for i = 2, 3 do
  local kind = redis.call('TYPE', KEYS[i]).ok
  if kind ~= 'none' and kind ~= (i == 2 and 'stream' or 'hash') then return redis.error_reply('WRONGTYPE ' .. KEYS[i]) end
end
local incidents, written, dropped = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local at = 5
for i = at, at + incidents - 1 do redis.call('XADD', KEYS[2], '*', 'json', ARGV[i]) end
at = at + incidents
for i = at, at + written - 1, 2 do redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1]) end
at = at + written
for i = at, at + dropped - 1 do redis.call('HDEL', KEYS[3], ARGV[i]) end
return 1
`)

/** Throws FencedOff when the shard's `evaluate` lease is another's. `json` is that of ShardCounts. */
export async function saveUnitCounts(
  redis: RedisClient,
  keys: Keys,
  shard: number,
  token: number,
  json: string,
): Promise<void> {
  await runLeased(redis, SAVE_COUNTS, { lease: keys.lease('evaluate', shard), token }, [keys.unitCounts(shard)], [json])
}

/** By shard; undefined for a shard that has never published counts. */
export function readUnitCounts(
  redis: RedisClient,
  keys: Keys,
  shardCount: number,
): Promise<(ShardCounts | undefined)[]> {
  return Promise.all(
    Array.from({ length: shardCount }, async (_, shard) => {
      const json = await redis.get(keys.unitCounts(shard))
      return json === null ? undefined : (JSON.parse(json) as ShardCounts)
    }),
  )
}

/** As JSON by unit. */
export function readOutages(redis: RedisClient, keys: Keys): Promise<Record<string, string>> {
  return redis.hgetall(keys.outages)
}

/** Throws FencedOff, with nothing written, when the `units` lease is another's. */
export async function commitOutages(
  redis: RedisClient,
  keys: Keys,
  token: number,
  changes: { incidents: readonly UnitIncident[]; kept: ReadonlyMap<string, Outage>; dropped: readonly string[] },
): Promise<void> {
  const incidents = changes.incidents.map((incident) => JSON.stringify(incident))
  const kept = [...changes.kept].flatMap(([unitPath, outage]) => [unitPath, JSON.stringify(outage)])
  const touched = [keys.incidents(UNITS_SHARD), keys.outages]
  const counts = [incidents.length, kept.length, changes.dropped.length]
  const args = [...counts, ...incidents, ...kept, ...changes.dropped]
  await runLeased(redis, COMMIT_OUTAGES, { lease: keys.lease('units', UNITS_SHARD), token }, touched, args)
}
