// Who is notified now: those that the settings name, and those that Bapas entered, which are published as the rules are and so known
// while TimescaleDB is away.
import { keepGoing } from '../model/keep-going.ts'
import { boundTo, type SealedRecipient, type Way } from '../model/notice/recipient.ts'
import type { Log } from '../model/observe.ts'
import { followRecipients } from '../stream/publication/publications.ts'
import type { RuleAlarm } from '../stream/publication/rule-alarm.ts'
import { watchVersion } from '../stream/publication/watch-version.ts'
import type { Conceal } from '../stream/redis/conceal.ts'
import type { RedisClient } from '../stream/redis/connect.ts'
import type { Keys } from '../stream/redis/keys.ts'
import { isRedisAway } from '../stream/redis/redis-errors.ts'
import type { Recipient } from './recipient.ts'

export type RecipientBook = {
  all(): readonly Recipient[]
  /** Calls after every change; at once never. */
  onChange(act: () => void): void
}

export type FollowedBook = RecipientBook & {
  /** Resolves when what is published was read once: before that an alert would miss its recipients. */
  ready: Promise<void>
  stop(): Promise<void>
}

export function fixedBook(recipients: readonly Recipient[]): RecipientBook {
  return { all: () => recipients, onChange: () => undefined }
}

/** `fixed` come first; `conceal` absent: those that were entered cannot be read, and it says so once. */
export function followBook(options: {
  redis: RedisClient
  keys: Keys
  fixed: readonly Recipient[]
  conceal: Conceal | undefined
  log: Log
  alarm?: RuleAlarm
  onFatal(error: unknown): void
}): FollowedBook {
  const { redis, keys, fixed, log } = options
  const news = followRecipients(redis, keys, options.alarm)
  const entered = new Map<string, Recipient>()
  const unreadable = new Set<string>()
  const listeners: (() => void)[] = []
  let all: readonly Recipient[] = fixed
  let resolveReady: () => void
  const ready = new Promise<void>((resolve) => {
    resolveReady = resolve
  })

  const look = async (): Promise<number> => {
    const { changed } = await news()
    for (const [id, sealed] of changed) {
      const recipient = sealed && opened(sealed, options.conceal)
      if (recipient === undefined) entered.delete(id)
      else entered.set(id, recipient)
      if (sealed !== undefined && recipient === undefined && !unreadable.has(id)) {
        unreadable.add(id)
        log.error({ recipient: id }, 'a recipient cannot be read: GELANG_NOTICE_KEY is missing or another one')
      }
    }
    if (changed.size > 0) {
      all = [...fixed, ...entered.values()]
      for (const act of listeners) act()
    }
    resolveReady()
    return Number.POSITIVE_INFINITY
  }
  const looking = keepGoing({ name: 'recipients', turn: look, retries: isRedisAway, log, onFatal: options.onFatal })
  const stopWatching = watchVersion(redis, keys, 'recipients', () => looking.wake())
  return {
    all: () => all,
    onChange: (act) => void listeners.push(act),
    ready,
    async stop() {
      stopWatching()
      await looking.stop()
    },
  }
}

function opened({ sealedWays, ...facts }: SealedRecipient, conceal: Conceal | undefined): Recipient | undefined {
  const text = conceal?.reveal(boundTo(facts), sealedWays)
  if (text === undefined) return undefined
  const ways = JSON.parse(text) as [Way, ...Way[]]
  return { ...facts, ways }
}
