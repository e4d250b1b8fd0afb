// What every channel promises: one attempt to hand an alert to one address of a recipient. It resolves when the other side has
// accepted the alert, and throws NotDelivered when it has not. A message holds no address and no secret, so that it may be logged.
import type { Way } from '../../model/notice/recipient.ts'
import type { Message } from './message.ts'

export type Attempt = {
  /** The same for every attempt of a delivery: receivers know by it what came twice. */
  deliveryId: string
  atMs: number
  timeoutMs: number
}

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
