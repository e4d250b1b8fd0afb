// A shard's outcomes in as many commits as it takes: one that is too large would hold up everybody else in Redis.
import { COMMIT_FIELDS_MAX, commitShard, type ShardCommit } from '../../stream/ownership/checkpoint.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'

/** What must be committed together: a wearer's changes and the state that knows of them. */
export type Piece = Pick<ShardCommit, 'incidents' | 'states' | 'events' | 'dropEvents' | 'latest'>

/** What goes with the last part. */
export type LastPart = Partial<
  Pick<ShardCommit, 'position' | 'dropWearers' | 'dropEvents' | 'dropLate' | 'lateRequests'>
>

export type CommitTarget = {
  redis: RedisClient
  keys: Keys
  shard: number
  token: number
  limits: { wearersPerCommit: number; bytesPerCommit: number; latePerCommit: number }
}

/** Half of what a commit may hold: the rest is for the last part. */
const FIELDS_PER_COMMIT = COMMIT_FIELDS_MAX / 2

/**
 * Pieces in their order, then the late requests that do not go with the last part, then `last`: where it ends early, whatever of
 * it is written is behind the saved position, and a replay comes to the same. Throws what `commitShard` throws.
 */
export async function commitInParts(
  { redis, keys, shard, token, limits }: CommitTarget,
  pieces: Iterable<Piece>,
  last: () => LastPart,
): Promise<void> {
  const empty = (): ShardCommit => ({ shard, token, incidents: [], states: [], events: [], dropEvents: [], latest: [] })
  let commit = empty()
  let bytes = 0
  for (const piece of pieces) {
    const more = bytesOf(piece)
    const full =
      commit.states.length >= limits.wearersPerCommit ||
      bytes + more > limits.bytesPerCommit ||
      fieldsOf(commit) + fieldsOf(piece) > FIELDS_PER_COMMIT
    if (full && fieldsOf(commit) > 0) {
      await commitShard(redis, keys, commit)
      commit = empty()
      bytes = 0
    }
    for (const incident of piece.incidents) commit.incidents.push(incident)
    commit.states.push(...piece.states)
    commit.events.push(...piece.events)
    commit.dropEvents.push(...piece.dropEvents)
    commit.latest.push(...piece.latest)
    bytes += more
  }
  const { lateRequests = [], ...end } = last()
  let late = 0
  for (; lateRequests.length - late > limits.latePerCommit; late += limits.latePerCommit)
    await commitShard(redis, keys, { ...empty(), lateRequests: lateRequests.slice(late, late + limits.latePerCommit) })
  await commitShard(redis, keys, { ...commit, ...end, lateRequests: lateRequests.slice(late) })
}

/** About. */
export function bytesOf({ incidents, states, events, latest }: Piece): number {
  const saved = [...states, ...events, ...latest].reduce((sum, [, { length }]) => sum + length, 0)
  return incidents.reduce((sum, { length }) => sum + length, saved)
}

function fieldsOf({ incidents, states, events, dropEvents, latest }: Piece): number {
  return incidents.length + 2 * (states.length + events.length + latest.length) + dropEvents.length
}
