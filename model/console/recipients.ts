// What the console and the API exchange about recipients of alerts.
import type { Wire } from './of-wire.ts'
import type * as wire from './wire-recipients.ts'

export type RecipientView = Wire<typeof wire.recipientSchema>
export type NewRecipient = Wire<typeof wire.newRecipientSchema>
export type RecipientChange = Wire<typeof wire.recipientChangeSchema>
export type WrittenRecipient = Wire<typeof wire.writtenRecipientSchema>
export type NoticeTestView = Wire<typeof wire.noticeTestSchema>
