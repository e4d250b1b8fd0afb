import { useSignal } from '@preact/signals'
import type { WearerSummary } from '../../model/console/console.ts'
import { isEnded, markStateOf } from '../feed/freshness.ts'
import { mattersOf } from '../feed/live-state.ts'
import { t } from '../i18n/language.ts'
import { countWords } from '../i18n/measure-words.ts'
import { programmeWords } from '../i18n/programme-words.ts'
import { ageWords } from '../i18n/time-words.ts'
import { Icon, StateMark } from '../widgets/marks.tsx'
import { findWearers } from './find-wearers.ts'
import type { WearerRoom } from './room.ts'

const SHOWN_MAX = 100

export function WearerList({
  room: { desk, file },
  onOpen,
}: {
  room: WearerRoom
  onOpen: (wearer: WearerSummary) => void
}) {
  const query = useSignal('')
  desk.versions.roster.value
  desk.versions.lists.value
  desk.versions.incidents.value
  const matters = mattersOf(desk.live)
  const nowMs = desk.nowMs.value
  const found = findWearers(desk.live.wearers.values(), query.value, (path) => desk.unitName(path))
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
          const bracelet = desk.live.bracelets.get(wearer.n)
          const matter = matters.get(wearer.n)
          const mark = bracelet ? markStateOf(bracelet, nowMs, matter) : (matter?.severity ?? 'nodata')
          const hollow = bracelet ? isEnded(bracelet, matter) : matter?.ongoing === false
          return (
            <li key={wearer.id}>
              <button
                type="button"
                class={file.selectedId.value === wearer.id ? 'selected' : ''}
                onClick={() => onOpen(wearer)}
              >
                <StateMark state={mark} hollow={hollow} size={18} />
                <span class="wearer-name">{wearer.name}</span>
                <span class="wearer-age">{bracelet ? ageWords(bracelet.timeMs, nowMs) : t('state.nodata')}</span>
                <span class="wearer-more">
                  {programmeWords(wearer.programme)} · {wearer.pkName}
                  {desk.units.value.length > 1 && ` · ${desk.unitName(wearer.unitPath)}`}
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
