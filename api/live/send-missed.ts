import { catchUp } from './catch-up.ts'
import type { LiveConnection } from './connection.ts'
import type { FeedParts, LiveFeed, LogName } from './feed.ts'

/** Brings consoles up to where the hub reads: those that have just come, and those that were too slow for a while. */
export class MissedSender {
  readonly #parts: FeedParts
  readonly #feed: LiveFeed

  constructor(parts: FeedParts, feed: LiveFeed) {
    this.#parts = parts
    this.#feed = feed
  }

  /** Sends a console what it missed of every log that it has not joined, as fast as it takes it. */
  async send(connection: LiveConnection): Promise<void> {
    if (connection.catchingUp) return
    connection.catchingUp = true
    try {
      for (let log = this.#firstMissed(connection); log !== undefined; log = this.#firstMissed(connection)) {
        await connection.drained()
        if (!(await this.#sendOf(connection, log))) return connection.requestReconnect('what was missed is gone')
      }
    } finally {
      connection.catchingUp = false
    }
  }

  /** Ready for the next entry of a log; one that is not is sent it from the log later. */
  keepsUp(connection: LiveConnection, log: LogName): boolean {
    if (!connection.joined.has(log)) return false
    if (!connection.behind) return true
    connection.joined.delete(log)
    this.send(connection).catch((error: Error) => {
      this.#parts.log.error({ error: error.stack ?? error.message }, 'a console was cut off')
      connection.requestReconnect('something went wrong')
    })
    return false
  }

  #firstMissed(connection: LiveConnection): LogName | undefined {
    if (!connection.open) return undefined
    for (let shard = 0; shard < this.#parts.shardCount; shard++) if (!connection.joined.has(shard)) return shard
    return connection.joined.has('acts') ? undefined : 'acts'
  }

  #sendOf(connection: LiveConnection, name: LogName): Promise<boolean> {
    const { limits, log } = this.#parts
    const shared = {
      name,
      page: limits.replayPage,
      retryMs: limits.retryMs,
      hubPosition: () => this.#feed.position(name),
      onFailure: (error: Error) =>
        log.warn({ reason: error.message }, 'what a console missed cannot be read; retrying'),
    }
    if (name === 'acts')
      return catchUp(connection, {
        ...shared,
        read: (afterId) => this.#feed.actsAfter(afterId),
        position: () => connection.cursor.acts,
        send: ({ id, what }) => connection.takeAct(id, what),
      })
    return catchUp(connection, {
      ...shared,
      read: (afterId) => this.#feed.incidentsAfter(name, afterId),
      position: () => connection.cursor.incidents[name] as string,
      send: ({ id, what }) => connection.takeIncident(name, id, what),
    })
  }
}
