import { useSignal } from '@preact/signals'
import type { IncidentView } from '../../model/console/console.ts'
import { queueGroupOf } from '../../model/incident/queue-order.ts'
import { unitPathOf } from '../feed/incident-order.ts'
import { incidentTimeShort } from '../i18n/incident-time.ts'
import { t } from '../i18n/language.ts'
import { momentWords } from '../i18n/time-words.ts'
import { Icon, StateMark } from '../widgets/marks.tsx'
import type { AlertsRoom } from './alerts.ts'
import { ARRIVAL } from './arrivals.ts'
import { Due } from './due.tsx'
import { markWords } from './incident-marks.tsx'
import { type QueueRow, untakenOf } from './queue-rows.ts'

type Props = { room: AlertsRoom; row: QueueRow }

/** What one klien has open, on two lines; the others of the same klien below it on request. */
export function Row({ room, row }: Props) {
  const { desk, alerts, router } = room
  const unfolded = useSignal(false)
  const { lead, incidents, key } = row
  const nowMs = desk.nowMs.value
  const arrivedMs = alerts.arrivals.arrivedMs.value
  const flashing = incidents.some(({ id }) => nowMs - (arrivedMs.get(id) ?? -Infinity) < ARRIVAL.flashMs)
  const selected = incidents.some((one) => alerts.isSelected(one))
  const untaken = untakenOf(row)
  const picked = alerts.picked.value
  const classes = [
    'row',
    lead.withdrawn ? 'withdrawn' : lead.severity,
    row.group,
    flashing ? 'arrived' : '',
    selected ? 'selected' : '',
    alerts.cursor.value === key ? 'at-cursor' : '',
  ]
  return (
    <li
      class={classes.filter(Boolean).join(' ')}
      data-row={key}
      data-incident={lead.id}
      onFocusIn={() => (alerts.cursor.value = key)}
    >
      {picked && <Pick room={room} row={row} picked={picked} />}
      <a
        class="row-link"
        href={router.hrefOf({ page: 'incident', id: lead.id, why: false })}
        data-returns={`incident ${lead.id}`}
        aria-current={selected ? 'page' : undefined}
      >
        <StateMark state={lead.severity} size={22} hollow={lead.endMs !== undefined} />
        <span class="row-type">{t(`type.${lead.type}`)}</span>
        <span class="row-more">
          <b>{desk.ownerOf(lead)}</b> <RowFacts room={room} row={row} />
        </span>
      </a>
      <div class="row-side">
        <Due clock={row.clock} nowMs={nowMs} />
        <div>
          {incidents.length > 1 && (
            <button
              type="button"
              class="quiet row-fold"
              aria-expanded={unfolded.value}
              title={t('queue.others', { count: incidents.length - 1 })}
              onClick={() => (unfolded.value = !unfolded.value)}
            >
              +{incidents.length - 1}
              <span class="sr-only">
                {' '}
                {t('queue.others', { count: incidents.length - 1 })}: {desk.ownerOf(lead)}
              </span>
              <Icon name={unfolded.value ? 'up' : 'down'} size={12} />
            </button>
          )}
          {untaken.length > 0 ? (
            <button
              type="button"
              class="take"
              disabled={untaken.some(({ id }) => alerts.busy.value.has(id))}
              onClick={() => void alerts.take(untaken)}
            >
              {t('act.acknowledge')}
              <span class="sr-only"> {desk.ownerOf(lead)}</span>
            </button>
          ) : (
            <span class="row-by">{row.by}</span>
          )}
        </div>
      </div>
      {unfolded.value && <Others room={room} incidents={incidents.slice(1)} />}
    </li>
  )
}

function RowFacts({ room: { desk }, row: { lead } }: Props) {
  const timeZone = desk.timeZoneOf(unitPathOf(lead))
  const time =
    lead.endMs === undefined
      ? momentWords(lead.startMs, desk.nowMs.value, timeZone)
      : incidentTimeShort(lead, desk.nowMs.value, timeZone)
  const pkName = lead.wearer && desk.live.wearers.get(lead.wearer.n)?.pkName
  const facts = [
    ...markWords(lead),
    time,
    lead.unit ? t('alerts.silentOf', { silent: lead.silentCount, all: lead.ofCount }) : lead.conditionName,
    pkName && t('queue.pk', { name: pkName }),
    lead.wearer && desk.units.value.length > 1 && desk.unitName(lead.wearer.unitPath),
  ]
  return <small>{facts.filter(Boolean).join(' · ')}</small>
}

function Others({ room: { desk, router }, incidents }: { room: AlertsRoom; incidents: readonly IncidentView[] }) {
  return (
    <ul class="row-others">
      {incidents.map((incident) => (
        <li key={incident.id} data-incident={incident.id}>
          <a
            href={router.hrefOf({ page: 'incident', id: incident.id, why: false })}
            data-returns={`incident ${incident.id}`}
          >
            <StateMark state={incident.severity} size={16} hollow={incident.endMs !== undefined} />
            <span>
              {t(`type.${incident.type}`)}
              <small>
                {incidentTimeShort(incident, desk.nowMs.value, desk.timeZoneOf(unitPathOf(incident)))} ·{' '}
                {t(`queue.group.${queueGroupOf(incident)}`)}
              </small>
            </span>
          </a>
        </li>
      ))}
    </ul>
  )
}

function Pick({ room: { desk, alerts }, row, picked }: Props & { picked: ReadonlySet<string> }) {
  const toggle = () => {
    const next = new Set(picked)
    if (!next.delete(row.key)) next.add(row.key)
    alerts.picked.value = next
  }
  return (
    <label class="row-pick">
      <input type="checkbox" checked={picked.has(row.key)} onChange={toggle} />
      <span class="sr-only">{t('queue.pickOne', { name: desk.ownerOf(row.lead) })}</span>
    </label>
  )
}
