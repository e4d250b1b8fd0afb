import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { IncidentView, WearerIncidentView } from '../../model/console/console.ts'
import { SEVERITIES, type Severity } from '../../model/incident/incident.ts'
import { stageOf } from '../../model/incident/life.ts'
import { isOpen } from '../feed/incident-order.ts'
import { t } from '../i18n/language.ts'
import { StateMark } from '../widgets/marks.tsx'
import type { AlertsRoom } from './alerts.ts'
import { IncidentCard } from './incident-card.tsx'

const STAGE_FILTERS = ['open', 'new', 'handled', 'closed'] as const
type StageFilter = (typeof STAGE_FILTERS)[number]
const SHOWN_FIRST = 60

type Props = {
  room: AlertsRoom
  onOpen: (incident: WearerIncidentView) => void
  onExplain: (incident: WearerIncidentView) => void
}

export function IncidentList({ room, onOpen, onExplain }: Props) {
  const { alerts } = room
  const stage = useSignal<StageFilter>('open')
  const severities = useSignal<ReadonlySet<Severity>>(new Set(SEVERITIES))
  const shownMax = useSignal(SHOWN_FIRST)
  const problem = useSignal<string | undefined>(undefined)
  useEffect(() => {
    if (stage.value === 'closed') void alerts.loadClosed().then((refusal) => (problem.value = refusal))
  }, [stage.value])

  const all = stage.value === 'closed' ? alerts.closed.value : alerts.open.value
  const wanted = all.filter((incident) => severities.value.has(incident.severity) && passes(incident, stage.value))
  const shown = wanted.slice(0, shownMax.value)
  const selected = wanted.find(({ id }) => id === alerts.selectedId.value)
  if (selected && !shown.includes(selected)) shown.push(selected)
  useBroughtIntoView(room, (incident) => {
    stage.value = isOpen(incident) ? 'open' : 'closed'
    severities.value = new Set(SEVERITIES)
  })
  const toggle = (severity: Severity) => {
    const next = new Set(severities.value)
    if (!next.delete(severity)) next.add(severity)
    severities.value = next.size ? next : new Set(SEVERITIES)
  }
  return (
    <section class="list" aria-label={t('alerts.title')}>
      <div class="filters">
        <fieldset aria-label={t('alerts.filterState')} class="chips">
          {STAGE_FILTERS.map((one) => (
            <button key={one} type="button" aria-pressed={stage.value === one} onClick={() => (stage.value = one)}>
              {t(`alerts.state.${one}`)}
            </button>
          ))}
        </fieldset>
        <fieldset aria-label={t('alerts.filterSeverity')} class="chips severities">
          {SEVERITIES.toReversed().map((one) => (
            <button
              key={one}
              type="button"
              title={t(`state.${one}`)}
              aria-label={t(`state.${one}`)}
              aria-pressed={severities.value.has(one)}
              onClick={() => toggle(one)}
            >
              <StateMark state={one} size={16} />
            </button>
          ))}
        </fieldset>
      </div>
      {problem.value && <p class="problem">{problem.value}</p>}
      {shown.length === 0 ? (
        <Nothing filtered={alerts.open.value.length > 0 || stage.value === 'closed'} />
      ) : (
        <ol class="cards">
          {shown.map((incident) => (
            <IncidentCard
              key={incident.id}
              room={room}
              incident={incident}
              onOpen={incident.wearer && (() => onOpen(incident))}
              onAsk={(action) => (alerts.question.value = { action, incident })}
              onExplain={() => incident.wearer && onExplain(incident)}
            />
          ))}
        </ol>
      )}
      {wanted.length > shown.length && (
        <button type="button" class="more" onClick={() => (shownMax.value += SHOWN_FIRST)}>
          {t('alerts.more', { count: wanted.length - shown.length })}
        </button>
      )}
    </section>
  )
}

/** `show` sets the filters so that the incident that was asked for passes. */
function useBroughtIntoView({ desk, alerts }: AlertsRoom, show: (incident: IncidentView) => void): void {
  const errand = alerts.listErrand.value
  useEffect(() => {
    const incident = errand && desk.live.incidents.get(errand.incidentId)
    if (!incident) return
    show(incident)
    requestAnimationFrame(() =>
      document.querySelector(`[data-incident="${CSS.escape(incident.id)}"]`)?.scrollIntoView({ block: 'center' }),
    )
  }, [errand])
}

function passes(incident: IncidentView, wanted: StageFilter): boolean {
  return wanted === 'open' || wanted === 'closed' || stageOf(incident) === wanted
}

function Nothing({ filtered }: { filtered: boolean }) {
  return (
    <div class="nothing">
      <p>{t(filtered ? 'alerts.noneFiltered' : 'alerts.none')}</p>
      {!filtered && <p class="hint">{t('alerts.noneHint')}</p>}
    </div>
  )
}
