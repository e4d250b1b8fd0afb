import type { Incident } from '../../model/incident/incident.ts'
import { t } from './language.ts'
import { ageWords, durationWords, momentWords, spanWords } from './time-words.ts'

type Span = Pick<Incident, 'startMs' | 'endMs'>

/** "sejak 20.00 WIB · 7 mnt lalu" while it goes on, "20.00–20.30 WIB · berakhir sesudah 30 mnt" when it is over. */
export function incidentTimeWords(span: Span, nowMs: number, timeZone: string): string {
  const { startMs, endMs } = span
  const words = incidentTimeShort(span, nowMs, timeZone)
  if (endMs === undefined) return `${words} · ${ageWords(startMs, nowMs)}`
  return `${words} · ${t('alerts.ended', { duration: durationWords(endMs - startMs) })}`
}

/** The same without how long: "sejak 20.00 WIB", "20.00–20.30 WIB". */
export function incidentTimeShort({ startMs, endMs }: Span, nowMs: number, timeZone: string): string {
  if (endMs === undefined) return t('alerts.since', { time: momentWords(startMs, nowMs, timeZone) })
  return spanWords(startMs, endMs, nowMs, timeZone)
}
