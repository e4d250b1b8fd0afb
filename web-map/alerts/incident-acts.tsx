import type { IncidentView } from '../../model/console/console.ts'
import { stageOf } from '../../model/incident/life.ts'
import { isOpen } from '../feed/incident-order.ts'
import { t } from '../i18n/language.ts'
import type { AlertsRoom } from './alerts.ts'

/** What may be done with an incident now, the next step first. */
export function IncidentActs({ room: { alerts }, incident }: { room: AlertsRoom; incident: IncidentView }) {
  const stage = stageOf(incident)
  const open = isOpen(incident)
  const busy = alerts.busy.value.has(incident.id)
  if (stage === 'closed' && !incident.withdrawn)
    return (
      <fieldset class="card-actions" aria-label={t('alerts.actions')}>
        <button type="button" onClick={() => alerts.ask('resolve', [incident])}>
          {t('act.change')}
        </button>
      </fieldset>
    )
  if (!open && !(incident.withdrawn && stage === 'new')) return null
  return (
    <fieldset class="card-actions" aria-label={t('alerts.actions')}>
      {stage === 'new' && (
        <button type="button" class="primary" disabled={busy} onClick={() => void alerts.take([incident])}>
          {t('act.acknowledge')}
        </button>
      )}
      {open && (
        <>
          <button
            type="button"
            class={stage === 'new' ? '' : 'primary'}
            onClick={() => alerts.ask('resolve', [incident])}
          >
            {t('act.resolve')}
          </button>
          <button type="button" onClick={() => alerts.ask('note', [incident])}>
            {t('act.note')}
          </button>
          <button type="button" onClick={() => alerts.ask('escalate', [incident])}>
            {t('act.escalate')}
          </button>
        </>
      )}
    </fieldset>
  )
}
