import { useSignal } from '@preact/signals'
import { INCIDENT_TYPES, type IncidentType, SEVERITIES } from '../../model/incident/incident.ts'
import { QUERY } from '../address/router.ts'
import { t } from '../i18n/language.ts'
import { Icon, StateMark } from '../widgets/marks.tsx'
import type { AlertsRoom } from './alerts.ts'
import { isFiltered, type QueueFilter, withSeverity } from './queue-filter.ts'

/** What of the queue is shown; the page's address holds every choice. */
export function QueueFilters({ room }: { room: AlertsRoom }) {
  const { alerts, router } = room
  const filter = alerts.filter.value
  const unfolded = useSignal(false)
  const further = [filter.pk, filter.unit, filter.type].filter((one) => one !== undefined).length + Number(filter.mine)
  return (
    <div class="filters">
      <div class="filters-line">
        <fieldset class="chips" aria-label={t('alerts.filterState')}>
          <Chip pressed={filter.shown === 'open'} onClick={() => alerts.showOver(false)}>
            {t('alerts.state.open')}
          </Chip>
          <Chip pressed={filter.shown === 'over'} onClick={() => alerts.showOver(true)}>
            {t('alerts.state.closed')}
          </Chip>
        </fieldset>
        <fieldset class="chips severities" aria-label={t('alerts.filterSeverity')}>
          {SEVERITIES.toReversed().map((one) => (
            <button
              key={one}
              type="button"
              title={t(`state.${one}`)}
              aria-label={t(`state.${one}`)}
              aria-pressed={filter.severities.has(one)}
              onClick={() => router.setQuery({ [QUERY.severity]: withSeverity(filter, one) })}
            >
              <StateMark state={one} size={16} />
            </button>
          ))}
        </fieldset>
        <button
          type="button"
          class="quiet filters-fold"
          aria-expanded={unfolded.value}
          data-key="filter"
          onClick={() => (unfolded.value = !unfolded.value)}
        >
          <Icon name="filter" size={16} />
          {t('queue.filter')}
          {further > 0 && <b class="badge calm">{further}</b>}
        </button>
      </div>
      {unfolded.value && <Further room={room} filter={filter} />}
      {isFiltered(filter) && (
        <p class="filters-on">
          {t('queue.filtered')}{' '}
          <button type="button" class="link" onClick={() => router.setQuery(NO_FILTER)}>
            {t('queue.unfilter')}
          </button>
        </p>
      )}
    </div>
  )
}

const NO_FILTER = {
  [QUERY.pk]: undefined,
  [QUERY.unit]: undefined,
  [QUERY.type]: undefined,
  [QUERY.severity]: undefined,
  [QUERY.mine]: undefined,
}

function Chip(props: { pressed: boolean; onClick: () => void; children: string }) {
  return (
    <button type="button" aria-pressed={props.pressed} onClick={props.onClick}>
      {props.children}
    </button>
  )
}

function Further({ room, filter }: { room: AlertsRoom; filter: QueueFilter }) {
  const { desk, alerts, router } = room
  desk.versions.roster.value
  const pks = [...new Set([...desk.live.wearers.values()].map(({ pkName }) => pkName).filter(Boolean))].sort()
  const types = (Object.keys(INCIDENT_TYPES) as IncidentType[]).map((type) => [type, t(`type.${type}`)] as const)
  const choose = (key: string) => (value: string | undefined) => router.setQuery({ [key]: value })
  return (
    <div class="filters-more">
      <Choice
        label={t('queue.filterPk')}
        value={filter.pk}
        options={pks.map((name) => [name, name])}
        onChange={choose(QUERY.pk)}
      />
      {desk.units.value.length > 1 && (
        <Choice
          label={t('map.unit')}
          value={filter.unit}
          options={desk.units.value.map(({ path, name }) => [path, name])}
          onChange={choose(QUERY.unit)}
        />
      )}
      <Choice label={t('queue.filterType')} value={filter.type} options={types} onChange={choose(QUERY.type)} />
      <label class="filters-mine">
        <input
          type="checkbox"
          checked={filter.mine}
          onChange={(event) => router.setQuery({ [QUERY.mine]: event.currentTarget.checked ? 'ya' : undefined })}
        />
        {t('queue.filterMine')}
      </label>
      <button type="button" onClick={() => (alerts.picked.value = alerts.picked.value ? undefined : new Set())}>
        {t('queue.pick')}
      </button>
    </div>
  )
}

function Choice(props: {
  label: string
  value: string | undefined
  options: readonly (readonly [value: string, words: string])[]
  onChange: (value: string | undefined) => void
}) {
  return (
    <label class="field">
      <span>{props.label}</span>
      <select
        value={props.value ?? ''}
        onChange={(event) => props.onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
      >
        <option value="">{t('queue.all')}</option>
        {props.options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  )
}
