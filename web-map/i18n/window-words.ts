import type { WeeklyWindow } from '../../model/plan/plan.ts'
import type { MessageKey } from './id.ts'
import { t } from './language.ts'
import { zoneAbbreviation } from './time-words.ts'

const dayName = (day: number) => t(`day.${day}` as MessageKey)

function dateName(isoDate: string): string {
  const [year, month, day] = isoDate.split('-').map(Number)
  return `${day} ${t(`month.${month}` as MessageKey)} ${year}`
}

/** Runs of three or more following days become "Senin–Jumat", the rest is named one by one. */
function daysWords(days: readonly number[]): string {
  const sorted = [...new Set(days)].sort((a, b) => a - b)
  if (sorted.length === 7) return t('window.everyDay')
  const parts: string[] = []
  for (let i = 0; i < sorted.length; ) {
    let j = i
    while (j + 1 < sorted.length && sorted[j + 1] === sorted[j]! + 1) j++
    if (j - i >= 2) parts.push(`${dayName(sorted[i]!)}–${dayName(sorted[j]!)}`)
    else for (let k = i; k <= j; k++) parts.push(dayName(sorted[k]!))
    i = j + 1
  }
  return parts.join(', ')
}

/** "Setiap hari 20.00–05.00 WIB"; the zone is that of the condition. */
export function windowWords(window: WeeklyWindow, timeZone: string): string {
  const days = window.onlyDates
    ? t('window.onDates', { dates: window.onlyDates.map(dateName).join(', ') })
    : daysWords(window.days)
  const wholeDay = window.from === '00:00' && (window.to === '24:00' || window.to === '00:00')
  const hours = wholeDay
    ? t('window.allDay')
    : `${window.from.replace(':', '.')}–${window.to.replace(':', '.')} ${zoneAbbreviation(timeZone)}`
  const except = window.exceptDates.length
    ? `, ${t('window.except', { dates: window.exceptDates.map(dateName).join(', ') })}`
    : ''
  return `${days} ${hours}${except}`
}

/** Every window of a condition in words; a condition without windows holds at all times. */
export function windowsWords(windows: readonly WeeklyWindow[] | undefined, timeZone: string): string[] {
  if (!windows || windows.length === 0) return [t('window.always')]
  return windows.map((window) => windowWords(window, timeZone))
}
