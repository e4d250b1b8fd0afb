// How far each reader of a log has come, and trimming behind the slowest of them.
import type { RedisClient } from '../redis/connect.ts'
import type { Keys, LogReader } from '../redis/keys.ts'
import { runScript, script } from '../redis/run-script.ts'

const READERS: readonly LogReader[] = ['evaluate', 'record']

/** Order of two stream ids; `<ms>` alone means `<ms>-0`. Throws RangeError on anything else. */
export function compareIds(a: string, b: string): number {
  const [aMs, aSeq] = parseId(a)
  const [bMs, bSeq] = parseId(b)
  return aMs - bMs || aSeq - bSeq
}

/** Milliseconds (Redis' clock at the append) and sequence number of a stream id. */
export function parseId(id: string): [ms: number, seq: number] {
  const match = /^(\d{1,16})(?:-(\d{1,15}))?$/.exec(id)
  if (match === null) throw new RangeError(`not a stream id: "${id}"`)
  return [Number(match[1]), Number(match[2] ?? 0)]
}

/** Saves that `reader` has processed everything up to `id`. Going back is allowed: a restored record starts at its own position. */
export async function setPosition(
  redis: RedisClient,
  keys: Keys,
  reader: string,
  shard: number,
  id: string,
): Promise<void> {
  parseId(id)
  await redis.set(keys.position(reader, shard), id)
}

/** Undefined where the reader has never saved one. */
export async function getPosition(
  redis: RedisClient,
  keys: Keys,
  reader: string,
  shard: number,
): Promise<string | undefined> {
  return (await redis.get(keys.position(reader, shard))) ?? undefined
}

const TRIM = script(`
-- Drops what every reader has behind it; the last entry read stays.
-- KEYS 1 stream, 2… positions of the readers
-- ARGV 1 nothing at or after this id goes either, or ''
-- Gives how many entries were dropped: 0 where a reader has no position.
local function parse(id)
  local ms, seq = string.match(id, '^(%d+)-?(%d*)$')
  return tonumber(ms), tonumber(seq) or 0
end
local least = ARGV[1] ~= '' and ARGV[1] or false
for i = 2, #KEYS do
  local id = redis.call('GET', KEYS[i])
  if not id then return 0 end
  if least then
    local ms, seq = parse(id)
    local leastMs, leastSeq = parse(least)
    if ms < leastMs or (ms == leastMs and seq < leastSeq) then least = id end
  else
    least = id
  end
end
if not least then return 0 end
return redis.call('XTRIM', KEYS[1], 'MINID', least)
`)

/** Drops the reports that both evaluate and record have behind them. Gives how many entries went. */
export function trimReports(redis: RedisClient, keys: Keys, shard: number): Promise<number> {
  return trimBehind(redis, keys, keys.reports(shard), shard, READERS, '')
}

/**
 * Drops entries of a stream of `shard` that every one of `readers` has behind it and that are older than `beforeId`
 * ('' = whatever their age). Nothing goes while a reader has no position.
 */
export async function trimBehind(
  redis: RedisClient,
  keys: Keys,
  stream: string,
  shard: number,
  readers: readonly string[],
  beforeId: string,
): Promise<number> {
  const positions = readers.map((reader) => keys.position(reader, shard))
  return (await runScript(redis, TRIM, [stream, ...positions], [beforeId])) as number
}
