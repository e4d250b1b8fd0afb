import type { Alert } from './alert.ts'
import { en } from './messages/en.ts'
import { id, type Messages } from './messages/id.ts'

/** The notice as a sentence in both languages, for a receiver that hands it on to a person. */
export function textOf(alert: Alert): { id: string; en: string } {
  return { id: sentence(alert, id), en: sentence(alert, en) }
}

function sentence({ kind, cause = 'overdue', reopened, severity, link }: Alert, messages: Messages): string {
  const notice = kind === 'escalated' ? cause : reopened ? 'reopened' : kind
  return messages[`alert.${notice}`].replace('{severity}', messages[`severity.${severity}`]).replace('{link}', link)
}
