import { t } from '../i18n/language.ts'
import { VOLUME_MIN } from '../session/preferences.ts'
import { ALARMS } from '../sound/alarm-sound.ts'
import { LanguageSwitch } from '../widgets/language-switch.tsx'
import type { ConsoleState } from './console-state.ts'

/** Who is signed in here, and how this screen speaks to them. */
export function AccountPage({ state }: { state: ConsoleState }) {
  const { session, preferences, alerts } = state
  const me = session.me.value
  const allowed = alerts.alarm.allowed.value
  return (
    <article class="account">
      <h1>{t('nav.account')}</h1>
      <dl class="facts">
        <div>
          <dt>{t('account.name')}</dt>
          <dd>{me?.name}</dd>
        </div>
        <div>
          <dt>{t('account.role')}</dt>
          <dd>{me && t(`role.${me.role}`)}</dd>
        </div>
        <div>
          <dt>{t('map.unit')}</dt>
          <dd>{me?.unitName}</dd>
        </div>
      </dl>
      <section>
        <h2>{t('account.sound')}</h2>
        {!allowed && (
          <p>
            <button type="button" class="primary" onClick={() => void alerts.alarm.allow(true)}>
              {t('sound.enable')}
            </button>{' '}
            {t('sound.enableHint')}
          </p>
        )}
        <label class="field">
          <span>{t('account.volume')}</span>
          <input
            type="range"
            min={VOLUME_MIN}
            max={1}
            step={0.1}
            value={preferences.volume.value}
            onInput={(event) => (preferences.volume.value = event.currentTarget.valueAsNumber)}
          />
        </label>
        <fieldset class="tests" aria-label={t('account.test')}>
          {ALARMS.map((alarm) => (
            <button key={alarm} type="button" disabled={!allowed} onClick={() => alerts.alarm.test(alarm)}>
              {t(`account.test.${alarm}`)}
            </button>
          ))}
        </fieldset>
        <p class="hint">{t('sound.muteNote')}</p>
        <p class="hint">{t('account.oneSounds')}</p>
      </section>
      <section>
        <h2>{t('language.switch')}</h2>
        <LanguageSwitch preferences={preferences} />
      </section>
      <section>
        <h2>{t('account.session')}</h2>
        <button type="button" onClick={() => void session.signOut()}>
          {t('session.signOut')}
        </button>
      </section>
    </article>
  )
}
