import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { QUEUE_GROUPS } from '../../model/incident/queue-order.ts'
import { t } from '../i18n/language.ts'
import { countWords } from '../i18n/measure-words.ts'
import type { AlertsRoom } from './alerts.ts'
import { BulkActs } from './bulk-acts.tsx'
import { ClosedList } from './closed-list.tsx'
import { QueueFilters } from './queue-filters.tsx'
import { Row } from './queue-row.tsx'
import type { QueueRow } from './queue-rows.ts'

const SHOWN_FIRST = 60

/** Wearers with open incidents, the most pressing first. */
export function Queue({ room }: { room: AlertsRoom }) {
  const { alerts } = room
  return (
    <section class="queue" id="antrean" aria-label={t('queue.title')} tabIndex={-1}>
      <QueueFilters room={room} />
      {alerts.actProblem.value && (
        <p class="problem" role="alert">
          {alerts.actProblem.value}{' '}
          <button type="button" class="link" onClick={() => (alerts.actProblem.value = undefined)}>
            {t('notice.close')}
          </button>
        </p>
      )}
      {alerts.filter.value.shown === 'over' ? <ClosedList room={room} /> : <OpenRows room={room} />}
    </section>
  )
}

function OpenRows({ room }: { room: AlertsRoom }) {
  const { desk, alerts } = room
  const rows = alerts.rows.value
  const shownMax = useSignal(SHOWN_FIRST)
  const list = useRef<HTMLDivElement>(null)
  const wanted = alerts.currentRow.value
  const wantedAt = wanted ? rows.indexOf(wanted) : -1
  const shownCount = Math.max(shownMax.value, wantedAt + 1)
  const shown = rows.slice(0, shownCount)
  useEffect(() => {
    if (wanted === undefined) return
    list.current?.querySelector(`[data-row="${CSS.escape(wanted.key)}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [wanted?.key, alerts.selectedId.value, desk.loadCount.value])
  if (rows.length === 0) return <Nothing filtered={alerts.open.value.length > 0} />
  return (
    <>
      <div class="rows" ref={list}>
        {QUEUE_GROUPS.map((group) => {
          const all = rows.filter((row) => row.group === group)
          const some = shown.filter((row) => row.group === group)
          return (
            some.length > 0 && <Group key={group} room={room} title={`queue.group.${group}`} all={all} rows={some} />
          )
        })}
        {rows.length > shown.length && (
          <button type="button" class="more" onClick={() => (shownMax.value = shownCount + SHOWN_FIRST)}>
            {t('alerts.more', { count: countWords(rows.length - shown.length) })}
          </button>
        )}
      </div>
      <BulkActs room={room} rows={rows} />
    </>
  )
}

function Group(props: {
  room: AlertsRoom
  title: `queue.group.${QueueRow['group']}`
  all: readonly QueueRow[]
  rows: readonly QueueRow[]
}) {
  const id = props.title.replaceAll('.', '-')
  return (
    <section aria-labelledby={id}>
      <h2 class="row-group" id={id}>
        {t(props.title)} <b>{countWords(props.all.length)}</b>
      </h2>
      <ol>
        {props.rows.map((row) => (
          <Row key={row.key} room={props.room} row={row} />
        ))}
      </ol>
    </section>
  )
}

function Nothing({ filtered }: { filtered: boolean }) {
  return (
    <div class="nothing">
      <p>{t(filtered ? 'alerts.noneFiltered' : 'alerts.none')}</p>
      {!filtered && <p class="hint">{t('alerts.noneHint')}</p>}
    </div>
  )
}
