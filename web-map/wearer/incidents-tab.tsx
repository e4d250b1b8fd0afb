import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { IncidentView, WearerDetail } from '../../model/console/console.ts'
import { resolutionOf, stageOf } from '../../model/incident/life.ts'
import { queueGroupOf } from '../../model/incident/queue-order.ts'
import { isOpen } from '../feed/incident-order.ts'
import { incidentTimeWords } from '../i18n/incident-time.ts'
import { t } from '../i18n/language.ts'
import { StateMark } from '../widgets/marks.tsx'
import type { WearerRoom } from './room.ts'

/** Everything that the wearer's bracelet has raised, as far back as the server lists it. */
export function IncidentsTab({ room, detail }: { room: WearerRoom; detail: WearerDetail }) {
  const { desk, alerts } = room
  const problem = useSignal<string | undefined>(undefined)
  useEffect(() => {
    void alerts.loadClosed(detail.id).then((refusal) => (problem.value = refusal))
  }, [detail.id])
  const timeZone = desk.timeZoneOf(detail.unitPath)
  const ofWearer = ({ wearer }: IncidentView) => wearer?.id === detail.id
  const [open, over] = [alerts.open.value.filter(ofWearer), alerts.closed.value.filter(ofWearer)]
  return (
    <>
      <h3>{t('panel.incidents')}</h3>
      {open.length === 0 && <p class="hint">{t('panel.noIncidents')}</p>}
      <IncidentLines room={room} incidents={open} timeZone={timeZone} />
      <h3>{t('panel.incidentsOver')}</h3>
      {problem.value && <p class="problem">{problem.value}</p>}
      {over.length === 0 && <p class="hint">{t('panel.noIncidents')}</p>}
      <IncidentLines room={room} incidents={over} timeZone={timeZone} />
    </>
  )
}

type Lines = { room: WearerRoom; incidents: readonly IncidentView[]; timeZone: string }

/** Incidents of one wearer, each with the next step; on a phone the panel covers the queue. */
export function IncidentLines({ room: { desk, alerts, router }, incidents, timeZone }: Lines) {
  const nowMs = desk.nowMs.value
  return (
    <ul class="panel-incidents">
      {incidents.map((incident) => (
        <li key={incident.id}>
          <a
            href={router.hrefOf({ page: 'incident', id: incident.id, why: false })}
            data-returns={`incident ${incident.id}`}
          >
            <StateMark state={incident.severity} hollow={incident.endMs !== undefined} />
            <span>
              <b>{t(`type.${incident.type}`)}</b>
              <small>
                {incidentTimeWords(incident, nowMs, timeZone)} · {stateWords(incident)}
              </small>
            </span>
          </a>
          {isOpen(incident) && stageOf(incident) === 'new' && (
            <button type="button" onClick={() => void alerts.take([incident])}>
              {t('act.acknowledge')}
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}

function stateWords(incident: IncidentView): string {
  const resolution = resolutionOf(incident)?.resolution
  if (resolution) return t(`resolution.${resolution}`)
  return isOpen(incident) || incident.withdrawn ? t(`queue.group.${queueGroupOf(incident)}`) : t('alerts.state.closed')
}
