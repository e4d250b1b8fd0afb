// How much of the quarantine each sender still may fill, as far as this process knows: so that who has filled its share is told to
// send again later, and pushes nobody else's out. Redis counts; here is what it said last, less what is on its way.
import type { QuarantineItem, QuarantineReply } from '../../stream/logs/quarantine-log.ts'
import { LogUnavailable } from '../../stream/redis/redis-errors.ts'

/** Keeps the items and says what is left to their senders, and to `askedFor`. */
export type QuarantineAppender = (items: QuarantineItem[], askedFor?: string) => Promise<QuarantineReply>

export class ShareUsedUp extends Error {}

type Share = { left: number; underWay: number; askedMs: number }

export class QuarantineShares {
  readonly #append: QuarantineAppender
  readonly #shareMax: number
  readonly #askMs: number
  /** Bounded by the directory: only those who proved who they are are named, strangers together have one name. */
  readonly #shares = new Map<string, Share>()

  constructor(append: QuarantineAppender, shareMax: number, askMs: number) {
    this.#append = append
    this.#shareMax = shareMax
    this.#askMs = askMs
  }

  /** True when the sender may have one more kept, which then must be handed to `keep`. */
  take(sender: string, nowMs: number): boolean {
    let share = this.#shares.get(sender)
    if (share === undefined) {
      share = { left: this.#shareMax, underWay: 0, askedMs: nowMs }
      this.#shares.set(sender, share)
    }
    if (share.left > share.underWay) {
      share.underWay++
      return true
    }
    if (nowMs - share.askedMs >= this.#askMs) this.#ask(sender, share, nowMs)
    return false
  }

  /**
   * Resolves when all items are on disk. Rejects where they are not: with ShareUsedUp where other processes had filled a
   * sender's share, which is known from then on.
   */
  async keep(items: QuarantineItem[]): Promise<void> {
    try {
      const { refused, left } = await this.#append(items)
      for (const [sender, entries] of left) this.#shares.get(sender)!.left = entries
      if (refused > 0) throw new ShareUsedUp(`${refused} were not kept`)
    } finally {
      for (const { sender } of items) this.#shares.get(sender)!.underWay--
    }
  }

  #ask(sender: string, share: Share, nowMs: number): void {
    share.askedMs = nowMs
    this.#append([], sender).then(
      ({ left }) => {
        share.left = left.get(sender)!
      },
      // The log is away, which others say; it is asked again.
      (error: unknown) => {
        if (!(error instanceof LogUnavailable)) throw error
      },
    )
  }
}
