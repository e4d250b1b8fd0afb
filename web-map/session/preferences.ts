import { effect, signal } from '@preact/signals'
import { type Language, language } from '../i18n/language.ts'

/** What this browser remembers of its officer's choices. */
export type Preferences = ReturnType<typeof readPreferences>

/** Reads the choices and writes them back whenever one changes. */
export function readPreferences(storage: Storage) {
  const stored = storage.getItem('gelang.language')
  if (stored === 'id' || stored === 'en') language.value = stored
  const muteInformation = signal(storage.getItem('gelang.muteInformation') === 'yes')
  effect(() => {
    storage.setItem('gelang.language', language.value)
    storage.setItem('gelang.muteInformation', muteInformation.value ? 'yes' : 'no')
    document.documentElement.lang = language.value
  })
  return { muteInformation, chooseLanguage: (next: Language) => (language.value = next) }
}
