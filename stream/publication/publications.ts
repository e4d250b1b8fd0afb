// What is read from PostgreSQL in one process and needed in all: the directory for ingest, plans and zones for evaluate.
import type { DirectoryRecord } from '../../model/plan/directory.ts'
import type { Plan, Span, Zone } from '../../model/plan/plan.ts'
import { shardOf } from '../../model/report/shard.ts'
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import { scanHash } from '../redis/scan-hash.ts'
import {
  beginPublishing,
  bumpVersion,
  loadAllRecords,
  loadChangedRecords,
  portions,
  publishAllRecords,
  publishedVersion,
  publishRecords,
  VERSION_NONE,
} from './publish-records.ts'

export { watchVersion } from './watch-version.ts'

/**
 * A wearer's plan, the time from which it differs from the one before, the Bapas, or other unit, that the wearer is counted in, and
 * when a bracelet is worn (sorted, disjoint).
 */
export type PublishedPlan = { changedMs: number; unitPath?: string; worn?: Span[]; plan: Plan }
export type WearerPlan = PublishedPlan & { wearerId: number }

/**
 * Takes plans and directory over from whoever published before: with an older token (of the `publish` lease) nobody writes to them
 * any more. Whoever read the rules before this was called may be behind. Throws FencedOff when one with a newer token has begun.
 */
export async function beginPublishingRules(
  redis: RedisClient,
  keys: Keys,
  shardCount: number,
  token: number,
): Promise<void> {
  for (let shard = 0; shard < shardCount; shard++) await beginPublishing(redis, keys.plansOf(shard), token)
  await beginPublishing(redis, keys.directory, token)
}

/** The whole directory: what is published and not in `full` goes. Throws FencedOff where `token` is given and older than another. */
export async function publishDirectory(
  redis: RedisClient,
  keys: Keys,
  full: readonly DirectoryRecord[],
  token?: number,
): Promise<void> {
  await publishAllRecords(
    redis,
    keys.directory,
    new Map(full.map((record) => [directoryField(record), JSON.stringify(record)])),
    token,
  )
}

/** Some of it; `removedFields` are `directoryField`s. */
export async function publishDirectoryChanges(
  redis: RedisClient,
  keys: Keys,
  changed: readonly DirectoryRecord[],
  removedFields: readonly string[] = [],
): Promise<void> {
  const records = new Map(changed.map((record) => [directoryField(record), JSON.stringify(record)]))
  await publishRecords(redis, keys.directory, records, removedFields)
}

export async function loadDirectory(
  redis: RedisClient,
  keys: Keys,
): Promise<{ version: number; records: DirectoryRecord[] }> {
  const { version, records } = await loadAllRecords(redis, keys.directory)
  return { version, records: [...records.values()].map((json) => JSON.parse(json)) }
}

/**
 * What changed after version `since`, by `directoryField`, undefined where a record is gone. Gives undefined when that cannot be
 * told any more: load all.
 */
export async function loadDirectoryChanges(
  redis: RedisClient,
  keys: Keys,
  since: number,
): Promise<{ version: number; changed: Map<string, DirectoryRecord | undefined> } | undefined> {
  const found = await loadChangedRecords(redis, keys.directory, since)
  return (
    found && { version: found.version, changed: mapValues(found.changed, (_, json) => parse<DirectoryRecord>(json)) }
  )
}

/** A directory record's name: `device:<deviceId>` or `gateway:<gatewayId>`. */
export function directoryField(record: DirectoryRecord): string {
  return record.kind === 'device' ? `device:${record.device.deviceId}` : `gateway:${record.gateway.gatewayId}`
}

/** Some plans, new or changed, and wearers that have none any more. */
export async function publishPlans(
  redis: RedisClient,
  keys: Keys,
  shardCount: number,
  plans: readonly WearerPlan[],
  removedWearerIds: readonly number[],
): Promise<void> {
  const removed = byShard(removedWearerIds, (wearerId) => wearerId, shardCount)
  let changed = 0
  for (const [shard, some] of byShard(plans, ({ wearerId }) => wearerId, shardCount).entries()) {
    const gone = (removed[shard] as number[]).map(String)
    if (some.length + gone.length > 0)
      changed += (await publishRecords(redis, keys.plansOf(shard), planRecords(some), gone)).length
  }
  await announcePlans(redis, keys, shardCount, changed)
}

