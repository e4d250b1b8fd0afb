// Newest positions on their way to the officers' screens: sent once, never kept; a console that missed some reads the snapshot.
// Plain PUBLISH reaches every node of a cluster; sharded pub/sub (SPUBLISH on the same channel names) can take its place here.
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import { scanHash } from '../redis/scan-hash.ts'
import { type Subscription, subscribe } from '../redis/subscribe.ts'

/** Gives how many subscribers on this node took it. */
export function publishLive(redis: RedisClient, keys: Keys, shard: number, bytes: Uint8Array): Promise<number> {
  return redis.publish(keys.live(shard), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}

/** Newest position of each wearer of a shard as saved with its last checkpoint. */
export async function readLatest(redis: RedisClient, keys: Keys, shard: number): Promise<Map<number, Uint8Array>> {
  const latest = new Map<number, Uint8Array>()
  await scanHash(redis, keys.latest(shard), (field, bytes) => latest.set(Number(field), bytes))
  return latest
}

/**
 * Live messages of all shards on a connection of their own. `onSubscribed` is called every time the subscription is active (again):
 * what was published in between is lost, so read the snapshot then.
 */
export function subscribeLive(
  redis: RedisClient,
  keys: Keys,
  shardCount: number,
  handler: (shard: number, bytes: Uint8Array) => void,
  onSubscribed: () => void = () => undefined,
): Subscription {
  const shardOfChannel = new Map(Array.from({ length: shardCount }, (_, shard) => [keys.live(shard), shard]))
  return subscribe(
    redis,
    'live',
    [...shardOfChannel.keys()],
    (channel, bytes) => {
      const shard = shardOfChannel.get(channel)
      if (shard !== undefined) handler(shard, bytes)
    },
    onSubscribed,
  )
}
