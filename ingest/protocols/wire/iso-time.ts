const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const SHAPE =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:(Z)|([+-])(\d{2}):?(\d{2})?)?$/i

/**
 * UTC ms of a calendar date and time; NaN where there is no such date or time. `month` counts from 1. A leap second counts as
 * the next one, 24:00:00 as the beginning of the next day.
 */
export function utcMs(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  millisecond = 0,
): number {
  if (!(month >= 1 && month <= 12 && hour <= 24 && minute <= 59 && second <= 60)) return Number.NaN
  if (hour === 24 && (minute !== 0 || second !== 0 || millisecond !== 0)) return Number.NaN
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0
  if (!(day >= 1 && day <= (DAYS[month - 1] as number) + leap)) return Number.NaN
  return Date.UTC(year, month - 1, day, hour, minute, second, millisecond)
}

/**
 * UTC ms of an ISO 8601 date and time with `T` or a blank between; seconds and fraction may be absent; without a zone it is
 * UTC. NaN for anything else, for dates that do not exist too (which `Date.parse` rolls over).
 */
export function parseIsoMs(text: string): number {
  if (text.length === 24 && text.charCodeAt(23) === 90 && text.charCodeAt(19) === 46) return parseUsual(text)
  const m = SHAPE.exec(text)
  if (m === null) return Number.NaN
  const fractionMs = m[7] === undefined ? 0 : Math.floor(Number(`0.${m[7]}`) * 1000)
  const local = utcMs(+m[1]!, +m[2]!, +m[3]!, +m[4]!, +m[5]!, +(m[6] ?? 0), fractionMs)
  if (m[9] === undefined) return local
  const offsetHours = +m[10]!
  const offsetMinutes = +(m[11] ?? 0)
  if (offsetHours > 14 || offsetMinutes > 59) return Number.NaN
  return local - (m[9] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000
}

// 2026-01-08T09:33:20.250Z, what JSON.stringify makes of a date: nearly every report, so without a regular expression.
function parseUsual(text: string): number {
  const t = text.charCodeAt(10)
  if (text[4] !== '-' || text[7] !== '-' || (t !== 84 && t !== 116 && t !== 32) || text[13] !== ':' || text[16] !== ':')
    return Number.NaN
  return utcMs(
    digits(text, 0, 4),
    digits(text, 5, 7),
    digits(text, 8, 10),
    digits(text, 11, 13),
    digits(text, 14, 16),
    digits(text, 17, 19),
    digits(text, 20, 23),
  )
}

function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
}
