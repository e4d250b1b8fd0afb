import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { IncidentView } from '../../model/console/console.ts'
import { type Life, type LifeClock, lifeOf } from '../../model/incident/life.ts'
import { actOf, nameOf, unitPathOf } from '../feed/incident-order.ts'
import { incidentTimeWords } from '../i18n/incident-time.ts'
import { isMessageKey, t } from '../i18n/language.ts'
import { distanceWords } from '../i18n/measure-words.ts'
import { durationWords, momentWords } from '../i18n/time-words.ts'
import { StateMark } from '../widgets/marks.tsx'
import type { AlertsRoom } from './alerts.ts'
import { ARRIVAL } from './arrivals.ts'
import { canBeExplained, WhyButton } from './why-button.tsx'

type Asked = 'note' | 'escalate' | 'resolve'

export function IncidentCard({
  room,
  incident,
  onOpen,
  onAsk,
  onExplain,
}: {
  room: AlertsRoom
  incident: IncidentView
  /** Absent where there is nobody to be opened: an incident of a whole unit. */
  onOpen: (() => void) | undefined
  onAsk: (action: Asked) => void
  onExplain: () => void
}) {
  const problem = useSignal<string | undefined>(undefined)
  const busy = useSignal(false)
  const { desk, alerts } = room
  const nowMs = desk.nowMs.value
  const timeZone = desk.timeZoneOf(unitPathOf(incident))
  const life = lifeOf(incident)
  const { stage } = life
  const arrivedMs = alerts.arrivals.arrivedMs.value.get(incident.id)
  const over = !life.open
  const flashing = arrivedMs !== undefined && nowMs - arrivedMs < ARRIVAL.flashMs
  const depth = incident.depthM === undefined ? '' : t('alerts.depth', { distance: distanceWords(incident.depthM) })
  const place = [incident.conditionName, depth].filter(Boolean).join(' · ')
  const classes = [
    'card',
    incident.withdrawn ? 'withdrawn' : incident.severity,
    stage,
    flashing ? 'arrived' : '',
    alerts.selectedId.value === incident.id ? 'selected' : '',
    canBeExplained(incident) ? 'explained' : '',
  ]
  const acknowledge = async () => {
    busy.value = true
    problem.value = await alerts.act(incident.id, { action: 'acknowledge', revision: incident.revision })
    busy.value = false
  }
  return (
    <li class={classes.join(' ')} data-incident={incident.id}>
      <Opening onOpen={onOpen}>
        <span class="card-head">
          <StateMark state={incident.severity} hollow={incident.endMs !== undefined} />
          <span class="card-type">{t(`type.${incident.type}`)}</span>
          <Due clock={life.clock} nowMs={nowMs} />
        </span>
        <span class="card-name">
          {nameOf(incident)}
          {incident.wearer && desk.units.value.length > 1 && <small>{desk.unitName(incident.wearer.unitPath)}</small>}
        </span>
        {incident.unit && (
          <>
            <span class="card-line">
              {t('alerts.silentOf', { silent: incident.silentCount, all: incident.ofCount })}
            </span>
            <span class="card-line">{t('alerts.fleetHint')}</span>
          </>
        )}
        {place && <span class="card-line">{place}</span>}
        <span class="card-line">{incidentTimeWords(incident, nowMs, timeZone)}</span>
        <Marks incident={incident} life={life} />
      </Opening>
      <Acts nowMs={nowMs} incident={incident} timeZone={timeZone} />
      {problem.value && <p class="problem">{problem.value}</p>}
      {(!over || (incident.withdrawn && stage === 'new')) && (
        <fieldset class="card-actions" aria-label={t('alerts.actions')}>
          {stage === 'new' && (
            <button type="button" class="take" disabled={busy.value} onClick={() => void acknowledge()}>
              {t('act.acknowledge')}
            </button>
          )}
          {!over && (
            <>
              <button type="button" class={stage === 'new' ? '' : 'take'} onClick={() => onAsk('resolve')}>
                {t('act.resolve')}
              </button>
              <button type="button" onClick={() => onAsk('note')}>
                {t('act.note')}
              </button>
              <button type="button" onClick={() => onAsk('escalate')}>
                {t('act.escalate')}
              </button>
            </>
          )}
        </fieldset>
      )}
      {stage === 'closed' && !incident.withdrawn && (
        <fieldset class="card-actions" aria-label={t('alerts.actions')}>
          <button type="button" onClick={() => onAsk('resolve')}>
            {t('act.change')}
          </button>
        </fieldset>
      )}
      {canBeExplained(incident) && <WhyButton incident={incident} onExplain={onExplain} />}
    </li>
  )
}

