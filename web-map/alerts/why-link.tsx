import type { IncidentView } from '../../model/console/console.ts'
import { INCIDENT_TYPES, type IncidentType } from '../../model/incident/incident.ts'
import { t } from '../i18n/language.ts'
import { Icon } from '../widgets/marks.tsx'
import type { AlertsRoom } from './alerts.ts'

const VIOLATIONS: ReadonlySet<IncidentType> = new Set([
  'away_from_required_zone',
  'inside_avoided_zone',
  'off_corridor',
])

/** What the page of an explanation is called: not every alert is a violation. */
export function explanationTitle(type: IncidentType): string {
  return t(VIOLATIONS.has(type) ? 'explain.titleViolation' : 'explain.titleAlert')
}

/** True where the API can say why: what a silence is judged by is no track, and a unit's incident is nobody's. */
export function canBeExplained(incident: IncidentView): boolean {
  return incident.unit === undefined && INCIDENT_TYPES[incident.type].openedBy !== 'clock'
}

/** Leads to the explanation of an incident. */
export function WhyLink({ room: { router }, incident }: { room: AlertsRoom; incident: IncidentView }) {
  return (
    <a
      class="why"
      title={explanationTitle(incident.type)}
      data-returns={`explain ${incident.id}`}
      href={router.hrefOf({ page: 'incident', id: incident.id, why: true })}
    >
      <Icon name="why" size={16} />
      {t('explain.open')}
      <span class="sr-only"> {explanationTitle(incident.type)}</span>
    </a>
  )
}
