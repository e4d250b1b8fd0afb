// Who works on which shard. Every owner writes a heartbeat, counts the live owners, holds at most its fair share, and takes free
// shards. Every write is checked against the fencing token, so an owner that does not know of its loss does no harm.
import type { Clock, Log } from '../../model/observe.ts'
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import { isRedisAway } from '../redis/redis-errors.ts'
import { runScript } from '../redis/run-script.ts'
import { ACQUIRE, BEAT, RELEASE, RENEW } from './lease-scripts.ts'

/** gone: expired or taken. away: Redis was not reached for the ttl. moved: given up for another owner. stopped: by `stop`. */
export type LossReason = 'gone' | 'away' | 'moved' | 'stopped'

type ShardLeasesOptions = {
  role: string
  /** Unique among the running owners of the role. */
  ownerId: string
  shardCount: number
  ttlMs: number
  /** At most a third of the ttl. */
  renewMs: number
  log: Log
  /** `token` is greater than that of every earlier owner of the shard. */
  onGained(shard: number, token: number): void
  /**
   * The shard must be let go. Where it is `moved` or `stopped`, the lease is kept until the promise settles, at most `ttlMs`,
   * so that a checkpoint can still be saved; otherwise it is lost already.
   */
  onLost(shard: number, reason: LossReason): void | Promise<void>
  /** Milliseconds since any fixed moment, never set back; not the wall clock. */
  monotonicMs?: Clock
}

type Held = { token: number; value: string; validUntilMs: number; leaving?: Promise<void> }

export class ShardLeases {
  readonly #redis: RedisClient
  readonly #keys: Keys
  readonly #options: Required<ShardLeasesOptions>
  readonly #held = new Map<number, Held>()
  readonly #givenUp = new Set<number>()
  #owners: string[] = []
  #timer: NodeJS.Timeout | undefined
  #turn: Promise<void> | undefined
  #stopping = false

  constructor(redis: RedisClient, keys: Keys, options: ShardLeasesOptions) {
    const { ttlMs, renewMs } = options
    if (!(renewMs > 0 && renewMs * 3 <= ttlMs))
      throw new RangeError(`leases of ${ttlMs} ms cannot be renewed every ${renewMs} ms`)
    this.#redis = redis
    this.#keys = keys
    this.#options = { monotonicMs: () => performance.now(), ...options }
  }

