// One shard's evaluator: reads the report log, keeps every wearer's timeline in memory, and writes outcomes and checkpoints
// under its fencing token. The steps of a turn stand in `#turn`.
import { WearerTimeline } from '../geofence/timeline.ts'
import { savedZoneIds, TimelineUnreadable } from '../geofence/timeline-codec.ts'
import type { Incident } from '../model/incident.ts'
import { decodeLive, WEARER_STATE } from '../model/live.ts'
import type { Clock, Counter, Log, Meter } from '../model/observe.ts'
import { LogReport } from '../model/report.ts'
import { ENTRY_HEADER_BYTES, entryCount, readReport } from '../model/report-codec.ts'
import { loadShard, type ShardCommit } from '../stream/checkpoint.ts'
import type { RedisClient } from '../stream/connect.ts'
import type { Keys } from '../stream/keys.ts'
import { publishLive, readLatest } from '../stream/live-channel.ts'
import { type LogEntry, readEntries } from '../stream/read-reports.ts'
import { breathe, PLANS_PER_BREATH, REPORTS_PER_BREATH } from './breathe.ts'
import { commitInParts, type Outcome } from './commit-in-parts.ts'
import { EdgeQueue } from './edge-queue.ts'
import { LateLane } from './late-lane.ts'
import { LiveBoard } from './live-board.ts'
import { OldReports } from './old-reports.ts'
import { PlanBook, type PlanChange, type ZoneBook } from './plan-book.ts'
import { bucketField, groupBuckets, silenceField } from './saved-events.ts'
import { SilenceWatch } from './silence-watch.ts'

export type EvaluatorLimits = {
  /** A late report is judged from memory when it is at most this old … */
  retainMs: number
  /** … and among this many reports of its wearer. */
  retainEventsMax: number
  entriesPerRead: number
  checkpointMs: number
  /** The same while the log is ahead of us: a checkpoint writes whole hours of reports, and a replay is quicker than catching up. */
  checkpointBehindMs: number
  liveMs: number
  /** One commit holds at most so many wearers, and not many more bytes; both well below what a commit may hold. */
  wearersPerCommit: number
  bytesPerCommit: number
}

export const EVALUATOR_LIMITS: EvaluatorLimits = {
  retainMs: 24 * 3_600_000,
  retainEventsMax: 4096,
  entriesPerRead: 64,
  checkpointMs: 1000,
  checkpointBehindMs: 5000,
  liveMs: 100,
  wearersPerCommit: 250,
  bytesPerCommit: 4 * 1_048_576,
}

/** A report received so long after its time comes from a bracelet's memory. */
const OLD_MS = 120_000
const OLD_PER_TURN = 2000
/** More of a shard wait in the log. */
const OLD_MAX = 100_000
const GATHER_MS = 5
const ARRIVALS = ['live', 'late', 'duplicate', 'beyond', 'no_plan'] as const

export type ShardEvaluatorOptions = {
  shard: number
  token: number
  /** Commands. */
  redis: RedisClient
  /** A connection of its own: it blocks while it waits for reports. */
  reader: RedisClient
  keys: Keys
  zones: ZoneBook
  clock: Clock
  /** Paces checkpoints and publishing, in real time whatever the clock: milliseconds since any fixed moment, never set back. */
  monotonicMs?: Clock
  log: Log
  meter: Meter
  limits: EvaluatorLimits
}

export class ShardEvaluator {
  readonly #options: ShardEvaluatorOptions
  readonly #plans: PlanBook
  readonly #timelines = new Map<number, WearerTimeline>()
  readonly #edges = new EdgeQueue()
  readonly #board = new LiveBoard()
  readonly #silences = new SilenceWatch()
  readonly #lateLane: LateLane
  readonly #silenceChanges = new Map<number, Incident[]>()
  readonly #report = new LogReport()
  readonly #touched = new Set<number>()
  readonly #dirty = new Set<number>()
  #dropped: number[] = []
  readonly #reports: Counter
  readonly #incidents: Counter
  readonly #unreadable: Counter
  readonly #old = new OldReports()
  readonly #arrived = { live: 0, late: 0, duplicate: 0, beyond: 0, no_plan: 0 }
  #readTo = '0-0'
  /** Everything up to here has been judged. */
  #position = '0-0'
  #savedPosition = '0-0'
  readonly #paceMs: Clock
  #checkpointAtMs = Number.NEGATIVE_INFINITY
  #liveAtMs = Number.NEGATIVE_INFINITY
  /** The last read gave as much as was asked for. */
  #behind = false
  #plansChanged = false
  #stopping = false

