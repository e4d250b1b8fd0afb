// Says, as long as reports are taken, that they are: a bracelet's silence counts only while somebody could have heard it.
import type { Clock, Log } from '../model/observe.ts'
import { sayListening } from '../stream/ownership/listening.ts'
import type { RedisClient } from '../stream/redis/connect.ts'
import type { Keys } from '../stream/redis/keys.ts'
import { isRedisAway } from '../stream/redis/redis-errors.ts'

type SayListeningOptions = {
  redis: RedisClient
  keys: Keys
  clock: Clock
  log: Log
  /** Reports are taken now. */
  ready(): boolean
  everyMs?: number
}

/** A fraction of the gap that counts as not listening. */
const EVERY_MS = 2000

export function keepSayingListening(options: SayListeningOptions): { stop(): Promise<void> } {
  const { redis, keys, clock, log, ready } = options
  let saying: Promise<void> | undefined
  const timer = setInterval(() => {
    if (saying !== undefined || !ready()) return
    saying = sayListening(redis, keys, clock())
      .catch((error: unknown) => {
        // Without Redis no report is answered: then we are not listening, and the gap says so.
        if (!isRedisAway(error))
          log.error({ reason: (error as Error).message }, 'cannot record that this process receives reports')
      })
      .finally(() => {
        saying = undefined
      })
  }, options.everyMs ?? EVERY_MS)
  return {
    async stop() {
      clearInterval(timer)
      await saying
    },
  }
}
