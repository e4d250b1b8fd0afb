import type { LifeClock } from '../../model/incident/life.ts'
import { t } from '../i18n/language.ts'
import { durationWords } from '../i18n/time-words.ts'

/** The clock that notify counts: how long until somebody must take it, or come to an outcome, or since when they should have. */
export function Due({ clock, nowMs }: { clock: Omit<LifeClock, 'fromMs'> | undefined; nowMs: number }) {
  if (clock === undefined) return null
  const { which, dueMs } = clock
  const overdue = dueMs < nowMs
  return (
    <span class={`due ${which}${overdue ? ' overdue' : ''}`}>
      {t(`alerts.${which}.${overdue ? 'overdue' : 'due'}`, { duration: durationWords(Math.abs(dueMs - nowMs)) })}
    </span>
  )
}
