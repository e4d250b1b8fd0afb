import type { Log } from '../../model/observe.ts'

/** Periodic tasks of the live feed: each kind not twice at once, and all awaited at the end. */
export class NowAndThen {
  readonly #log: Log
  readonly #timers: NodeJS.Timeout[] = []
  readonly #running = new Map<string, Promise<void>>()
  #stopped = false

  constructor(log: Log) {
    this.#log = log
  }

  every(ms: number, work: () => void): void {
    this.#timers.push(setInterval(work, ms))
  }

  /** Nothing is done where the same is under way, or after `stop`. */
  alone(name: string, work: () => Promise<void>): void {
    if (this.#stopped || this.#running.has(name)) return
    this.#running.set(
      name,
      work()
        .catch((error: Error) =>
          this.#log.error({ work: name, error: error.stack ?? error.message }, 'the live feed failed at a check'),
        )
        .finally(() => this.#running.delete(name)),
    )
  }

  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) clearInterval(timer)
  }

  /** Resolves when nothing is under way any more. */
  async done(): Promise<void> {
    await Promise.all(this.#running.values())
  }
}
