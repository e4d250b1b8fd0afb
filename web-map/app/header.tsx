import { countByState, MARK_STATES } from '../feed/freshness.ts'
import { mattersOf } from '../feed/live-state.ts'
import { t } from '../i18n/language.ts'
import { countWords } from '../i18n/measure-words.ts'
import { clockSecondsWords } from '../i18n/time-words.ts'
import { LanguageSwitch } from '../widgets/language-switch.tsx'
import { Icon, Logo, StateMark } from '../widgets/marks.tsx'
import type { ConsoleState } from './console-state.ts'

export function Header({ state }: { state: ConsoleState }) {
  const me = state.session.me.value
  return (
    <header class="header">
      <Logo size={26} />
      <div class="header-place">
        <strong>{me?.unitName}</strong>
        <Connection state={state} />
      </div>
      <StateCounts state={state} />
      <time class="header-clock">{clockSecondsWords(state.desk.nowMs.value, state.desk.officerTimeZone)}</time>
      <SoundSwitch state={state} />
      <LanguageSwitch preferences={state.preferences} />
      <div class="header-officer">
        <span class="officer-name">{me?.name}</span>
        <span class="officer-role">{me && t(`role.${me.role}`)}</span>
      </div>
      <button
        class="quiet icon-only"
        type="button"
        title={t('session.signOut')}
        onClick={() => void state.session.signOut()}
      >
        <Icon name="leave" />
        <span class="sr-only">{t('session.signOut')}</span>
      </button>
    </header>
  )
}

function Connection({ state }: { state: ConsoleState }) {
  const link = state.desk.link.value
  const live = link === 'open' && !state.desk.troubles.value.some((trouble) => trouble.kind === 'live')
  const word = live ? 'connection.live' : link === 'connecting' ? 'connection.connecting' : 'connection.away'
  return (
    <span class={`connection ${live ? 'live' : 'away'}`}>
      <i />
      {t(word)}
    </span>
  )
}

function StateCounts({ state }: { state: ConsoleState }) {
  const { live, nowMs, versions } = state.desk
  versions.lists.value
  versions.incidents.value
  const counts = countByState(live.bracelets.values(), nowMs.value, mattersOf(live))
  return (
    <ul class="counts" aria-label={t('map.legend')}>
      {MARK_STATES.map((one) => (
        <li key={one} class={counts[one] === 0 ? 'none' : ''}>
          <StateMark state={one} size={16} />
          <b>{countWords(counts[one])}</b>
          <span>{t(`state.${one}`)}</span>
        </li>
      ))}
    </ul>
  )
}

function SoundSwitch({ state }: { state: ConsoleState }) {
  const { preferences } = state
  const { arrivals } = state.alerts
  if (!arrivals.soundAllowed.value)
    return (
      <button
        class="sound-ask"
        type="button"
        title={t('sound.enableHint')}
        onClick={() => void arrivals.allowSound(true)}
      >
        <Icon name="silent" />
        {t('sound.enable')}
      </button>
    )
  const muted = preferences.muteInformation.value
  return (
    <button
      class="quiet sound-on"
      type="button"
      aria-pressed={!muted}
      title={t(muted ? 'sound.noInfo' : 'sound.all')}
      onClick={() => {
        preferences.muteInformation.value = !muted
      }}
    >
      <Icon name="sound" />
      <span>{t(muted ? 'sound.short.noInfo' : 'sound.short.all')}</span>
    </button>
  )
}
