import { WindowFramer } from '../wire/window-framer.ts'

const HEAD = Buffer.from('IWAP', 'latin1')
const VOICE = Buffer.from('IWAP07,', 'latin1')
const HASH = 0x23
const COMMA = 0x2c
/** `IWAP07,time,parts,part,bytes,` precedes the sound. */
const VOICE_COMMAS = 5

/**
 * Frames from `IW` to `#`. A second `IWAP` inside a frame means that the first one was cut. A part of a voice message may contain
 * `#`; its length says where it ends.
 */
export class IwFramer extends WindowFramer {
  protected next(): Uint8Array | undefined {
    const { window } = this
    while (this.scanned > 0 || this.#seekHead()) {
      while (this.scanned < window.length) {
        const byte = this.at(this.scanned++)
        if (byte === HASH) return this.give(this.scanned)
        if (byte === COMMA) this.#skipVoice()
        else if (this.scanned > HEAD.length && this.#startsAt(this.scanned - HEAD.length, HEAD)) {
          this.drop(this.scanned - HEAD.length)
          this.scanned = HEAD.length
        }
        if (this.scanned >= this.frameBytesMax) break
      }
      if (this.scanned < this.frameBytesMax) return undefined
      this.drop(Math.min(this.scanned, window.length))
    }
    return undefined
  }

  #seekHead(): boolean {
    const { window } = this
    let skip = 0
    while (skip < window.length && !(this.at(skip) === HEAD[0] && (skip + 1 === window.length || this.#isHead(skip))))
      skip++
    if (skip > 0) this.drop(skip)
    if (window.length < 2) return false
    this.scanned = 2
    return true
  }

  #isHead(index: number): boolean {
    return this.at(index + 1) === HEAD[1]
  }

  #startsAt(index: number, text: Buffer): boolean {
    for (let i = 0; i < text.length; i++) if (this.at(index + i) !== text[i]) return false
    return true
  }

  #skipVoice(): void {
    if (this.scanned < VOICE.length || !this.#startsAt(0, VOICE)) return
    const { bytes, start } = this.window
    const head = bytes.subarray(start, start + Math.min(this.scanned, 64)).toString('latin1')
    if (head.length < this.scanned || head.split(',').length !== VOICE_COMMAS + 1) return
    const soundBytes = Number(/^IWAP07(?:,\d+){3},(\d{1,4}),$/.exec(head)?.[1] ?? 0)
    if (this.scanned + soundBytes < this.frameBytesMax) this.scanned += soundBytes
  }
}
