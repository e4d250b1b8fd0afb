import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { resolutionOf } from '../../model/incident/life.ts'
import { unitPathOf } from '../feed/incident-order.ts'
import { incidentTimeShort } from '../i18n/incident-time.ts'
import { t } from '../i18n/language.ts'
import { momentWords } from '../i18n/time-words.ts'
import { StateMark } from '../widgets/marks.tsx'
import type { AlertsRoom } from './alerts.ts'
import { IncidentMarks } from './incident-marks.tsx'

const SHOWN_MAX = 100

/** What is over, newest first: the last ones, as the server gives them. */
export function ClosedList({ room: { desk, alerts, router } }: { room: AlertsRoom }) {
  const problem = useSignal<string | undefined>(undefined)
  const loaded = useSignal(false)
  useEffect(() => {
    void alerts.loadClosed().then((refusal) => {
      problem.value = refusal
      loaded.value = true
    })
  }, [])
  const incidents = alerts.closedWanted.value.slice(0, SHOWN_MAX)
  return (
    <div class="rows" aria-busy={!loaded.value}>
      {problem.value && <p class="problem">{problem.value}</p>}
      {loaded.value && incidents.length === 0 && <p class="nothing">{t('alerts.noneFiltered')}</p>}
      <ol>
        {incidents.map((incident) => {
          const timeZone = desk.timeZoneOf(unitPathOf(incident))
          const nowMs = desk.nowMs.value
          const resolved = resolutionOf(incident)
          return (
            <li key={incident.id} class="row closed" data-incident={incident.id}>
              <a
                class="row-link"
                href={router.hrefOf({ page: 'incident', id: incident.id, why: false })}
                data-returns={`incident ${incident.id}`}
                aria-current={incident.id === alerts.selectedId.value ? 'page' : undefined}
              >
                <StateMark state={incident.severity} size={22} hollow />
                <span class="row-type">{t(`type.${incident.type}`)}</span>
                <span class="row-more">
                  <b>{desk.ownerOf(incident)}</b> <small>{incidentTimeShort(incident, nowMs, timeZone)}</small>
                </span>
              </a>
              {resolved?.resolution && (
                <small class="row-outcome">
                  {t('alerts.resolvedBy', {
                    resolution: t(`resolution.${resolved.resolution}`),
                    name: resolved.officerName,
                    time: momentWords(resolved.atMs, nowMs, timeZone),
                  })}
                </small>
              )}
              <IncidentMarks incident={incident} />
            </li>
          )
        })}
      </ol>
    </div>
  )
}
