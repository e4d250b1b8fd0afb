/** Shards of the report log. A wearer's shard never changes while this number stands; changing it needs an empty log. */
export const SHARD_COUNT_DEFAULT = 16

/** The shard follows the wearer, so a swapped bracelet does not break a timeline. */
export function shardOf(wearerId: number, shardCount: number): number {
  return wearerId % shardCount
}
