import { pathOf } from '../../model/console/addresses.ts'
import { t } from '../i18n/language.ts'
import type { ConsoleState } from './console-state.ts'
import { landingOf } from './landing.ts'

/** There is no page at this address; the server said so as well, with status 404. */
export function NoPage({ state }: { state: ConsoleState }) {
  const role = state.session.me.value?.role
  return (
    <div class="no-page">
      <h1>{t('nopage.title')}</h1>
      <p>{t('nopage.words')}</p>
      {role && <a href={pathOf(landingOf(role))}>{t('nopage.home')}</a>}
    </div>
  )
}
