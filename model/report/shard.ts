/**
 * The shard follows the wearer, so a swapped bracelet does not break a timeline. The number of shards of a report log never
 * changes; another number needs an empty log.
 */
export function shardOf(wearerId: number, shardCount: number): number {
  return wearerId % shardCount
}
