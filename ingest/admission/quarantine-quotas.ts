// How much of the quarantine each sender still may fill, as far as this process knows: so that a sender that has used its quota is asked to
// send again later, and pushes nobody else's out. Redis counts; here is what it said last, less what is on its way.
import type { QuarantineItem, QuarantineReply } from '../../stream/logs/quarantine-log.ts'
import { LogUnavailable } from '../../stream/redis/redis-errors.ts'

/** Keeps the items and says what is left to their senders, and to `askedFor`. */
export type QuarantineAppender = (items: QuarantineItem[], askedFor?: string) => Promise<QuarantineReply>

export class QuotaUsedUp extends Error {}

type Quota = { left: number; underWay: number; askedMs: number }

export class QuarantineQuotas {
  readonly #append: QuarantineAppender
  readonly #quotaMax: number
  readonly #askMs: number
  /** Bounded by the directory: only those who proved who they are are named, strangers together have one name. */
  readonly #quotas = new Map<string, Quota>()

  constructor(append: QuarantineAppender, quotaMax: number, askMs: number) {
    this.#append = append
    this.#quotaMax = quotaMax
    this.#askMs = askMs
  }

  /** True when the sender may have one more kept, which then must be handed to `keep`. */
  take(sender: string, nowMs: number): boolean {
    let quota = this.#quotas.get(sender)
    if (quota === undefined) {
      quota = { left: this.#quotaMax, underWay: 0, askedMs: nowMs }
      this.#quotas.set(sender, quota)
    }
    if (quota.left > quota.underWay) {
      quota.underWay++
      return true
    }
    if (nowMs - quota.askedMs >= this.#askMs) this.#ask(sender, quota, nowMs)
    return false
  }

  /**
   * Resolves when all items are on disk. Rejects where they are not: with ShareUsedUp where other processes had filled a
   * sender's share, which is known from then on.
   */
  async keep(items: QuarantineItem[]): Promise<void> {
    try {
      const { refused, left } = await this.#append(items)
      for (const [sender, entries] of left) this.#quotas.get(sender)!.left = entries
      if (refused > 0) throw new QuotaUsedUp(`${refused} were not kept`)
    } finally {
      for (const { sender } of items) this.#quotas.get(sender)!.underWay--
    }
  }

  #ask(sender: string, quota: Quota, nowMs: number): void {
    quota.askedMs = nowMs
    this.#append([], sender).then(
      ({ left }) => {
        quota.left = left.get(sender)!
      },
      // The log is away, which others say; it is asked again.
      (error: unknown) => {
        if (!(error instanceof LogUnavailable)) throw error
      },
    )
  }
}
