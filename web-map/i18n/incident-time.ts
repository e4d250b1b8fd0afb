import type { Incident } from '../../model/incident/incident.ts'
import { t } from './language.ts'
import { ageWords, durationWords, momentWords, spanWords } from './time-words.ts'

/** "sejak 20.00 WIB · 7 mnt lalu" while it goes on, "20.00–20.30 WIB · berakhir sesudah 30 mnt" when it is over. */
export function incidentTimeWords(
  { startMs, endMs }: Pick<Incident, 'startMs' | 'endMs'>,
  nowMs: number,
  timeZone: string,
): string {
  if (endMs === undefined)
    return `${t('alerts.since', { time: momentWords(startMs, nowMs, timeZone) })} · ${ageWords(startMs, nowMs)}`
  return `${spanWords(startMs, endMs, nowMs, timeZone)} · ${t('alerts.ended', { duration: durationWords(endMs - startMs) })}`
}
