import type { LivePositionRow } from '../../model/console/console.ts'
import { decodeLive, type LivePosition } from '../../model/console/live.ts'

/** Newest position of every wearer, and the consoles that watch each. */
export class LivePositions<Watcher> {
  readonly #max: number
  readonly #newest = new Map<number, LivePosition>()
  readonly #watchers = new Map<number, Set<Watcher>>()
  /** A row is written once and sent to all who watch. */
  readonly #rows = new Map<number, string>()

  constructor(max: number) {
    this.#max = max
  }

  /**
   * Takes a live message; `onNewer` hears of each wearer with something new. A snapshot, read beside the running feed, only
   * fills in what is newer than the known. Gives when the newest of them was received, UTC ms.
   */
  take(
    message: Uint8Array,
    snapshot: boolean,
    onNewer: (wearerId: number, watchers: ReadonlySet<Watcher>) => void,
  ): number {
    let newestMs = 0
    for (const position of decodeLive(message)) {
      const { wearerId, receivedMs } = position
      newestMs = Math.max(newestMs, receivedMs)
      const known = this.#newest.get(wearerId)
      // Equal times: the state changed while the position did not.
      if (known ? receivedMs < known.receivedMs || (snapshot && receivedMs === known.receivedMs) : this.full) continue
      this.#newest.set(wearerId, position)
      this.#rows.delete(wearerId)
      const watchers = this.#watchers.get(wearerId)
      if (watchers) onNewer(wearerId, watchers)
    }
    return newestMs
  }

  /** No further wearer's position is kept. */
  get full(): boolean {
    return this.#newest.size >= this.#max
  }

  has(wearerId: number): boolean {
    return this.#newest.has(wearerId)
  }

  watch(watcher: Watcher, wearerId: number): void {
    const watchers = this.#watchers.get(wearerId)
    if (watchers) watchers.add(watcher)
    else this.#watchers.set(wearerId, new Set([watcher]))
  }

  unwatch(watcher: Watcher, wearerId: number): void {
    const watchers = this.#watchers.get(wearerId)
    if (watchers?.delete(watcher) && watchers.size === 0) this.#watchers.delete(wearerId)
  }

  /** A `positions` message as JSON text. */
  message(wearerIds: Iterable<number>): string {
    const rows: string[] = []
    for (const wearerId of wearerIds) {
      let row = this.#rows.get(wearerId)
      if (row === undefined) {
        const position = this.#newest.get(wearerId)
        if (position === undefined) continue
        row = JSON.stringify(toRow(position))
        this.#rows.set(wearerId, row)
      }
      rows.push(row)
    }
    return `{"t":"positions","rows":[${rows.join(',')}]}`
  }
}

function toRow(p: LivePosition): LivePositionRow {
  return [
    p.wearerId,
    p.state,
    p.flags,
    p.batteryPercent,
    p.charging,
    p.timeMs,
    p.receivedMs,
    p.latE7 / 1e7,
    p.lonE7 / 1e7,
    numberOrNull(p.accuracyM),
    numberOrNull(p.speedMps),
    numberOrNull(p.courseDeg),
  ]
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : Math.round(value * 100) / 100
}
