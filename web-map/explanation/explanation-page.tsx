import type { IncidentView } from '../../model/console/console.ts'
import { explanationTitle } from '../alerts/why-link.tsx'
import { isOpen } from '../feed/incident-order.ts'
import { incidentById } from '../feed/live-state.ts'
import { t } from '../i18n/language.ts'
import { momentWords } from '../i18n/time-words.ts'
import type { ExplanationAnswer } from '../session/request.ts'
import { PageHead } from '../widgets/page-head.tsx'
import { DistanceChart } from './distance-chart.tsx'
import { DeviceIndications, EdgeList } from './edge-list.tsx'
import { ExplanationProof } from './explanation-proof.tsx'
import { FixTable } from './fix-table.tsx'
import type { ExplanationRoom } from './room.ts'

/** Why an incident is active: its rule, the distance to the boundary over time, every fix, and the proof. */
export function ExplanationPage({ room }: { room: ExplanationRoom }) {
  const { explaining, file, router } = room
  room.desk.versions.incidents.value
  const incidentId = explaining.incidentId.value!
  const incident = incidentById(room.desk.live, incidentId)
  const answer = explaining.answer.value
  return (
    <article class="explanation" aria-busy={file.busy.value.has('explanation')}>
      <PageHead
        title={incident ? explanationTitle(incident.type) : t('explain.titleAlert')}
        returns={`explain ${incidentId}`}
        back={t('explain.back')}
        href={router.hrefOf({ page: 'incident', id: incidentId, why: false })}
      />
      {incident && <About room={room} incident={incident} />}
      {answer ? (
        <Answer room={room} answer={answer} incident={incident} />
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

function About({ room, incident }: { room: ExplanationRoom; incident: IncidentView }) {
  const condition = conditionOf(room, incident)
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

function Answer(props: { room: ExplanationRoom; answer: ExplanationAnswer; incident: IncidentView | undefined }) {
  const { room, answer, incident } = props
  const fixes = room.explaining.fixes.value
  const edges = room.explaining.edges.value
  const timeZone = (incident && conditionOf(room, incident)?.timeZone) ?? zoneOfPanel(room)
  const last = fixes.at(-1)
  return (
    <>
      {fixes.length === 0 ? (
        <DeviceIndications answer={answer} timeZone={timeZone} />
      ) : (
        <>
          <EdgeList room={room} edges={edges} fixes={fixes} timeZone={timeZone} />
          <DistanceChart room={room} edges={edges} fixes={fixes} timeZone={timeZone} />
          {last && incident && isOpen(incident) && answer.incident.endMs === undefined && (
            <p class="hint">
              {t('explain.goesOn', { time: momentWords(last.timeMs, room.desk.nowMs.value, timeZone) })}
            </p>
          )}
          <FixTable room={room} edges={edges} fixes={fixes} timeZone={timeZone} />
        </>
      )}
      <ExplanationProof room={room} answer={answer} published={incident} />
      <p class="hint">{t('explain.personDecides')}</p>
    </>
  )
}

function conditionOf(room: ExplanationRoom, { conditionId }: IncidentView) {
  return room.file.detail.value?.conditions.find(({ id }) => id === conditionId)
}

function zoneOfPanel(room: ExplanationRoom): string {
  return room.desk.timeZoneOf(room.file.detail.value?.unitPath ?? '')
}
