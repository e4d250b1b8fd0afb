import { setTimeout as delay } from 'node:timers/promises'
import type { IncidentAct, LoggedIncident } from '../../model/incident/incident.ts'
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

/** How far the recorder has brought incidents into PostgreSQL; the name is pipeline's. */
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
  readonly #stopping = new AbortController()
  readonly #connections: RedisClient[] = []
  readonly #followers = new Map<LogName, LogFollower<{ id: string }>>()
  readonly #failing = new Set<LogName>()
  #subscription: Subscription | undefined
  #started: Promise<void> = Promise.resolve()

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
      () => void this.#readSnapshot(),
    )
    this.#started = this.#untilDone('reading the logs from the record’s position', async () => {
      await untilReady(redis, READY_MS_MAX)
      const { incidents } = await this.unrecorded()
      // Each reader waits for what comes, so each has a connection to itself.
      while (this.#connections.length <= shardCount)
        this.#connections.push(duplicateRedis(redis, `live ${this.#connections.length}`))
      await Promise.all(this.#connections.map((connection) => untilReady(connection, READY_MS_MAX)))
      const [forActs, ...forShards] = this.#connections as [RedisClient, ...RedisClient[]]
      forShards.forEach((connection, shard) => {
        this.#followIncidents(connection, shard, incidents[shard] as string)
      })
      // All that are kept: an incident is shown with what was done about it.
      this.#followActs(forActs, '0-0')
    })
  }

  /** Resolves when everything is being read; never while Redis is away. */
  get started(): Promise<void> {
    return this.#started
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    this.#subscription?.stop()
    for (const connection of this.#connections) connection.disconnect()
    await this.#started
    await Promise.all([...this.#followers.values()].map(({ done }) => done))
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
        onState: (failure) => {
          if (failure) this.#failing.add(name)
          else this.#failing.delete(name)
          if (failure) log.warn({ log: name, reason: failure.message }, 'a live log cannot be read; retrying')
          else log.info({ log: name }, 'a live log is read again')
        },
        onGap: () => {
          log.error({ log: name }, 'entries of a live log were trimmed unread: consoles load again')
          this.#listener.onGap(name)
        },
        retryMs: limits.retryMs,
        signal: this.#stopping.signal,
      },
      fromId,
    )
    this.#followers.set(name, follower)
  }

  /** What was published while nobody was subscribed is in the snapshot. */
  async #readSnapshot(): Promise<void> {
    const { redis, keys, shardCount } = this.#parts
    await this.#untilDone('reading the newest positions', async () => {
      for (let shard = 0; shard < shardCount; shard++)
        for (const message of (await readLatest(redis, keys, shard)).values()) this.#listener.onPositions(message, true)
    })
  }

  async #untilDone(what: string, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping
    for (let warned = false; !signal.aborted; ) {
      try {
        return await work()
      } catch (error) {
        if (!warned && !signal.aborted) this.#parts.log.warn({ reason: (error as Error).message }, `waiting: ${what}`)
        warned = true
        await delay(this.#parts.limits.retryMs)
      }
    }
  }
}
