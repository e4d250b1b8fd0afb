// Every process must cut the log into the same number of shards: with another number a wearer would have two timelines.
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'

/** The number of shards that holds for this log: that of the first process that ever asked, `wanted` when this is the first. */
export async function agreeShardCount(redis: RedisClient, keys: Keys, wanted: number): Promise<number> {
  await redis.setnx(keys.shardCount, wanted)
  return Number(await redis.get(keys.shardCount))
}
