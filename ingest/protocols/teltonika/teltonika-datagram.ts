// Teltonika over UDP: one datagram holds who speaks and the records.
//
//   u16 bytes that follow | u16 packet | u8 01 | u8 AVL packet | u16 000F, IMEI | data as in a frame over TCP, without a CRC
//   → 0005 | u16 packet | 01 | u8 AVL packet | u8 records taken
import { WindowFramer } from '../wire/window-framer.ts'

const LENGTH_BYTES = 2
const IMEI_LENGTH_AT = 6
const IMEI_AT = 8
const DATA_AT = 23
export const DATAGRAM_HEAD_BYTES = DATA_AT
/** Codec, count and count again. */
const DATAGRAM_BYTES_MIN = DATA_AT + 3

/** A datagram is a frame or none: nothing in it is looked for. */
export class TeltonikaDatagramFramer extends WindowFramer {
  protected next(): Uint8Array | undefined {
    const { window } = this
    if (window.length === 0) return undefined
    if (isDatagram(window.bytes.subarray(window.start, window.end))) return this.give(window.length)
    this.drop(window.length)
    return undefined
  }
}

/** Neither a login nor the zeros of a frame over TCP begin like it. */
export function isDatagram(bytes: Buffer): boolean {
  return (
    bytes.length >= DATAGRAM_BYTES_MIN &&
    bytes.readUInt16BE(0) === bytes.length - LENGTH_BYTES &&
    bytes.readUInt16BE(IMEI_LENGTH_AT) === DATA_AT - IMEI_AT &&
    /^\d{15}$/.test(imeiOf(bytes))
  )
}

export function imeiOf(datagram: Buffer): string {
  return datagram.toString('latin1', IMEI_AT, DATA_AT)
}

export function dataOfDatagram(datagram: Buffer): Buffer {
  return datagram.subarray(DATA_AT)
}

export function datagramReply(datagram: Buffer, count: number): Uint8Array {
  return Uint8Array.of(0, 5, datagram[2]!, datagram[3]!, 1, datagram[5]!, count)
}
