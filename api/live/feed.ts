import type { IncidentAct, LoggedIncident } from '../../model/incident/incident.ts'
import { type Going, keepGoing, type Loop } from '../../model/keep-going.ts'
import type { Clock, Log } from '../../model/observe.ts'
import { readActs } from '../../stream/logs/act-log.ts'
import { readIncidents } from '../../stream/logs/incident-log.ts'
import { readLatest, subscribeLive } from '../../stream/logs/live-channel.ts'
import { readEdges } from '../../stream/logs/log-edges.ts'
import { compareIds, getPosition } from '../../stream/logs/positions.ts'
import { duplicateRedis, type RedisClient, untilReady } from '../../stream/redis/connect.ts'
import { INCIDENTS_READER, type Keys } from '../../stream/redis/keys.ts'
import type { Subscription } from '../../stream/redis/subscribe.ts'
import type { Cursor } from './cursor.ts'
import { LogFollower, unbroken } from './follow-log.ts'
import type { LiveLimits } from './limits.ts'

/** Where no recorder has said how far it is, this much of the log counts as unknown to PostgreSQL. */
const UNRECORDED_MS = 3600_000
const READY_MS_MAX = 5000

type FeedEntry<T> = { id: string; what: T }
export type LogName = number | 'acts'

type FeedListener = {
  /** Incidents are handed out, live or read again, when this has resolved. */
  beforeIncidents(incidents: LoggedIncident[]): Promise<void>
  onIncident(shard: number, entryId: string, incident: LoggedIncident): void
  onAct(entryId: string, act: IncidentAct): void
  /** Newest positions as `model/console/live.ts` writes them; a snapshot may be older than what came before it. */
  onPositions(message: Uint8Array, snapshot: boolean): void
  /** Entries of this log are gone unread. */
  onGap(log: LogName): void
}

export type FeedParts = {
  redis: RedisClient
  keys: Keys
  shardCount: number
  limits: LiveLimits
  clock: Clock
  log: Log
}

/** Everything live that Redis has to say, read once for the whole process. */
export class LiveFeed {
  readonly #parts: FeedParts
  readonly #listener: FeedListener
  readonly #connections: RedisClient[] = []
  readonly #followers = new Map<LogName, LogFollower<{ id: string }>>()
  readonly #failing = new Set<LogName>()
  #subscription: Subscription | undefined
  #starting: Going | undefined
  #snapshots: Going | undefined

  constructor(parts: FeedParts, listener: FeedListener) {
    this.#parts = parts
    this.#listener = listener
  }

  get running(): boolean {
    return this.#followers.size === this.#parts.shardCount + 1
  }

  get away(): boolean {
    return !this.running || this.#failing.size > 0 || this.#parts.redis.status !== 'ready'
  }

