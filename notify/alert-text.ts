import type { NoticeLanguage } from '../model/notice/recipient.ts'
import type { Alert, Message } from './channels/message.ts'
import { en } from './messages/en.ts'
import { id, type Messages } from './messages/id.ts'

const LANGUAGES = { id, en } satisfies Record<NoticeLanguage, Messages>

/** What a recipient reads: subject and sentence in both languages. */
export function messageOf(alert: Alert, language: NoticeLanguage = 'id'): Message {
  return {
    alert,
    language,
    subject: inBoth((messages) => subject(alert, messages)),
    text: inBoth((messages) => sentence(alert, messages)),
  }
}

function inBoth(make: (messages: Messages) => string): Record<NoticeLanguage, string> {
  return { id: make(LANGUAGES.id), en: make(LANGUAGES.en) }
}

function subject({ severity }: Alert, messages: Messages): string {
  return messages['mail.subject'].replace('{severity}', messages[`severity.${severity}`])
}

function sentence({ kind, cause = 'overdue', reopened, severity, link }: Alert, messages: Messages): string {
  const notice = kind === 'escalated' ? cause : reopened ? 'reopened' : kind
  return messages[`alert.${notice}`].replace('{severity}', messages[`severity.${severity}`]).replace('{link}', link)
}
