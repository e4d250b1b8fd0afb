import { FencedOff } from '../model/fenced-off.ts'
import type { Log } from '../model/observe.ts'
import { retryable } from '../store/database/retry.ts'
import { isRedisAway } from '../stream/redis/redis-errors.ts'
import { pause } from './pause.ts'

const AWAY_MS_FIRST = 200
const AWAY_MS_MAX = 5000

type Going = { stop(): Promise<void> }

/**
 * Calls `turn` again and again until stopped. What `turn` gives is how long to wait before the next one. While Redis or the store
 * is away it waits, longer each time up to five seconds, and says so once; any other error ends it and goes to `onFatal`.
 */
export function keepGoing(
  name: string,
  turn: () => Promise<number>,
  log: Log,
  onFatal: (error: unknown) => void,
): Going {
  const stopping = new AbortController()
  const run = async (): Promise<void> => {
    let awayMs = 0
    while (!stopping.signal.aborted) {
      let waitMs: number
      try {
        waitMs = await turn()
        if (awayMs > 0) log.info({ name }, 'recovered')
        awayMs = 0
      } catch (error) {
        if (!retryable(error) && !isRedisAway(error) && !(error instanceof FencedOff)) throw error
        if (awayMs === 0) log.warn({ name, reason: (error as Error).message }, 'failed; retrying')
        awayMs = Math.min(AWAY_MS_MAX, Math.max(AWAY_MS_FIRST, awayMs * 2))
        waitMs = awayMs
      }
      await pause(waitMs, stopping.signal)
    }
  }
  const done = run().catch(onFatal)
  return {
    async stop() {
      stopping.abort()
      await done
    },
  }
}