  /** Begins to read, as soon as Redis is there; does not wait for it. */
  start(): void {
    const { redis, keys, shardCount } = this.#parts
    this.#subscription = subscribeLive(
      redis,
      keys,
      shardCount,
      (_shard, message) => this.#listener.onPositions(message, false),
      () => this.#readSnapshot(),
    )
    const starting = this.#keepGoing('reading the logs from the record’s position', async ({ stopped }) => {
      await untilReady(redis, READY_MS_MAX)
      const { incidents } = await this.unrecorded()
      // Each reader waits for what comes, so each has a connection to itself.
      while (this.#connections.length <= shardCount)
        this.#connections.push(duplicateRedis(redis, `live ${this.#connections.length}`))
      await Promise.all(this.#connections.map((connection) => untilReady(connection, READY_MS_MAX)))
      if (stopped.aborted) return 'done'
      const [forActs, ...forShards] = this.#connections as [RedisClient, ...RedisClient[]]
      forShards.forEach((connection, shard) => {
        this.#followIncidents(connection, shard, incidents[shard] as string)
      })
      // All that are kept: an incident is shown with what was done about it.
      this.#followActs(forActs, '0-0')
      return 'done'
    })
    this.#starting = starting
  }

  /** Resolves when everything is being read; never while Redis is away. */
  get started(): Promise<void> {
    return this.#starting?.done ?? Promise.resolve()
  }

  async close(): Promise<void> {
    this.#subscription?.stop()
    const stopped = [this.#starting, this.#snapshots, ...this.#followers.values()].map((each) => each?.stop())
    const disconnect = () => this.#connections.forEach((connection) => void connection.disconnect())
    disconnect()
    await Promise.all(stopped)
    disconnect() // what the start has opened meanwhile
  }

  position(log: LogName): string {
    return (this.#followers.get(log) as LogFollower<{ id: string }>).position
  }

  /** Where a console must begin that knows what PostgreSQL knows, and nothing newer. */
  async unrecorded(): Promise<Cursor> {
    const { redis, keys, shardCount, clock } = this.#parts
    const hourAgo = `${Math.max(0, Math.floor(clock()) - UNRECORDED_MS)}-0`
    const shardStart = async (shard: number) => {
      const [recorded, { lastId }] = await Promise.all([
        getPosition(redis, keys, INCIDENTS_READER, shard),
        readEdges(redis, keys.incidents(shard)),
      ])
      const id = recorded ?? hourAgo
      return compareIds(id, lastId) > 0 ? lastId : id
    }
    const [acts, ...incidents] = await Promise.all([
      // An act is published after it is stored in PostgreSQL.
      readEdges(redis, keys.acts).then(({ lastId }) => lastId),
      ...Array.from({ length: shardCount }, (_, shard) => shardStart(shard)),
    ])
    return { incidents, acts }
  }

  /** True when everything after the cursor is still in the logs. */
  async canResume(cursor: Cursor): Promise<boolean> {
    const { redis, keys } = this.#parts
    const logs = [
      ...cursor.incidents.map((id, shard) => [keys.incidents(shard), id] as const),
      [keys.acts, cursor.acts] as const,
    ]
    const whole = await Promise.all(logs.map(async ([key, id]) => unbroken(id, await readEdges(redis, key))))
    return whole.every(Boolean)
  }

  async incidentsAfter(shard: number, afterId: string): Promise<FeedEntry<LoggedIncident>[]> {
    const { redis, keys, limits } = this.#parts
    return this.#prepared(await readIncidents(redis, keys, shard, afterId, { count: limits.replayPage }))
  }

  async actsAfter(afterId: string): Promise<FeedEntry<IncidentAct>[]> {
    const { redis, keys, limits } = this.#parts
    const acts = await readActs(redis, keys, afterId, { count: limits.replayPage })
    return acts.map(({ id, act }) => ({ id, what: act }))
  }

  #followIncidents(redis: RedisClient, shard: number, fromId: string): void {
    const { keys, limits } = this.#parts
    const options = { count: limits.replayPage, blockMs: limits.blockMs }
    this.#follow(shard, fromId, keys.incidents(shard), {
      read: async (afterId: string) => this.#prepared(await readIncidents(redis, keys, shard, afterId, options)),
      onEntry: ({ id, what }) => this.#listener.onIncident(shard, id, what),
    })
  }

  async #prepared(entries: { id: string; json: string }[]): Promise<FeedEntry<LoggedIncident>[]> {
    const parsed = entries.map(({ id, json }) => ({ id, what: JSON.parse(json) as LoggedIncident }))
    await this.#listener.beforeIncidents(parsed.map(({ what }) => what))
    return parsed
  }

  #followActs(redis: RedisClient, fromId: string): void {
    const { keys, limits } = this.#parts
    const options = { count: limits.replayPage, blockMs: limits.blockMs }
    this.#follow('acts', fromId, keys.acts, {
      read: async (afterId: string) => {
        const acts = await readActs(redis, keys, afterId, options)
        return acts.map(({ id, act }) => ({ id, what: act }))
      },
      onEntry: ({ id, what }: FeedEntry<IncidentAct>) => this.#listener.onAct(id, what),
    })
  }

  #follow<T>(
    name: LogName,
    fromId: string,
    key: string,
    reading: { read(afterId: string): Promise<FeedEntry<T>[]>; onEntry(entry: FeedEntry<T>): void },
  ): void {
    const { redis, log, limits } = this.#parts
    const follower = new LogFollower<FeedEntry<T>>(
      {
        ...reading,
        edges: () => readEdges(redis, key),
        onFailing: (failure) => {
          this.#failing.add(name)
          log.warn({ log: name, reason: failure.message }, 'a live log cannot be read; retrying')
        },
        onWorks: () => {
          this.#failing.delete(name)
          log.info({ log: name }, 'a live log is read again')
        },
        onGap: () => {
          log.error({ log: name }, 'entries of a live log were trimmed unread: consoles load again')
          this.#listener.onGap(name)
        },
        name: String(name),
        retryMs: limits.retryMs,
        log,
      },
      fromId,
    )
    this.#followers.set(name, follower)
  }

  /** What was published while nobody was subscribed is in the snapshot. */
  #readSnapshot(): void {
    const { redis, keys, shardCount } = this.#parts
    this.#snapshots?.wake()
    this.#snapshots ??= this.#keepGoing('reading the newest positions', async () => {
      for (let shard = 0; shard < shardCount; shard++)
        for (const message of (await readLatest(redis, keys, shard)).values()) this.#listener.onPositions(message, true)
      return Number.POSITIVE_INFINITY
    })
  }

  /** Whatever the reason of a failure, consoles that are open wait for what is published next. */
  #keepGoing(name: string, turn: Loop['turn']): Going {
    const { log, limits } = this.#parts
    const retryMs = { first: limits.retryMs, max: limits.retryMs }
    return keepGoing({ name, turn, retries: () => true, retryMs, log })
  }
}
