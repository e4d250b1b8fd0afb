import { language, t } from './language.ts'

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

/** "38:12", hours and minutes; an en dash for nothing, "<0:01" for less than half a minute. */
export function hoursWords(spanMs: number): string {
  if (spanMs <= 0) return '–'
  const minutes = Math.round(spanMs / 60_000)
  if (minutes === 0) return '<0:01'
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
}

/** "38 jam 12 menit", for the screen reader. */
export function hoursSpoken(spanMs: number): string {
  const minutes = Math.round(spanMs / 60_000)
  return t('ledger.spoken', { hours: Math.floor(minutes / 60), minutes: minutes % 60 })
}

/** "akurasi ±12 m"; a device that states none, or states what cannot be, is said to have said nothing. */
export function accuracyWords(accuracyM: number | undefined): string {
  if (!isAccuracy(accuracyM)) return t('panel.accuracyUnknown')
  return t('panel.accuracyValue', { metres: Math.max(1, Math.round(accuracyM)) })
}

/** "±12 m", an en dash where it is not known. */
export function accuracyShort(accuracyM: number | undefined): string {
  return isAccuracy(accuracyM) ? `±${Math.max(1, Math.round(accuracyM))} m` : '–'
}

/** Larger than half the world is a sentinel. */
const ACCURACY_MAX_M = 20_000_000

function isAccuracy(accuracyM: number | undefined): accuracyM is number {
  return accuracyM !== undefined && accuracyM > 0 && accuracyM < ACCURACY_MAX_M
}

/** "-6.19650, 106.83200", five decimals (about a metre), as map programs take it. */
export function coordinateWords(latDeg: number, lonDeg: number): string {
  return `${latDeg.toFixed(5)}, ${lonDeg.toFixed(5)}`
}
