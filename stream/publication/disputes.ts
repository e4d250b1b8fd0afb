// Bracelets that two senders claim to be. Every ingest process says here whom it hears; here is kept who was heard of late for each
// bracelet, and which ones are disputed until an officer has looked.
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import { runScript, script } from '../redis/run-script.ts'

/** What of a report distinguishes senders. `sender`: protocol, address and session. */
export type SenderSeen = {
  braceletId: number
  wearerId: number
  sender: string
  receivedMs: number
  /** By the device's clock. */
  timeMs: number
  latDeg?: number | undefined
  lonDeg?: number | undefined
  accuracyM?: number | undefined
}

export type Dispute = {
  braceletId: number
  wearerId: number
  sinceMs: number
  why: string
  senders: string[]
}

/** Of a bracelet this many are kept, and none that is older than this at the next one. */
const SEEN_KEPT_MAX = 24
const SEEN_KEPT_MS = 15 * 60_000
/** One more is not taken: a directory in which so many are disputed has another fault. */
const DISPUTES_MAX = 10_000
const SENDERS_MAX = 8
const PER_SCRIPT = 200

const NOTE = script(`
-- Adds what was seen of some bracelets; gives, for each that more than one sender spoke for of late, its number and all that is kept.
-- KEYS 1 senders (hash: bracelet -> JSON array)
-- ARGV 1 kept at most, 2 kept for, ms; then bracelet, sender, time received, JSON of one seen, and again
local contended, found = {}, {}
for i = 3, #ARGV, 4 do
  local bracelet, received = ARGV[i], tonumber(ARGV[i + 2])
  local before = redis.call('HGET', KEYS[1], bracelet)
  local kept, several = {}, false
  if before then
    for _, one in ipairs(cjson.decode(before)) do
      if received - one[2] <= tonumber(ARGV[2]) then kept[#kept + 1] = one end
    end
  end
  kept[#kept + 1] = { ARGV[i + 1], received, ARGV[i + 3] }
  while #kept > tonumber(ARGV[1]) do table.remove(kept, 1) end
  for j = 2, #kept do if kept[j][1] ~= kept[1][1] then several = true end end
  redis.call('HSET', KEYS[1], bracelet, cjson.encode(kept))
  if several then contended[bracelet] = kept end
end
for bracelet, kept in pairs(contended) do
  found[#found + 1] = bracelet
  local all = {}
  for _, one in ipairs(kept) do all[#all + 1] = one[3] end
  found[#found + 1] = '[' .. table.concat(all, ',') .. ']'
end
return found
`)

const RAISE = script(`
-- KEYS 1 disputes (hash), 2 version; ARGV 1 bracelet, 2 dispute as JSON, 3 kept at most
-- Gives 1 when it is kept, 2 when one was there, 0 when there is no room.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 2 end
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('INCR', KEYS[2])
return 1
`)

const RESOLVE = script(`
-- KEYS 1 disputes (hash), 2 version, 3 senders (hash); ARGV bracelets
redis.call('HDEL', KEYS[1], unpack(ARGV))
redis.call('HDEL', KEYS[3], unpack(ARGV))
redis.call('INCR', KEYS[2])
return 1
`)

/** Keeps what was seen; gives all that is kept of those bracelets for which more than one sender spoke of late, oldest first. */
export async function noteSenders(
  redis: RedisClient,
  keys: Keys,
  seen: readonly SenderSeen[],
): Promise<Map<number, SenderSeen[]>> {
  const contended = new Map<number, SenderSeen[]>()
  for (let from = 0; from < seen.length; from += PER_SCRIPT) {
    const args = seen
      .slice(from, from + PER_SCRIPT)
      .flatMap((one) => [one.braceletId, one.sender, one.receivedMs, JSON.stringify(one)])
    const pairs = (await runScript(redis, NOTE, [keys.senders], [SEEN_KEPT_MAX, SEEN_KEPT_MS, ...args])) as string[]
    for (let i = 0; i < pairs.length; i += 2) contended.set(Number(pairs[i]), JSON.parse(pairs[i + 1]!))
  }
  return contended
}

/** False where there is no room for it. One that is there already stays as it is. */
export async function raiseDispute(redis: RedisClient, keys: Keys, dispute: Dispute): Promise<boolean> {
  const json = JSON.stringify({ ...dispute, senders: dispute.senders.slice(0, SENDERS_MAX) })
  return (
    (await runScript(redis, RAISE, [keys.disputes, keys.disputesVersion], [dispute.braceletId, json, DISPUTES_MAX])) !==
    0
  )
}

const NOTE_FLUSHED = script(`
-- KEYS 1 flushed (hash: bracelet -> ms); ARGV bracelet, ms, and again. The later time stays.
for i = 1, #ARGV, 2 do
  local before = tonumber(redis.call('HGET', KEYS[1], ARGV[i]) or 0)
  if tonumber(ARGV[i + 1]) > before then redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
end
return 1
`)

/** Up to which time each bracelet has sent what it had stored. */
export async function noteFlushed(
  redis: RedisClient,
  keys: Keys,
  flushedMs: ReadonlyMap<number, number>,
): Promise<void> {
  const all = [...flushedMs]
  for (let from = 0; from < all.length; from += PER_SCRIPT)
    await runScript(redis, NOTE_FLUSHED, [keys.flushed], all.slice(from, from + PER_SCRIPT).flat())
}

export async function readFlushed(redis: RedisClient, keys: Keys): Promise<Map<number, number>> {
  const found = await redis.hgetall(keys.flushed)
  return new Map(Object.entries(found).map(([bracelet, ms]) => [Number(bracelet), Number(ms)]))
}

/** Another number whenever the disputes have changed. */
export async function disputesVersion(redis: RedisClient, keys: Keys): Promise<number> {
  return Number((await redis.get(keys.disputesVersion)) ?? 0)
}

export async function readDisputes(redis: RedisClient, keys: Keys): Promise<Dispute[]> {
  return (await redis.hvals(keys.disputes)).map((json) => JSON.parse(json) as Dispute)
}

/**
 * An officer has looked: what is known of the wearer's disputes goes, and so does what led to them. Gives the bracelets. Where two
 * senders go on, it is disputed anew.
 */
export async function resolveDisputes(redis: RedisClient, keys: Keys, wearerId: number): Promise<number[]> {
  const bracelets = (await readDisputes(redis, keys))
    .filter((dispute) => dispute.wearerId === wearerId)
    .map(({ braceletId }) => braceletId)
  if (bracelets.length > 0)
    await runScript(redis, RESOLVE, [keys.disputes, keys.disputesVersion, keys.senders], bracelets)
  return bracelets
}
