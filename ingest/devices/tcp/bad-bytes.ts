// What a connection has sent that nobody can read. Time and good frames pay it back: a device is cut off for garbage, not for a
// line now and then that its decoder does not know.
import { type Bucket, newBucket, takeFrom } from '../../admission/buckets.ts'

const FRAMES_FORGIVEN_PER_SECOND = 1 / 60
const BYTES_FORGIVEN_PER_SECOND = 16

type BadBytesLimits = { malformedFramesMax: number; garbageBytesMax: number }

export class BadBytes {
  readonly #limits: BadBytesLimits
  readonly #frames: Bucket = newBucket()
  readonly #bytes: Bucket = newBucket()
  #cause: 'malformed_frames' | 'garbage' | undefined

  constructor(limits: BadBytesLimits) {
    this.#limits = limits
  }

  /** Why the connection is to be cut; undefined while it may go on. */
  get cause(): 'malformed_frames' | 'garbage' | undefined {
    return this.#cause
  }

  /** Nothing is owed for bytes outside frames. */
  get isEven(): boolean {
    return this.#bytes.tokens >= this.#limits.garbageBytesMax
  }

  goodFrame(length: number): void {
    this.#frames.tokens++
    this.#bytes.tokens += length
  }

  badFrame(nowMs: number): void {
    const rate = { perSecond: FRAMES_FORGIVEN_PER_SECOND, burst: this.#limits.malformedFramesMax }
    if (takeFrom(this.#frames, 1, nowMs, rate) > 0) this.#cause ??= 'malformed_frames'
  }

  garbage(length: number, nowMs: number): void {
    const rate = { perSecond: BYTES_FORGIVEN_PER_SECOND, burst: this.#limits.garbageBytesMax }
    if (takeFrom(this.#bytes, length, nowMs, rate) > 0) this.#cause ??= 'garbage'
  }
}
