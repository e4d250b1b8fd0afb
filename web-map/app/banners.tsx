import { t } from '../i18n/language.ts'
import { countWords } from '../i18n/measure-words.ts'
import { momentWords } from '../i18n/time-words.ts'
import type { ConsoleState } from './console-state.ts'

/** What keeps the screen from being live or whole, in words, over the map. */
export function Banners({ state }: { state: ConsoleState }) {
  const timeZone = state.desk.officerTimeZone
  const nowMs = state.desk.nowMs.value
  state.desk.versions.incidents.value
  const { unshownCount } = state.desk.live
  return (
    <div class="banners" role="status">
      {state.desk.troubles.value.map((trouble) =>
        trouble.kind === 'database' ? (
          <p key="database" class="banner mild">
            {t('banner.database')}
          </p>
        ) : (
          <p key="live" class="banner">
            <strong>
              {trouble.sinceMs === undefined
                ? t('banner.noLiveYet')
                : t('banner.noLive', { time: momentWords(trouble.sinceMs, nowMs, timeZone) })}
            </strong>{' '}
            <span>{t(trouble.cause === 'redis' ? 'banner.redis' : 'banner.noLiveHint')}</span>
          </p>
        ),
      )}
      {state.session.problem.value && (
        <p class="banner" role="alert">
          <strong>{t('session.signOutFailed')}</strong> {state.session.problem.value}{' '}
          <button type="button" class="link" onClick={() => void state.session.signOut()}>
            {t('session.signOutAgain')}
          </button>
        </p>
      )}
      {state.notice.value && (
        <p class="banner mild">
          {state.notice.value}{' '}
          <button type="button" class="link" onClick={() => (state.notice.value = undefined)}>
            {t('notice.close')}
          </button>
        </p>
      )}
      {unshownCount > 0 && (
        <p class="banner mild">
          <strong>{t('banner.unshown', { count: countWords(unshownCount) })}</strong>{' '}
          <span>{t('banner.unshownHint')}</span>{' '}
          <button type="button" class="link" onClick={() => void state.desk.load(true)}>
            {t('banner.retry')}
          </button>
        </p>
      )}
      {state.desk.loadProblem.value && (
        <p class="banner mild">
          {t('banner.load', { reason: state.desk.loadProblem.value })}{' '}
          <button type="button" class="link" onClick={() => void state.desk.load(true)}>
            {t('banner.retry')}
          </button>
        </p>
      )}
    </div>
  )
}
