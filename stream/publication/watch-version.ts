// Hearing that something was published: at once by a notice, within seconds by looking where the notice was lost.
import { keepGoing } from '../../model/keep-going.ts'
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
  what: 'directory' | 'plans' | 'recipients',
  onChange: (version: number) => void,
  pollMs = POLL_MS,
): () => void {
  const published = { directory: keys.directory, plans: keys.allPlans, recipients: keys.recipientBook }[what]
  let seen: number | undefined
  const going = keepGoing({
    name: `watch ${what}`,
    async turn({ stopped }) {
      const version = await publishedVersion(redis, published)
      if (!stopped.aborted && version !== seen) {
        seen = version
        onChange(version)
      }
      return pollMs
    },
    retries: isRedisAway,
    retryMs: { first: pollMs, max: pollMs },
    log: undefined, // the connection says that Redis is away
  })
  const subscription = subscribe(redis, `watch-${what}`, [published.notice], going.wake, going.wake)
  return () => {
    void going.stop()
    subscription.stop()
  }
}
