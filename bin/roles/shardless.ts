/** Why a role that lives on shards has nothing to do now; undefined while it has some, or rightly has none. */
export function shardless(
  { ownedShards, ownerCount }: { ownedShards(): number[]; ownerCount(): number },
  shardCount: number,
): string | undefined {
  if (ownedShards().length > 0) return undefined
  const owners = ownerCount()
  // More processes than shards: some wait to replace those that die.
  return owners > shardCount ? undefined : 'no shard is ours yet'
}
