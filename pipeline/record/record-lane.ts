// Moves the reports of some shards from the log into TimescaleDB over one connection. One transaction a turn stores the rows and the
// shards' positions together, so each row is stored once, whichever process is killed at whatever moment.
import { FencedOff } from '../../model/fenced-off.ts'
import type { Counter, Gauge, Log, Meter } from '../../model/observe.ts'
import { ALARM, LogReport } from '../../model/report/report.ts'
import { ENTRY_HEADER_BYTES, entryCount, readReport } from '../../model/report/report-codec.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { type AlarmSaid, alarmSaid, countAlarms } from '../../store/track/count-alarms.ts'
import { FixRows } from '../../store/track/encode-fixes.ts'
import { insertFixes } from '../../store/track/insert-fixes.ts'
import { claimRecordPosition, saveRecordPosition } from '../../store/track/record-position.ts'
import { setPosition, trimReports } from '../../stream/logs/positions.ts'
import { type LogEntry, readEntries } from '../../stream/logs/read-reports.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'

type RecordLaneOptions = {
  pool: Pool
  redis: RedisClient
  keys: Keys
  log: Log
  meter: Meter
  /** The shard's lease is to be given back: another owner has a newer token. */
  giveUp(shard: number): void
}

const RECORD_LIMITS = {
  /** Entries of one shard in one turn. */
  entriesPerRead: 64,
  /** Reports in one transaction, about: reading stops beyond it. */
  reportsPerTurn: 20_000,
  /** A wearer's newest stored time is remembered for so many; beyond, it is forgotten and its rows take the conflict path once. */
  wearersRemembered: 500_000,
  trimMs: 1000,
}

type Owned = { token: number; position: string; read: LogEntry[] }

const UNIQUE_VIOLATION = '23505'

export class RecordLane {
  readonly #options: RecordLaneOptions
  readonly #shards = new Map<number, Owned>()
  /** Newest stored event time by wearer: a later report cannot be stored yet. */
  readonly #newestMs = new Map<number, number>()
  readonly #fresh = new FixRows()
  readonly #maybe = new FixRows()
  readonly #unknown: AlarmSaid[] = []
  readonly #report = new LogReport()
  readonly #reports: Counter
  readonly #batch: Gauge
  #trimmedAtMs = 0

  constructor(options: RecordLaneOptions) {
    this.#options = options
    this.#reports = options.meter.counter('gelang_record_reports_total', 'Reports taken to the record, by outcome', [
      'outcome',
    ])
    this.#batch = options.meter.gauge('gelang_record_batch_reports', 'Reports in the last transaction')
  }

  /** Takes a shard over from the record's position. Throws what PostgreSQL throws, and FencedOff. */
  async take(shard: number, token: number): Promise<void> {
    const position = await claimRecordPosition(this.#options.pool, shard, token)
    this.#newestMs.clear()
    this.#shards.set(shard, { token, position, read: [] })
  }

  drop(shard: number): void {
    this.#shards.delete(shard)
  }

  /** One turn; gives how many reports it moved. Throws what Redis or PostgreSQL throw; nothing is half done then. */
  async turn(nowMs: number): Promise<number> {
    const { pool, redis, keys } = this.#options
    await this.#read()
    const moving = [...this.#shards].filter(([, { read }]) => read.length > 0)
    if (moving.length === 0) return 0
    const store = (allMaybe: boolean) => {
      this.#collect(moving, allMaybe)
      return inTransaction(pool, async (client) => {
        for (const [shard, { token, read }] of moving)
          await this.#fence(shard, () => saveRecordPosition(client, shard, token, read.at(-1)!.id))
        await countAlarms(client, this.#unknown)
        return insertFixes(client, { fresh: this.#fresh, maybe: this.#maybe })
      })
    }
    const inserted = await store(false).catch((error: unknown) => {
      // A wearer's stored time was newer than remembered: stores the same rows again, all with the conflict check.
      if ((error as { code?: string }).code === UNIQUE_VIOLATION) return store(true)
      throw error
    })
    const total = this.#fresh.count + this.#maybe.count
    this.#reports.inc({ outcome: 'stored' }, inserted.fresh + inserted.maybe)
    this.#reports.inc({ outcome: 'repeat' }, total - inserted.fresh - inserted.maybe)
    this.#batch.set(total)
    for (const [shard, owned] of moving) {
      owned.position = owned.read.at(-1)!.id
      owned.read = []
      await setPosition(redis, keys, 'record', shard, owned.position)
    }
    await this.#trim(nowMs)
    return total
  }

  async #read(): Promise<void> {
    const { redis, keys } = this.#options
    await Promise.all(
      [...this.#shards].map(async ([shard, owned]) => {
        if (owned.read.length > 0) return // the last turn failed: the same again
        owned.read = await readEntries(redis, keys.reports(shard), owned.position, {
          count: RECORD_LIMITS.entriesPerRead,
        })
      }),
    )
  }

  #collect(moving: [number, Owned][], allMaybe: boolean): void {
    this.#fresh.clear()
    this.#maybe.clear()
    this.#unknown.length = 0
    if (this.#newestMs.size > RECORD_LIMITS.wearersRemembered) this.#newestMs.clear()
    const report = this.#report
    for (const [, owned] of moving) {
      for (let i = 0; i < owned.read.length; i++) {
        if (this.#fresh.count + this.#maybe.count >= RECORD_LIMITS.reportsPerTurn && i > 0) {
          owned.read.length = i // the rest is read again in the next turn
          break
        }
        const { bytes } = owned.read[i]!
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        let at = ENTRY_HEADER_BYTES
        for (let left = entryCount(view); left > 0; left--) {
          const next = readReport(view, at, report)
          const newestMs = this.#newestMs.get(report.wearerId)
          const fresh = !allMaybe && newestMs !== undefined && report.timeMs > newestMs
          if (newestMs === undefined || report.timeMs > newestMs) this.#newestMs.set(report.wearerId, report.timeMs)
          if (fresh) this.#fresh.add(view, at)
          else this.#maybe.add(view, at)
          if (report.alarms & ALARM.unknown) this.#unknown.push(alarmSaid(report, view, at))
          at = next
        }
      }
    }
  }

  async #fence(shard: number, save: () => Promise<void>): Promise<void> {
    try {
      await save()
    } catch (error) {
      if (!(error instanceof FencedOff)) throw error
      this.drop(shard)
      this.#options.giveUp(shard)
      throw error
    }
  }

  async #trim(nowMs: number): Promise<void> {
    if (nowMs - this.#trimmedAtMs < RECORD_LIMITS.trimMs) return
    this.#trimmedAtMs = nowMs
    const { redis, keys } = this.#options
    await Promise.all([...this.#shards.keys()].map((shard) => trimReports(redis, keys, shard)))
  }
}
