import { useSignal } from '@preact/signals'
import type { ConsoleState } from '../console/console-state.ts'
import { findWearers } from '../console/find-wearers.ts'
import { markStateOf } from '../live/freshness.ts'
import { t } from '../words/language.ts'
import { countWords } from '../words/measure-words.ts'
import { programmeWords } from '../words/programme-words.ts'
import { ageWords } from '../words/time-words.ts'
import { Icon, StateMark } from './marks.tsx'

const SHOWN_MAX = 100

export function WearerList({ state, onOpen }: { state: ConsoleState; onOpen: () => void }) {
  const query = useSignal('')
  state.rosterVersion.value
  state.listsVersion.value
  const nowMs = state.nowMs.value
  const found = findWearers(state.live.wearers.values(), query.value, (path) => state.unitName(path))
  return (
    <section class="list" aria-label={t('wearers.tab')}>
      <label class="search">
        <Icon name="search" />
        <input
          type="search"
          placeholder={t('wearers.search')}
          aria-label={t('wearers.search')}
          value={query.value}
          onInput={(event) => (query.value = event.currentTarget.value)}
        />
      </label>
      <p class="list-count">
        {found.length ? t('wearers.count', { count: countWords(found.length) }) : t('wearers.none')}
      </p>
      <ol class="wearers">
        {found.slice(0, SHOWN_MAX).map((wearer) => {
          const bracelet = state.live.bracelets.get(wearer.n)
          return (
            <li key={wearer.id}>
              <button
                type="button"
                class={state.file.selectedId.value === wearer.id ? 'selected' : ''}
                onClick={() => {
                  state.openWearer(wearer)
                  onOpen()
                }}
              >
                <StateMark state={bracelet ? markStateOf(bracelet, nowMs) : 'nodata'} size={18} />
                <span class="wearer-name">{wearer.name}</span>
                <span class="wearer-age">{bracelet ? ageWords(bracelet.timeMs, nowMs) : t('state.nodata')}</span>
                <span class="wearer-more">
                  {programmeWords(wearer.programme)} · {wearer.pkName}
                  {state.units.value.length > 1 && ` · ${state.unitName(wearer.unitPath)}`}
                </span>
              </button>
            </li>
          )
        })}
      </ol>
      {found.length > SHOWN_MAX && (
        <p class="list-count">{t('wearers.more', { count: countWords(found.length - SHOWN_MAX) })}</p>
      )}
    </section>
  )
}
