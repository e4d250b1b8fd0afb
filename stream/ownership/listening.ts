// Since when reports can be received at all. Whoever listens to bracelets says so every few seconds; evaluators count silence from
// there, whichever of them does the counting.
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import { runScript, script } from '../redis/run-script.ts'

export type Listening = {
  /** Without a gap since then … */
  sinceMs: number
  /** … until then, both by the clock that stamps reports as received. */
  toMs: number
}

/** Heard from nobody for longer, we were not listening. A restart takes less. */
export const LISTENING_GAP_MS = 30_000

const SAY = script(`
-- Says that somebody listens. Whether there was a gap is measured by Redis' clock, which nobody sets.
-- KEYS 1 listening (hash: since, to, redis)
-- ARGV 1 time now by the clock that stamps reports, 2 longest silence that is no gap, ms
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('HMGET', KEYS[1], 'redis', 'to')
if not before[1] or now - tonumber(before[1]) > tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], 'since', ARGV[1]) end
if not before[2] or tonumber(before[2]) < tonumber(ARGV[1]) then redis.call('HSET', KEYS[1], 'to', ARGV[1]) end
redis.call('HSET', KEYS[1], 'redis', string.format('%.0f', now))
return 1
`)

export async function sayListening(redis: RedisClient, keys: Keys, nowMs: number): Promise<void> {
  await runScript(redis, SAY, [keys.listening], [nowMs, LISTENING_GAP_MS])
}

/** Undefined where nobody has ever said. */
export async function readListening(redis: RedisClient, keys: Keys): Promise<Listening | undefined> {
  const [since, to] = await redis.hmget(keys.listening, 'since', 'to')
  return since == null || to == null ? undefined : { sinceMs: Number(since), toMs: Number(to) }
}
