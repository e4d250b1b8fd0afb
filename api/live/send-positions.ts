import type { Log } from '../../model/observe.ts'
import type { LiveConnection } from './connection.ts'
import type { LiveLimits } from './limits.ts'
import { LivePositions } from './live-positions.ts'
import { Pacer } from './pacer.ts'

/** Hands each console the newest positions of those it watches, together and as often as there is time for. */
export class PositionSender {
  readonly #limits: LiveLimits
  readonly #log: Log
  readonly #connections: ReadonlySet<LiveConnection>
  readonly #positions: LivePositions<LiveConnection>
  readonly #pacer: Pacer
  #flushing: NodeJS.Timeout | undefined
  #warnedFull = false
  #stopped = false

  constructor(limits: LiveLimits, log: Log, connections: ReadonlySet<LiveConnection>) {
    this.#limits = limits
    this.#log = log
    this.#connections = connections
    this.#positions = new LivePositions(limits.positionsMax)
    this.#pacer = new Pacer(limits.positions)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#flushing)
  }

  /** Takes a live message (see LivePositions.take); gives when the newest of them was received, UTC ms. */
  take(message: Uint8Array, snapshot: boolean): number {
    const newestMs = this.#positions.take(message, snapshot, (wearerId, watchers) => {
      for (const watcher of watchers) watcher.waiting.add(wearerId)
      this.#flushSoon()
    })
    if (this.#positions.full && !this.#warnedFull) {
      this.#warnedFull = true
      this.#log.error({ max: this.#limits.positionsMax }, 'positions of further wearers are not shown live')
    }
    return newestMs
  }

  watch(connection: LiveConnection, wearerIds: Iterable<number>): void {
    for (const wearerId of wearerIds) {
      this.#positions.watch(connection, wearerId)
      if (this.#positions.has(wearerId)) connection.waiting.add(wearerId)
    }
    if (connection.waiting.size > 0) this.#flushSoon()
  }

  unwatch(connection: LiveConnection, wearerIds: Iterable<number>): void {
    for (const wearerId of wearerIds) {
      this.#positions.unwatch(connection, wearerId)
      connection.waiting.delete(wearerId)
    }
  }

  #flushSoon(): void {
    if (this.#stopped) return
    this.#flushing ??= setTimeout(() => {
      const beganMs = performance.now()
      const slow = this.#flush()
      this.#pacer.did(beganMs, performance.now())
      this.#flushing = undefined
      if (slow) this.#flushSoon()
    }, this.#pacer.waitMs(performance.now()))
  }

  /** True when a socket is too slow to be sent to now. */
  #flush(): boolean {
    let slow = false
    for (const connection of this.#connections) {
      if (connection.waiting.size === 0) continue
      if (connection.socket.bufferedAmount > this.#limits.positionsWaitBytes) slow = true
      else {
        connection.sendText(this.#positions.message(connection.waiting))
        connection.waiting.clear()
      }
    }
    return slow
  }
}
