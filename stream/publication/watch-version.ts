// Hearing that something was published: at once by a notice, within seconds by looking where the notice was lost.
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import { isRedisAway } from '../redis/redis-errors.ts'
import { subscribe } from '../redis/subscribe.ts'
import { publishedVersion } from './publish-records.ts'

const POLL_MS = 3000

/**
 * Calls `onChange` with the version whenever another one than last time is seen, the first time included, one call after the
 * other has returned. Give a shorter `pollMs` only in tests. Gives the function that ends it.
 */
export function watchVersion(
  redis: RedisClient,
  keys: Keys,
  what: 'directory' | 'plans',
  onChange: (version: number) => void,
  pollMs = POLL_MS,
): () => void {
  const published = what === 'directory' ? keys.directory : keys.allPlans
  let seen: number | undefined
  let looking = false
  let lookAgain = false
  let stopped = false
  const look = async (): Promise<void> => {
    if (looking) {
      lookAgain = true
      return
    }
    looking = true
    try {
      do {
        lookAgain = false
        const version = await publishedVersion(redis, published)
        if (stopped || version === seen) continue
        seen = version
        onChange(version)
      } while (lookAgain)
    } catch (error) {
      if (!isRedisAway(error)) throw error
    } finally {
      looking = false
    }
  }
  const subscription = subscribe(redis, `watch-${what}`, [published.notice], look, look)
  const timer = setInterval(look, pollMs)
  return () => {
    stopped = true
    clearInterval(timer)
    subscription.stop()
  }
}
