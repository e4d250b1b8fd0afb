import { setTimeout as delay } from 'node:timers/promises'
import type { LogEdges } from '../../stream/logs/log-edges.ts'
import { compareIds } from '../../stream/logs/positions.ts'

type Followed<E extends { id: string }> = {
  /** Entries after an id; waits for one when there is none. */
  read(afterId: string): Promise<E[]>
  edges(): Promise<LogEdges>
  onEntry(entry: E): void
  /** Reading failed, with what; or it is back. */
  onState(failure: Error | undefined): void
  /** What was between is gone: the log was trimmed past us, or replaced by an emptier one. */
  onGap(): void
  retryMs: number
  signal: AbortSignal
}

/** True when nothing that came after `id` has been dropped since. */
export function unbroken(id: string, edges: LogEdges): boolean {
  if (compareIds(id, edges.lastId) > 0) return false
  if (!edges.trimmed || compareIds(id, edges.lastId) === 0) return true
  return edges.firstId !== undefined && compareIds(id, edges.firstId) >= 0
}

/**
 * Reads a log from `fromId` on until the signal, whatever happens between; `position` is the last entry handed out. An
 * entry that `onEntry` throws at is logged as a failure and not handed out again.
 */
export class LogFollower<E extends { id: string }> {
  readonly #log: Followed<E>
  position: string
  readonly done: Promise<void>

  constructor(log: Followed<E>, fromId: string) {
    this.#log = log
    this.position = fromId
    this.done = this.#run()
  }

  async #run(): Promise<void> {
    const { signal, retryMs, onState } = this.#log
    let failed = false
    while (!signal.aborted) {
      try {
        if (failed) await this.#lookForGap()
        if (failed) onState(undefined)
        failed = false
        const entries = await this.#log.read(this.position)
        if (signal.aborted) return
        for (const entry of entries) {
          this.position = entry.id
          this.#log.onEntry(entry)
        }
      } catch (error) {
        if (signal.aborted) return
        if (!failed) onState(error as Error)
        failed = true
        await delay(retryMs, undefined, { signal }).catch(stopped)
      }
    }
  }

  async #lookForGap(): Promise<void> {
    const edges = await this.#log.edges()
    if (unbroken(this.position, edges)) return
    if (compareIds(this.position, edges.lastId) > 0) this.position = '0-0'
    this.#log.onGap()
  }
}

function stopped(error: Error): void {
  if (error.name !== 'AbortError') throw error
}
