// The newest position of each wearer of a shard, and which of them the consoles have not been sent yet.
import { encodeLive, LIVE_POSITIONS_MAX, type LivePosition, WEARER_STATE } from '../../model/console/live.ts'
import { type LogReport, REPORT_FLAG } from '../../model/report/report.ts'

const LIVE_FLAG_VALID_FIX = 1

export class LiveBoard {
  #positions = new Map<number, LivePosition>()
  #changed = new Set<number>()

  /** Takes a report in; an older one than the newest known changes only what it is newest for. */
  see(report: LogReport, state: number): void {
    let position = this.#positions.get(report.wearerId)
    if (position === undefined) {
      position = blank(report.wearerId)
      this.#positions.set(report.wearerId, position)
    }
    if (report.timeMs < position.timeMs) return
    position.state = state
    position.timeMs = report.timeMs
    position.receivedMs = report.receivedMs
    if (report.batteryPercent !== 255) position.batteryPercent = report.batteryPercent
    if (report.charging !== 0) position.charging = report.charging
    const valid = (report.flags & REPORT_FLAG.fixValid) !== 0
    position.flags = valid ? LIVE_FLAG_VALID_FIX : 0
    if (valid) {
      position.latE7 = report.latE7
      position.lonE7 = report.lonE7
      position.accuracyM = report.accuracyM
      position.speedMps = report.speedMps
      position.courseDeg = report.courseDeg
    }
    this.#changed.add(report.wearerId)
  }

  /** A state that changed without a report (an edge fired, a late report was judged). */
  setState(wearerId: number, state: number): void {
    const position = this.#positions.get(wearerId)
    if (position === undefined || position.state === state) return
    position.state = state
    this.#changed.add(wearerId)
  }

  restore(position: LivePosition): void {
    this.#positions.set(position.wearerId, position)
  }

  delete(wearerId: number): void {
    this.#positions.delete(wearerId)
    this.#changed.delete(wearerId)
  }

  get hasChanges(): boolean {
    return this.#changed.size > 0
  }

  /** Messages for what changed since the last call. */
  takeMessages(): Uint8Array[] {
    const changed: LivePosition[] = []
    for (const wearerId of this.#changed) {
      const position = this.#positions.get(wearerId)
      if (position !== undefined && position.timeMs > 0) changed.push(position)
    }
    this.#changed.clear()
    const messages: Uint8Array[] = []
    for (let from = 0; from < changed.length; from += LIVE_POSITIONS_MAX)
      messages.push(encodeLive(changed.slice(from, from + LIVE_POSITIONS_MAX)))
    return messages
  }

  /** One wearer's newest position as a message of its own, for snapshots. */
  snapshot(wearerId: number): Uint8Array | undefined {
    const position = this.#positions.get(wearerId)
    return position === undefined || position.timeMs === 0 ? undefined : encodeLive([position])
  }
}

function blank(wearerId: number): LivePosition {
  return {
    wearerId,
    state: WEARER_STATE.patuh,
    flags: 0,
    batteryPercent: 255,
    charging: 0,
    timeMs: 0,
    receivedMs: 0,
    latE7: 0,
    lonE7: 0,
    accuracyM: Number.NaN,
    speedMps: Number.NaN,
    courseDeg: Number.NaN,
  }
}
