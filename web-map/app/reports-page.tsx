import { useEffect } from 'preact/hooks'
import { pathOf } from '../../model/console/addresses.ts'
import { QUERY } from '../address/router.ts'
import { t } from '../i18n/language.ts'
import { countWords } from '../i18n/measure-words.ts'
import { momentWords } from '../i18n/time-words.ts'
import { StateMark } from '../widgets/marks.tsx'
import type { ConsoleState } from './console-state.ts'
import { figuresOf, type UnitFigures } from './unit-figures.ts'

/** The state of each unit now: figures first, a person only with a reason. */
export function ReportsPage({ state }: { state: ConsoleState }) {
  const { desk } = state
  desk.versions.roster.value
  desk.versions.incidents.value
  const nowMs = desk.nowMs.value
  const { live, units } = desk
  const { hidesPersons } = desk
  const allName = t('reports.all')
  useEffect(() => (hidesPersons ? state.overseen.follow(allName) : undefined), [hidesPersons, allName])
  const figures = hidesPersons
    ? state.overseen.figures.value
    : figuresOf(units.value, live.wearers.values(), live.incidents.values(), nowMs, allName)
  return (
    <article class="reports">
      <h1>{t('nav.reports')}</h1>
      <p class="hint">{t('reports.now', { time: momentWords(nowMs, nowMs, desk.officerTimeZone) })}</p>
      {hidesPersons && state.overseen.problem.value && (
        <p class="problem" role="alert">
          {state.overseen.problem.value}
        </p>
      )}
      <section class="table-frame" aria-label={t('nav.reports')}>
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">{t('map.unit')}</th>
              <th scope="col">{t('reports.wearers')}</th>
              <th scope="col">{t('reports.concerned')}</th>
              <th scope="col">
                <StateMark state="kritis" size={14} /> {t('state.kritis')}
              </th>
              <th scope="col">
                <StateMark state="serius" size={14} /> {t('state.serius')}
              </th>
              <th scope="col">
                <StateMark state="informasi" size={14} /> {t('state.informasi')}
              </th>
              <th scope="col">{t('reports.untaken')}</th>
              <th scope="col">{t('reports.overdue')}</th>
            </tr>
          </thead>
          <tbody>
            {figures?.units.map((one) => (
              <Line key={one.path} figures={one} />
            ))}
          </tbody>
          <tfoot>{figures && <Line figures={figures.all} />}</tfoot>
        </table>
      </section>
      {hidesPersons && <p class="hint">{t('reports.persons')}</p>}
    </article>
  )
}

function Line({ figures }: { figures: UnitFigures }) {
  const { path, name, wearers, concerned, open, untaken, overdue } = figures
  const queue = `${pathOf({ page: 'control-room' })}${path === '' ? '' : `?${QUERY.unit}=${path}`}`
  return (
    <tr>
      <th scope="row">
        <a href={queue}>{name}</a>
      </th>
      <td>{countWords(wearers)}</td>
      <td>{countWords(concerned)}</td>
      <td class={open.kritis > 0 ? 'bad' : ''}>{countWords(open.kritis)}</td>
      <td>{countWords(open.serius)}</td>
      <td>{countWords(open.informasi)}</td>
      <td>{countWords(untaken)}</td>
      <td class={overdue ? 'bad' : ''}>{overdue === undefined ? '–' : countWords(overdue)}</td>
    </tr>
  )
}
