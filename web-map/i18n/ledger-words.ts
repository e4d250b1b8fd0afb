import { t } from './language.ts'

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
