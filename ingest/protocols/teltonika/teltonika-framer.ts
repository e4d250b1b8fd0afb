import { crc16Arc } from '../wire/checksums.ts'
import { WindowFramer } from '../wire/window-framer.ts'

const IMEI_DIGITS = 15
export const LOGIN_BYTES = 2 + IMEI_DIGITS
const PREAMBLE_BYTES = 4
const HEAD_BYTES = 8
const CRC_BYTES = 4
const CODECS: readonly number[] = [0x08, 0x8e, 0x10, 0x0c, 0x0d, 0x0e]
/** Codec, count and count again. */
const DATA_BYTES_MIN = 3
/** Sent on an idle connection to keep it alive. */
const PING = 0xff

/**
 * The login (`000F` and fifteen digits), or four zeros, a length, a known codec, and its data with their CRC. A frame with a wrong CRC is
 * dropped up to the first head inside it: it was cut, and the next frame begins there.
 */
export class TeltonikaFramer extends WindowFramer {
  protected next(): Uint8Array | undefined {
    const { window } = this
    while (window.length > 0) {
      const bytes = this.#frameBytesAt(0)
      if (bytes === 0) this.drop(1)
      else if (window.length < bytes) return undefined
      else {
        const inner = this.#isSound(bytes) ? 0 : this.#headInside(bytes)
        if (inner === 0) return this.give(bytes)
        this.drop(inner)
      }
    }
    return undefined
  }

  protected override isFiller(byte: number): boolean {
    return byte === PING
  }

  /** Bytes of the frame that begins there, or of as much of it as says how many they are; 0 where none begins. */
  #frameBytesAt(from: number): number {
    const known = this.window.length - from
    if (this.at(from) !== 0) return 0
    if (known < 2) return LOGIN_BYTES
    if (this.at(from + 1) === IMEI_DIGITS) return this.#areDigits(from + 2, from + Math.min(known, LOGIN_BYTES))
    for (let i = 1; i < Math.min(known, PREAMBLE_BYTES); i++) if (this.at(from + i) !== 0) return 0
    if (known <= HEAD_BYTES) return HEAD_BYTES + 1
    const { bytes, start } = this.window
    const dataBytes = bytes.readUInt32BE(start + from + PREAMBLE_BYTES)
    const frameBytes = HEAD_BYTES + dataBytes + CRC_BYTES
    const isHead = dataBytes >= DATA_BYTES_MIN && frameBytes <= this.frameBytesMax
    return isHead && CODECS.includes(this.at(from + HEAD_BYTES)) ? frameBytes : 0
  }

  #areDigits(from: number, to: number): number {
    for (let i = from; i < to; i++) if (this.at(i) < 0x30 || this.at(i) > 0x39) return 0
    return LOGIN_BYTES
  }

  #isSound(frameBytes: number): boolean {
    if (frameBytes === LOGIN_BYTES && this.at(1) === IMEI_DIGITS) return true
    const { bytes, start } = this.window
    const crcAt = start + frameBytes - CRC_BYTES
    return crc16Arc(bytes, start + HEAD_BYTES, crcAt) === bytes.readUInt32BE(crcAt)
  }

  /** 0 where there is none. */
  #headInside(frameBytes: number): number {
    for (let from = 1; from < frameBytes; from++)
      if (this.window.length - from > HEAD_BYTES && this.#frameBytesAt(from) > 0) return from
    return 0
  }
}

/** The part of a data frame that its CRC covers; it is what a datagram carries too. */
export function dataOf(frame: Buffer): Buffer {
  return frame.subarray(HEAD_BYTES, frame.length - CRC_BYTES)
}

export function crcOf(frame: Buffer): number {
  return frame.readUInt32BE(frame.length - CRC_BYTES)
}
