import type { MessageKey } from './id.ts'
import { t } from './language.ts'

const ZONE_NAMES: Record<string, string> = {
  'Asia/Jakarta': 'WIB',
  'Asia/Pontianak': 'WIB',
  'Asia/Makassar': 'WITA',
  'Asia/Ujung_Pandang': 'WITA',
  'Asia/Jayapura': 'WIT',
}

const DAY_MS = 86_400_000

type LocalParts = { year: number; month: number; day: number; hour: string; minute: string; second: string }

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formatters.set(timeZone, formatter)
  }
  return formatter
}

function localParts(timeMs: number, timeZone: string): LocalParts {
  const found: Record<string, string> = {}
  for (const part of formatterOf(timeZone).formatToParts(timeMs)) found[part.type] = part.value
  return {
    year: Number(found.year),
    month: Number(found.month),
    day: Number(found.day),
    hour: found.hour ?? '',
    minute: found.minute ?? '',
    second: found.second ?? '',
  }
}

/** WIB, WITA or WIT; the IANA name for a zone outside Indonesia. */
export function zoneAbbreviation(timeZone: string): string {
  return ZONE_NAMES[timeZone] ?? timeZone
}

/** "20.00 WIB". */
export function clockWords(timeMs: number, timeZone: string): string {
  const p = localParts(timeMs, timeZone)
  return `${p.hour}.${p.minute} ${zoneAbbreviation(timeZone)}`
}

/** "20.00.07 WIB". */
export function clockSecondsWords(timeMs: number, timeZone: string): string {
  const p = localParts(timeMs, timeZone)
  return `${p.hour}.${p.minute}.${p.second} ${zoneAbbreviation(timeZone)}`
}

/** "23 Nov 2026". */
export function dateWords(timeMs: number, timeZone: string): string {
  const p = localParts(timeMs, timeZone)
  return `${p.day} ${t(`month.${p.month}` as MessageKey)} ${p.year}`
}

/** "20.00 WIB" on the day of `nowMs`, "22 Nov 20.00 WIB" on another, with the year when that differs too. */
export function momentWords(timeMs: number, nowMs: number, timeZone: string): string {
  const p = localParts(timeMs, timeZone)
  const now = localParts(nowMs, timeZone)
  const clock = clockWords(timeMs, timeZone)
  if (p.year !== now.year) return `${dateWords(timeMs, timeZone)} ${clock}`
  if (p.month !== now.month || p.day !== now.day) return `${p.day} ${t(`month.${p.month}` as MessageKey)} ${clock}`
  return clock
}

/** "20.00–20.30 WIB", "22 Nov 20.00–20.30 WIB", "22 Nov 23.50–23 Nov 00.10 WIB"; one moment where both are in one minute. */
export function spanWords(fromMs: number, toMs: number, nowMs: number, timeZone: string): string {
  const from = momentWords(fromMs, nowMs, timeZone)
  const oneDay = dateWords(fromMs, timeZone) === dateWords(toMs, timeZone)
  const to = oneDay ? clockWords(toMs, timeZone) : momentWords(toMs, fromMs, timeZone)
  if (oneDay && to === clockWords(fromMs, timeZone)) return from
  return `${from.slice(0, -` ${zoneAbbreviation(timeZone)}`.length)}–${to}`
}

/** "45 dtk", "7 mnt", "2 jam 5 mnt", "3 hari". Negative spans count as none. */
export function durationWords(spanMs: number): string {
  const seconds = Math.max(0, Math.floor(spanMs / 1000))
  if (seconds < 60) return t('duration.seconds', { n: seconds })
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return t('duration.minutes', { n: minutes })
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return t('duration.days', { n: Math.floor(hours / 24) })
  if (hours >= 10 || minutes % 60 === 0) return t('duration.hours', { n: hours })
  return t('duration.hoursMinutes', { n: hours, m: minutes % 60 })
}

/** "baru saja" below ten seconds, else "7 mnt lalu". */
export function ageWords(timeMs: number, nowMs: number): string {
  if (nowMs - timeMs < 10_000) return t('age.now')
  return t('age.ago', { duration: durationWords(nowMs - timeMs) })
}

/** "20.00.07" on the day of `dayMs`, "22 Nov 20.00.07" on another; for columns whose head names the zone. */
export function secondsWords(timeMs: number, dayMs: number, timeZone: string): string {
  const p = localParts(timeMs, timeZone)
  const clock = `${p.hour}.${p.minute}.${p.second}`
  const sameDay = dateWords(timeMs, timeZone) === dateWords(dayMs, timeZone)
  return sameDay ? clock : `${p.day} ${t(`month.${p.month}` as MessageKey)} ${clock}`
}

/** "20.00", or "22 Nov" at midnight: for an axis. */
export function axisWords(timeMs: number, timeZone: string): string {
  const p = localParts(timeMs, timeZone)
  const midnight = p.hour === '00' && p.minute === '00'
  return midnight ? `${p.day} ${t(`month.${p.month}` as MessageKey)}` : `${p.hour}.${p.minute}`
}

/** What local time is ahead of UTC by at that time, whole minutes. */
export function utcOffsetMs(timeMs: number, timeZone: string): number {
  const p = localParts(timeMs, timeZone)
  const local = Date.UTC(p.year, p.month - 1, p.day, Number(p.hour), Number(p.minute))
  return local - Math.floor(timeMs / 60_000) * 60_000
}

/** Monday 00.00 of the week in which the time lies; Indonesia's zones know no summer time. */
export function mondayBefore(timeMs: number, timeZone: string): number {
  const offsetMs = utcOffsetMs(timeMs, timeZone)
  const day = Math.floor((timeMs + offsetMs) / DAY_MS)
  return (day - ((day + 3) % 7)) * DAY_MS - offsetMs
}

/** "23–29 Nov", "30 Nov–6 Des", "22 Nov". */
export function daysWords(fromMs: number, toMs: number, timeZone: string): string {
  const from = localParts(fromMs, timeZone)
  const to = localParts(toMs, timeZone)
  const last = `${to.day} ${t(`month.${to.month}` as MessageKey)}`
  if (from.month !== to.month) return `${from.day} ${t(`month.${from.month}` as MessageKey)}–${last}`
  return from.day === to.day ? last : `${from.day}–${last}`
}
