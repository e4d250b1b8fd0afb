// One shard's evaluator: reads the report log, keeps every wearer's timeline in memory, and writes outcomes and checkpoints
// under its fencing token. The steps of a turn are in `#turn`.
import type { Clock, Log, Meter } from '../../model/observe.ts'
import { entryCount } from '../../model/report/report-codec.ts'
import { publishLive } from '../../stream/logs/live-channel.ts'
import { type LogEntry, readEntries } from '../../stream/logs/read-reports.ts'
import type { RuleAlarm } from '../../stream/publication/rule-alarm.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'
import { OutcomeWriter } from './commit-outcomes.ts'
import type { EvaluatorLimits } from './evaluator-limits.ts'
import { ReportJudge } from './judge-reports.ts'
import type { NewsBoard } from './news-board.ts'
import type { ZoneBook } from './plan-book.ts'
import { UnitCountsPublisher } from './publish-unit-counts.ts'
import { ShardWearers } from './shard-wearers.ts'

/** From one turn to the next: the more reports come, the longer. At 150,000 bracelets and one report a minute it is 5 ms. */
const GATHER_MS_MIN = 5
const GATHER_MS_MAX = 40
const GATHER_MS_PER_REPORT_A_MS = 20
/** A checkpoint writes a wearer's whole hour. The more wearers the last one held, the longer the pause until the next. */
const CHECKPOINT_MS_PER_WEARER = 5
/** While the evaluator is not behind, the lag of the saved position must raise no alarm. */
const CHECKPOINT_CALM_MS_MAX = 3000

type ShardEvaluatorOptions = {
  shard: number
  token: number
  /** Commands. */
  redis: RedisClient
  /** A connection of its own: it blocks while it waits for reports. */
  reader: RedisClient
  keys: Keys
  zones: ZoneBook
  news: NewsBoard
  clock: Clock
  /** Paces checkpoints and publishing, in real time whatever the clock: milliseconds since any fixed moment, never set back. */
  monotonicMs?: Clock
  log: Log
  meter: Meter
  limits: EvaluatorLimits
  alarm?: RuleAlarm
  /** Shared by the shards of a process. */
  checkpointing: { busy: boolean }
}

export class ShardEvaluator {
  readonly #options: ShardEvaluatorOptions
  readonly #wearers: ShardWearers
  readonly #judge: ReportJudge
  readonly #writer: OutcomeWriter
  readonly #units: UnitCountsPublisher
  readonly #paceMs: Clock
  #checkpointAtMs = Number.NEGATIVE_INFINITY
  #checkpointWearers = 0
  #liveAtMs = Number.NEGATIVE_INFINITY
  #gatheredAtMs = Number.NEGATIVE_INFINITY
  /** The last read gave as many entries as it asked for. */
  #behind = false
  #stopping = false

