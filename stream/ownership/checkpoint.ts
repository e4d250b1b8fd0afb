// A shard's checkpoint and its outcomes, in one step that checks who owns the shard.

import type { LateRequest } from '../logs/late-requests.ts'
import { FROM_THE_BEGINNING } from '../logs/read-reports.ts'
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import { leasedScript, runLeased } from '../redis/leased-script.ts'
import type { ScriptArgument } from '../redis/run-script.ts'
import { scanHash } from '../redis/scan-hash.ts'

export type ShardCommit = {
  shard: number
  /** Fencing token of the `evaluate` lease. */
  token: number
  /** Last log entry that the states account for; absent leaves the saved one. */
  position?: string
  /** Incident revisions as JSON, in order. */
  incidents: string[]
  states: [wearerId: number, bytes: Uint8Array][]
  /** Event buckets by a field of the caller's making. */
  events: [field: string, bytes: Uint8Array][]
  dropEvents: string[]
  /** Newest position of each wearer, for snapshots. */
  latest: [wearerId: number, bytes: Uint8Array][]
  /** Wearers whose state and newest position go. */
  dropWearers?: number[]
  /** Requests to fold again from the stored track (late-requests.ts), new or changed. */
  lateRequests?: LateRequest[]
  /** Wearers whose request is done with; its answer goes as well. */
  dropLate?: number[]
}

/** A larger commit is refused: it would hold up everybody else in Redis. Cut it, the position in the last part. */
export const COMMIT_FIELDS_MAX = 20_000
const COMMIT_BYTES_MAX = 32 * 1_048_576

const COMMIT = leasedScript(`
-- Appends outcomes and saves a shard's checkpoint, all or nothing, if the caller still owns the shard.
-- KEYS 1 lease 2 incidents (stream) 3 states 4 events 5 latest (hashes) 6 position (string) 7 late requests 8 late answers (hashes)
-- ARGV 1 fencing token, 2 position or '', 3 incidents, 4 state fields and values, 5 event fields and values,
--      6 dropped events, 7 latest fields and values, 8 dropped wearers, 9 late request fields and values, 10 dropped late
--      requests: counts; then these, one group after the other
-- Nothing can fail after the first write: types are checked before.
local kinds = { 'string', 'stream', 'hash', 'hash', 'hash', 'string', 'hash', 'hash' }
for i = 2, 8 do
  local kind = redis.call('TYPE', KEYS[i]).ok
  if kind ~= 'none' and kind ~= kinds[i] then return redis.error_reply('WRONGTYPE ' .. KEYS[i] .. ' is a ' .. kind) end
end
local at = 11
local function each(count, size, use)
  local last = at + tonumber(count) - 1
  while at <= last do
    local to = math.min(at + size - 1, last)
    use(at, to)
    at = to + 1
  end
end
each(ARGV[3], 1, function(i) redis.call('XADD', KEYS[2], '*', 'json', ARGV[i]) end)
each(ARGV[4], 1000, function(i, j) redis.call('HSET', KEYS[3], unpack(ARGV, i, j)) end)
each(ARGV[5], 1000, function(i, j) redis.call('HSET', KEYS[4], unpack(ARGV, i, j)) end)
each(ARGV[6], 1000, function(i, j) redis.call('HDEL', KEYS[4], unpack(ARGV, i, j)) end)
each(ARGV[7], 1000, function(i, j) redis.call('HSET', KEYS[5], unpack(ARGV, i, j)) end)
each(ARGV[8], 1000, function(i, j)
  redis.call('HDEL', KEYS[3], unpack(ARGV, i, j))
  redis.call('HDEL', KEYS[5], unpack(ARGV, i, j))
end)
each(ARGV[9], 1000, function(i, j) redis.call('HSET', KEYS[7], unpack(ARGV, i, j)) end)
each(ARGV[10], 1000, function(i, j)
  redis.call('HDEL', KEYS[7], unpack(ARGV, i, j))
  redis.call('HDEL', KEYS[8], unpack(ARGV, i, j))
end)
if ARGV[2] ~= '' then redis.call('SET', KEYS[6], ARGV[2]) end
return 1
`)

/**
 * Writes all of `commit` in one step. Throws FencedOff, with nothing written, when the shard's lease is another's; RangeError
 * above COMMIT_FIELDS_MAX or COMMIT_BYTES_MAX. Where the connection breaks it may have been written: load the shard anew.
 */
export async function commitShard(redis: RedisClient, keys: Keys, commit: ShardCommit): Promise<void> {
  const { shard, token, position = '', incidents, dropEvents, dropWearers = [], dropLate = [] } = commit
  const states = pairs(commit.states)
  const events = pairs(commit.events)
  const latest = pairs(commit.latest)
  const lateRequests = (commit.lateRequests ?? []).flatMap((each) => [each.wearerId, JSON.stringify(each)])
  const items = [
    ...[...incidents, ...states, ...events, ...dropEvents, ...latest, ...dropWearers],
    ...[...lateRequests, ...dropLate],
  ]
  refuseTooLarge(items)
  await runLeased(
    redis,
    COMMIT,
    { lease: keys.lease('evaluate', shard), token },
    [
      keys.incidents(shard),
      keys.states(shard),
      keys.events(shard),
      keys.latest(shard),
      keys.position('evaluate', shard),
      keys.lateRequests(shard),
      keys.lateAnswers(shard),
    ],
    [
      position,
      incidents.length,
      states.length,
      events.length,
      dropEvents.length,
      latest.length,
      dropWearers.length,
      lateRequests.length,
      dropLate.length,
      ...items,
    ],
  )
}

/** The last checkpoint of a shard; position '0-0' and empty maps where there is none. */
export async function loadShard(
  redis: RedisClient,
  keys: Keys,
  shard: number,
): Promise<{ position: string; states: Map<number, Uint8Array>; events: Map<string, Uint8Array> }> {
  const position = (await redis.get(keys.position('evaluate', shard))) ?? FROM_THE_BEGINNING
  const states = new Map<number, Uint8Array>()
  await scanHash(redis, keys.states(shard), (field, bytes) => states.set(Number(field), bytes))
  const events = new Map<string, Uint8Array>()
  await scanHash(redis, keys.events(shard), (field, bytes) => events.set(field, bytes))
  return { position, states, events }
}

/** Names of the event buckets of some wearers. Reads the names of all: for what happens seldom. */
export async function eventFieldsOf(
  redis: RedisClient,
  keys: Keys,
  shard: number,
  wearerIds: readonly number[],
): Promise<string[]> {
  const asked = new Set(wearerIds.map(String))
  const fields = await redis.hkeys(keys.events(shard))
  return fields.filter((field) => asked.has(field.slice(0, field.indexOf(':'))))
}

function pairs(entries: [field: string | number, bytes: Uint8Array][]): ScriptArgument[] {
  return entries.flatMap(([field, bytes]) => [field, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)])
}

function refuseTooLarge(items: ScriptArgument[]): void {
  let bytes = 0
  for (const item of items) bytes += typeof item === 'number' ? 8 : item.length
  if (items.length > COMMIT_FIELDS_MAX || bytes > COMMIT_BYTES_MAX)
    throw new RangeError(`a commit of ${items.length} fields and ${bytes} bytes is too large; cut it`)
}
