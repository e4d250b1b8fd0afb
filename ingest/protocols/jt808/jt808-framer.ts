import { WindowFramer } from '../wire/window-framer.ts'

const FLAG = 0x7e
const ESCAPE = 0x7d
const ESCAPED: Record<number, number> = { 1: ESCAPE, 2: FLAG }

/**
 * What stands between two `7E`, still escaped and without them. One `7E` may end a frame and begin the next, so that a frame that
 * was cut never takes the one behind it along.
 */
export class Jt808Framer extends WindowFramer {
  // A flag alone has begun nothing yet.
  override get pendingBytes(): number {
    return this.window.length <= 1 ? 0 : this.window.length
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
        // The closing flag stays: it may open the next frame.
        const frame = this.give(this.scanned).subarray(1)
        this.scanned = 1
        return frame
      }
      if (++this.scanned >= this.frameBytesMax) {
        this.drop(this.scanned)
        return this.next()
      }
    }
    return undefined
  }
}

/** Undoes the escaping; undefined where an escape is none. */
export function unescape808(frame: Uint8Array): Buffer | undefined {
  const bytes = Buffer.alloc(frame.length)
  let length = 0
  for (let i = 0; i < frame.length; i++) {
    let byte: number | undefined = frame[i]!
    if (byte === ESCAPE) byte = ESCAPED[frame[++i] ?? 0]
    if (byte === undefined) return undefined
    bytes[length++] = byte
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
