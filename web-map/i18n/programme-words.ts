import { isMessageKey, t } from './language.ts'

/** A programme's name in words; an unknown one is shown as it is. */
export function programmeWords(programme: string): string {
  const key = `programme.${programme}`
  return isMessageKey(key) ? t(key) : programme
}
