import { useSignal } from '@preact/signals'
import { t } from '../i18n/language.ts'
import { countWords } from '../i18n/measure-words.ts'
import { programmeWords } from '../i18n/programme-words.ts'
import { ageWords } from '../i18n/time-words.ts'
import { Icon, StateMark } from '../widgets/marks.tsx'
import { findWearers } from './find-wearers.ts'
import type { WearerRoom } from './room.ts'

const SHOWN_MAX = 100

/** Everyone in sight beside the map, by name. */
export function WearerList({ room: { desk, file, router } }: { room: WearerRoom }) {
  const query = useSignal('')
  desk.versions.roster.value
  desk.versions.lists.value
  desk.versions.incidents.value
  const nowMs = desk.nowMs.value
  const found = findWearers(desk.live.wearers.values(), query.value, (wearer) => desk.textOf(wearer))
  return (
    <section class="list" aria-label={t('wearers.tab')}>
      <label class="search">
        <Icon name="search" />
        <input
          type="search"
          data-key="search"
          placeholder={t('wearers.search')}
          aria-label={t('wearers.search')}
          value={query.value}
          onInput={(event) => (query.value = event.currentTarget.value)}
        />
      </label>
      <p class="list-count" role="status">
        {found.length ? t('wearers.count', { count: countWords(found.length) }) : t('wearers.none')}
      </p>
      <ol class="wearers">
        {found.slice(0, SHOWN_MAX).map((wearer) => {
          const bracelet = desk.live.bracelets.get(wearer.n)
          const mark = desk.markOf(wearer.n, nowMs)
          return (
            <li key={wearer.id}>
              <a
                class={file.selectedId.value === wearer.id ? 'selected' : ''}
                href={router.hrefOf({ page: 'wearer', id: wearer.id, tab: 'ringkas' })}
              >
                <StateMark state={mark.state} size={18} hollow={mark.hollow} />
                <span class="wearer-name">{desk.nameOf(wearer)}</span>
                <span class="wearer-age">
                  {bracelet
                    ? ageWords(bracelet.timeMs, nowMs)
                    : t(desk.hidesPersons ? 'wearers.hidden' : 'state.nodata')}
                </span>
                <span class="wearer-more">
                  {programmeWords(wearer.programme)} · {wearer.pkName}
                  {desk.units.value.length > 1 && ` · ${desk.unitName(wearer.unitPath)}`}
                </span>
              </a>
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
