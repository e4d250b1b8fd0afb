import { setTimeout as delay } from 'node:timers/promises'
import { type RedisClient, untilReady } from '../../stream/redis/connect.ts'
import { isRedisAway, unavailableReason } from '../../stream/redis/redis-errors.ts'

export const REDIS_WAIT_MS = 30_000
const AGAIN_MS = 100

/** What Redis answers while a process starts. If it goes away in between it is asked again once it is back, for half a minute. */
export async function askRedis<T>(redis: RedisClient, ask: () => Promise<T>, waitMs = REDIS_WAIT_MS): Promise<T> {
  const deadlineMs = performance.now() + waitMs
  for (;;) {
    await untilReady(redis, Math.max(1, deadlineMs - performance.now()))
    try {
      return await ask()
    } catch (error) {
      const isPassing = isRedisAway(error) && unavailableReason(error) !== 'denied'
      if (!isPassing || performance.now() >= deadlineMs) throw error
    }
    await delay(AGAIN_MS)
  }
}
