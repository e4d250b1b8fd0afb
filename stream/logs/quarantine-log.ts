// Refused reports and frames on their way to PostgreSQL. The log is bounded: each sender has a quota, and when the log is full the
// oldest items are dropped and counted.
import { QUARANTINE_BYTES_MAX, type Quarantined } from '../../model/report/quarantine.ts'
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import { LogUnavailable, unavailableReason } from '../redis/redis-errors.ts'
import { runScript, type ScriptArgument, script } from '../redis/run-script.ts'
import { parseId } from './positions.ts'
import { FROM_THE_BEGINNING, readRows } from './read-reports.ts'

/** Entries kept; at QUARANTINE_BYTES_MAX each this bounds its memory. */
const QUARANTINE_ENTRIES_MAX = 20_000
/** Entries of one sender. All strangers count as one sender. */
export const QUARANTINE_QUOTA_MAX = 2000
const ITEMS_PER_SCRIPT = 100

const FORGET = `
local function forget(entry)
  local sender = entry[2][6]
  if sender and redis.call('HINCRBY', KEYS[4], sender, -1) <= 0 then redis.call('HDEL', KEYS[4], sender) end
end
`

const APPEND = script(`
-- KEYS 1 quarantine (stream), 2 position up to which it has been moved to the record, 3 count of the entries lost by the cap,
--      4 entries by sender (hash)
-- ARGV 1 entries kept, 2 of one sender, 3 a sender asked for or '', then per entry: sender, description (JSON), raw bytes
-- gives entries pushed out, entries refused, then per sender: its name, what is left to it
${FORGET}
local function parse(id)
  local ms, seq = string.match(id, '^(%d+)-?(%d*)$')
  return tonumber(ms), tonumber(seq) or 0
end
local left, refused, lost = {}, 0, 0
local function leftTo(sender)
  if not left[sender] then left[sender] = ARGV[2] - (redis.call('HGET', KEYS[4], sender) or 0) end
  return left[sender]
end
if ARGV[3] ~= '' then leftTo(ARGV[3]) end
for i = 4, #ARGV, 3 do
  local sender = ARGV[i]
  if leftTo(sender) > 0 then
    redis.call('XADD', KEYS[1], '*', 'about', ARGV[i + 1], 'raw', ARGV[i + 2], 'sender', sender)
    redis.call('HINCRBY', KEYS[4], sender, 1)
    left[sender] = left[sender] - 1
  else
    refused = refused + 1
  end
end
local surplus = redis.call('XLEN', KEYS[1]) - ARGV[1]
if surplus > 0 then
  local movedMs, movedSeq = parse(redis.call('GET', KEYS[2]) or '0-0')
  for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', surplus)) do
    local ms, seq = parse(entry[1])
    if ms > movedMs or (ms == movedMs and seq > movedSeq) then lost = lost + 1 end
    forget(entry)
  end
  redis.call('XTRIM', KEYS[1], 'MAXLEN', ARGV[1])
  if lost > 0 then redis.call('INCRBY', KEYS[3], lost) end
end
local reply = { lost, refused }
for sender, entries in pairs(left) do
  reply[#reply + 1] = sender
  reply[#reply + 1] = entries
end
return reply
`)

const DROP = script(`
-- KEYS as above. ARGV 1 the last entry that is in the record, 2 the first id behind it
${FORGET}
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', ARGV[1])) do forget(entry) end
redis.call('SET', KEYS[2], ARGV[1])
redis.call('XTRIM', KEYS[1], 'MINID', ARGV[2])
if redis.call('XLEN', KEYS[1]) == 0 then redis.call('DEL', KEYS[4]) end
`)

/** `sender`: the name whose quota the item uses. */
export type QuarantineItem = Quarantined & { sender: string }

export type QuarantineReply = {
  /** Older ones pushed out before they reached the record. */
  pushedOut: number
  /** Items not kept: their sender's share is used up. */
  refused: number
  /** What is left, by sender. */
  left: Map<string, number>
}

/**
 * Keeps the items, on disk when it resolves, as far as their senders' shares reach, and says what is left to these and to
 * `askedFor`. Throws LogUnavailable; then some of the items may be kept, and sending them again keeps them twice.
 */
export async function appendQuarantine(
  redis: RedisClient,
  keys: Keys,
  items: readonly QuarantineItem[],
  { entriesMax = QUARANTINE_ENTRIES_MAX, quotaMax = QUARANTINE_QUOTA_MAX, askedFor = '' } = {},
): Promise<QuarantineReply> {
  const reply: QuarantineReply = { pushedOut: 0, refused: 0, left: new Map() }
  for (let from = 0; from === 0 || from < items.length; from += ITEMS_PER_SCRIPT) {
    const args: ScriptArgument[] = [entriesMax, quotaMax, askedFor]
    for (const item of items.slice(from, from + ITEMS_PER_SCRIPT)) args.push(item.sender, describe(item), rawOf(item))
    let said: (number | string)[]
    try {
      said = (await runScript(redis, APPEND, scriptKeys(keys), args)) as (number | string)[]
    } catch (error) {
      throw new LogUnavailable(unavailableReason(error), error)
    }
    reply.pushedOut += said[0] as number
    reply.refused += said[1] as number
    for (let i = 2; i < said.length; i += 2) reply.left.set(String(said[i]), said[i + 1] as number)
  }
  return reply
}

/** Quarantined items after `afterId`, oldest first. Blocking needs a connection of its own (see `readEntries`). */
export async function readQuarantine(
  redis: RedisClient,
  keys: Keys,
  afterId: string,
  options: { count: number; blockMs?: number },
): Promise<{ id: string; item: Quarantined }[]> {
  const rows = await readRows(redis, keys.quarantine, afterId, options)
  return rows.map(({ id, fields }) => {
    const [, about, , raw] = fields as [Buffer, Buffer, Buffer, Buffer]
    return { id, item: { ...JSON.parse(about.toString()), raw } satisfies Quarantined }
  })
}

/** Where the record goes on reading; '0-0' at first. */
export async function quarantinePosition(redis: RedisClient, keys: Keys): Promise<string> {
  return (await redis.get(keys.quarantinePosition)) ?? FROM_THE_BEGINNING
}

/** Says that everything up to `id` is in the record, and drops it here. */
export async function dropQuarantine(redis: RedisClient, keys: Keys, id: string): Promise<void> {
  const [ms, seq] = parseId(id)
  await runScript(redis, DROP, scriptKeys(keys), [id, `${ms}-${seq + 1}`])
}

/** Items that are not in the record yet. */
export function quarantineWaiting(redis: RedisClient, keys: Keys): Promise<number> {
  return redis.xlen(keys.quarantine)
}

/** All items that the cap dropped before they reached the record. */
export async function quarantineDropped(redis: RedisClient, keys: Keys): Promise<number> {
  return Number((await redis.get(keys.quarantineDropped)) ?? 0)
}

function scriptKeys(keys: Keys): string[] {
  return [keys.quarantine, keys.quarantinePosition, keys.quarantineDropped, keys.quarantineSenders]
}

function describe({ receivedMs, protocol, reason, detail, deviceId, cut, raw }: Quarantined): string {
  return JSON.stringify({
    receivedMs,
    protocol,
    reason,
    detail,
    deviceId,
    cut: cut || raw.length > QUARANTINE_BYTES_MAX,
  })
}

function rawOf({ raw }: Quarantined): Buffer {
  return Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, QUARANTINE_BYTES_MAX))
}
