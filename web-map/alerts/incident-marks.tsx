import type { IncidentView } from '../../model/console/console.ts'
import { lifeOf } from '../../model/incident/life.ts'
import { isMessageKey, t } from '../i18n/language.ts'

/** What is special about an incident: late, concluded, taken back, raised anew; each with what it means. */
function marksOf(incident: IncidentView): { words: string; hint?: string }[] {
  const signs = incident.signs ?? 1
  const again = lifeOf(incident).reinstated
  const marks: { words: string; hint?: string }[] = []
  if (again) marks.push({ words: t('alerts.reinstated'), hint: t('alerts.reinstatedHint') })
  if (lifeOf(incident).reopened) marks.push({ words: t('alerts.reopened'), hint: t('alerts.reopenedHint') })
  if (signs > 1) marks.push({ words: t('alerts.signs', { count: signs }), hint: t('alerts.signsHint') })
  if (incident.withdrawn)
    marks.push({ words: t('alerts.withdrawn', { reason: reasonWords(incident.withdrawn.reason) }) })
  if (incident.late) marks.push({ words: t('alerts.late'), hint: t('alerts.lateHint') })
  if (incident.inferred) marks.push({ words: t('alerts.inferred'), hint: t('alerts.inferredHint') })
  return marks
}

export function markWords(incident: IncidentView): string[] {
  return marksOf(incident).map(({ words }) => words)
}

export function IncidentMarks({ incident }: { incident: IncidentView }) {
  const marks = marksOf(incident)
  if (marks.length === 0) return null
  return (
    <span class="tags">
      {marks.map(({ words, hint }) => (
        <i key={words} title={hint}>
          {words}
        </i>
      ))}
    </span>
  )
}

/** The engine gives a code; anything else is a person's words. */
function reasonWords(reason: string): string {
  const key = `withdrawn.${reason}`
  return isMessageKey(key) ? t(key) : reason
}