  constructor(options: ShardEvaluatorOptions) {
    this.#options = options
    this.#paceMs = options.monotonicMs ?? (() => performance.now())
    const { redis, keys, shard, zones, limits, clock, log, meter } = options
    this.#plans = new PlanBook({ redis, keys, shard, zones, retainMs: limits.retainMs, clock, log })
    this.#lateLane = new LateLane({ redis, keys, shard, log, meter })
    this.#reports = meter.counter('gelang_evaluate_reports_total', 'Reports judged, by how they arrived', ['arrival'])
    this.#unreadable = meter.counter(
      'gelang_evaluate_unreadable_states_total',
      'Saved timelines that could not be read',
    )
    this.#incidents = meter.counter('gelang_evaluate_incident_revisions_total', 'Incident revisions emitted, by type', [
      'type',
    ])
  }

  /** Restores the shard from its checkpoint. Must be called once, before `run`. */
  async load(): Promise<void> {
    const { redis, keys, shard, zones } = this.#options
    await this.#plans.refresh()
    const saved = await loadShard(redis, keys, shard)
    await this.#lateLane.load()
    this.#readTo = this.#position = this.#savedPosition = saved.position
    const buckets = groupBuckets(saved.events, (wearerId, bytes) => this.#silences.restore(wearerId, bytes))
    await zones.load([...buckets.values()].flatMap(savedZoneIds))
    for (const wearerId of this.#plans.wearerIds()) {
      const timeline = this.#restore(wearerId, saved.states.get(wearerId), buckets.get(wearerId) ?? new Map())
      this.#timelines.set(wearerId, timeline)
      this.#edges.set(wearerId, timeline.nextEdgeMs())
      // What a plan that changed while nobody evaluated decides goes out with the first turn.
      this.#touched.add(wearerId)
      if (this.#touched.size % PLANS_PER_BREATH === 0) await breathe()
    }
    for (const bytes of (await readLatest(redis, keys, shard)).values())
      for (const position of decodeLive(bytes)) this.#board.restore(position)
  }

  #restore(wearerId: number, state: Uint8Array | undefined, buckets: Map<number, Uint8Array>): WearerTimeline {
    const { limits, log } = this.#options
    const plan = this.#plans.get(wearerId)!
    if (state === undefined) return new WearerTimeline(wearerId, plan, limits)
    try {
      return WearerTimeline.decode(wearerId, plan, state, buckets, limits, this.#plans.changedMs(wearerId))
    } catch (error) {
      if (!(error instanceof TimelineUnreadable)) throw error
      // One wearer's damaged state must not keep the shard from everybody else; what was open stays open for an officer to end.
      this.#unreadable.inc()
      log.error({ wearerId, reason: error.message }, 'a saved timeline is unreadable; this wearer begins anew')
      return new WearerTimeline(wearerId, plan, limits)
    }
  }

  /** Turns until `stop`; throws FencedOff when another owner has taken the shard, and whatever Redis throws. */
  async run(): Promise<void> {
    while (!this.#stopping) await this.#turn()
    await this.#checkpoint()
  }

  stop(): void {
    this.#stopping = true
  }

  /** Plans have been published: read them at the next turn. */
  plansChanged(): void {
    this.#plansChanged = true
  }

  async #turn(): Promise<void> {
    await this.#takePlans()
    const entries = await this.#read()
    await this.#judge(entries)
    await this.#judgeOld()
    this.#fireEdges()
    await this.#commitOutcomes()
    await this.#takeRebuilt()
    const { checkpointMs, checkpointBehindMs } = this.#options.limits
    if (
      this.#paceMs() - this.#checkpointAtMs >=
      (this.#behind || this.#old.count > 0 ? checkpointBehindMs : checkpointMs)
    )
      await this.#checkpoint()
    await this.#publish()
    // A turn costs as much for one report as for a hundred: let some gather.
    if (entries.length > 0 && !this.#behind && this.#old.count === 0 && !this.#stopping) await gather()
  }

  async #takePlans(): Promise<void> {
    if (this.#plansChanged) {
      this.#plansChanged = false
      const { changed, removed } = await this.#plans.refresh()
      for (const wearerId of removed) {
        this.#timelines.delete(wearerId)
        this.#edges.delete(wearerId)
        this.#board.delete(wearerId)
        this.#silences.delete(wearerId)
        this.#lateLane.forget(wearerId)
        this.#dropped.push(wearerId)
      }
      for (const change of changed) this.#setPlan(change)
    }
    for (const change of this.#plans.extendHorizon()) this.#setPlan(change)
  }

  #setPlan({ wearerId, plan, changedMs }: PlanChange): void {
    const timeline = this.#timelines.get(wearerId)
    if (timeline === undefined) this.#timelines.set(wearerId, new WearerTimeline(wearerId, plan, this.#options.limits))
    else timeline.setPlan(plan, changedMs)
    this.#touched.add(wearerId)
  }

  #read(): Promise<LogEntry[]> {
    const { clock, reader, keys, shard, limits } = this.#options
    const waitMs = Math.min(
      this.#board.hasChanges ? this.#liveAtMs + limits.liveMs - this.#paceMs() : limits.checkpointMs,
      Math.min(this.#edges.nextDueMs(), this.#silences.nextDueMs()) - clock(),
      limits.checkpointMs,
    )
    if (this.#old.count >= OLD_MAX) return Promise.resolve([])
    const busy = this.#plansChanged || this.#stopping || this.#old.count > 0
    const blockMs = busy ? 1 : Math.max(1, Math.ceil(waitMs))
    return readEntries(reader, keys.reports(shard), this.#readTo, { count: limits.entriesPerRead, blockMs })
  }

  /** Fresh reports are judged now; those from a bracelet's memory wait, so that a backlog holds nobody's alarm up. */
  async #judge(entries: LogEntry[]): Promise<void> {
    const report = this.#report
    const old = this.#old
    let inOneBreath = 0
    for (const { id, bytes } of entries) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      old.open(id, view)
      let at = ENTRY_HEADER_BYTES
      for (let left = entryCount(view); left > 0; left--) {
        const next = readReport(view, at, report)
        if (report.receivedMs - report.timeMs > OLD_MS || old.has(report.wearerId)) {
          old.put(at, report.wearerId)
          this.#hear(report)
        } else {
          const plan = this.#judgeOne(report, id)
          if (plan !== undefined) await plan
          inOneBreath++
        }
        at = next
      }
      this.#readTo = id
      if (inOneBreath >= REPORTS_PER_BREATH) {
        inOneBreath = 0
        await breathe()
      }
    }
    this.#behind = entries.length >= this.#options.limits.entriesPerRead
    if (!this.#behind && old.count < OLD_MAX) this.#silences.listen(this.#options.clock())
  }

  /** Some of those that wait. */
  async #judgeOld(): Promise<void> {
    const report = this.#report
    const old = this.#old
    for (let left = OLD_PER_TURN; left > 0; left--) {
      const oldest = old.peek()
      if (oldest === undefined) break
      readReport(oldest.view, oldest.at, report)
      const { wearerId } = report
      const plan = this.#judgeOne(report, oldest.id)
      if (plan !== undefined) await plan
      old.judged(wearerId)
    }
    this.#position = old.release() ?? this.#position
    for (const arrival of ARRIVALS) {
      if (this.#arrived[arrival] > 0) this.#reports.inc({ arrival }, this.#arrived[arrival])
      this.#arrived[arrival] = 0
    }
    if (old.count > 0) await breathe()
  }

  // Waits for nothing but the plan of a wearer that it does not know.
  #judgeOne(report: LogReport, entryId: string): Promise<void> | undefined {
    const timeline = this.#timelines.get(report.wearerId)
    if (timeline === undefined) return this.#judgeStranger(entryId)
    const arrival = timeline.offer(report)
    this.#arrived[arrival]++
    if (arrival === 'beyond') this.#lateLane.ask(report, timeline.baseMs, entryId)
    this.#hear(report)
    this.#board.see(report, this.#stateOf(report.wearerId, timeline))
    this.#touched.add(report.wearerId)
    return undefined
  }

  /** Ingest may know a new wearer a moment before this shard does: plans are published before the directory. */
  async #judgeStranger(entryId: string): Promise<void> {
    const report = this.#report
    this.#plansChanged = true
    await this.#takePlans()
    if (this.#timelines.has(report.wearerId)) await this.#judgeOne(report, entryId)
    else this.#arrived.no_plan++
  }

  #hear(report: LogReport): void {
    const plan = this.#plans.get(report.wearerId)
    if (plan !== undefined) this.#silenceChanged(report.wearerId, this.#silences.hear(report, plan))
  }

  #silenceChanged(wearerId: number, changes: Incident[]): void {
    if (changes.length === 0) return
    this.#silenceChanges.set(wearerId, [...(this.#silenceChanges.get(wearerId) ?? []), ...changes])
    this.#touched.add(wearerId)
  }

  #stateOf(wearerId: number, timeline: WearerTimeline): number {
    return this.#silences.openOf(wearerId).length > 0
      ? Math.max(timeline.worstState(), WEARER_STATE.serius)
      : timeline.worstState()
  }

  #fireEdges(): void {
    const nowMs = this.#options.clock()
    for (let wearerId = this.#edges.takeDue(nowMs); wearerId !== undefined; wearerId = this.#edges.takeDue(nowMs)) {
      this.#timelines.get(wearerId)?.advanceTo(nowMs)
      this.#touched.add(wearerId)
    }
    for (const [wearerId, changes] of this.#silences.look(nowMs, (id) => this.#plans.get(id)))
      this.#silenceChanged(wearerId, changes)
  }

  /**
   * Outcomes go out at once, together with the states that know of them, so that a crash cannot forget a revision. What live
   * reports decided goes first; wearers with late reports are judged again after that.
   */
  async #commitOutcomes(): Promise<void> {
    const late: number[] = []
    await this.#commitChanges(this.#touched, (timeline, wearerId) => {
      if (timeline.isStale) late.push(wearerId)
      const silences = this.#silenceChanges.get(wearerId) ?? []
      return [...timeline.takeChanges(true), ...silences]
    })
    this.#silenceChanges.clear()
    this.#touched.clear()
    await this.#commitChanges(late, (timeline) => timeline.takeChanges())
  }

  async #commitChanges(
    wearers: Iterable<number>,
    changesOf: (timeline: WearerTimeline, wearerId: number) => Incident[],
    dropLate: number[] = [],
  ): Promise<void> {
    const outcomes: Outcome[] = []
    for (const wearerId of wearers) {
      const timeline = this.#timelines.get(wearerId)
      if (timeline === undefined) continue
      this.#dirty.add(wearerId)
      const changes = changesOf(timeline, wearerId)
      this.#edges.set(wearerId, timeline.nextEdgeMs())
      if (changes.length === 0 && !dropLate.includes(wearerId)) continue
      for (const { type } of changes) this.#incidents.inc({ type })
      this.#board.setState(wearerId, this.#stateOf(wearerId, timeline))
      outcomes.push({ wearerId, incidents: changes })
    }
    if (outcomes.length > 0 || dropLate.length > 0) await this.#commit(outcomes, { dropLate })
  }

  /** What the record has folded again from the stored track: taken up, told, and the request dropped, in one commit each. */
  async #takeRebuilt(): Promise<void> {
    const taken = await this.#lateLane.take(this.#paceMs(), (wearerId) => this.#timelines.get(wearerId))
    for (const { wearerId, done, rebased } of taken) {
      const dropLate = done ? [wearerId] : []
      if (rebased) await this.#commitChanges([wearerId], (timeline) => timeline.takeChanges(), dropLate)
      else if (done) await this.#commit([], { dropLate })
    }
  }

  async #checkpoint(): Promise<void> {
    this.#checkpointAtMs = this.#paceMs()
    if (this.#dirty.size === 0 && this.#position === this.#savedPosition && !this.#lateLane.hasUnsaved) return
    const position = this.#position
    // First, so that the state of one who has a plan again is not dropped after it.
    if (this.#dropped.length > 0) await this.#commit([], { dropWearers: this.#dropped.splice(0) })
    await this.#commit(
      Array.from(this.#dirty, (wearerId) => ({ wearerId, incidents: [] })),
      { position },
    )
    this.#savedPosition = position
  }

  /** In as many steps as it takes, a wearer's outcomes and the state that knows of them in the same one; `last` with the last. */
  async #commit(
    outcomes: readonly Outcome[],
    last: Pick<ShardCommit, 'position' | 'dropWearers' | 'dropLate'>,
  ): Promise<void> {
    // A report that is asked for is never behind a saved position without its request.
    await commitInParts(
      this.#options,
      outcomes,
      (commit, outcome) => this.#addTo(commit, outcome),
      () => ({
        ...last,
        lateRequests: this.#lateLane.takeUnsaved(),
      }),
    )
  }

  /** Gives how many bytes the wearer added, about. */
  #addTo(commit: ShardCommit, { wearerId, incidents }: Outcome): number {
    const timeline = this.#timelines.get(wearerId)
    this.#dirty.delete(wearerId)
    if (timeline === undefined) return 0
    const before = commit.events.length
    for (const incident of incidents) commit.incidents.push(JSON.stringify(incident))
    const state = timeline.encodeState()
    commit.states.push([wearerId, state])
    for (const [bucketMs, bytes] of timeline.dirtyBuckets())
      commit.events.push([bucketField(wearerId, bucketMs), bytes])
    for (const bucketMs of timeline.droppedBuckets()) commit.dropEvents.push(bucketField(wearerId, bucketMs))
    const silence = this.#silences.encode(wearerId)
    if (silence !== undefined) commit.events.push([silenceField(wearerId), silence])
    const latest = this.#board.snapshot(wearerId)
    if (latest !== undefined) commit.latest.push([wearerId, latest])
    return commit.events.slice(before).reduce((sum, [, each]) => sum + each.length, state.length)
  }

  async #publish(): Promise<void> {
    const nowMs = this.#paceMs()
    if (!this.#board.hasChanges || nowMs - this.#liveAtMs < this.#options.limits.liveMs) return
    this.#liveAtMs = nowMs
    const { redis, keys, shard } = this.#options
    for (const message of this.#board.takeMessages()) await publishLive(redis, keys, shard, message)
  }
}

function gather(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, GATHER_MS))
}
