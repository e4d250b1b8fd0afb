import { signal } from '@preact/signals'
import { en } from './en.ts'
import { id, type MessageKey } from './id.ts'

export type Language = 'id' | 'en'
const MESSAGES: Record<Language, Record<MessageKey, string>> = { id, en }

/** The language on screen; components that call `t` follow it. */
export const language = signal<Language>('id')

/** The text of a key in the language on screen, `{name}` replaced by `values.name`. */
export function t(key: MessageKey, values?: Record<string, string | number>): string {
  const text = MESSAGES[language.value][key]
  if (!values) return text
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name]
    return value === undefined ? whole : String(value)
  })
}

/** True when the string is a key of the message files. */
export function isMessageKey(key: string): key is MessageKey {
  return key in id
}
