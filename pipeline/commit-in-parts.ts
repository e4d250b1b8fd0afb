// A shard's outcomes in as many commits as it takes: one that is too large would hold up everybody else in Redis.
import type { Incident } from '../model/incident.ts'
import { commitShard, type ShardCommit } from '../stream/checkpoint.ts'
import type { RedisClient } from '../stream/connect.ts'
import type { Keys } from '../stream/keys.ts'

/** What a wearer has to tell; empty where only the state is to be saved. */
export type Outcome = { wearerId: number; incidents: readonly Incident[] }

export type CommitTarget = {
  redis: RedisClient
  keys: Keys
  shard: number
  token: number
  limits: { wearersPerCommit: number; bytesPerCommit: number }
}

/**
 * A wearer's outcomes and the state that knows of them go in the same commit; `last` with the last one. `add` puts a wearer into a
 * commit and gives how many bytes that added, about. Throws what `commitShard` throws; then some parts may be written.
 */
export async function commitInParts(
  { redis, keys, shard, token, limits }: CommitTarget,
  outcomes: readonly Outcome[],
  add: (commit: ShardCommit, outcome: Outcome) => number,
  last: () => Partial<Pick<ShardCommit, 'position' | 'dropWearers' | 'dropEvents' | 'dropLate' | 'lateRequests'>>,
): Promise<void> {
  const empty = (): ShardCommit => ({ shard, token, incidents: [], states: [], events: [], dropEvents: [], latest: [] })
  let commit = empty()
  let bytes = 0
  for (const outcome of outcomes) {
    if (bytes >= limits.bytesPerCommit || commit.states.length >= limits.wearersPerCommit) {
      await commitShard(redis, keys, commit)
      commit = empty()
      bytes = 0
    }
    bytes += add(commit, outcome)
  }
  await commitShard(redis, keys, { ...commit, ...last() })
}
