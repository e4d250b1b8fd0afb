import { useSignal } from '@preact/signals'
import type { IncidentView } from '../../model/console/console.ts'
import { stageOf } from '../alerts/incident-order.ts'
import type { ConsoleState } from '../app/console-state.ts'
import { canBeExplained } from '../explanation/explaining.ts'
import { WhyButton } from '../explanation/why-button.tsx'
import { incidentTimeWords } from '../i18n/incident-time.ts'
import { t } from '../i18n/language.ts'
import { StateMark } from '../widgets/marks.tsx'

/** The wearer's open alerts with the next step for each; on a phone the panel covers the list. */
export function PanelIncidents(props: { state: ConsoleState; incidents: IncidentView[]; timeZone: string }) {
  const { state, incidents, timeZone } = props
  const problem = useSignal<string | undefined>(undefined)
  const acknowledge = async (incident: IncidentView) => {
    problem.value = await state.act(incident.id, { action: 'acknowledge' })
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
              <small>{incidentTimeWords(incident, state.nowMs.value, timeZone)}</small>
              {canBeExplained(incident) && (
                <WhyButton incident={incident} onExplain={() => void state.explain(incident)} />
              )}
            </span>
            {stageOf(incident) === 'new' ? (
              <button type="button" onClick={() => void acknowledge(incident)}>
                {t('act.acknowledge')}
              </button>
            ) : (
              <button type="button" onClick={() => (state.question.value = { action: 'resolve', incident })}>
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
