import { pathOf } from '../../model/console/addresses.ts'
import { isDeskPage, QUERY } from '../address/router.ts'
import { MARK_STATES, type MarkState } from '../feed/freshness.ts'
import { t } from '../i18n/language.ts'
import { countWords } from '../i18n/measure-words.ts'
import { clockSecondsWords } from '../i18n/time-words.ts'
import { LanguageSwitch } from '../widgets/language-switch.tsx'
import { Icon, Logo, StateMark } from '../widgets/marks.tsx'
import type { ConsoleState } from './console-state.ts'
import { SoundSwitch } from './sound-switch.tsx'

export function Header({ state, onKeys }: { state: ConsoleState; onKeys: () => void }) {
  const { session, desk, alerts, router } = state
  const me = session.me.value
  const untaken = alerts.untakenCount.value
  return (
    <header class="header">
      <Logo size={26} />
      <div class="header-place">
        <strong>{me?.unitName}</strong>
        <Connection state={state} />
      </div>
      <a class={`header-untaken${untaken > 0 ? ' some' : ''}`} href={router.hrefOf({ page: 'control-room' })}>
        <b>{countWords(untaken)}</b> <span>{t('header.untaken')}</span>
      </a>
      <StateCounts state={state} />
      <time class="header-clock">{clockSecondsWords(desk.nowMs.value, desk.officerTimeZone)}</time>
      <SoundSwitch state={state} />
      <div class="header-tools">
        {isDeskPage(router.address.value) && <WallSwitch state={state} />}
        <button type="button" class="quiet icon-only" title={t('keys.title')} onClick={onKeys}>
          <Icon name="help" />
          <span class="sr-only">{t('keys.title')}</span>
        </button>
        <LanguageSwitch preferences={state.preferences} />
      </div>
      <a class="header-officer" href={pathOf({ page: 'account' })}>
        <span class="officer-name">{me?.name}</span>
        <span class="officer-role">{me && t(`role.${me.role}`)}</span>
      </a>
      <button class="quiet icon-only" type="button" title={t('session.signOut')} onClick={() => void session.signOut()}>
        <Icon name="leave" />
        <span class="sr-only">{t('session.signOut')}</span>
      </button>
    </header>
  )
}

function Connection({ state: { desk } }: { state: ConsoleState }) {
  const link = desk.link.value
  const live = link === 'open' && !desk.troubles.value.some((trouble) => trouble.kind === 'live')
  const word = live ? 'connection.live' : link === 'connecting' ? 'connection.connecting' : 'connection.away'
  return (
    <span class={`connection ${live ? 'live' : 'away'}`}>
      <i />
      {t(word)}
    </span>
  )
}

/** How many klien are in each state; a klien whose position the officer may not see does not count as without data. */
function StateCounts({ state: { desk } }: { state: ConsoleState }) {
  desk.versions.roster.value
  desk.versions.lists.value
  const counts: Record<MarkState, number> = { patuh: 0, informasi: 0, serius: 0, kritis: 0, nodata: 0 }
  const nowMs = desk.nowMs.value
  for (const n of desk.live.wearers.keys()) counts[desk.markOf(n, nowMs).state]++
  const shown = desk.hidesPersons ? MARK_STATES.filter((one) => one !== 'patuh' && one !== 'nodata') : MARK_STATES
  return (
    <ul class="counts" aria-label={t('map.legend')}>
      {shown.map((one) => (
        <li key={one} class={counts[one] === 0 ? 'none' : ''} title={t(`state.${one}`)}>
          <StateMark state={one} size={16} />
          <b>{countWords(counts[one])}</b>
          <span>{t(`state.${one}`)}</span>
        </li>
      ))}
    </ul>
  )
}

/** For the wall of a control room: the whole screen, larger, with fewer controls. */
function WallSwitch({ state: { router } }: { state: ConsoleState }) {
  const wall = router.query.value.get(QUERY.wall) === 'ya'
  const turn = () => {
    router.setQuery({ [QUERY.wall]: wall ? undefined : 'ya' })
    if (wall) {
      if (document.fullscreenElement) void document.exitFullscreen()
    } else if (document.fullscreenEnabled) void document.documentElement.requestFullscreen()
  }
  return (
    <button
      type="button"
      class="quiet icon-only"
      aria-pressed={wall}
      title={t(wall ? 'wall.leave' : 'wall.enter')}
      onClick={turn}
    >
      <Icon name="wall" />
      <span class="sr-only">{t(wall ? 'wall.leave' : 'wall.enter')}</span>
    </button>
  )
}
