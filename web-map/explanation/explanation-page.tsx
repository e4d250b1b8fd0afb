import type { IncidentView } from '../../model/console/console.ts'
import { isOpen } from '../alerts/incident-order.ts'
import type { ConsoleState } from '../app/console-state.ts'
import type { ExplanationAnswer } from '../app/request.ts'
import { t } from '../i18n/language.ts'
import { momentWords } from '../i18n/time-words.ts'
import { PageHead } from '../widgets/page-head.tsx'
import { DistanceChart } from './distance-chart.tsx'
import { DeviceSigns, EdgeList } from './edge-list.tsx'
import { ExplanationProof } from './explanation-proof.tsx'
import { FixTable } from './fix-table.tsx'
import { explanationTitle } from './judged-words.ts'

/** Why an incident stands: what it hangs on, the distance to the boundary over time, every fix, and the proof. */
export function ExplanationPage({ state }: { state: ConsoleState }) {
  const { explaining, file } = state
  state.incidentsVersion.value
  const incidentId = explaining.incidentId.value!
  const incident = state.live.incidents.get(incidentId)
  const answer = explaining.answer.value
  return (
    <article class="explanation" aria-busy={file.busy.value.has('explanation')}>
      <PageHead
        state={state}
        title={incident ? explanationTitle(incident.type) : t('explain.titleAlert')}
        returns={`explain ${incidentId}`}
      />
      {incident && <About state={state} incident={incident} />}
      {answer ? (
        <Answer state={state} answer={answer} incident={incident} />
      ) : (
        file.busy.value.has('explanation') && (
          <p class="hint" role="status">
            {t('explain.working')}
          </p>
        )
      )}
    </article>
  )
}

function About({ state, incident }: { state: ConsoleState; incident: IncidentView }) {
  const condition = conditionOf(state, incident)
  return (
    <div class="about">
      <b>{t(`type.${incident.type}`)}</b>
      {!condition && incident.conditionName && <span>{incident.conditionName}</span>}
      {condition && (
        <span>
          {t(`explain.rule.${condition.kind}`, { zone: condition.zoneName })}
          <small>{t('panel.legalBasis', { basis: condition.legalBasis })}</small>
        </span>
      )}
    </div>
  )
}

function Answer(props: { state: ConsoleState; answer: ExplanationAnswer; incident: IncidentView | undefined }) {
  const { state, answer, incident } = props
  const fixes = state.explaining.fixes.value
  const edges = state.explaining.edges.value
  const timeZone = (incident && conditionOf(state, incident)?.timeZone) ?? zoneOfPanel(state)
  const last = fixes.at(-1)
  return (
    <>
      {fixes.length === 0 ? (
        <DeviceSigns answer={answer} timeZone={timeZone} />
      ) : (
        <>
          <EdgeList state={state} edges={edges} fixes={fixes} timeZone={timeZone} />
          <DistanceChart state={state} edges={edges} fixes={fixes} timeZone={timeZone} />
          {last && incident && isOpen(incident) && answer.incident.endMs === undefined && (
            <p class="hint">{t('explain.goesOn', { time: momentWords(last.timeMs, state.nowMs.value, timeZone) })}</p>
          )}
          <FixTable state={state} edges={edges} fixes={fixes} timeZone={timeZone} />
        </>
      )}
      <ExplanationProof state={state} answer={answer} told={incident} />
      <p class="hint">{t('explain.personDecides')}</p>
    </>
  )
}

function conditionOf(state: ConsoleState, { conditionId }: IncidentView) {
  return state.file.detail.value?.conditions.find(({ id }) => id === conditionId)
}

function zoneOfPanel(state: ConsoleState): string {
  return state.timeZoneOf(state.file.detail.value?.unitPath ?? '')
}
