import { crc16X25 } from '../wire/checksums.ts'
import { WindowFramer } from '../wire/window-framer.ts'
import { isPlainEnd, isPlainShort, PLAIN_BYTES_MIN, plainWifiBytes } from './gt06-plain.ts'

const SHORT = 0x78
const LONG = 0x79
const CR = 0x0d
const LF = 0x0a
/** Header, length, type, serial, CRC and tail with no content. */
export const GT06_FRAME_BYTES_MIN = 10
const MISSES_MAX = 64
const NEAR_BYTES = 600

/**
 * Frames from `78 78` or `79 79` to a `0D 0A`: the one where the length says, else (some frames lie about their length) the
 * next one. The CRC decides whether an earlier `0D 0A` is an end or content, and finds a sound frame behind one that was cut.
 * The form without CRC ends where its length, its Wi-Fi points and cells, or its being a login say.
 */
export class Gt06Framer extends WindowFramer {
  /** False frame ends since the last valid frame. Above MISSES_MAX only near heads are tried: garbage must stay cheap. */
  #misses = 0

  protected next(): Uint8Array | undefined {
    const { window } = this
    while (this.scanned > 0 || this.#seekHeader()) {
      while (this.scanned < window.length) {
        const end = ++this.scanned
        if (this.at(end - 1) === LF && this.at(end - 2) === CR) {
          const frame = this.#frameEndingAt(end)
          if (frame !== undefined) return frame
        }
        if (end >= this.frameBytesMax) break
      }
      if (this.scanned < this.frameBytesMax) return undefined
      this.#dropToNextHeader()
    }
    return undefined
  }

  #seekHeader(): boolean {
    const { window } = this
    let skip = 0
    while (skip < window.length && !this.#headerAt(skip)) skip++
    // One byte alone may be the first of two.
    if (skip === window.length && skip > 0 && isMark(this.at(skip - 1))) skip--
    if (skip > 0) this.drop(skip)
    if (window.length < 2) return false
    this.scanned = 2
    return true
  }

  #headerAt(index: number): boolean {
    return index + 1 < this.window.length && isMark(this.at(index)) && this.at(index) === this.at(index + 1)
  }

  /** Nothing between here and the next header has ended, so what has been looked through need not be again. */
  #dropToNextHeader(): void {
    const looked = this.scanned
    let skip = 1
    while (skip < looked && !this.#headerAt(skip)) skip++
    this.drop(skip)
    this.scanned = looked - skip
  }

  #frameEndingAt(end: number): Uint8Array | undefined {
    const { bytes, start } = this.window
    if (isPlainShort(bytes, start, start + end)) return this.give(end)
    if (end < GT06_FRAME_BYTES_MIN) return undefined
    const declared = this.#declaredBytes(0)
    if ((end === declared || this.#misses < MISSES_MAX) && this.#isSound(0, end)) {
      this.#misses = 0
      return this.give(end)
    }
    const nearest = this.#misses++ < MISSES_MAX ? 2 : Math.max(2, end - NEAR_BYTES)
    for (let inner = nearest; inner <= end - GT06_FRAME_BYTES_MIN; inner++)
      if (this.#headerAt(inner) && this.#declaredBytes(inner) === end - inner && this.#isSound(inner, end)) {
        this.#misses = 0
        if (inner >= GT06_FRAME_BYTES_MIN) return this.give(inner)
        this.drop(inner)
        return this.give(end - inner)
      }
    if (isPlainEnd(bytes, start, start + end)) return this.give(end)
    const inner = end === declared ? 0 : this.#plainInside(nearest, end)
    if (inner > 0) {
      this.drop(inner)
      return this.give(end - inner)
    }
    // Fewer than its points and cells take: this is no end yet.
    const wifi = plainWifiBytes(bytes, start, start + end)
    if (wifi !== undefined && wifi > end && wifi <= this.frameBytesMax) return undefined
    return end >= declared ? this.give(end) : undefined
  }

  /** Where a frame without CRC begins that ends there as it says itself; 0 where the first head is the nearest one. */
  #plainInside(nearest: number, end: number): number {
    const { bytes, start } = this.window
    for (let from = nearest; from <= end - PLAIN_BYTES_MIN; from++)
      if (this.#headerAt(from) && isPlainEnd(bytes, start + from, start + end)) return from
    return 0
  }

  #declaredBytes(index: number): number {
    return this.at(index) === LONG ? this.at(index + 2) * 256 + this.at(index + 3) + 6 : this.at(index + 2) + 5
  }

  #isSound(from: number, end: number): boolean {
    const { bytes, start } = this.window
    const crcAt = start + end - 4
    return crc16X25(bytes, start + from + 2, crcAt) === bytes[crcAt]! * 256 + bytes[crcAt + 1]!
  }
}

function isMark(byte: number): boolean {
  return byte === SHORT || byte === LONG
}
