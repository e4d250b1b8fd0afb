import { useSignal } from '@preact/signals'
import { MUTE_MINUTES } from '../alerts/alarm.ts'
import { t } from '../i18n/language.ts'
import { clockWords } from '../i18n/time-words.ts'
import { Icon } from '../widgets/marks.tsx'
import type { ConsoleState } from './console-state.ts'

/** Asks for sound where the browser holds it back; mutes for a while, never for strap, case and SOS. */
export function SoundSwitch({ state }: { state: ConsoleState }) {
  const { alerts, preferences, desk } = state
  const unfolded = useSignal(false)
  const nowMs = desk.nowMs.value
  if (!alerts.alarm.allowed.value)
    return (
      <button
        class="sound-ask"
        type="button"
        title={t('sound.enableHint')}
        onClick={() => void alerts.alarm.allow(true)}
      >
        <Icon name="silent" />
        {t('sound.enable')}
      </button>
    )
  const muted = nowMs < preferences.mutedUntilMs.value
  const mute = (minutes: number) => {
    preferences.mutedUntilMs.value = minutes === 0 ? 0 : nowMs + minutes * 60_000
    unfolded.value = false
  }
  return (
    <div class="sound">
      <button
        class={`quiet sound-on${muted ? ' muted' : ''}`}
        type="button"
        aria-expanded={unfolded.value}
        onClick={() => (unfolded.value = !unfolded.value)}
      >
        <Icon name={muted ? 'silent' : 'sound'} />
        <span>
          {muted
            ? t('sound.mutedUntil', { time: clockWords(preferences.mutedUntilMs.value, desk.officerTimeZone) })
            : t(preferences.muteInformation.value ? 'sound.short.noInfo' : 'sound.short.all')}
        </span>
      </button>
      {unfolded.value && (
        <div class="sound-menu">
          {MUTE_MINUTES.map((minutes) => (
            <button key={minutes} type="button" onClick={() => mute(minutes)}>
              {t('sound.mute', { minutes })}
            </button>
          ))}
          {muted && (
            <button type="button" onClick={() => mute(0)}>
              {t('sound.unmute')}
            </button>
          )}
          <label>
            <input
              type="checkbox"
              checked={preferences.muteInformation.value}
              onChange={(event) => (preferences.muteInformation.value = event.currentTarget.checked)}
            />
            {t('sound.noInfo')}
          </label>
          <small>{t('sound.muteNote')}</small>
        </div>
      )}
    </div>
  )
}
