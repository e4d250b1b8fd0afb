// The one loop that goes on whatever is away: what fails for a reason that passes is tried again, anything else ends it.
import type { Log } from './observe.ts'

const RETRY_MS = { first: 200, max: 5000 }

/** Handed to each turn. */
export type Turn = {
  stopped: AbortSignal
  /** For a turn that works for long: what failed before works again now. A turn that returns says the same. */
  works(): void
}

export type Loop = {
  name: string
  /**
   * Does the work once and gives how many milliseconds to wait before the next turn. `Infinity` waits for `wake`; 'done' ends the
   * loop.
   */
  turn(turn: Turn): Promise<number | 'done'>
  /** Whether the same turn may succeed later. What it rejects ends the loop and goes to `onFatal`. */
  retries(error: Error): boolean
  /** How long to wait after a failure; doubles from the first to the longest. */
  retryMs?: { first: number; max: number }
  /** Undefined where somebody else says it. */
  log: Log | undefined
  /** Without it a failure that is not retried is an unhandled rejection, which stops the process. */
  onFatal?(error: unknown): void
  /** The first failure after a success; without it the loop logs a warning. */
  onFailing?(error: Error): void
  /** The first success after a failure; without it the loop logs it. */
  onWorks?(): void
}

export type Going = {
  /** The next turn begins at once, or another one after the one that is under way. */
  wake(): void
  /** Ends the loop; resolves when no turn is under way. */
  stop(): Promise<void>
  /** Resolves when the loop has ended, for whatever reason. */
  done: Promise<void>
}

export function keepGoing(loop: Loop): Going {
  const { name, log, retryMs = RETRY_MS } = loop
  const { onFailing = logFailing(name, log), onWorks = () => log?.info({ name }, 'recovered') } = loop
  const stopping = new AbortController()
  const stopped = stopping.signal
  let woken = false
  let endWait = (): void => undefined
  let awayMs = 0
  const works = (): void => {
    if (awayMs > 0) onWorks()
    awayMs = 0
  }
  const once = async (): Promise<number | 'done'> => {
    try {
      const waitMs = await loop.turn({ stopped, works })
      works()
      return waitMs
    } catch (error) {
      if (!(error instanceof Error) || !loop.retries(error)) throw error
      if (awayMs === 0 && !stopped.aborted) onFailing(error)
      awayMs = Math.min(retryMs.max, Math.max(retryMs.first, awayMs * 2))
      return awayMs
    }
  }
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (woken || stopped.aborted || ms <= 0) return resolve()
      const timer = ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(resolve, ms)
      endWait = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const run = async (): Promise<void> => {
    while (!stopped.aborted) {
      woken = false
      const waitMs = await once()
      if (waitMs === 'done') return
      await wait(waitMs)
    }
  }
  const done = loop.onFatal === undefined ? run() : run().catch(loop.onFatal)
  return {
    wake() {
      woken = true
      endWait()
    },
    async stop() {
      stopping.abort()
      endWait()
      await done
    },
    done,
  }
}

const logFailing = (name: string, log: Log | undefined) => (error: Error) =>
  log?.warn({ name, reason: error.message }, 'failed; retrying')
