// When reports could be received at all. Each ingest process writes every few seconds that it listens. Evaluators subtract the
// time in which no process listened from every silence. A process that stalls or dies is no gap while another one listens,
// because its bracelets can connect to that one.
import type { ListeningGap } from '../../model/incident/outage.ts'
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import { runScript, script } from '../redis/run-script.ts'

export type Listening = {
  /** For the first time; all by the clock that stamps reports as received. */
  sinceMs: number
  toMs: number
  /** The newest gaps in which no process listened, in order. */
  gaps: readonly ListeningGap[]
}

/** A longer time without a beat counts as not listening. A restart takes less. */
export const LISTENING_GAP_MS = 30_000
/** Gaps kept. A silence that spans more of them was raised long ago. */
export const GAPS_KEPT_MAX = 64

const SAY = script(`
-- Says that somebody listens. Whether there was a gap is measured by Redis' clock, which nobody sets.
-- KEYS 1 listening (hash: since, to, redis, gaps as JSON)
-- ARGV 1 time now by the clock that stamps reports, 2 longest silence that is no gap, ms, 3 gaps kept
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('HMGET', KEYS[1], 'redis', 'to', 'gaps')
if not before[1] or not before[2] then
  redis.call('HSET', KEYS[1], 'since', ARGV[1])
elseif now - tonumber(before[1]) > tonumber(ARGV[2]) and tonumber(ARGV[1]) > tonumber(before[2]) then
  local gaps = before[3] and cjson.decode(before[3]) or {}
  gaps[#gaps + 1] = { fromMs = tonumber(before[2]), toMs = tonumber(ARGV[1]) }
  while #gaps > tonumber(ARGV[3]) do table.remove(gaps, 1) end
  redis.call('HSET', KEYS[1], 'gaps', cjson.encode(gaps))
end
if not before[2] or tonumber(before[2]) < tonumber(ARGV[1]) then redis.call('HSET', KEYS[1], 'to', ARGV[1]) end
redis.call('HSET', KEYS[1], 'redis', string.format('%.0f', now))
return 1
`)

export async function sayListening(redis: RedisClient, keys: Keys, nowMs: number): Promise<void> {
  await runScript(redis, SAY, [keys.listening], [nowMs, LISTENING_GAP_MS, GAPS_KEPT_MAX])
}

/** Undefined where no process has ever listened. */
export async function readListening(redis: RedisClient, keys: Keys): Promise<Listening | undefined> {
  const [since, to, gaps] = await redis.hmget(keys.listening, 'since', 'to', 'gaps')
  if (since == null || to == null) return undefined
  return { sinceMs: Number(since), toMs: Number(to), gaps: gaps == null ? [] : JSON.parse(gaps) }
}
