import { type Language, language, t } from '../i18n/language.ts'
import type { Preferences } from '../session/preferences.ts'

const LANGUAGES: readonly Language[] = ['id', 'en']

export function LanguageSwitch({ preferences }: { preferences: Preferences }) {
  return (
    <fieldset class="language" aria-label={t('language.switch')}>
      {LANGUAGES.map((one) => (
        <button
          key={one}
          type="button"
          lang={one}
          aria-pressed={language.value === one}
          onClick={() => preferences.chooseLanguage(one)}
        >
          {one.toUpperCase()}
        </button>
      ))}
    </fieldset>
  )
}
