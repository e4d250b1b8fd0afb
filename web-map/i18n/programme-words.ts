import { isMessageKey, t } from './language.ts'

/** A programme's name in words; one that the console does not know stands as it is. */
export function programmeWords(programme: string): string {
  const key = `programme.${programme}`
  return isMessageKey(key) ? t(key) : programme
}
