// Whom alerts reach, as a Bapas writes it down: a name for people, who acts at which level, and the ways there.
import type { Level } from '../incident/sop-table.ts'

export const NOTICE_LANGUAGES = ['id', 'en'] as const
export type NoticeLanguage = (typeof NOTICE_LANGUAGES)[number]

/** An address and the channel that leads there. */
export type Way =
  | {
      channel: 'webhook'
      address: string
      /** `whsec_` and Base64; each signs every call. Absent: unsigned. */
      secrets?: readonly string[]
      /** Written down by whoever runs the server: may lie in a private network. */
      fromSettings?: true
    }
  | { channel: 'email'; address: string }
  | { channel: 'web_push'; address: string; p256dh: string; auth: string }
  | { channel: 'telegram'; address: string }
  /** `address`: a telephone number, + and digits. */
  | { channel: 'sms'; address: string }
  | { channel: 'whatsapp'; address: string }

export type ChannelName = Way['channel']
export type WayOf<N extends ChannelName> = Extract<Way, { channel: N }>

/** What goes through PostgreSQL and Redis: the ways are encrypted, and bound to the rest. */
export type SealedRecipient = {
  id: string
  /** Its units: this one and those below. */
  unitPath: string
  level: Level
  language: NoticeLanguage
  sealedWays: string
}

/** What the encryption of the ways is bound to: none of it can be changed below whoever holds the key. */
export function boundTo({ id, unitPath, level, language }: Omit<SealedRecipient, 'sealedWays'>): string {
  return JSON.stringify([id, unitPath, level, language])
}

/** True where an incident of a unit concerns the recipient; one whose unit is not known concerns everybody. */
export function concerns({ unitPath }: { unitPath?: string | undefined }, incidentUnit: string | undefined): boolean {
  if (unitPath === undefined || incidentUnit === undefined) return true
  return incidentUnit === unitPath || incidentUnit.startsWith(`${unitPath}.`)
}