/** All plans: a wearer not among them has none any more. Throws FencedOff where `token` is given and older than another. */
export async function publishAllPlans(
  redis: RedisClient,
  keys: Keys,
  shardCount: number,
  plans: readonly WearerPlan[],
  token?: number,
): Promise<void> {
  let changed = 0
  for (const [shard, some] of byShard(plans, ({ wearerId }) => wearerId, shardCount).entries())
    changed += (await publishAllRecords(redis, keys.plansOf(shard), planRecords(some), token)).length
  await announcePlans(redis, keys, shardCount, changed)
}

export async function loadPlans(
  redis: RedisClient,
  keys: Keys,
  shard: number,
): Promise<{ version: number; plans: Map<number, PublishedPlan> }> {
  const { version, records } = await loadAllRecords(redis, keys.plansOf(shard))
  return { version, plans: new Map([...records].map(([wearerId, json]) => [Number(wearerId), JSON.parse(json)])) }
}

/** Plans of a shard changed after version `since`, undefined where a wearer has none any more; undefined: load all. */
export async function loadPlanChanges(
  redis: RedisClient,
  keys: Keys,
  shard: number,
  since: number,
): Promise<{ version: number; changed: Map<number, PublishedPlan | undefined> } | undefined> {
  const found = await loadChangedRecords(redis, keys.plansOf(shard), since)
  if (found === undefined) return undefined
  const changed = new Map([...found.changed].map(([wearerId, json]) => [Number(wearerId), parse<PublishedPlan>(json)]))
  return { version: found.version, changed }
}

/** Zones by id. An id names one shape for ever; publishing it again overwrites it, for a database that began anew. */
export async function publishZones(redis: RedisClient, keys: Keys, zones: readonly Zone[]): Promise<void> {
  const records = new Map(zones.map((zone) => [zone.id, JSON.stringify(zone)]))
  for (const ids of portions([...records.keys()], (id) => (records.get(id) as string).length))
    await redis.hset(
      keys.zones,
      ids.flatMap((id) => [id, records.get(id) as string]),
    )
}

/** Zones that no plan names any more. */
export async function removeZones(redis: RedisClient, keys: Keys, ids: readonly string[]): Promise<void> {
  for (const some of portions(ids, (id) => id.length)) await redis.hdel(keys.zones, ...some)
}

/** The zones of these ids, or all; an id that is not published is not among them. */
export async function loadZones(redis: RedisClient, keys: Keys, ids?: readonly string[]): Promise<Zone[]> {
  const zones: Zone[] = []
  if (ids === undefined) {
    await scanHash(redis, keys.zones, (_, json) => zones.push(JSON.parse(json.toString())))
    return zones
  }
  for (const some of portions(ids, () => 65_536))
    for (const json of await redis.hmget(keys.zones, ...some)) if (json !== null) zones.push(JSON.parse(json))
  return zones
}

/** The version of the directory, or of the plans of all shards; 0 before the first publication. */
export function readVersion(redis: RedisClient, keys: Keys, what: 'directory' | 'plans'): Promise<number> {
  return publishedVersion(redis, what === 'directory' ? keys.directory : keys.allPlans)
}

/** Also where an earlier publisher ended after a shard's plans and before this. */
async function announcePlans(redis: RedisClient, keys: Keys, shardCount: number, changed: number): Promise<void> {
  const shards = Array.from({ length: shardCount }, (_, shard) => publishedVersion(redis, keys.plansOf(shard)))
  const announced = await publishedVersion(redis, keys.allPlans)
  const newest = Math.max(...(await Promise.all(shards)))
  // Several changes of a shard within a millisecond carry its version ahead of the clock; it is announced all the same.
  if (changed > 0 || announced === VERSION_NONE || newest > announced) await bumpVersion(redis, keys.allPlans, newest)
}

function planRecords(plans: readonly WearerPlan[]): Map<string, string> {
  return new Map(
    plans.map(({ wearerId, ...published }) => [String(wearerId), JSON.stringify(published satisfies PublishedPlan)]),
  )
}

function byShard<T>(items: readonly T[], wearerOf: (item: T) => number, shardCount: number): T[][] {
  const shards: T[][] = Array.from({ length: shardCount }, () => [])
  for (const item of items) (shards[shardOf(wearerOf(item), shardCount)] as T[]).push(item)
  return shards
}

function mapValues<K, V, W>(map: Map<K, V>, change: (key: K, value: V) => W): Map<K, W> {
  return new Map([...map].map(([key, value]) => [key, change(key, value)]))
}

function parse<T>(json: string | undefined): T | undefined {
  return json === undefined ? undefined : JSON.parse(json)
}
