import { useMemo } from 'preact/hooks'
import { mayDo } from '../../model/access/rights.ts'
import type { WearerSummary } from '../../model/console/console.ts'
import { QUERY } from '../address/router.ts'
import { t } from '../i18n/language.ts'
import { countWords } from '../i18n/measure-words.ts'
import { programmeWords } from '../i18n/programme-words.ts'
import { ageWords, dateWords } from '../i18n/time-words.ts'
import { findWearers } from '../wearer/find-wearers.ts'
import { Icon, StateMark } from '../widgets/marks.tsx'
import type { ConsoleState } from './console-state.ts'

const SHOWN_MAX = 200
/** A battery at or below this is said louder. */
const BATTERY_LOW_PERCENT = 20

/** Everyone in sight as a table; a name, a PK, a unit, a decree or a bracelet finds them. */
export function WearersPage({ state }: { state: ConsoleState }) {
  const { desk, router, finding } = state
  const role = state.session.me.value?.role
  desk.versions.roster.value
  desk.versions.lists.value
  const query = router.query.value.get(QUERY.search) ?? ''
  const found = useMemo(
    () => findHere(state, query),
    [query, desk.versions.roster.value, desk.opened.value, finding.found.value],
  )
  const search = (text: string) => {
    router.setQuery({ [QUERY.search]: text })
    finding.query.value = text
  }
  return (
    <article class="wearers-page">
      <div class="page-title">
        <h1>{t('nav.wearers')}</h1>
        {role !== undefined && mayDo(role, 'klien.create') && (
          <a class="button primary" href={router.hrefOf({ page: 'intake' })}>
            <Icon name="plus" size={16} />
            {t('klien.new')}
          </a>
        )}
      </div>
      <label class="search">
        <Icon name="search" />
        <input
          type="search"
          data-key="search"
          placeholder={t('wearers.searchAll')}
          aria-label={t('wearers.searchAll')}
          value={query}
          onInput={(event) => search(event.currentTarget.value)}
        />
      </label>
      <p class="list-count" role="status">
        {found.length ? t('wearers.count', { count: countWords(found.length) }) : t('wearers.none')}
        {found.length > SHOWN_MAX && ` · ${t('wearers.more', { count: countWords(found.length - SHOWN_MAX) })}`}
      </p>
      {finding.problem.value && <p class="problem">{finding.problem.value}</p>}
      <section class="table-frame" aria-label={t('nav.wearers')}>
        <table class="wearers-table">
          <thead>
            <tr>
              <th scope="col">{t('wearers.column.name')}</th>
              <th scope="col">{t('wearers.column.state')}</th>
              <th scope="col">{t('panel.pk')}</th>
              <th scope="col">{t('panel.programme')}</th>
              {desk.units.value.length > 1 && <th scope="col">{t('map.unit')}</th>}
              {!desk.hidesPersons && <th scope="col">{t('panel.lastReport')}</th>}
              {!desk.hidesPersons && <th scope="col">{t('panel.battery')}</th>}
              <th scope="col">{t('wearers.column.ends')}</th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, SHOWN_MAX).map((wearer) => (
              <WearerLine key={wearer.id} state={state} wearer={wearer} />
            ))}
          </tbody>
        </table>
      </section>
    </article>
  )
}

function WearerLine({ state: { desk, router }, wearer }: { state: ConsoleState; wearer: WearerSummary }) {
  const nowMs = desk.nowMs.value
  const mark = desk.markOf(wearer.n, nowMs)
  const bracelet = desk.live.bracelets.get(wearer.n)
  const battery = bracelet && bracelet.batteryPercent <= 100 ? bracelet.batteryPercent : undefined
  return (
    <tr>
      <th scope="row">
        <a href={router.hrefOf({ page: 'wearer', id: wearer.id, tab: 'ringkas' })}>{desk.nameOf(wearer)}</a>
      </th>
      <td class="cell-state">
        <StateMark state={mark.state} size={16} hollow={mark.hollow} />{' '}
        {mark.hollow
          ? t('map.endedUntaken')
          : t(mark.state === 'nodata' && desk.hidesPersons ? 'wearers.hidden' : `state.${mark.state}`)}
      </td>
      <td>{wearer.pkName || '–'}</td>
      <td>{programmeWords(wearer.programme)}</td>
      {desk.units.value.length > 1 && <td>{desk.unitName(wearer.unitPath)}</td>}
      {!desk.hidesPersons && <td>{bracelet ? ageWords(bracelet.timeMs, nowMs) : t('panel.noLast')}</td>}
      {!desk.hidesPersons && (
        <td class={battery !== undefined && battery <= BATTERY_LOW_PERCENT ? 'warn' : ''}>
          {battery === undefined ? '–' : `${battery} %`}
        </td>
      )}
      <td>{dateWords(wearer.supervisionEndsMs, desk.timeZoneOf(wearer.unitPath))}</td>
    </tr>
  )
}

/** On the screen by name, PK, programme and unit; what the server found by other things comes behind. */
function findHere({ desk, finding }: ConsoleState, query: string): WearerSummary[] {
  const here = findWearers(desk.live.wearers.values(), query, (wearer) => desk.textOf(wearer))
  const known = new Set(here.map(({ id }) => id))
  return [...here, ...finding.found.value.filter(({ id }) => !known.has(id))]
}
