import { WindowFramer } from '../wire/window-framer.ts'

const STAR = 0x2a
const HASH = 0x23
const DOLLAR = 0x24
export const BINARY_BYTES = 32
/** Id, time, date and latitude are packed decimals. */
const DIGITS_TO = 16

/** Text from `*` to `#`, and 32 bytes from `$`. A `*` inside a text means that it was cut. */
export class H02Framer extends WindowFramer {
  protected next(): Uint8Array | undefined {
    const { window } = this
    for (;;) {
      if (this.scanned === 0 && !this.#seekHead()) return undefined
      if (this.at(0) === DOLLAR) {
        for (let at = 1; at < Math.min(window.length, DIGITS_TO); at++)
          if (!isPacked(this.at(at))) {
            this.drop(1)
            break
          }
        if (this.scanned === 0) continue
        return window.length < BINARY_BYTES ? undefined : this.give(BINARY_BYTES)
      }
      const frame = this.#scanText()
      if (frame !== undefined) return frame
      if (this.scanned > 0) return undefined
    }
  }

  #scanText(): Uint8Array | undefined {
    const { window } = this
    while (this.scanned < window.length) {
      const byte = this.at(this.scanned++)
      if (byte === HASH) return this.give(this.scanned)
      if (byte === STAR) {
        this.drop(this.scanned - 1)
        this.scanned = 1
      } else if (this.scanned >= this.frameBytesMax) this.drop(this.scanned)
      if (this.scanned === 0) return undefined
    }
    return undefined
  }

  #seekHead(): boolean {
    const { window } = this
    let skip = 0
    while (skip < window.length && this.at(skip) !== STAR && this.at(skip) !== DOLLAR) skip++
    if (skip > 0) this.drop(skip)
    if (window.length === 0) return false
    this.scanned = 1
    return true
  }
}

function isPacked(byte: number): boolean {
  return byte >> 4 <= 9 && (byte & 15) <= 9
}
