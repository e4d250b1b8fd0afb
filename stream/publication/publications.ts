// What is read from PostgreSQL in one process and needed in all: the directory for ingest, plans and zones for evaluate.
import type { SealedRecipient } from '../../model/notice/recipient.ts'
import type { DirectoryRecord } from '../../model/plan/directory.ts'
import type { Plan, Span, Zone } from '../../model/plan/plan.ts'
import { shardOf } from '../../model/report/shard.ts'
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import {
  beginPublishing,
  bumpVersion,
  portions,
  publishAllRecords,
  publishedVersion,
  VERSION_NONE,
} from './publish-records.ts'
import { RecordReader } from './read-records.ts'
import { type RuleAlarm, SILENT_ALARM } from './rule-alarm.ts'

/**
 * A wearer's plan, the time from which it differs from the one before, the Bapas, or other unit, that the wearer is counted in, and
 * when a bracelet is worn (sorted, disjoint).
 */
export type PublishedPlan = { changedMs: number; unitPath?: string; worn?: Span[]; plan: Plan }
export type WearerPlan = PublishedPlan & { wearerId: number }

/** What a look found: changed records by name, undefined where one is gone. Version 0: nothing has ever been published. */
type RuleNews<K, T> = { version: number; changed: Map<K, T | undefined> }

/**
 * Takes plans and directory over from the publisher before: with an older token (of the `publish` lease) nobody writes to them
 * any more. A reader that read the rules before this was called may be behind. Throws FencedOff when one with a newer token has begun.
 */
export async function beginPublishingRules(
  redis: RedisClient,
  keys: Keys,
  shardCount: number,
  token: number,
): Promise<void> {
  for (let shard = 0; shard < shardCount; shard++) await beginPublishing(redis, keys.plansOf(shard), token)
  await beginPublishing(redis, keys.directory, token)
  await beginPublishing(redis, keys.recipientBook, token)
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

/** Follows the directory, by `directoryField`. See RecordReader for what the function given does and throws. */
export function followDirectoryRecords(
  redis: RedisClient,
  keys: Keys,
  alarm?: RuleAlarm,
): () => Promise<RuleNews<string, DirectoryRecord>> {
  const reader = new RecordReader(redis, keys.directory, alarm)
  return async () => parsed(await reader.news(), (field) => field)
}

/** A directory record's name: `device:<deviceId>` or `gateway:<gatewayId>`. */
function directoryField(record: DirectoryRecord): string {
  return record.kind === 'device' ? `device:${record.device.deviceId}` : `gateway:${record.gateway.gatewayId}`
}

/** All recipients that units entered. Throws FencedOff where `token` is given and older than another. */
export async function publishRecipients(
  redis: RedisClient,
  keys: Keys,
  recipients: readonly SealedRecipient[],
  token?: number,
): Promise<void> {
  const records = new Map(recipients.map((recipient) => [recipient.id, JSON.stringify(recipient)]))
  await publishAllRecords(redis, keys.recipientBook, records, token)
}

/** Follows the recipients, by id. See RecordReader for what the function given does and throws. */
export function followRecipients(
  redis: RedisClient,
  keys: Keys,
  alarm?: RuleAlarm,
): () => Promise<RuleNews<string, SealedRecipient>> {
  const reader = new RecordReader(redis, keys.recipientBook, alarm)
  return async () => parsed(await reader.news(), (id) => id)
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

/** Follows the plans of a shard, by wearer. See RecordReader for what the function given does and throws. */
export function followPlans(
  redis: RedisClient,
  keys: Keys,
  shard: number,
  alarm?: RuleAlarm,
): () => Promise<RuleNews<number, PublishedPlan>> {
  const reader = new RecordReader(redis, keys.plansOf(shard), alarm)
  return async () => parsed(await reader.news(), Number)
}

/** An id names one shape for ever: what is sealed under it never grows older. */
const ZONE_STAMP = 0

/**
 * Zones by id. Publishing an id again overwrites it, for a database that began anew and for what somebody else has put there; then
 * followers of plans look again, as a plan may have been waiting for its zone.
 */
export async function publishZones(redis: RedisClient, keys: Keys, zones: readonly Zone[]): Promise<void> {
  let replaced = false
  const shapes = new Map(zones.map((zone) => [zone.id, JSON.stringify(zone)]))
  for (const ids of portions([...shapes.keys()], (id) => (shapes.get(id) as string).length)) {
    const known = await redis.hmget(keys.zones, ...ids)
    const differing = ids.flatMap((id, i) => {
      const { text } = keys.seal.seal(keys.zones, id, ZONE_STAMP, shapes.get(id) as string)
      if (text === known[i]) return []
      replaced ||= known[i] !== null
      return [id, text]
    })
    if (differing.length > 0) await redis.hset(keys.zones, differing)
  }
  if (replaced) await bumpVersion(redis, keys.allPlans)
}

/**
 * Removes zones that no published plan has named for `keptMs`: until then an evaluator may begin from a checkpoint whose plans
 * still name them. `named`: by the plans as published now. Gives those that are gone.
 */
export async function retireZones(
  redis: RedisClient,
  keys: Keys,
  named: ReadonlySet<string>,
  nowMs: number,
  keptMs: number,
): Promise<string[]> {
  const sinceMs = new Map(Object.entries(await redis.hgetall(keys.retiredZones)))
  const retired = (await redis.hkeys(keys.zones)).filter((id) => !named.has(id))
  const fresh = retired.filter((id) => !sinceMs.has(id))
  const gone = retired.filter((id) => nowMs - Number(sinceMs.get(id) ?? nowMs) >= keptMs)
  const still = new Set(retired)
  const forgotten = [...gone, ...[...sinceMs.keys()].filter((id) => !still.has(id))]
  for (const some of portions(fresh, (id) => id.length))
    await redis.hset(keys.retiredZones, ...some.flatMap((id) => [id, String(nowMs)]))
  for (const some of portions(gone, (id) => id.length)) await redis.hdel(keys.zones, ...some)
  for (const some of portions(forgotten, (id) => id.length)) await redis.hdel(keys.retiredZones, ...some)
  return gone
}

/** The zones of these ids; one that is not published, or not by its publisher, is not among them. */
export async function loadZones(
  redis: RedisClient,
  keys: Keys,
  ids: readonly string[],
  alarm = SILENT_ALARM,
): Promise<Zone[]> {
  const zones: Zone[] = []
  let refused = 0
  for (const some of portions(ids, () => 65_536))
    for (const [i, text] of (await redis.hmget(keys.zones, ...some)).entries()) {
      if (text === null) continue
      const opened = keys.seal.open(keys.zones, some[i] as string, text)
      if (opened !== undefined) zones.push(JSON.parse(opened.body))
      else {
        refused++
        alarm.refused(keys.zones, some[i] as string, 'it does not carry the seal of the publisher')
      }
    }
  if (refused === 0) alarm.whole(keys.zones)
  return zones
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

function parsed<K, T>({ version, changed }: RuleNews<string, string>, nameOf: (field: string) => K): RuleNews<K, T> {
  return {
    version,
    changed: new Map(
      [...changed].map(([field, json]) => [nameOf(field), json === undefined ? undefined : JSON.parse(json)]),
    ),
  }
}
