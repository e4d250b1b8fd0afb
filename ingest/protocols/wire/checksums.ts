// The check values that device protocols carry. Each is over `bytes[from, to)`.

const X25 = tableOf((value) => (value & 1 ? (value >>> 1) ^ 0x8408 : value >>> 1), 0)
const ARC = tableOf((value) => (value & 1 ? (value >>> 1) ^ 0xa001 : value >>> 1), 0)
const CCITT = tableOf((value) => ((value & 0x8000 ? (value << 1) ^ 0x1021 : value << 1) & 0xffff) >>> 0, 8)

function tableOf(step: (value: number) => number, shift: number): Uint16Array {
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let value = byte << shift
    for (let bit = 0; bit < 8; bit++) value = step(value)
    return value
  })
}

/** CRC-16/X-25: reflected, init and final xor FFFF; "123456789" gives 906E. */
export function crc16X25(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0xffff
  for (let i = from; i < to; i++) crc = (crc >>> 8) ^ X25[(crc ^ bytes[i]!) & 0xff]!
  return crc ^ 0xffff
}

/** CRC-16/ARC ("IBM"): reflected, init 0, no final xor; "123456789" gives BB3D. */
export function crc16Arc(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0
  for (let i = from; i < to; i++) crc = (crc >>> 8) ^ ARC[(crc ^ bytes[i]!) & 0xff]!
  return crc
}

/** CRC-16/CCITT-FALSE: not reflected, init FFFF, no final xor; "123456789" gives 29B1. */
export function crc16CcittFalse(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0xffff
  for (let i = from; i < to; i++) crc = ((crc << 8) & 0xffff) ^ CCITT[((crc >>> 8) ^ bytes[i]!) & 0xff]!
  return crc
}

/** All bytes xor'd. */
export function xorOf(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0
  for (let i = from; i < to; i++) sum ^= bytes[i]!
  return sum
}
