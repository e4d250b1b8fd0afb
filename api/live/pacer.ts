/**
 * Paces something that is done again and again: as often as `everyMs` while it costs little, and the more rarely the longer it
 * takes, so that under load much is done at once. Times are monotonic milliseconds.
 */
export class Pacer {
  readonly #limits: PaceLimits
  #nextMs = Number.NEGATIVE_INFINITY

  constructor(limits: PaceLimits) {
    this.#limits = limits
  }

  /** How long it is to wait now; 0 where nothing was done lately. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#nextMs - nowMs)
  }

  did(beganMs: number, endedMs: number): void {
    const { everyMs, everyMsMax, share } = this.#limits
    const restMs = (endedMs - beganMs) * (1 / share - 1)
    this.#nextMs = endedMs + Math.min(everyMsMax, Math.max(everyMs, restMs))
  }
}

type PaceLimits = {
  /** From the end of one time to the beginning of the next, at least. */
  everyMs: number
  /** However long it takes, the rest after it is no longer than this. */
  everyMsMax: number
  /** The part of the process's time that it may take until then. */
  share: number
}
