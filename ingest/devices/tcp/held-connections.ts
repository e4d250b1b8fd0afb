// Reports of devices that are never answered, while the log takes nothing: TCP has taken them off the devices, so they are held here
// and tried again. One timer a listener, a few at a time; the first that the log takes bring on the others.
import type { Intake } from '../../admission/intake.ts'

const BROUGHT_ON = 2

type Holding = { tryAgain(): void }

export class HeldConnections {
  readonly #intake: Intake
  readonly #onChange: (takesNothing: boolean) => void
  /** In the order of their last try. */
  readonly #waiting = new Set<Holding>()
  readonly #held = new Set<Holding>()
  #timer: NodeJS.Timeout | undefined
  #writtenBefore = 0
  readonly lost = { connections: 0, frames: 0, bytesUnread: 0 }

  /** `onChange` hears at every try whether the log has taken nothing since the last one, of anybody's. */
  constructor(intake: Intake, onChange: (takesNothing: boolean) => void) {
    this.#intake = intake
    this.#onChange = onChange
  }

  hold(connection: Holding): void {
    this.#held.add(connection)
    this.#waiting.add(connection)
    if (this.#timer !== undefined) return
    this.#writtenBefore = this.#intake.batchesWritten
    this.#timer = setInterval(() => this.#onTimer(), this.#intake.limits.heldRetryMs)
  }

  /** Held, and not under way just now. */
  isWaiting(connection: Holding): boolean {
    return this.#waiting.has(connection)
  }

  /** The log has what the connection held. */
  stored(connection: Holding): void {
    if (this.#held.size > 0 && this.forget(connection)) setImmediate(() => this.#tryFirst(BROUGHT_ON))
  }

  lose(connection: Holding, frames: number, bytesUnread: number): void {
    this.lost.connections++
    this.lost.frames += frames
    this.lost.bytesUnread += bytesUnread
    this.forget(connection)
  }

  /** True when it was held. */
  forget(connection: Holding): boolean {
    this.#waiting.delete(connection)
    const wasHeld = this.#held.delete(connection)
    if (wasHeld && this.#held.size === 0) {
      clearInterval(this.#timer)
      this.#timer = undefined
      this.#onChange(false)
    }
    return wasHeld
  }

  #onTimer(): void {
    const { batchesWritten, limits } = this.#intake
    this.#onChange(batchesWritten === this.#writtenBefore)
    this.#writtenBefore = batchesWritten
    this.#tryFirst(limits.heldRetriesAtOnce)
  }

  #tryFirst(count: number): void {
    const first: Holding[] = []
    for (const connection of this.#waiting) {
      if (first.length >= count || this.#intake.busy) break
      first.push(connection)
    }
    for (const connection of first) {
      this.#waiting.delete(connection)
      connection.tryAgain()
    }
  }
}