  /** Shards held now with their fencing tokens. */
  get held(): ReadonlyMap<number, number> {
    return new Map([...this.#held].map(([shard, { token }]) => [shard, token]))
  }

  /** Live owners of the role as of the last beat, this one included. */
  get owners(): readonly string[] {
    return this.#owners
  }

  start(): void {
    if (this.#timer !== undefined || this.#stopping) return
    this.#timer = setInterval(() => this.#tick(), this.#options.renewMs)
    this.#tick()
  }

  /** Lets go of every shard, after the promise of `onLost` for it, and leaves the owners, so that others take over at once. */
  async stop(): Promise<void> {
    this.#stopping = true
    clearInterval(this.#timer)
    await this.#turn
    const renewing = setInterval(() => void this.#renew().catch(this.#unlessAway), this.#options.renewMs)
    try {
      await Promise.all([...this.#held.keys()].map((shard) => this.#leave(shard, 'stopped')))
    } finally {
      clearInterval(renewing)
    }
    await this.#redis.zrem(this.#keys.owners(this.#options.role), this.#options.ownerId).catch(this.#unlessAway)
  }

  /** For a holder that cannot go on with a shard: lets go of it without `onLost`; it may be gained again after two renewals. */
  giveUp(shard: number): void {
    const held = this.#held.get(shard)
    if (held === undefined) return
    this.#held.delete(shard)
    this.#givenUp.add(shard)
    const { renewMs } = this.#options
    setTimeout(() => this.#givenUp.delete(shard), 2 * renewMs).unref()
    this.#release(shard, held).catch(this.#unlessAway)
  }

  #tick(): void {
    this.#dropExpired()
    if (this.#turn !== undefined) return
    this.#turn = this.#takeTurn()
      .catch(this.#unlessAway)
      .finally(() => {
        this.#turn = undefined
      })
  }

  async #takeTurn(): Promise<void> {
    await this.#renew()
    const { role, ownerId, ttlMs, shardCount } = this.#options
    this.#owners = (await runScript(this.#redis, BEAT, [this.#keys.owners(role)], [ownerId, ttlMs])) as string[]
    const share = Math.ceil(shardCount / this.#owners.length)
    const staying = [...this.#held].filter(([, { leaving }]) => leaving === undefined).map(([shard]) => shard)
    for (const shard of staying.slice(share)) void this.#leave(shard, 'moved')
    if (staying.length < share) await this.#acquire(share - staying.length)
  }

  async #renew(): Promise<void> {
    const { monotonicMs, role, ttlMs } = this.#options
    const sentMs = monotonicMs()
    await Promise.all(
      [...this.#held].map(async ([shard, held]) => {
        const renewed = await runScript(this.#redis, RENEW, [this.#keys.lease(role, shard)], [held.value, ttlMs])
        if (this.#held.get(shard) !== held) return
        if (renewed === 1) held.validUntilMs = sentMs + ttlMs
        else this.#lose(shard, 'gone')
      }),
    )
  }

  // Owners begin at different shards, so that they rarely try for the same one.
  async #acquire(wanted: number): Promise<void> {
    const { shardCount, ownerId } = this.#options
    const rank = Math.max(0, this.#owners.indexOf(ownerId))
    const first = Math.floor((rank * shardCount) / Math.max(1, this.#owners.length))
    const order = Array.from({ length: shardCount }, (_, i) => (first + i) % shardCount)
    const free = order.filter((shard) => !this.#held.has(shard) && !this.#givenUp.has(shard))
    for (let left = wanted, at = 0; left > 0 && at < free.length && !this.#stopping; ) {
      const some = free.slice(at, at + left)
      at += some.length
      const taken = await Promise.all(some.map((shard) => this.#tryAcquire(shard)))
      left -= taken.filter(Boolean).length
    }
  }

  async #tryAcquire(shard: number): Promise<boolean> {
    const { monotonicMs, role, ownerId, ttlMs, log, onGained } = this.#options
    const sentMs = monotonicMs()
    const keys = [this.#keys.lease(role, shard), this.#keys.token(role, shard)]
    const token = (await runScript(this.#redis, ACQUIRE, keys, [ownerId, ttlMs])) as string | null
    if (token === null) return false
    const held = { token: Number(token), value: `${token}|${ownerId}`, validUntilMs: sentMs + ttlMs }
    if (this.#stopping) {
      await this.#release(shard, held)
      return false
    }
    this.#held.set(shard, held)
    log.info({ role, shard, token: held.token }, 'acquired the lease of a shard')
    onGained(shard, held.token)
    return true
  }

  #dropExpired(): void {
    const nowMs = this.#options.monotonicMs()
    for (const [shard, { validUntilMs }] of [...this.#held]) if (nowMs >= validUntilMs) this.#lose(shard, 'away')
  }

  #lose(shard: number, reason: 'gone' | 'away'): void {
    const known = this.#held.get(shard)?.leaving !== undefined
    this.#held.delete(shard)
    const { log, role, onLost } = this.#options
    log.warn({ role, shard, reason }, 'lost the lease of a shard')
    if (!known) void onLost(shard, reason)
  }

  #leave(shard: number, reason: 'moved' | 'stopped'): Promise<void> {
    const held = this.#held.get(shard) as Held
    held.leaving ??= this.#handOver(shard, held, reason)
    return held.leaving
  }

  async #handOver(shard: number, held: Held, reason: 'moved' | 'stopped'): Promise<void> {
    const { log, role, ttlMs, onLost } = this.#options
    let timer: NodeJS.Timeout | undefined
    const overdue = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ttlMs)
    })
    await Promise.race([onLost(shard, reason), overdue]).finally(() => clearTimeout(timer))
    if (this.#held.get(shard) !== held) return
    this.#held.delete(shard)
    await this.#release(shard, held).catch(this.#unlessAway)
    log.info({ role, shard, reason }, 'released a shard')
  }

  async #release(shard: number, held: Held): Promise<void> {
    await runScript(this.#redis, RELEASE, [this.#keys.lease(this.#options.role, shard)], [held.value])
  }

  // While Redis is away leases expire by themselves, in this process and in Redis.
  readonly #unlessAway = (error: unknown): void => {
    if (!isRedisAway(error)) throw error
    this.#options.log.debug({ role: this.#options.role, reason: error.message }, 'leases not renewed: Redis is away')
  }
}
