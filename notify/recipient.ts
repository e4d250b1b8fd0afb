// Whom alerts reach: who acts at a level, and the ways there, the first one first.
import type { Level } from '../model/incident/sop-table.ts'
import type { NoticeLanguage, Way } from '../model/notice/recipient.ts'
import type { Notified } from './notified.ts'

export type Recipient = {
  id: string
  level: Level
  /** At least one. A way that does not lead there gives its alerts to the next. */
  ways: readonly [Way, ...Way[]]
  /** Absent: of every unit. Otherwise of this unit and those below. */
  unitPath?: string
  /** Indonesian where absent; a webhook carries both. */
  language?: NoticeLanguage
}

/** Identity of a delivery: incident, notice (a revision, or an escalation), recipient, way. A replay comes to the same one. */
export function deliveryId(reference: string, notice: number | string, recipient: Recipient, way = 0): string {
  // BullMQ takes no colon in an id.
  return [reference, notice, encodeURIComponent(recipient.id), wayName(recipient, way)].join('.')
}

/** The same notice's delivery by another way. */
export function deliveryIdOnWay(deliveryId: string, recipient: Recipient, way: number): string {
  return `${deliveryId.slice(0, deliveryId.lastIndexOf('.') + 1)}${wayName(recipient, way)}`
}

/** The channel, and which one of that channel where the recipient has several. */
function wayName({ ways }: Recipient, way: number): string {
  const { channel } = ways[way] ?? ways[0]
  const before = ways.slice(0, way).filter((other) => other.channel === channel).length
  return before === 0 ? channel : `${channel}${before + 1}`
}

/** The last delivery to this recipient about an incident, by its first way; undefined where there was none. */
export function lastDelivery(
  reference: string,
  before: Notified | undefined,
  recipient: Recipient,
): string | undefined {
  const notice = before?.escalatedTo?.[recipient.id]
  if (notice !== undefined) return deliveryId(reference, notice, recipient)
  return before?.recipientIds.includes(recipient.id) ? deliveryId(reference, before.revision, recipient) : undefined
}
