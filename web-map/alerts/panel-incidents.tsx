import { useSignal } from '@preact/signals'
import type { IncidentView, WearerIncidentView } from '../../model/console/console.ts'
import { stageOf } from '../../model/incident/life.ts'
import { incidentTimeWords } from '../i18n/incident-time.ts'
import { t } from '../i18n/language.ts'
import { StateMark } from '../widgets/marks.tsx'
import type { AlertsRoom } from './alerts.ts'
import { canBeExplained, WhyButton } from './why-button.tsx'

type Props = {
  room: AlertsRoom
  incidents: readonly IncidentView[]
  timeZone: string
  onExplain: (incident: WearerIncidentView) => void
}

/** The wearer's open alerts with the next step for each; on a phone the panel covers the list. */
export function PanelIncidents({ room, incidents, timeZone, onExplain }: Props) {
  const { desk, alerts } = room
  const problem = useSignal<string | undefined>(undefined)
  const acknowledge = async (incident: IncidentView) => {
    problem.value = await alerts.act(incident.id, { action: 'acknowledge', revision: incident.revision })
  }
  return (
    <>
      <h3>{t('panel.incidents')}</h3>
      {incidents.length === 0 && <p class="hint">{t('panel.noIncidents')}</p>}
      <ul class="panel-incidents">
        {incidents.map((incident) => (
          <li key={incident.id}>
            <StateMark state={incident.severity} />
            <span>
              <b>{t(`type.${incident.type}`)}</b>
              <small>{incidentTimeWords(incident, desk.nowMs.value, timeZone)}</small>
              {canBeExplained(incident) && (
                <WhyButton incident={incident} onExplain={() => incident.wearer && onExplain(incident)} />
              )}
            </span>
            {stageOf(incident) === 'new' ? (
              <button type="button" onClick={() => void acknowledge(incident)}>
                {t('act.acknowledge')}
              </button>
            ) : (
              <button type="button" onClick={() => (alerts.question.value = { action: 'resolve', incident })}>
                {t('act.resolve')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {problem.value && <p class="problem">{problem.value}</p>}
    </>
  )
}
