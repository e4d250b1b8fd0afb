import { retryable } from '../../store/database/retry.ts'

export type RetryOptions = {
  attemptsMax: number
  /** Doubles from the first to the last. */
  firstDelayMs: number
  delayMaxMs: number
  sleep(ms: number): Promise<void>
}

/** Runs `operation` again while it fails with what `retryable` knows; the last error is rethrown as the cause. */
export async function withRetry<T>(operation: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation()
    } catch (error) {
      if (!retryable(error)) throw error
      if (attempt >= options.attemptsMax)
        throw new Error(`gave up after ${attempt} attempts: ${error.message}`, { cause: error })
      await options.sleep(Math.min(options.firstDelayMs * 2 ** (attempt - 1), options.delayMaxMs))
    }
  }
}
