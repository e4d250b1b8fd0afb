// A published set: records in one Redis hash as JSON, a version, and the last changes, so that readers can follow along.
//
// A version is written in one step with its records. It is Redis' time in ms or one more than the last, so it grows also after Redis has
// lost its data, and two publications never share one. `changes` is a stream with the version as id, the version before it and the
// fields changed; a reader for whose version no next one is known has fallen behind and loads the whole set anew.

import { parseId } from '../logs/positions.ts'
import type { RedisClient } from '../redis/connect.ts'
import type { PublicationKeys } from '../redis/keys.ts'
import { FencedOff } from '../redis/redis-errors.ts'
import { runScript, script } from '../redis/run-script.ts'
import { scanHash } from '../redis/scan-hash.ts'

/** No version yet. */
export const VERSION_NONE = 0
export const CHANGES_MAX = 1000
/** One who missed more fields than this loads all. */
export const CHANGED_FIELDS_MAX = 2000
const FIELDS_PER_COMMAND = 500
const BYTES_PER_COMMAND = 4 * 1_048_576

const PUBLISH = script(`
-- Writes and removes records and announces them, all or nothing: what is there and was never announced would stay unknown.
-- KEYS 1 records (hash), 2 version, 3 changes (stream), 4 fence
-- ARGV 1 changed fields as JSON, 2 changes kept, 3 notice channel, 4 least version, 5 token or '', 6 fields and values written,
-- 7 removed: counts; then these
-- Gives the version, or nil with nothing written when a newer publisher has begun.
if ARGV[5] ~= '' and tonumber(redis.call('GET', KEYS[4]) or '0') > tonumber(ARGV[5]) then return false end
local written, removed = tonumber(ARGV[6]), tonumber(ARGV[7])
if written > 0 then redis.call('HSET', KEYS[1], unpack(ARGV, 8, 7 + written)) end
if removed > 0 then redis.call('HDEL', KEYS[1], unpack(ARGV, 8 + written, 7 + written + removed)) end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = tonumber(redis.call('GET', KEYS[2]) or '0')
local version = string.format('%.0f', math.max(before + 1, now, tonumber(ARGV[4])))
redis.call('SET', KEYS[2], version)
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[2], version .. '-0', 'before', string.format('%.0f', before), 'fields', ARGV[1])
redis.call('PUBLISH', ARGV[3], version)
return version
`)

const FENCE = script(`
-- KEYS 1 fence; ARGV 1 token. Gives 1, or 0 when a newer publisher has begun.
if tonumber(redis.call('GET', KEYS[1]) or '0') > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
return 1
`)

/** From now on nobody with an older token writes to this set. Throws FencedOff when a newer one has begun. */
export async function beginPublishing(redis: RedisClient, keys: PublicationKeys, token: number): Promise<void> {
  if ((await runScript(redis, FENCE, [keys.fence], [token])) !== 1) throw olderThanAnother(token)
}

function olderThanAnother(token: number | undefined): FencedOff {
  return new FencedOff(`a newer publisher than the one with token ${token} has begun`)
}

/**
 * Writes records that differ from what is published and removes some, each portion with its version. Gives the fields that changed.
 * Throws FencedOff when one with a newer token than `token` has begun.
 */
export async function publishRecords(
  redis: RedisClient,
  keys: PublicationKeys,
  records: ReadonlyMap<string, string>,
  remove: readonly string[],
  token?: number,
): Promise<string[]> {
  const changed: string[] = []
  for (const fields of portions([...records.keys()], (field) => (records.get(field) as string).length)) {
    const known = await redis.hmget(keys.records, ...fields)
    const differing = fields.filter((field, i) => known[i] !== records.get(field))
    if (differing.length === 0) continue
    const written = differing.flatMap((field) => [field, records.get(field) as string])
    await publish(redis, keys, { changed: differing, written, token })
    changed.push(...differing)
  }
  for (const fields of portions(remove, (field) => field.length)) {
    const known = await redis.hmget(keys.records, ...fields)
    const there = fields.filter((_, i) => known[i] !== null)
    if (there.length === 0) continue
    await publish(redis, keys, { changed: there, removed: there, token })
    changed.push(...there)
  }
  if (changed.length === 0 && (await publishedVersion(redis, keys)) === VERSION_NONE)
    await publish(redis, keys, { token })
  return changed
}