function Opening({ onOpen, children }: { onOpen: (() => void) | undefined; children: ComponentChildren }) {
  return onOpen === undefined ? (
    <div class="card-open">{children}</div>
  ) : (
    <button type="button" class="card-open" onClick={onOpen}>
      {children}
    </button>
  )
}

/** The clock that notify counts: until somebody takes the alert, then until there is an outcome. */
function Due({ clock, nowMs }: { clock: LifeClock | undefined; nowMs: number }) {
  if (clock === undefined) return null
  const leftMs = clock.dueMs - nowMs
  const overdue = leftMs < 0
  return (
    <span class={`due ${clock.which}${overdue ? ' overdue' : ''}`}>
      {t(`alerts.${clock.which}.${overdue ? 'overdue' : 'due'}`, { duration: durationWords(Math.abs(leftMs)) })}
    </span>
  )
}

function Marks({ incident, life }: { incident: IncidentView; life: Life }) {
  const signs = incident.signs ?? 1
  const again = life.reinstated
  if (!incident.late && !incident.inferred && !incident.withdrawn && !again && signs === 1) return null
  return (
    <span class="card-marks">
      {again && <i title={t('alerts.standsAgainHint')}>{t('alerts.standsAgain')}</i>}
      {life.reopened && <i title={t('alerts.reopenedHint')}>{t('alerts.reopened')}</i>}
      {signs > 1 && <i title={t('alerts.signsHint')}>{t('alerts.signs', { count: signs })}</i>}
      {incident.withdrawn && <i>{t('alerts.withdrawn', { reason: reasonWords(incident.withdrawn.reason) })}</i>}
      {incident.late && <i title={t('alerts.lateHint')}>{t('alerts.late')}</i>}
      {incident.inferred && <i title={t('alerts.inferredHint')}>{t('alerts.inferred')}</i>}
    </span>
  )
}

/** The engine gives a code; anything else is a person's words. */
function reasonWords(reason: string): string {
  const key = `withdrawn.${reason}`
  return isMessageKey(key) ? t(key) : reason
}

function Acts({ nowMs, incident, timeZone }: { nowMs: number; incident: IncidentView; timeZone: string }) {
  if (incident.acts.length === 0) return null
  const moment = (atMs: number) => momentWords(atMs, nowMs, timeZone)
  const resolved = actOf(incident, 'resolve')
  const holds = incident.acts.slice(resolved ? incident.acts.lastIndexOf(resolved) + 1 : 0)
  const since = holds.filter(({ revision = 0 }) => revision >= (incident.standing.sinceRevision ?? 0))
  const taken = since.findLast(({ action }) => action === 'acknowledge')
  const escalated = since.findLast(({ action }) => action === 'escalate')
  const said = incident.acts.findLast((act) => act.note)
  return (
    <div class="card-acts">
      {resolved?.resolution && (
        <p>
          {t('alerts.resolvedBy', {
            resolution: t(`resolution.${resolved.resolution}`),
            name: resolved.officerName,
            time: moment(resolved.atMs),
          })}
        </p>
      )}
      {escalated && (
        <p>
          {t(escalated.escalatedTo ? 'alerts.escalatedTo' : 'alerts.escalatedBy', {
            name: escalated.officerName,
            time: moment(escalated.atMs),
            level: escalated.escalatedTo ? t(`level.${escalated.escalatedTo.level}`) : '',
          })}
        </p>
      )}
      {taken && <p>{t('alerts.acknowledgedBy', { name: taken.officerName, time: moment(taken.atMs) })}</p>}
      {said?.note && <p class="note">“{said.note}”</p>}
    </div>
  )
}