  constructor(options: ShardEvaluatorOptions) {
    this.#options = options
    this.#paceMs = options.monotonicMs ?? (() => performance.now())
    const { redis, keys, shard, token, limits, log, meter } = options
    this.#wearers = new ShardWearers(options)
    const writer = new OutcomeWriter(this.#wearers, { redis, keys, shard, token, limits, log, meter })
    this.#writer = writer
    this.#judge = new ReportJudge(this.#wearers, { ...options, relieve: (wearerId) => writer.relieve(wearerId) })
    this.#units = new UnitCountsPublisher({ redis, keys, shard, token, everyMs: limits.newsMs })
  }

  /** Restores the shard from its checkpoint. Must be called once, before `run`. */
  async load(): Promise<void> {
    const position = await this.#wearers.restore()
    await this.#options.news.refresh()
    this.#judge.startAt(position)
    this.#writer.startAt(position)
    await this.#writer.askForLost()
  }

  /** Turns until `stop`; throws FencedOff when another owner has taken the shard, and whatever Redis throws. */
  async run(): Promise<void> {
    while (!this.#stopping) await this.#turn()
    await this.#checkpoint()
  }

  stop(): void {
    this.#stopping = true
  }

  zoneIds(): Iterable<string> {
    return this.#wearers.zoneIds()
  }

  /** Plans have been published: read them at the next turn. */
  plansChanged(): void {
    this.#wearers.plansChanged = true
  }

  async #turn(): Promise<void> {
    await this.#options.news.refresh()
    await this.#wearers.takePlans()
    const askedMs = this.#options.clock()
    const entries = await this.#read()
    this.#behind = entries.length >= this.#options.limits.entriesPerRead
    await this.#judge.judge(entries, this.#behind, askedMs)
    this.#wearers.fireEdges(this.#judge.knownToMs, this.#judge.waits)
    await this.#writer.commitOutcomes()
    await this.#publish()
    if ((await this.#judge.judgeOld(this.#paceMs)) > 0) await this.#writer.commitOutcomes()
    this.#judge.release()
    await this.#writer.takeRebuilt(this.#paceMs())
    if (this.#checkpointIsDue()) await this.#checkpointAlone()
    await this.#units.publish(() => this.#wearers.silences.counts(), this.#paceMs())
    if (entries.length > 0 && !this.#behind && this.#judge.oldWaiting === 0 && !this.#stopping)
      await this.#gather(reportsIn(entries))
  }

  #read(): Promise<LogEntry[]> {
    if (this.#judge.isFull) return Promise.resolve([])
    const { clock, reader, keys, shard, limits } = this.#options
    const waitMs = Math.min(
      this.#wearers.board.hasChanges ? this.#liveAtMs + limits.liveMs - this.#paceMs() : limits.checkpointMs,
      this.#wearers.edges.nextDueMs() - clock(),
      limits.checkpointMs,
    )
    const busy = this.#wearers.plansChanged || this.#stopping || this.#judge.oldWaiting > 0
    const blockMs = busy ? 1 : Math.max(1, Math.ceil(waitMs))
    return readEntries(reader, keys.reports(shard), this.#judge.readTo, { count: limits.entriesPerRead, blockMs })
  }

  #checkpointIsDue(): boolean {
    return this.#paceMs() - this.#checkpointAtMs >= this.#checkpointRestMs()
  }

  #checkpointRestMs(): number {
    const { checkpointMs, checkpointBehindMs } = this.#options.limits
    if (this.#behind || this.#judge.oldWaiting > 0) return checkpointBehindMs
    // Record waits for the positions that a late request names.
    if (this.#wearers.lateLane.hasUnsaved) return checkpointMs
    return Math.min(CHECKPOINT_CALM_MS_MAX, Math.max(checkpointMs, this.#checkpointWearers * CHECKPOINT_MS_PER_WEARER))
  }

  /** One shard of the process at a time: all of them in one round would hold up what is fresh. */
  async #checkpointAlone(): Promise<void> {
    const { checkpointing } = this.#options
    if (checkpointing.busy) return
    checkpointing.busy = true
    await this.#checkpoint().finally(() => {
      checkpointing.busy = false
    })
  }

  #checkpoint(): Promise<void> {
    this.#checkpointAtMs = this.#paceMs()
    this.#checkpointWearers = this.#wearers.unsaved.size
    return this.#writer.checkpoint(this.#judge.position)
  }

  async #publish(): Promise<void> {
    const nowMs = this.#paceMs()
    const { board } = this.#wearers
    if (!board.hasChanges || nowMs - this.#liveAtMs < this.#options.limits.liveMs) return
    this.#liveAtMs = nowMs
    const { redis, keys, shard } = this.#options
    for (const message of board.takeMessages()) await publishLive(redis, keys, shard, message)
  }

  /** Waits for more reports: a turn costs as much for one report as for a hundred. */
  #gather(reports: number): Promise<void> {
    const nowMs = this.#paceMs()
    const reportsAMs = reports / Math.max(GATHER_MS_MIN, nowMs - this.#gatheredAtMs)
    const waitMs = Math.min(GATHER_MS_MAX, Math.max(GATHER_MS_MIN, reportsAMs * GATHER_MS_PER_REPORT_A_MS))
    this.#gatheredAtMs = nowMs
    return new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}

function reportsIn(entries: readonly LogEntry[]): number {
  return entries.reduce((sum, { bytes }) => sum + entryCount(new DataView(bytes.buffer, bytes.byteOffset)), 0)
}
