import type { Messages } from './id.ts'

export const en: Messages = {
  'alert.raised': 'New {severity} alert. See {link}',
  'alert.reopened': 'The device raised a {severity} alert anew after it was resolved. See {link}',
  'alert.withdrawn': 'A {severity} alert was withdrawn. See {link}',
  'alert.overdue': 'Time has passed and nobody has taken a {severity} alert. Please follow up: {link}',
  'alert.unhandled': 'Time has passed and a {severity} alert has no outcome yet. Please follow up: {link}',
  'alert.officer': 'An officer escalates a {severity} alert. Please follow up: {link}',
  'alert.test': 'Test message from Gelang: this way works. There is no alert, and nothing to do. {link}',
  'mail.subject': 'Gelang: {severity} alert',
  'severity.informasi': 'information',
  'severity.serius': 'serious',
  'severity.kritis': 'critical',
}
