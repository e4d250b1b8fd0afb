import { t } from '../i18n/language.ts'
import { durationWords } from '../i18n/time-words.ts'

/** How long until somebody must act, or since when they should have. */
export function Due({ dueMs, nowMs }: { dueMs: number | undefined; nowMs: number }) {
  if (dueMs === undefined) return null
  const overdue = dueMs < nowMs
  return (
    <span class={`due${overdue ? ' overdue' : ''}`}>
      {t(overdue ? 'alerts.overdue' : 'alerts.due', { duration: durationWords(Math.abs(dueMs - nowMs)) })}
    </span>
  )
}
