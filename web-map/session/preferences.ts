import { effect, type Signal, signal } from '@preact/signals'
import { type Language, language } from '../i18n/language.ts'

/** What this browser remembers of its officer's choices. */
export type Preferences = {
  muteInformation: Signal<boolean>
  /** Alarms that may be muted are silent until then; a past time mutes nothing. */
  mutedUntilMs: Signal<number>
  /** From 0 to 1; never 0, for a screen that cannot be heard is no alarm. */
  volume: Signal<number>
  chooseLanguage(next: Language): void
}

export const VOLUME_MIN = 0.2

/** Reads the choices and writes them back whenever one changes. */
export function readPreferences(storage: Storage): Preferences {
  const stored = storage.getItem('gelang.language')
  if (stored === 'id' || stored === 'en') language.value = stored
  const muteInformation = signal(storage.getItem('gelang.muteInformation') === 'yes')
  const mutedUntilMs = signal(Number(storage.getItem('gelang.mutedUntilMs')) || 0)
  const volume = signal(Math.max(VOLUME_MIN, Math.min(1, Number(storage.getItem('gelang.volume')) || 1)))
  effect(() => {
    storage.setItem('gelang.language', language.value)
    storage.setItem('gelang.muteInformation', muteInformation.value ? 'yes' : 'no')
    storage.setItem('gelang.mutedUntilMs', String(mutedUntilMs.value))
    storage.setItem('gelang.volume', String(volume.value))
    document.documentElement.lang = language.value
  })
  return { muteInformation, mutedUntilMs, volume, chooseLanguage: (next: Language) => (language.value = next) }
}
