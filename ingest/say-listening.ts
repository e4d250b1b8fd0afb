// Says, as long as reports are taken, that they are: a bracelet's silence counts only while somebody could have heard it.
import { keepGoing } from '../model/keep-going.ts'
import type { Clock, Log } from '../model/observe.ts'
import { sayListening } from '../stream/ownership/listening.ts'
import type { RedisClient } from '../stream/redis/connect.ts'
import type { Keys } from '../stream/redis/keys.ts'

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
  const { redis, keys, clock, log, ready, everyMs = EVERY_MS } = options
  return keepGoing({
    name: 'recording that this process receives reports',
    async turn() {
      if (ready()) await sayListening(redis, keys, clock())
      return everyMs
    },
    // Without Redis no report is answered: then we are not listening, and the gap says so.
    retries: () => true,
    retryMs: { first: everyMs, max: everyMs },
    log,
  })
}
