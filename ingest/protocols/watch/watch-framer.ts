import { WindowFramer } from '../wire/window-framer.ts'

const OPEN = 0x5b
const CLOSE = 0x5d

/**
 * Frames from `[` to `]`. Sound and pictures write both as two other bytes, so a second `[` means that the frame was cut. The
 * length inside decides nothing: some firmware counts it wrongly.
 */
export class WatchFramer extends WindowFramer {
  protected next(): Uint8Array | undefined {
    const { window } = this
    for (;;) {
      if (this.scanned === 0) {
        let skip = 0
        while (skip < window.length && this.at(skip) !== OPEN) skip++
        if (skip > 0) this.drop(skip)
        if (window.length === 0) return undefined
        this.scanned = 1
      }
      while (this.scanned < window.length) {
        const byte = this.at(this.scanned++)
        if (byte === CLOSE) return this.give(this.scanned)
        if (byte === OPEN) {
          this.drop(this.scanned - 1)
          this.scanned = 1
        } else if (this.scanned >= this.frameBytesMax) {
          this.drop(this.scanned)
          break
        }
      }
      if (this.scanned > 0) return undefined
    }
  }
}
