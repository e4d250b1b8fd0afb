import { language } from './language.ts'

/** "320 m", "1,4 km": decimal comma in Indonesian. */
export function distanceWords(metres: number): string {
  if (metres < 1000) return `${Math.round(metres)} m`
  return `${decimalWords(metres / 1000, metres < 10_000 ? 1 : 0)} km`
}

/** Whole kilometres per hour. */
export function speedWords(speedMps: number): string {
  return `${Math.round(speedMps * 3.6)} km/${language.value === 'id' ? 'jam' : 'h'}`
}

/** A count with the language's thousands mark. */
export function countWords(count: number): string {
  return count.toLocaleString(language.value === 'id' ? 'id-ID' : 'en-GB')
}

/** "0,25": decimal comma in Indonesian. */
export function decimalWords(value: number, digits: number): string {
  const text = value.toFixed(digits)
  return language.value === 'id' ? text.replace('.', ',') : text
}
