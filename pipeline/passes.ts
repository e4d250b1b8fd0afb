import { FencedOff } from '../model/fenced-off.ts'
import { retryable } from '../store/database/retry.ts'
import { isRedisAway } from '../stream/redis/redis-errors.ts'

/** Whether a turn of the pipeline may succeed later: Redis or the store is away, or another owner has the shard for now. */
export const passes = (error: Error): boolean => error instanceof FencedOff || retryable(error) || isRedisAway(error)
