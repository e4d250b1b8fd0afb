// The door into the report log. Reports of a shard collect while the shard's last entry is on its way to disk, so entries
// grow by themselves under load and every fsync carries as many reports as have come (group commit).
import { Cluster } from 'ioredis'
import type { DeviceReport, LogReport, Protocol } from '../../model/report/report.ts'
import { ENTRY_REPORTS_MAX, ReportWriter } from '../../model/report/report-codec.ts'
import { shardOf } from '../../model/report/shard.ts'
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import { LogBusy, LogUnavailable, unavailableReason } from '../redis/redis-errors.ts'

type AppenderOptions = {
  shardCount: number
  /** An entry of this many reports leaves at once. */
  entryReportsMax?: number
  /** An entry of this many bytes leaves at once. */
  entryBytesMax?: number
  /** How long a first report waits for company when nothing is on its way; 0 = until the event loop's next turn. */
  lingerMs?: number
  /** Reports taken and not yet answered; beyond it `append` rejects with LogBusy. */
  pendingReportsMax?: number
}

const APPENDER_LIMITS = {
  entryReportsMax: 500,
  entryBytesMax: 1_048_576,
  lingerMs: 0,
  pendingReportsMax: 100_000,
}

type Settling = { promise: Promise<void>; resolve(): void; reject(error: Error): void }
type Entry = { shard: number; bytes: Buffer; reports: number; settling: Settling }

class ShardBatch {
  readonly shard: number
  readonly writer = new ReportWriter()
  settling: Settling | undefined
  entriesInFlight = 0

  constructor(shard: number) {
    this.shard = shard
  }
}

export class ReportAppender {
  readonly #redis: RedisClient
  readonly #keys: Keys
  readonly #limits: Required<AppenderOptions>
  readonly #batches: ShardBatch[]
  readonly #unsettled = new Set<Promise<void>>()
  #pendingReports = 0
  #flushDue = false
  #closed = false

  constructor(redis: RedisClient, keys: Keys, options: AppenderOptions) {
    this.#redis = redis
    this.#keys = keys
    this.#limits = { ...APPENDER_LIMITS, ...options }
    const { entryReportsMax } = this.#limits
    if (!(entryReportsMax >= 1 && entryReportsMax <= ENTRY_REPORTS_MAX))
      throw new RangeError(`entryReportsMax must be 1 to ${ENTRY_REPORTS_MAX}, not ${entryReportsMax}`)
    this.#batches = Array.from({ length: options.shardCount }, (_, shard) => new ShardBatch(shard))
  }

  /** Reports taken whose entry has no answer yet. Pause reading while it is high. */
  get pendingReports(): number {
    return this.#pendingReports
  }

  /**
   * Resolves when the report is in the log and on disk; the reports of one entry share one promise. Rejects with LogUnavailable
   * when it is not, or when nobody knows (the connection broke after sending); with LogBusy above `pendingReportsMax`.
   * Throws RangeError on an id that is no unsigned 32-bit integer.
   */
  append(
    report: DeviceReport,
    wearerId: number,
    braceletId: number,
    receivedMs: number,
    protocol: Protocol,
  ): Promise<void> {
    const refusal = this.#refusal()
    if (refusal !== undefined) return refusal
    const batch = this.#batchOf(wearerId)
    batch.writer.add(report, wearerId, braceletId, receivedMs, protocol)
    return this.#added(batch)
  }

  /** The same for a report in numbers; all of it is taken but the content key, which is made here. */
  appendLogReport(report: LogReport): Promise<void> {
    const refusal = this.#refusal()
    if (refusal !== undefined) return refusal
    const batch = this.#batchOf(report.wearerId)
    batch.writer.addLogReport(report)
    return this.#added(batch)
  }

  #refusal(): Promise<never> | undefined {
    if (this.#closed) return Promise.reject(new LogUnavailable('away', 'the appender has been closed'))
    if (this.#pendingReports >= this.#limits.pendingReportsMax)
      return Promise.reject(new LogBusy(`${this.#pendingReports} reports are waiting for the log`))
    return undefined
  }

  #batchOf(wearerId: number): ShardBatch {
    return this.#batches[shardOf(wearerId, this.#limits.shardCount)] as ShardBatch
  }

  #added(batch: ShardBatch): Promise<void> {
    this.#pendingReports++
    batch.settling ??= openSettling()
    const { promise } = batch.settling
    const { writer } = batch
    if (writer.count >= this.#limits.entryReportsMax || writer.byteLength >= this.#limits.entryBytesMax)
      this.#send([this.#seal(batch.shard)])
    else if (batch.entriesInFlight === 0) this.#flushSoon()
    return promise
  }

  /** Sends what has collected, waits for every answer, and takes nothing more. Rejections stay with those who appended. */
  async close(): Promise<void> {
    this.#closed = true
    this.#flush(true)
    await Promise.allSettled(this.#unsettled)
  }

  #flushSoon(): void {
    if (this.#flushDue) return
    this.#flushDue = true
    const flush = () => {
      this.#flushDue = false
      this.#flush(false)
    }
    if (this.#limits.lingerMs > 0) setTimeout(flush, this.#limits.lingerMs)
    else setImmediate(flush)
  }

  #flush(all: boolean): void {
    const entries: Entry[] = []
    for (let shard = 0; shard < this.#batches.length; shard++) {
      const { writer, entriesInFlight } = this.#batches[shard] as ShardBatch
      if (writer.count > 0 && (all || entriesInFlight === 0)) entries.push(this.#seal(shard))
    }
    if (entries.length > 0) this.#send(entries)
  }

  #seal(shard: number): Entry {
    const batch = this.#batches[shard] as ShardBatch
    const reports = batch.writer.count
    const bytes = batch.writer.take()
    const settling = batch.settling as Settling
    batch.settling = undefined
    batch.entriesInFlight++
    this.#unsettled.add(settling.promise)
    return { shard, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), reports, settling }
  }

  // One write to the socket for the entries of all shards, so that Redis meets them in one turn and syncs once. A cluster
  // keeps the shards on different nodes, where one pipeline cannot reach them.
  #send(entries: Entry[]): void {
    if (entries.length === 1 || this.#redis instanceof Cluster) {
      for (const entry of entries)
        this.#redis.xadd(this.#keys.reports(entry.shard), '*', 'b', entry.bytes).then(
          () => this.#settle(entry, null),
          (error: Error) => this.#settle(entry, error),
        )
      return
    }
    const pipeline = this.#redis.pipeline()
    for (const entry of entries) pipeline.xadd(this.#keys.reports(entry.shard), '*', 'b', entry.bytes)
    pipeline.exec().then(
      (results) => entries.forEach((entry, i) => void this.#settle(entry, results![i]![0])),
      (error: Error) => {
        for (const entry of entries) this.#settle(entry, error)
      },
    )
  }

  #settle(entry: Entry, error: Error | null): void {
    const { settling } = entry
    const batch = this.#batches[entry.shard] as ShardBatch
    batch.entriesInFlight--
    this.#pendingReports -= entry.reports
    this.#unsettled.delete(settling.promise)
    if (error === null) settling.resolve()
    else settling.reject(new LogUnavailable(unavailableReason(error), error))
    if (batch.entriesInFlight === 0 && batch.writer.count > 0) this.#flushSoon()
  }
}

function openSettling(): Settling {
  let resolve!: () => void
  let reject!: (error: Error) => void
  const promise = new Promise<void>((resolved, rejected) => {
    resolve = resolved
    reject = rejected
  })
  return { promise, resolve, reject }
}
