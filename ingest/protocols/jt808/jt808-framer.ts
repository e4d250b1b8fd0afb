import { xorOf } from '../wire/checksums.ts'
import { WindowFramer } from '../wire/window-framer.ts'

const FLAG = 0x7e
const ESCAPE = 0x7d
const ESCAPED: Record<number, number> = { 1: ESCAPE, 2: FLAG }

/** Flags inside one message that a terminal forgot to escape; more than any has been seen to send. */
const RAW_FLAGS_MAX = 3

/**
 * The bytes between two `7E`, still escaped and without them. One `7E` may end a frame and begin the next, so that a frame that
 * was cut never takes the one behind it along. Where a message is shorter than its header says, a `7E` may be one that was not
 * escaped: if the message goes on behind it to its length, with a xor that fits, it is one.
 */
export class Jt808Framer extends WindowFramer {
  #rawFlags = 0
  /** The first flag that may have been one of the message. */
  #firstFlagAt = 0

  // A flag alone has begun nothing yet.
  override get pendingBytes(): number {
    return this.window.length <= 1 ? 0 : this.window.length
  }

  override reset(): void {
    super.reset()
    this.#rawFlags = 0
  }

  protected next(): Uint8Array | undefined {
    const { window } = this
    if (this.scanned === 0) {
      let skip = 0
      while (skip < window.length && this.at(skip) !== FLAG) skip++
      if (skip > 0) this.drop(skip)
      if (window.length === 0) return undefined
      this.scanned = 1
    }
    while (this.scanned < window.length) {
      if (this.at(this.scanned) === FLAG) {
        if (this.scanned === 1) {
          window.take(1)
          continue
        }
        const fit = this.#fit(this.scanned)
        if (fit === 'short' && this.#rawFlags < RAW_FLAGS_MAX) {
          if (this.#rawFlags++ === 0) this.#firstFlagAt = this.scanned
          this.scanned++
          continue
        }
        return this.#giveTo(this.#rawFlags === 0 || fit === 'sound' ? this.scanned : this.#firstFlagAt)
      }
      if (++this.scanned >= this.frameBytesMax) {
        if (this.#rawFlags > 0) return this.#giveTo(this.#firstFlagAt)
        this.drop(this.scanned)
        return this.next()
      }
    }
    return undefined
  }

  /** The closing flag stays: it may open the next frame. */
  #giveTo(flagAt: number): Uint8Array {
    const frame = this.give(flagAt).subarray(1)
    this.scanned = 1
    this.#rawFlags = 0
    return frame
  }

  /** How the bytes up to `end` compare with the length that their header says. */
  #fit(end: number): 'short' | 'sound' | 'other' {
    const { bytes, start } = this.window
    const message = unescape808(bytes.subarray(start + 1, start + end))
    const length = messageBytes(message)
    if (length === undefined || message.length > length) return 'other'
    if (message.length < length) return 'short'
    return xorOf(message, 0, message.length) === 0 ? 'sound' : 'other'
  }
}

/** Bytes from the message id to the xor by the attributes; undefined where they are not there. */
function messageBytes(message: Uint8Array): number | undefined {
  if (message.length < 5) return undefined
  const attributes = message[2]! * 256 + message[3]!
  return ((attributes & 0x4000) !== 0 ? 17 : 12) + ((attributes & 0x2000) !== 0 ? 4 : 0) + (attributes & 0x3ff) + 1
}

/** Undoes the escaping. An invalid escape is taken literally: some terminals do not escape it, and the xor decides. */
export function unescape808(frame: Uint8Array): Buffer {
  const bytes = Buffer.alloc(frame.length)
  let length = 0
  for (let i = 0; i < frame.length; i++) {
    const escaped = frame[i] === ESCAPE ? ESCAPED[frame[i + 1] ?? 0] : undefined
    bytes[length++] = escaped ?? frame[i]!
    if (escaped !== undefined) i++
  }
  return bytes.subarray(0, length)
}

/** Header and body as they travel: flag, escaped bytes with their xor, flag. */
export function frame808(message: readonly number[]): Uint8Array {
  let sum = 0
  for (const byte of message) sum ^= byte
  const bytes = [FLAG]
  for (const byte of [...message, sum]) {
    if (byte === FLAG) bytes.push(ESCAPE, 2)
    else if (byte === ESCAPE) bytes.push(ESCAPE, 1)
    else bytes.push(byte)
  }
  bytes.push(FLAG)
  return Uint8Array.from(bytes)
}
