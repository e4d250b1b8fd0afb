// Bytes as the documents of the protocols write them.
import type { DeviceReport } from '../../model/report/report.ts'

export const KNOTS_PER_MPS = 3600 / 1852
export const KMH_PER_MPS = 3.6

export function hex(text: string): number[] {
  return [...Buffer.from(text, 'hex')]
}

/** Big-endian, `bytes` of them. */
export function uint(value: number, bytes: number): number[] {
  const out: number[] = []
  for (let i = bytes - 1; i >= 0; i--) out.push(Math.floor(value / 256 ** i) & 0xff)
  return out
}

/** Bit by bit: X-25 reflected with a final xor, ARC reflected from 0, or CCITT-FALSE. */
export function crc16(bytes: readonly number[], kind: 'x25' | 'arc' | 'ccitt-false'): number {
  let crc = kind === 'arc' ? 0 : 0xffff
  const poly = kind === 'x25' ? 0x8408 : 0xa001
  for (const byte of bytes)
    if (kind === 'ccitt-false') {
      crc ^= byte << 8
      for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff
    } else {
      crc ^= byte
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ poly : crc >>> 1
    }
  return kind === 'x25' ? crc ^ 0xffff : crc
}

/** `$text*hh`. */
export function nmeaLine(text: string): string {
  let sum = 0
  for (const byte of Buffer.from(text, 'latin1')) sum ^= byte
  return `$${text}*${two(sum, 16).toUpperCase()}`
}

/** Year without century, month, day, hour, minute, second. */
export function clockFields(timeMs: number): [number, number, number, number, number, number] {
  const t = new Date(timeMs)
  return [
    t.getUTCFullYear() % 100,
    t.getUTCMonth() + 1,
    t.getUTCDate(),
    t.getUTCHours(),
    t.getUTCMinutes(),
    t.getUTCSeconds(),
  ]
}

/** `ddmmyy` and `hhmmss`. */
export function nmeaClock(timeMs: number): [date: string, time: string] {
  const [year, month, day, hour, minute, second] = clockFields(timeMs).map((n) => two(n))
  return [`${day}${month}${year}`, `${hour}${minute}${second}`]
}

/** `ddmm.mmmmm,N,dddmm.mmmmm,E`; zeros where there is no place. */
export function nmeaPlace({ latDeg = 0, lonDeg = 0 }: DeviceReport, decimals: number): string {
  return `${angle(latDeg, 2, decimals)},${latDeg < 0 ? 'S' : 'N'},${angle(lonDeg, 3, decimals)},${lonDeg < 0 ? 'W' : 'E'}`
}

function angle(deg: number, degreeDigits: number, decimals: number): string {
  // Rounded as a whole, so that the minutes never become 60.
  const units = Math.round(Math.abs(deg) * 60 * 10 ** decimals)
  const perDegree = 60 * 10 ** decimals
  const minutes = (units % perDegree) / 10 ** decimals
  return `${String(Math.floor(units / perDegree)).padStart(degreeDigits, '0')}${minutes.toFixed(decimals).padStart(3 + decimals, '0')}`
}

export function two(value: number, radix = 10): string {
  return value.toString(radix).padStart(2, '0')
}

/** Collects lines that end with CR LF. */
export class Lines {
  #rest = ''
  take(chunk: Uint8Array): string[] {
    const parts = (this.#rest + Buffer.from(chunk).toString('latin1')).split('\r\n')
    this.#rest = parts.pop() as string
    return parts
  }
}
