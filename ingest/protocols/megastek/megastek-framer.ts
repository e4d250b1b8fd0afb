import { WindowFramer } from '../wire/window-framer.ts'

const BANG = 0x21
const CR = 0x0d
const LF = 0x0a
const SEMICOLON = 0x3b
const COMMA = 0x2c
const PREFIX_DIGITS = 4
/** What a message begins with; the old variant with its own two words. */
const STARTS = ['$MGV', 'STX', 'LOG'].map((text) => Buffer.from(text, 'latin1'))

/**
 * Messages from `$MGV`, with four digits of length in front or not, to the `!`; the old variant from `STX` or `LOG`, and a `$MGV`
 * without a `!`, to the line's end. A length that is wrong (seen in the wild) is not believed: then the `!` after the closing
 * `;` ends the message. A new `$MGV` inside a message means that the one before was cut: it is given as it is.
 */
export class MegastekFramer extends WindowFramer {
  /** The old variant ends with its line; a `!` in it belongs to a word. */
  #isOld = false
  /** Characters of the message by its prefix, 0 without one. */
  #declared = 0

  override reset(): void {
    super.reset()
    this.#declared = 0
  }

  /** What closes a message stays behind where its word ended in a `!` (`SOS!;!`) and nothing gave its length. */
  protected override isFiller(byte: number): boolean {
    return super.isFiller(byte) || byte === SEMICOLON || byte === BANG
  }

  protected next(): Uint8Array | undefined {
    const { window } = this
    while (this.scanned > 0 || this.#seekStart()) {
      while (this.scanned < window.length) {
        const byte = this.at(this.scanned++)
        if (byte === LF || byte === CR || (byte === BANG && !this.#isOld && this.#isEnd()))
          return this.#finish(this.scanned)
        if (byte === STARTS[0]![3] && this.scanned > 4 && this.#startAt(this.scanned - 4) === STARTS[0]) {
          const prefix = this.#prefixBefore(this.scanned - 4)
          return this.#finish(this.scanned - 4 - prefix)
        }
        if (this.scanned >= this.frameBytesMax) {
          this.drop(this.scanned)
          break
        }
      }
      if (this.scanned > 0) return undefined
    }
    return undefined
  }

  /** Lets go of what begins no message, a line or a byte at a time; false when more bytes are needed. */
  #seekStart(): boolean {
    const { window } = this
    for (let skip = 0; skip < window.length; skip++) {
      const digits = this.#digitsAt(skip)
      const start =
        digits > 0 && digits < PREFIX_DIGITS && skip + digits === window.length
          ? 'more'
          : this.#startAt(digits === PREFIX_DIGITS ? skip + digits : skip)
      if (start === undefined) continue
      if (skip > 0) this.drop(skip)
      if (start === 'more') return false
      const prefix = digits === PREFIX_DIGITS ? PREFIX_DIGITS : 0
      this.#declared = prefix === 0 ? 0 : Number(String.fromCharCode(...[0, 1, 2, 3].map((i) => this.at(i))))
      this.#isOld = start !== STARTS[0]
      this.scanned = prefix + start.length
      return true
    }
    this.drop(window.length)
    return false
  }

  /** The start at `index`, `more` when the bytes there may yet become one. */
  #startAt(index: number): Buffer | 'more' | undefined {
    const left = this.window.length - index
    for (const start of STARTS) {
      let same = 0
      while (same < start.length && same < left && this.at(index + same) === start[same]) same++
      if (same === start.length) return start
      if (same === left) return 'more'
    }
    return undefined
  }

  #digitsAt(index: number): number {
    let digits = 0
    while (digits < PREFIX_DIGITS && index + digits < this.window.length && isDigit(this.at(index + digits))) digits++
    return digits
  }

  #prefixBefore(index: number): number {
    return index > PREFIX_DIGITS && this.#digitsAt(index - PREFIX_DIGITS) === PREFIX_DIGITS ? PREFIX_DIGITS : 0
  }

  #isEnd(): boolean {
    if (this.#declared === 0 || this.scanned >= this.#declared + PREFIX_DIGITS) return true
    for (let i = this.scanned - 2; i > 0 && this.at(i) !== COMMA; i--) if (this.at(i) === SEMICOLON) return true
    return false
  }

  #finish(bytes: number): Uint8Array {
    this.#declared = 0
    return this.give(bytes)
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}
