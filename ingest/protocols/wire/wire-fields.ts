// Fields that several protocols write the same way: packed decimals, dates, NMEA degrees.
import { utcMs } from './iso-time.ts'

export const MPS_PER_KMH = 1 / 3.6
export const MPS_PER_KNOT = 1852 / 3600
/** The digits of packed decimals; undefined where a nibble is no digit. */
export function bcdDigits(bytes: Uint8Array, from: number, to: number): string | undefined {
  let digits = ''
  for (let i = from; i < to; i++) {
    const high = bytes[i]! >> 4
    const low = bytes[i]! & 15
    if (high > 9 || low > 9) return undefined
    digits += `${high}${low}`
  }
  return digits
}

/** UTC ms of six bytes year − 2000, month, day, hour, minute, second; NaN where there is no such time. */
export function byteTimeMs(bytes: Uint8Array, at: number): number {
  return at + 6 > bytes.length
    ? Number.NaN
    : utcMs(2000 + bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!, bytes[at + 4]!, bytes[at + 5]!)
}

/** The same of six packed decimals. */
export function bcdTimeMs(bytes: Uint8Array, at: number): number {
  const digits = at + 6 > bytes.length ? undefined : bcdDigits(bytes, at, at + 6)
  if (digits === undefined) return Number.NaN
  const [year, month, day, hour, minute, second] = digits.match(/../g)!.map(Number)
  return utcMs(2000 + year!, month!, day!, hour!, minute!, second!)
}

/** UTC ms of `ddmmyy` and `hhmmss` (a fraction may follow); NaN where there is no such time. */
export function nmeaTimeMs(date: string, time: string): number {
  const d = /^(\d\d)(\d\d)(\d\d)$/.exec(date)
  const t = /^(\d\d)(\d\d)(\d\d)(?:\.(\d{1,6}))?$/.exec(time)
  if (d === null || t === null) return Number.NaN
  const fractionMs = t[4] === undefined ? 0 : Math.floor(Number(`0.${t[4]}`) * 1000)
  return utcMs(2000 + +d[3]!, +d[2]!, +d[1]!, +t[1]!, +t[2]!, +t[3]!, fractionMs)
}

/**
 * Degrees of `ddmm.mmmm` and N, S, E or W; undefined where empty, NaN where it is no angle (minutes of 60 and more too). Zeros
 * in front may be missing: `.8449` is 0.8449 minutes.
 */
export function nmeaDegrees(text: string, hemisphere: string, of: 'NS' | 'EW'): number | undefined {
  if (text === '' && hemisphere === '') return undefined
  const m = /^(\d{0,3}?)(\d{0,2}(?:\.\d{0,10})?)$/.exec(text.trim())
  const side = hemisphere.trim().toUpperCase()
  if (m === null || !/\d/.test(text) || side.length !== 1 || !of.includes(side)) return Number.NaN
  const minutes = Number(m[2])
  if (minutes >= 60) return Number.NaN
  const degrees = Number(m[1]) + minutes / 60
  return side === of[1] ? -degrees : degrees
}

/** A number in plain digits; NaN for anything else, for an empty text too. */
export function decimal(text: string): number {
  return /^[+-]?\d{1,10}(\.\d{0,12})?$/.test(text) ? Number(text) : Number.NaN
}

export function hexOf(bytes: Uint8Array, from = 0, to = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.max(0, to - from)).toString('hex')
}

/** One access point as all protocols keep it: address with dashes, dBm. */
export function wifiOf(macHex: string, dbm: number): string {
  return `${macHex.toLowerCase().match(/../g)!.join('-')},${dbm}`
}
