// Every revision of every incident, in the order in which it was concluded. Written by `commitShard` only.
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import { trimBehind } from './positions.ts'
import { readEntries } from './read-reports.ts'

/** `unitPath`: of the wearer when it was concluded; absent where it was not known, and in a unit's incident, which says it itself. */
type IncidentEntry = { id: string; json: string; unitPath?: string }

const UNIT = ',"ofUnit":'

/** What an entry holds: the incident, and its wearer's unit as the last member, so that a reader of an older build parses it too. */
export function encodeIncident(json: string, unitPath: string | undefined): string {
  return unitPath === undefined ? json : `${json.slice(0, -1)}${UNIT}${JSON.stringify(unitPath)}}`
}

function decodeIncident(id: string, text: string): IncidentEntry {
  const at = text.lastIndexOf(UNIT)
  // Entries of an older build, and of units, have none.
  const unitPath = at < 0 ? undefined : /^"([\w.-]+)"\}$/.exec(text.slice(at + UNIT.length))?.[1]
  return unitPath === undefined ? { id, json: text } : { id, json: `${text.slice(0, at)}}`, unitPath }
}

/** Incident revisions of a shard after `afterId`, oldest first. Blocking needs a connection of its own (see `readEntries`). */
export async function readIncidents(
  redis: RedisClient,
  keys: Keys,
  shard: number,
  afterId: string,
  options: { count: number; blockMs?: number },
): Promise<IncidentEntry[]> {
  const entries = await readEntries(redis, keys.incidents(shard), afterId, options)
  return entries.map(({ id, bytes }) => decodeIncident(id, Buffer.from(bytes).toString()))
}

/**
 * Drops revisions concluded before `olderThanMs` (UTC, Redis' clock) that every one of `readers` has behind it; their positions
 * are those of `setPosition`. Nothing goes while one of them has none. Gives how many went.
 */
export function trimIncidents(
  redis: RedisClient,
  keys: Keys,
  shard: number,
  olderThanMs: number,
  readers: readonly string[] = [],
): Promise<number> {
  return trimBehind(redis, keys, keys.incidents(shard), shard, readers, `${Math.max(0, Math.floor(olderThanMs))}-0`)
}
