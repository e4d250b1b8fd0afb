// How far the readers are behind the report log.
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import { runScript, script } from '../redis/run-script.ts'

type ReaderLag = {
  /** Entries not read yet. Exact at 0 and when nothing has been read; between, estimated from the ids' times. */
  entries: number
  /** Age of the oldest entry not read yet by Redis' clock; 0 when all are read. */
  oldestMs: number
}

type ShardLag = {
  shard: number
  /** Entries in the log, read or not. */
  length: number
  /** Bytes that the log takes in Redis' memory, about. */
  bytes: number
  evaluateLagEntries: number
  recordLagEntries: number
  evaluate: ReaderLag
  record: ReaderLag
}

const LAG = script(`
-- KEYS 1 stream, 2… positions of the readers
-- Gives length, memory, Redis' time ms, first id, last id, then per reader: its position, the first id after it ('' = none)
local function firstId(from)
  local rows = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', 1)
  return rows[1] and rows[1][1] or ''
end
local length = redis.call('XLEN', KEYS[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last = length > 0 and redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1][1] or ''
local answer = { length, redis.call('MEMORY', 'USAGE', KEYS[1], 'SAMPLES', 5) or 0, now, firstId('-'), last }
for i = 2, #KEYS do
  local position = redis.call('GET', KEYS[i]) or '0-0'
  answer[#answer + 1] = position
  answer[#answer + 1] = firstId('(' .. position)
end
return answer
`)

/** The lag of every shard; cheap enough for every few seconds. */
export function readLag(redis: RedisClient, keys: Keys, shardCount: number): Promise<ShardLag[]> {
  return Promise.all(Array.from({ length: shardCount }, (_, shard) => readShardLag(redis, keys, shard)))
}

async function readShardLag(redis: RedisClient, keys: Keys, shard: number): Promise<ShardLag> {
  const positions = [keys.position('evaluate', shard), keys.position('record', shard)]
  const answer = (await runScript(redis, LAG, [keys.reports(shard), ...positions], [])) as [
    length: number,
    bytes: number,
    nowMs: number,
    first: string,
    last: string,
    evaluateAt: string,
    evaluateNext: string,
    recordAt: string,
    recordNext: string,
  ]
  const [length, bytes, nowMs, first, last, evaluateAt, evaluateNext, recordAt, recordNext] = answer
  const lagOf = (at: string, next: string): ReaderLag => {
    if (next === '') return { entries: 0, oldestMs: 0 }
    const oldestMs = Math.max(0, nowMs - msOf(next))
    if (next === first) return { entries: length, oldestMs }
    const share = (msOf(last) - msOf(at)) / Math.max(1, msOf(last) - msOf(first))
    return { entries: Math.min(length - 1, Math.max(1, Math.round(share * length))), oldestMs }
  }
  const evaluate = lagOf(evaluateAt, evaluateNext)
  const record = lagOf(recordAt, recordNext)
  return {
    shard,
    length,
    bytes,
    evaluateLagEntries: evaluate.entries,
    recordLagEntries: record.entries,
    evaluate,
    record,
  }
}

function msOf(id: string): number {
  return Number(id.slice(0, id.indexOf('-')))
}
