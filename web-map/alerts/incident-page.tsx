import type { IncidentView } from '../../model/console/console.ts'
import { lifeOf } from '../../model/incident/life.ts'
import { unitPathOf } from '../feed/incident-order.ts'
import { incidentById } from '../feed/live-state.ts'
import { incidentTimeWords } from '../i18n/incident-time.ts'
import { t } from '../i18n/language.ts'
import { distanceWords } from '../i18n/measure-words.ts'
import { StateMark } from '../widgets/marks.tsx'
import { PageHead } from '../widgets/page-head.tsx'
import type { AlertsRoom } from './alerts.ts'
import { Due } from './due.tsx'
import { IncidentActs } from './incident-acts.tsx'
import { IncidentMarks } from './incident-marks.tsx'
import { IncidentWhere } from './incident-where.tsx'
import { TimelineList } from './timeline-list.tsx'
import { canBeExplained, WhyLink } from './why-link.tsx'

/** The page of an incident: what happened, where, who to call, the acts and the outcome. */
export function IncidentPage({ room }: { room: AlertsRoom }) {
  const { desk, alerts, router } = room
  desk.versions.incidents.value
  const id = alerts.selectedId.value
  const incident = id === undefined ? undefined : incidentById(desk.live, id)
  return (
    <article class="incident" aria-busy={incident === undefined && alerts.bringProblem.value === undefined}>
      <PageHead
        title={incident ? t(`type.${incident.type}`) : t('incident.title')}
        returns={`incident ${id}`}
        back={t('incident.back')}
        href={router.hrefOf({ page: 'control-room' })}
        mark={incident && <StateMark state={incident.severity} size={24} hollow={incident.endMs !== undefined} />}
      />
      {alerts.bringProblem.value && (
        <div class="problem" role="alert">
          <p>{alerts.bringProblem.value}</p>
          <button type="button" onClick={() => id !== undefined && void alerts.bring(id)}>
            {t('banner.retry')}
          </button>
        </div>
      )}
      {incident ? <Content room={room} incident={incident} /> : !alerts.bringProblem.value && <p>{t('app.loading')}</p>}
    </article>
  )
}

function Content({ room, incident }: { room: AlertsRoom; incident: IncidentView }) {
  const { desk, alerts, router } = room
  const nowMs = desk.nowMs.value
  const timeZone = desk.timeZoneOf(unitPathOf(incident))
  const { clock } = lifeOf(incident)
  const { wearer, unit, depthM, conditionName } = incident
  const others = wearer ? alerts.open.value.filter((one) => one.id !== incident.id && one.wearer?.id === wearer.id) : []
  const pkName = wearer && desk.live.wearers.get(wearer.n)?.pkName
  const depth = depthM === undefined ? undefined : t('alerts.depth', { distance: distanceWords(depthM) })
  return (
    <>
      <div class="incident-what">
        <p class="incident-who">
          {wearer ? (
            <a href={router.hrefOf({ page: 'wearer', id: wearer.id, tab: 'ringkas' })}>{desk.ownerOf(incident)}</a>
          ) : (
            <b>{desk.ownerOf(incident)}</b>
          )}
          {wearer && desk.units.value.length > 1 && <small>{desk.unitName(wearer.unitPath)}</small>}
        </p>
        {unit && (
          <p>
            {t('alerts.silentOf', { silent: incident.silentCount, all: incident.ofCount })}
            <small>{t('alerts.fleetHint')}</small>
          </p>
        )}
        {(conditionName || depth) && <p>{[conditionName, depth].filter(Boolean).join(' · ')}</p>}
        <p class="incident-time">
          {incidentTimeWords(incident, nowMs, timeZone)} <Due clock={clock} nowMs={nowMs} />
        </p>
        <IncidentMarks incident={incident} />
      </div>
      {alerts.actProblem.value && (
        <p class="problem" role="alert">
          {alerts.actProblem.value}
        </p>
      )}
      <IncidentActs room={room} incident={incident} />
      {canBeExplained(incident) && <WhyLink room={room} incident={incident} />}
      {wearer && (
        <section>
          <h3>{t('incident.where')}</h3>
          <IncidentWhere room={room} incident={incident} />
        </section>
      )}
      {wearer && (
        <section>
          <h3>{t('incident.people')}</h3>
          <p>{pkName ? t('queue.pk', { name: pkName }) : t('incident.noPk')}</p>
          <p class="hint">{t('incident.noPhones')}</p>
        </section>
      )}
      {others.length > 0 && (
        <section>
          <h3>{t('incident.others')}</h3>
          <ul class="row-others">
            {others.map((one) => (
              <li key={one.id}>
                <a href={router.hrefOf({ page: 'incident', id: one.id, why: false })}>
                  <StateMark state={one.severity} size={16} hollow={one.endMs !== undefined} />
                  <span>
                    {t(`type.${one.type}`)} <small>{incidentTimeWords(one, nowMs, timeZone)}</small>
                  </span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>{t('incident.timeline')}</h3>
        <TimelineList incident={incident} nowMs={nowMs} timeZone={timeZone} />
      </section>
    </>
  )
}
