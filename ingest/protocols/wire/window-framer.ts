import type { Framer } from '../decoder.ts'
import { ByteWindow } from './byte-window.ts'

/** What framers share: the bytes that wait, how far they have been looked through, and the count of what was no frame. */
export abstract class WindowFramer implements Framer {
  garbageBytes = 0
  protected readonly window = new ByteWindow()
  protected readonly frameBytesMax: number
  /** Bytes of the window that have been looked at; a frame is looked through once, however it was cut. */
  protected scanned = 0

  constructor(frameBytesMax: number) {
    this.frameBytesMax = frameBytesMax
  }

  get pendingBytes(): number {
    return this.window.length
  }

  reset(): void {
    this.window.clear()
    this.scanned = 0
  }

  push(chunk: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = []
    this.window.append(chunk)
    for (let frame = this.next(); frame !== undefined; frame = this.next()) frames.push(frame)
    return frames
  }

  /** The next frame that is whole, undefined when more bytes are needed. What it decides depends on the bytes alone. */
  protected abstract next(): Uint8Array | undefined

  /** Line ends may come between the frames of any protocol. */
  protected isFiller(byte: number): boolean {
    return byte === 0x0d || byte === 0x0a
  }

  protected at(index: number): number {
    return this.window.bytes[this.window.start + index]!
  }

  protected give(count: number): Uint8Array {
    this.scanned = 0
    return this.window.take(count)
  }

  /** Lets `count` bytes go that belong to no frame. Fillers between frames are nobody's fault. */
  protected drop(count: number): void {
    for (let i = 0; i < count; i++) if (!this.isFiller(this.at(i))) this.garbageBytes++
    this.window.take(count)
    this.scanned = 0
  }
}