/** The same for a whole set: what is published and not among `records` goes. */
export async function publishAllRecords(
  redis: RedisClient,
  keys: PublicationKeys,
  records: ReadonlyMap<string, string>,
  token?: number,
): Promise<string[]> {
  const superfluous: string[] = []
  await scanHash(redis, keys.records, (field) => {
    if (!records.has(field)) superfluous.push(field)
  })
  return publishRecords(redis, keys, records, superfluous, token)
}

/** Makes every watcher look again. The version becomes at least `leastVersion`. */
export async function bumpVersion(
  redis: RedisClient,
  keys: PublicationKeys,
  leastVersion = VERSION_NONE,
): Promise<void> {
  await publish(redis, keys, { leastVersion })
}

type Publication = {
  changed?: readonly string[]
  /** Fields and values by turns. */
  written?: readonly string[]
  removed?: readonly string[]
  leastVersion?: number
  token?: number | undefined
}

async function publish(
  redis: RedisClient,
  { records, version, changes, fence, notice }: PublicationKeys,
  { changed = [], written = [], removed = [], leastVersion = VERSION_NONE, token }: Publication,
): Promise<void> {
  const counts = [written.length, removed.length]
  const operands = [JSON.stringify(changed), CHANGES_MAX, notice, leastVersion, token ?? '', ...counts]
  const given = [...operands, ...written, ...removed]
  if ((await runScript(redis, PUBLISH, [records, version, changes, fence], given)) === null)
    throw olderThanAnother(token)
}

export async function publishedVersion(redis: RedisClient, keys: PublicationKeys): Promise<number> {
  return Number((await redis.get(keys.version)) ?? VERSION_NONE)
}

/** The whole set. It is at least as new as `version` says. */
export async function loadAllRecords(
  redis: RedisClient,
  keys: PublicationKeys,
): Promise<{ version: number; records: Map<string, string> }> {
  const version = await publishedVersion(redis, keys)
  const records = new Map<string, string>()
  await scanHash(redis, keys.records, (field, value) => records.set(field, value.toString()))
  return { version, records }
}

/** What changed after `since`, each field once, undefined where it was removed; undefined for one who must load all. */
export async function loadChangedRecords(
  redis: RedisClient,
  keys: PublicationKeys,
  since: number,
): Promise<{ version: number; changed: Map<string, string | undefined> } | undefined> {
  const version = await publishedVersion(redis, keys)
  if (version === since) return { version, changed: new Map() }
  if (since === VERSION_NONE) return undefined
  const rows = await redis.xrange(keys.changes, `(${since}-0`, '+')
  const missed = rows.map(([id, row]) => ({
    version: parseId(id)[0],
    before: Number(row[1]),
    fields: row[3] as string,
  }))
  if (missed[0]?.before !== since) return undefined
  const names = [...new Set(missed.flatMap(({ fields }) => JSON.parse(fields) as string[]))]
  if (names.length > CHANGED_FIELDS_MAX) return undefined
  const changed = new Map<string, string | undefined>()
  for (const fields of portions(names, () => 0)) {
    const values = await redis.hmget(keys.records, ...fields)
    for (const [i, field] of fields.entries()) changed.set(field, values[i] ?? undefined)
  }
  return { version: missed.at(-1)?.version ?? version, changed }
}

/** Cuts a list so that one command carries a bounded number of fields and bytes. */
export function* portions(fields: readonly string[], bytesOf: (field: string) => number): Generator<string[]> {
  let portion: string[] = []
  let bytes = 0
  for (const field of fields) {
    const more = bytesOf(field)
    if (portion.length > 0 && (portion.length >= FIELDS_PER_COMMAND || bytes + more > BYTES_PER_COMMAND)) {
      yield portion
      portion = []
      bytes = 0
    }
    portion.push(field)
    bytes += more
  }
  if (portion.length > 0) yield portion
}
