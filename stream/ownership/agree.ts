// Values on which all processes of an installation must agree: the first process that asks decides.
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'

/** The number of shards of this log: `wanted` at the first call ever. With another number a wearer would have two timelines. */
export async function agreeShardCount(redis: RedisClient, keys: Keys, wanted: number): Promise<number> {
  await redis.setnx(keys.shardCount, wanted)
  return Number(await redis.get(keys.shardCount))
}

/** The key from which bracelets' codes are derived, the same for every ingest: `fresh` at the first call ever. */
export async function agreeDeviceKey(redis: RedisClient, keys: Keys, fresh: Uint8Array): Promise<Uint8Array> {
  await redis.setnx(keys.deviceKey, Buffer.from(fresh).toString('hex'))
  return Buffer.from((await redis.get(keys.deviceKey))!, 'hex')
}
