import { type Going, keepGoing } from '../../model/keep-going.ts'
import type { Log } from '../../model/observe.ts'
import type { LogEdges } from '../../stream/logs/log-edges.ts'
import { compareIds } from '../../stream/logs/positions.ts'

type Followed<E extends { id: string }> = {
  /** Entries after an id; waits for one when there is none. */
  read(afterId: string): Promise<E[]>
  edges(): Promise<LogEdges>
  onEntry(entry: E): void
  onFailing(failure: Error): void
  onWorks(): void
  /** What was between is gone: the log was trimmed past us, or replaced by an emptier one. */
  onGap(): void
  name: string
  retryMs: number
  log: Log
}

/** True when nothing that came after `id` has been dropped since. */
export function unbroken(id: string, edges: LogEdges): boolean {
  if (compareIds(id, edges.lastId) > 0) return false
  if (!edges.trimmed || compareIds(id, edges.lastId) === 0) return true
  return edges.firstId !== undefined && compareIds(id, edges.firstId) >= 0
}

/**
 * Reads a log from `fromId` on until stopped, whatever happens between; `position` is the last entry handed out. An
 * entry that `onEntry` throws at is logged as a failure and not handed out again.
 */
export class LogFollower<E extends { id: string }> {
  readonly #log: Followed<E>
  position: string
  readonly #going: Going
  #failed = false

  constructor(log: Followed<E>, fromId: string) {
    this.#log = log
    this.position = fromId
    this.#going = keepGoing({
      ...{ name: log.name, log: log.log, onFailing: log.onFailing, onWorks: log.onWorks },
      turn: ({ stopped, works }) => this.#read(stopped, works),
      retries: () => {
        this.#failed = true
        return true
      },
      retryMs: { first: log.retryMs, max: log.retryMs },
    })
  }

  stop(): Promise<void> {
    return this.#going.stop()
  }

  async #read(stopped: AbortSignal, works: () => void): Promise<number> {
    // Reading waits for an entry: that the log is there again is said before.
    if (this.#failed) await this.#lookForGap()
    this.#failed = false
    works()
    for (const entry of await this.#log.read(this.position)) {
      if (stopped.aborted) break
      this.position = entry.id
      this.#log.onEntry(entry)
    }
    return 0
  }

  async #lookForGap(): Promise<void> {
    const edges = await this.#log.edges()
    if (unbroken(this.position, edges)) return
    if (compareIds(this.position, edges.lastId) > 0) this.position = '0-0'
    this.#log.onGap()
  }
}
