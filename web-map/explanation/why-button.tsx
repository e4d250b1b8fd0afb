import type { IncidentView } from '../../model/console/console.ts'
import { t } from '../i18n/language.ts'
import { Icon } from '../widgets/marks.tsx'
import { explanationTitle } from './judged-words.ts'

/** Opens the explanation of an incident. */
export function WhyButton({ incident, onExplain }: { incident: IncidentView; onExplain: () => void }) {
  return (
    <button
      type="button"
      class="quiet why"
      title={explanationTitle(incident.type)}
      data-returns={`explain ${incident.id}`}
      onClick={onExplain}
    >
      <Icon name="why" size={16} />
      {t('explain.open')}
      <span class="sr-only"> {explanationTitle(incident.type)}</span>
    </button>
  )
}
