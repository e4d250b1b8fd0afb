import { pathOf } from '../../model/console/addresses.ts'
import { t } from '../i18n/language.ts'
import { countWords } from '../i18n/measure-words.ts'
import { Icon } from '../widgets/marks.tsx'
import type { ConsoleState } from './console-state.ts'
import { addressOf, PAGES_OF, type RailPage } from './landing.ts'

const ICONS = {
  'control-room': 'map',
  wearers: 'people',
  bracelets: 'bracelet',
  reports: 'figures',
  account: 'person',
} as const
/** The icons of the rail's pages. */
const PART_OF: Partial<Record<string, RailPage>> = {
  incident: 'control-room',
  wearer: 'wearers',
  trial: 'wearers',
  intake: 'wearers',
  bracelet: 'bracelets',
  'edit-klien': 'wearers',
}

/** The pages of this officer: a rail at the left, a bar at the bottom of a phone. */
export function Rail({ state }: { state: ConsoleState }) {
  const role = state.session.me.value?.role
  const page = state.router.address.value?.page ?? ''
  const here = PART_OF[page] ?? page
  const untaken = state.alerts.untakenCount.value
  if (role === undefined) return null
  return (
    <nav class="rail" aria-label={t('nav.title')}>
      {PAGES_OF[role].map((one) => (
        <a key={one} href={pathOf(addressOf(one))} aria-current={here === one ? 'page' : undefined}>
          <Icon name={ICONS[one]} size={22} />
          <span>{t(`nav.${one}`)}</span>
          {one === 'control-room' && untaken > 0 && (
            <b class="badge">
              {countWords(untaken)}
              <span class="sr-only"> {t('header.untaken')}</span>
            </b>
          )}
        </a>
      ))}
    </nav>
  )
}
