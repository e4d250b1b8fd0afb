import { useSignal } from '@preact/signals'
import { CUSTODY } from '../../model/console/file-terms.ts'
import type { Bracelet } from '../../model/console/people.ts'
import { PROTOCOL } from '../../model/report/report.ts'
import { QUERY } from '../address/router.ts'
import { t } from '../i18n/language.ts'
import { SelectField } from '../widgets/field.tsx'
import { useLoaded } from '../widgets/loaded.ts'
import { Icon } from '../widgets/marks.tsx'
import { Problem } from '../widgets/problem.tsx'
import { type AlatRoom, may } from './room.ts'

const PAGE_SIZE = 100

/** The stock, filtered; the filters are in the address. */
export function StockList({ room }: { room: AlatRoom }) {
  const { api, router, session, desk } = room
  const query = router.query.value
  const asked = new URLSearchParams({ limit: String(PAGE_SIZE) })
  for (const [key, name] of [
    [QUERY.search, 'q'],
    [QUERY.custody, 'custody'],
    [QUERY.protocol, 'protocol'],
    [QUERY.unit, 'unit'],
  ] as const) {
    const value = query.get(key)
    if (value) asked.set(name, value)
  }
  const after = useSignal<number | undefined>(undefined)
  if (after.value !== undefined) asked.set('after', String(after.value))
  const { loaded, problem } = useLoaded(
    () => api.read<{ bracelets: Bracelet[]; next?: number }>(`/v1/bracelets?${asked}`),
    asked.toString(),
    () => session.expire(),
  )
  const filter = (key: string, value: string) => {
    after.value = undefined
    router.setQuery({ [key]: value })
  }
  const bracelets = loaded.value?.value.bracelets
  const next = loaded.value?.value.next
  return (
    <>
      <div class="page-title">
        <h2>{t('alat.stock')}</h2>
        {may(room, 'bracelet.register') && (
          <a class="button primary" href={router.hrefOf({ page: 'bracelets', part: 'baru' })}>
            <Icon name="plus" size={16} />
            {t('alat.register')}
          </a>
        )}
      </div>
      <search class="filters-row">
        <label class="search">
          <Icon name="search" />
          <input
            type="search"
            data-key="search"
            placeholder={t('alat.search')}
            aria-label={t('alat.search')}
            value={query.get(QUERY.search) ?? ''}
            onChange={(event) => filter(QUERY.search, event.currentTarget.value.trim())}
          />
        </label>
        <SelectField
          label={t('alat.filterCustody')}
          none={t('form.all')}
          name="custody"
          value={query.get(QUERY.custody)}
          options={CUSTODY.map((one) => [one, t(`alat.custody.${one}`)])}
          onInput={(value) => filter(QUERY.custody, value)}
        />
        <SelectField
          label={t('alat.filterProtocol')}
          none={t('form.all')}
          name="protocol"
          value={query.get(QUERY.protocol)}
          options={Object.keys(PROTOCOL).map((one) => [one, one])}
          onInput={(value) => filter(QUERY.protocol, value)}
        />
        {desk.units.value.length > 1 && (
          <SelectField
            label={t('alat.filterUnit')}
            none={t('form.all')}
            name="unit"
            value={query.get(QUERY.unit)}
            options={desk.units.value.map(({ path, name }) => [path, name])}
            onInput={(value) => filter(QUERY.unit, value)}
          />
        )}
      </search>
      {problem.value && <Problem>{problem.value}</Problem>}
      {!bracelets && !problem.value && <p class="hint">{t('app.loading')}</p>}
      {bracelets?.length === 0 && <p class="hint">{t('alat.none')}</p>}
      {bracelets !== undefined && bracelets.length > 0 && <StockTable room={room} bracelets={bracelets} />}
      <p class="form-actions">
        {after.value !== undefined && (
          <button type="button" onClick={() => (after.value = undefined)}>
            {t('form.first')}
          </button>
        )}
        {next !== undefined && (
          <button type="button" onClick={() => (after.value = next)}>
            {t('form.next')}
          </button>
        )}
      </p>
    </>
  )
}

function StockTable({ room, bracelets }: { room: AlatRoom; bracelets: readonly Bracelet[] }) {
  const { router, desk } = room
  return (
    <section class="table-frame" aria-label={t('alat.stock')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('alat.device')}</th>
            <th scope="col">{t('alat.custody')}</th>
            <th scope="col">{t('alat.wearer')}</th>
            <th scope="col">{t('alat.model')}</th>
            <th scope="col">{t('alat.protocol')}</th>
            <th scope="col">{t('alat.sim')}</th>
            {desk.units.value.length > 1 && <th scope="col">{t('map.unit')}</th>}
          </tr>
        </thead>
        <tbody>
          {bracelets.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <a href={router.hrefOf({ page: 'bracelet', id: one.id })}>{one.deviceId}</a>
              </th>
              <td class={one.revoked || one.custody === 'hilang' ? 'warn' : ''}>
                {one.revoked ? t('alat.revoked') : t(`alat.custody.${one.custody}`)}
              </td>
              <td>
                {one.wearer ? (
                  <a href={router.hrefOf({ page: 'wearer', id: one.wearer.id, tab: 'alat' })}>{one.wearer.name}</a>
                ) : (
                  '–'
                )}
              </td>
              <td>{one.model}</td>
              <td>{one.protocol ?? '–'}</td>
              <td class={isOver(one.simEnds, desk.nowMs.value) ? 'warn' : ''}>
                {one.simNumber ?? '–'}
                {isOver(one.simEnds, desk.nowMs.value) && ` · ${t('alat.simOver')}`}
              </td>
              {desk.units.value.length > 1 && <td>{desk.unitName(one.unitPath)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const isOver = (day: string | undefined, nowMs: number): boolean =>
  day !== undefined && day < new Date(nowMs).toISOString().slice(0, 10)
