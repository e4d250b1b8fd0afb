import type { DisputeKeeper } from '../../ingest/admission/watch-senders.ts'
import {
  disputesVersion,
  noteFlushed,
  noteSenders,
  raiseDispute,
  readDisputes,
  readFlushed,
} from '../../stream/publication/disputes.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'

export function disputeKeeper(redis: RedisClient, keys: Keys): DisputeKeeper {
  return {
    note: (seen) => noteSenders(redis, keys, seen),
    raise: (dispute) => raiseDispute(redis, keys, dispute),
    version: () => disputesVersion(redis, keys),
    read: () => readDisputes(redis, keys),
    noteFlushed: (flushedMs) => noteFlushed(redis, keys, flushedMs),
    readFlushed: () => readFlushed(redis, keys),
  }
}
