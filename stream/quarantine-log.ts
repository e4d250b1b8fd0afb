// What was not let in, on its way to PostgreSQL. Bounded: a flood of rubbish pushes out the oldest, and that is counted.
import { QUARANTINE_BYTES_MAX, type Quarantined } from '../model/quarantine.ts'
import type { RedisClient } from './connect.ts'
import type { Keys } from './keys.ts'
import { parseId } from './positions.ts'
import { FROM_THE_BEGINNING, readRows } from './read-reports.ts'
import { LogUnavailable, unavailableReason } from './redis-errors.ts'
import { runScript, type ScriptArgument, script } from './run-script.ts'

/** Entries kept; at QUARANTINE_BYTES_MAX each this bounds its memory. */
export const QUARANTINE_ENTRIES_MAX = 20_000
const ITEMS_PER_SCRIPT = 100

const APPEND = script(`
-- KEYS 1 quarantine (stream), 2 position up to which it has been moved to the record, 3 count of the entries lost by the cap
-- ARGV 1 entries kept, then per entry: description (JSON), raw bytes
local function parse(id)
  local ms, seq = string.match(id, '^(%d+)-?(%d*)$')
  return tonumber(ms), tonumber(seq) or 0
end
for i = 2, #ARGV, 2 do redis.call('XADD', KEYS[1], '*', 'about', ARGV[i], 'raw', ARGV[i + 1]) end
local surplus = redis.call('XLEN', KEYS[1]) - ARGV[1]
if surplus <= 0 then return 0 end
local movedMs, movedSeq = parse(redis.call('GET', KEYS[2]) or '0-0')
local lost = 0
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', surplus)) do
  local ms, seq = parse(entry[1])
  if ms > movedMs or (ms == movedMs and seq > movedSeq) then lost = lost + 1 end
end
redis.call('XTRIM', KEYS[1], 'MAXLEN', ARGV[1])
if lost > 0 then redis.call('INCRBY', KEYS[3], lost) end
return lost
`)

/**
 * Keeps the items, on disk when it resolves. Gives how many older ones were pushed out before they reached the record. Throws
 * LogUnavailable; then some of the items may be kept, and sending them again keeps them twice.
 */
export async function appendQuarantine(
  redis: RedisClient,
  keys: Keys,
  items: readonly Quarantined[],
  entriesMax = QUARANTINE_ENTRIES_MAX,
): Promise<number> {
  let lost = 0
  for (let from = 0; from < items.length; from += ITEMS_PER_SCRIPT) {
    const args: ScriptArgument[] = [entriesMax]
    for (const item of items.slice(from, from + ITEMS_PER_SCRIPT)) args.push(describe(item), rawOf(item))
    try {
      lost += (await runScript(redis, APPEND, scriptKeys(keys), args)) as number
    } catch (error) {
      throw new LogUnavailable(unavailableReason(error), error)
    }
  }
  return lost
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
  await redis.set(keys.quarantinePosition, id)
  await redis.xtrim(keys.quarantine, 'MINID', `${ms}-${seq + 1}`)
}

/** Items that are not in the record yet. */
export function quarantineWaiting(redis: RedisClient, keys: Keys): Promise<number> {
  return redis.xlen(keys.quarantine)
}

/** Items pushed out by the cap before they reached the record, since ever. */
export async function quarantineDropped(redis: RedisClient, keys: Keys): Promise<number> {
  return Number((await redis.get(keys.quarantineDropped)) ?? 0)
}

function scriptKeys(keys: Keys): string[] {
  return [keys.quarantine, keys.quarantinePosition, keys.quarantineDropped]
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
