// What every channel promises: one attempt to hand an alert to one address of a recipient. It resolves when the other side has
// accepted the alert, and throws NotDelivered when it has not. A message holds no address and no secret, so that it may be logged.
import type { Message } from './message.ts'
import type { WebhookSecrets } from './sign-webhook.ts'

export type Attempt = {
  /** The same for every attempt of a delivery: receivers know by it what came twice. */
  deliveryId: string
  atMs: number
  timeoutMs: number
}

/** An address of a recipient and the channel that leads there. */
export type Way =
  | {
      channel: 'webhook'
      address: string
      /** Each signs every call; absent: unsigned. */
      secrets?: WebhookSecrets
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

export type Channel<W extends Way> = (message: Message, way: W, attempt: Attempt) => Promise<void>

export class NotDelivered extends Error {
  override readonly name = 'NotDelivered'
  /** True: the same attempt may succeed later. False: this address will not take the alert, however long one waits. */
  readonly again: boolean

  constructor(message: string, again: boolean, options?: ErrorOptions) {
    super(message, options)
    this.again = again
  }
}
