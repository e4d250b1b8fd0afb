// A published set: sealed records in one Redis hash, a head that vouches for all of them, a version, and the last changes, so that
// readers can follow along (read-records.ts).
//
// Records are written first, then head, version and changes in one step: a publisher that ends in between leaves records that the
// head does not vouch for, and the next one announces them. A version is Redis' time in ms or one more than the last, so it grows
// also after Redis has lost its data. `changes` is a stream with the version as id, the version before it and the fields changed.
import { FencedOff } from '../../model/fenced-off.ts'
import type { RedisClient } from '../redis/connect.ts'
import type { PublicationKeys } from '../redis/keys.ts'
import { runScript, script } from '../redis/run-script.ts'
import { scanHash } from '../redis/scan-hash.ts'
import { addTo, DIGEST_INTS, parseHead } from '../redis/seal.ts'

/** No version yet. */
export const VERSION_NONE = 0
export const CHANGES_MAX = 1000
/** A publication that changes more fields than this does not name them: followers look at all. */
export const CHANGED_FIELDS_MAX = 2000
const FIELDS_PER_COMMAND = 500
const BYTES_PER_COMMAND = 4 * 1_048_576

const FENCED = `
if ARGV[1] ~= '' and tonumber(redis.call('GET', KEYS[1]) or '0') > tonumber(ARGV[1]) then return false end
`

const WRITE = script(`
-- KEYS 1 fence, 2 records (hash). ARGV 1 token or '', 2 how many fields and values follow; these; then fields that go
-- Gives 1, or nil with nothing written when a newer publisher has begun.
${FENCED}
local written = tonumber(ARGV[2])
if written > 0 then redis.call('HSET', KEYS[2], unpack(ARGV, 3, 2 + written)) end
if #ARGV > 2 + written then redis.call('HDEL', KEYS[2], unpack(ARGV, 3 + written, #ARGV)) end
return 1
`)

const ANNOUNCE = script(`
-- KEYS 1 fence, 2 version, 3 changes (stream), 4 head
-- ARGV 1 token or '', 2 changed fields as JSON or 'null', 3 changes kept, 4 notice channel, 5 least version, 6 head or ''
-- Gives the version, or nil with nothing written when a newer publisher has begun.
${FENCED}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = tonumber(redis.call('GET', KEYS[2]) or '0')
local version = string.format('%.0f', math.max(before + 1, now, tonumber(ARGV[5])))
if ARGV[6] ~= '' then redis.call('SET', KEYS[4], ARGV[6]) end
redis.call('SET', KEYS[2], version)
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[3], version .. '-0', 'before', string.format('%.0f', before), 'fields', ARGV[2])
redis.call('PUBLISH', ARGV[4], version)
return version
`)

const BEGIN = script(`
-- KEYS 1 fence; ARGV 1 token. Gives 1, or nil when a newer publisher has begun.
${FENCED}
redis.call('SET', KEYS[1], ARGV[1])
return 1
`)

/** From now on nobody with an older token writes to this set. Throws FencedOff when a newer one has begun. */
export async function beginPublishing(redis: RedisClient, keys: PublicationKeys, token: number): Promise<void> {
  await fenced(redis, BEGIN, [keys.fence], [token])
}

/**
 * Publishes a whole set: what is published and not among `records` goes, and what somebody else has put there is replaced. Gives the
 * fields that changed. Throws FencedOff when one with a newer token than `token` has begun.
 */
export async function publishAllRecords(
  redis: RedisClient,
  keys: PublicationKeys,
  records: ReadonlyMap<string, string>,
  token?: number,
): Promise<string[]> {
  const { set, seal } = keys
  const head = parseHead(await redis.get(keys.head))
  const sum = new Int32Array(DIGEST_INTS)
  const seen = new Set<string>()
  const kept = new Set<string>()
  const gone: string[] = []
  let newest = head?.stamp ?? 0
  const stored = { count: 0, sum: new Int32Array(DIGEST_INTS) }
  await scanHash(redis, keys.records, (field, value) => {
    if (seen.has(field)) return
    seen.add(field)
    const opened = seal.open(set, field, value.toString())
    const wanted = records.get(field)
    stored.count++
    if (opened !== undefined) {
      addTo(stored.sum, opened.digest)
      newest = Math.max(newest, opened.stamp)
    }
    if (wanted === undefined) gone.push(field)
    else if (opened?.body === wanted) {
      kept.add(field)
      addTo(sum, opened.digest)
    }
  })
  const announced = head !== undefined && seal.vouches(set, head, stored.count, stored.sum)
  const stamp = Math.max(newest + 1, await nowMs(redis))
  const changed: string[] = []
  const write = async (fields: string[]): Promise<void> => {
    const pairs = fields.flatMap((field) => {
      const { text, digest } = seal.seal(set, field, stamp, records.get(field) as string)
      addTo(sum, digest)
      return [field, text]
    })
    await fenced(redis, WRITE, [keys.fence, keys.records], [token ?? '', pairs.length, ...pairs])
    changed.push(...fields)
  }
  const differing = [...records.keys()].filter((field) => !kept.has(field))
  for (const fields of portions(differing, (field) => (records.get(field) as string).length)) await write(fields)
  for (const fields of portions(gone, (field) => field.length)) {
    await fenced(redis, WRITE, [keys.fence, keys.records], [token ?? '', 0, ...fields])
    changed.push(...fields)
  }
  if (changed.length === 0 && announced && (await publishedVersion(redis, keys)) !== VERSION_NONE) return changed
  await announce(redis, keys, {
    // What an earlier publisher wrote and did not announce is not known by name.
    changed: announced || seen.size === 0 ? changed : undefined,
    head: seal.headText(set, stamp, records.size, sum),
    token,
  })
  return changed
}

/** Makes every watcher look again. The version becomes at least `leastVersion`. */
export async function bumpVersion(
  redis: RedisClient,
  keys: PublicationKeys,
  leastVersion = VERSION_NONE,
): Promise<void> {
  await announce(redis, keys, { changed: [], leastVersion })
}

type Announcement = {
  /** Undefined: any of them. */
  changed: readonly string[] | undefined
  head?: string
  leastVersion?: number
  token?: number | undefined
}

async function announce(
  redis: RedisClient,
  { version, changes, fence, notice, head: headKey }: PublicationKeys,
  { changed, head = '', leastVersion = VERSION_NONE, token }: Announcement,
): Promise<void> {
  const named = changed === undefined || changed.length > CHANGED_FIELDS_MAX ? 'null' : JSON.stringify(changed)
  const operands = [token ?? '', named, CHANGES_MAX, notice, leastVersion, head]
  await fenced(redis, ANNOUNCE, [fence, version, changes, headKey], operands)
}

async function fenced(
  redis: RedisClient,
  step: ReturnType<typeof script>,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<void> {
  if ((await runScript(redis, step, keys, args)) === null)
    throw new FencedOff(`a newer publisher than the one with token ${args[0]} has begun`)
}

export async function publishedVersion(redis: RedisClient, keys: PublicationKeys): Promise<number> {
  return Number((await redis.get(keys.version)) ?? VERSION_NONE)
}

/** By Redis' clock: stamps grow also where all that was stamped before has been lost. */
async function nowMs(redis: RedisClient): Promise<number> {
  const [seconds, micros] = await redis.time()
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
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
