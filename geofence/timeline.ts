// One wearer: the fold, the reports it can fold again, and what others were told.

import type { Incident } from '../model/incident.ts'
import { LogReport } from '../model/report.ts'
import {
  before,
  CHECKPOINT_EVENTS,
  type Checkpoint,
  freshBase,
  NO_CHECKPOINTS,
  putBy,
  withNewest,
} from './checkpoints.ts'
import type { CompiledPlan } from './compile-plan.ts'
import type { Sink } from './episode.ts'
import { EventBuckets } from './event-buckets.ts'
import { Outcomes, type WithdrawalReason } from './outcomes.ts'
import { type PlanSegment, passSegments, type Standing } from './plan-segments.ts'
import type { Rebuilt } from './rebuild.ts'
import { BUCKET_MS } from './report-chain.ts'
import { ReportChunks } from './report-chunks.ts'
import { WearerState } from './state.ts'
import { decodeWearerState } from './state-codec.ts'
import { advance, nextEdgeMs, step } from './step.ts'
import { decodeTimeline, encodeBase, encodeHead, encodePlans, PSEUDO_BUCKET } from './timeline-codec.ts'
import { freshRow, HOT } from './wearer-row.ts'

export type TimelineOptions = {
  /** How far behind the newest report a late one is still folded in. */
  retainMs: number
  /** At most so many reports are kept; the oldest hours go first. */
  retainEventsMax: number
  /** False weighs every fix exactly against every condition: for the test that the shortcut changes nothing. */
  shortcut?: boolean
}

export type Offered = 'live' | 'late' | 'duplicate' | 'beyond'

/** What is decided so long after its time is marked late even though nothing later had been judged. */
const LATE_AFTER_MS = 120_000

/** Where a timeline's numbers and reports live: among those of a fleet, or alone. */
export type Seat = { hot: Float64Array; at: number; chunks: ReportChunks }

export function ownSeat(): Seat {
  return { hot: freshRow(), at: 0, chunks: new ReportChunks() }
}

/** Everything that is saved and nothing else. */
export type TimelineParts = {
  segments: readonly PlanSegment[]
  head: Standing
  base: Checkpoint
  baseMs: number
  clockMs: number
  events: EventBuckets
  outcomes: Outcomes
}

/** The base is folded again over what was told long ago. */
const SILENT: Sink = { change: () => undefined }

export class WearerTimeline implements Sink {
  readonly wearerId: number
  /** As a sink's. */
  readonly shortcut: boolean
  #head: Standing
  /** The plans that hold and held, newest last. */
  #segments: readonly PlanSegment[]
  #newest: PlanSegment
  /** Numbers of the timeline and its fold, by HOT. */
  readonly #hot: Float64Array
  readonly #at: number
  readonly #events: EventBuckets
  readonly #options: TimelineOptions
  readonly #outcomes: Outcomes
  /** The fold of everything before `baseMs`: from here a late report can be folded in. */
  #base: Checkpoint
  #checkpoints = NO_CHECKPOINTS
  /** Folding again: what comes out differently is marked by its cause, not by its age. */
  #folding = false
  #staleBy: WithdrawalReason = 'late_report'
  #plansDirty: boolean
  #baseDirty: boolean
  #dropped = NO_HOURS

  /** `parts`, where given, were made in the same seat. */
  constructor(
    wearerId: number,
    plan: CompiledPlan,
    options: TimelineOptions,
    seat: Seat = ownSeat(),
    parts?: TimelineParts,
  ) {
    const { hot, at, chunks } = seat
    this.wearerId = wearerId
    this.shortcut = options.shortcut !== false
    this.#options = options
    this.#hot = hot
    this.#at = at
    this.#segments = parts?.segments ?? [{ fromMs: -Infinity, plan }]
    this.#newest = this.#segments[this.#segments.length - 1]!
    this.#head = parts?.head ?? { state: new WearerState(wearerId, hot, at), segment: this.#newest }
    this.#base = parts?.base ?? freshBase(plan, this.#newest)
    hot[at + HOT.baseMs] = parts?.baseMs ?? -Infinity
    hot[at + HOT.clockMs] = hot[at + HOT.nowMs] = parts?.clockMs ?? -Infinity
    this.#events = parts?.events ?? new EventBuckets(chunks, hot, at)
    this.#outcomes = parts?.outcomes ?? new Outcomes()
    this.#plansDirty = this.#baseDirty = parts === undefined
  }

  /**
   * Takes a report in, copying what it keeps. 'live': judged at once. 'late': it comes before something judged; judged
   * again from there at the next `settle`, so that live reports never wait behind it. 'duplicate': known, nothing done.
   * 'beyond': older than what is kept, nothing done; the caller counts it and folds from the stored track.
   */
  offer(report: LogReport): Offered {
    const { timeMs } = report
    const hot = this.#hot
    const at = this.#at
    if (!Number.isFinite(timeMs)) throw new RangeError(`a report's time must be finite, got ${timeMs}`)
    if (timeMs < hot[at + HOT.baseMs]!) return 'beyond'
    if (report.receivedMs > hot[at + HOT.nowMs]!) hot[at + HOT.nowMs] = report.receivedMs
    const kept = scratch
    const inTime = timeMs >= hot[at + HOT.cursorMs]!
    const added = this.#events.add(report, kept)
    if (added === 'known') return 'duplicate'
    const live = inTime && added === 'last'
    if (!live) {
      this.#staleFrom(timeMs, 'late_report')
      return 'late'
    }
    this.#fold(kept)
    return 'live'
  }

  /** Reads what a weighed report will need, step by step, for WearerFetch; what they give means nothing. */
  fetchHead(): number {
    return this.#events.fetch() + this.#head.segment.fromMs
  }

  fetchState(): number {
    const { state, segment } = this.#head
    return state.at + segment.plan.wearerId
  }

  fetchZones(): number {
    const { state, segment } = this.#head
    return state.boundM.length + state.memory.length + segment.plan.zones.length + segment.plan.timing.freshMs
  }

  fetchBounds(): number {
    const { state, segment } = this.#head
    const { boundM, memory } = state
    const { zones, index } = segment.plan
    let sum = 0
    if (index !== undefined) return sum // a few of many are near, and who knows which
    for (let i = 0; i < boundM.length; i += 8) sum += boundM[i]!
    for (let i = 0; i < zones.length; i += 8) if (zones[i] === undefined) sum++
    for (let i = 0; i < memory.length; i += 8) if (memory[i] === undefined) sum++
    return sum
  }

  /** What the fold decides; nobody else calls it. */
  change(incident: Incident, atMs: number): void {
    const late = !this.#folding && atMs < this.#hot[this.#at + HOT.nowMs]! - LATE_AFTER_MS
    this.#outcomes.put(incident, atMs, late)
  }

  /** Fires edges up to `nowMs`. Never goes back. */
  advanceTo(nowMs: number): void {
    const hot = this.#hot
    const at = this.#at
    if (!(nowMs > hot[at + HOT.clockMs]!)) return
    hot[at + HOT.clockMs] = nowMs
    // Decides nothing but whether what is decided is marked late.
    if (nowMs > hot[at + HOT.nowMs]!) hot[at + HOT.nowMs] = nowMs
    this.#advanceHead(nowMs)
  }

  #advanceHead(nowMs: number): void {
    const head = this.#head
    if (head.state.begun) this.#passSegments(head, nowMs, this)
    advance(head.state, head.segment.plan, nowMs, this)
  }

  /** Time of the next edge; Infinity if none. */
  nextEdgeMs(): number {
    const next = this.#segments[this.#segments.indexOf(this.#head.segment) + 1]
    const edgeMs = nextEdgeMs(this.#head.state, this.#head.segment.plan)
    return next && this.#head.state.begun ? Math.min(edgeMs, next.fromMs) : edgeMs
  }

  /**
   * The plan that holds from `changedMs` on; what was judged before stays judged by the one that held then. The plan
   * that holds already changes nothing.
   */
  setPlan(plan: CompiledPlan, changedMs: number): void {
    const last = this.#newest
    if (last.plan.hash === plan.hash && (last.fromMs === changedMs || this.#segments.length === 1)) return
    this.settle()
    const fromMs = Math.max(changedMs, this.baseMs)
    const earlier = this.#segments.filter((segment) => segment.fromMs < fromMs)
    if (earlier.length === 0) {
      const segment = { fromMs: -Infinity, plan }
      this.#holdBy([segment])
      this.#base = freshBase(plan, segment)
    } else if (earlier[earlier.length - 1]!.plan.hash !== plan.hash) this.#holdBy([...earlier, { fromMs, plan }])
    else this.#holdBy(earlier)
    this.#plansDirty = true
    this.#baseDirty = true // it names its plan by its place among them
    this.#head.state.unsettle()
    this.#staleFrom(fromMs, 'plan_changed')
    this.settle()
  }

  #holdBy(segments: readonly PlanSegment[]): void {
    this.#segments = segments
    this.#newest = segments[segments.length - 1]!
  }

  /** True while late reports wait to be folded in: from `staleFromMs` on the head is not the fold of the reports. */
  get isStale(): boolean {
    return this.#hot[this.#at + HOT.staleFromMs]! < Infinity
  }

  /** Folds late reports in: again from the last checkpoint before the earliest of them. */
  settle(): void {
    if (!this.isStale) return
    const from = this.#restore(this.#hot[this.#at + HOT.staleFromMs]!)
    const stood = this.#outcomes.rewind(from.state.cursorMs)
    this.#refold(from)
    this.#outcomes.settle(stood, this.#staleBy === 'late_report')
  }

  /** Everything earlier is folded into the base; a report before it is 'beyond'. */
  get baseMs(): number {
    return this.#hot[this.#at + HOT.baseMs]!
  }

  /**
   * Takes up what came out of folding the stored track before `baseMs` again, with a report that came later than memory
   * reaches, and folds what is kept onto it; the next `takeChanges` gives what that changed. False, with nothing done,
   * when the base has moved on or another plan holds since it was asked for: ask again.
   */
  rebase(rebuilt: Rebuilt): boolean {
    const { plan } = this.#newest
    if (rebuilt.baseMs !== this.baseMs || rebuilt.planHash !== plan.hash) return false
    this.settle()
    // A plan carries all its versions, so the newest one judges all of the past.
    const segment = { fromMs: -Infinity, plan }
    this.#holdBy([segment])
    this.#base = { cursorMs: rebuilt.cursorMs, bytes: rebuilt.state, segment }
    this.#checkpoints = NO_CHECKPOINTS
    this.#plansDirty = true
    this.#baseDirty = true
    this.#staleBy = 'late_report'
    const stood = this.#outcomes.rebase(rebuilt)
    this.#refold(this.#takeUp(this.#base))
    this.#outcomes.settle(stood, true)
    return true
  }

  #refold(from: Standing): void {
    this.#head = from
    const hot = this.#hot
    const at = this.#at
    hot[at + HOT.sinceCheckpoint] = 0
    hot[at + HOT.staleFromMs] = Infinity
    this.#folding = true
    const place = this.#events.after(from.state.cursorMs)
    while (this.#events.next(place, scratch)) {
      this.#fold(scratch)
      hot[at + HOT.sinceCheckpoint]!++
    }
    hot[at + HOT.sinceCheckpoint] = Math.max(0, hot[at + HOT.sinceCheckpoint]! - hot[at + HOT.lastRows]!)
    if (hot[at + HOT.clockMs]! > -Infinity) this.#advanceHead(hot[at + HOT.clockMs]!)
    this.#folding = false
  }

  /**
   * Incidents that changed since the last call, each once, in full, at its newest revision. `liveOnly` leaves late
   * reports waiting (`isStale`), so that what was just seen goes out first.
   */
  takeChanges(liveOnly = false): Incident[] {
    if (!liveOnly) {
      this.settle()
      this.#trim()
    }
    return this.#outcomes.hasChanges ? this.#outcomes.take(this.#staleBy) : []
  }

  /** Every incident within memory that stands, ended or not. */
  standing(): Incident[] {
    this.settle()
    return this.#outcomes.standing()
  }

  /** WEARER_STATE of the worst incident open now. */
  worstState(): number {
    return this.#outcomes.size === 0 ? 0 : this.#outcomes.worstOpen()
  }

  get retainedEvents(): number {
    return this.#events.count
  }

  /** Small: the folded state, the clock, and what was told. Take changes first; the rest stands in the buckets. */
  encodeState(): Uint8Array {
    this.settle()
    this.#trim()
    return encodeHead(this.#parts())
  }

  /**
   * Buckets written since the last call: hours of reports (key = their start), and two that change seldom (PSEUDO_BUCKET:
   * the plans that held, the state that the oldest kept report is folded onto).
   */
  dirtyBuckets(): [bucketStartMs: number, bytes: Uint8Array][] {
    const dirty = this.#events.takeDirty()
    if (this.#plansDirty) dirty.push([PSEUDO_BUCKET.plans, encodePlans(this.#parts())])
    if (this.#baseDirty) dirty.push([PSEUDO_BUCKET.base, encodeBase(this.#parts())])
    this.#plansDirty = false
    this.#baseDirty = false
    return dirty
  }

  /** Buckets to be deleted since the last call. */
  droppedBuckets(): readonly number[] {
    const dropped = this.#dropped
    this.#dropped = NO_HOURS
    return dropped
  }

  /**
   * Puts a saved timeline back, exactly as it was. If `plan` is another than the last one known, it holds from `changedMs`
   * on; where that is not known, from the time up to which the clock had come.
   */
  static decode(
    wearerId: number,
    plan: CompiledPlan,
    stateBytes: Uint8Array,
    buckets: Map<number, Uint8Array>,
    options: TimelineOptions,
    changedMs?: number,
    seat: Seat = ownSeat(),
  ): WearerTimeline {
    const parts = decodeTimeline(wearerId, plan, stateBytes, buckets, seat)
    const timeline = new WearerTimeline(wearerId, plan, options, seat, parts)
    if (parts.segments[parts.segments.length - 1]!.plan.hash !== plan.hash)
      timeline.setPlan(plan, changedMs ?? Math.max(parts.clockMs, parts.head.state.cursorMs))
    return timeline
  }

  #parts(): TimelineParts {
    return {
      segments: this.#segments,
      head: this.#head,
      base: this.#base,
      baseMs: this.baseMs,
      clockMs: this.#hot[this.#at + HOT.clockMs]!,
      events: this.#events,
      outcomes: this.#outcomes,
    }
  }

  #fold(report: LogReport): void {
    const hot = this.#hot
    const at = this.#at
    const head = this.#head
    // Only between times: a checkpoint never splits reports of the same millisecond.
    if (
      hot[at + HOT.sinceCheckpoint]! >= CHECKPOINT_EVENTS &&
      report.timeMs > hot[at + HOT.cursorMs]! &&
      !this.isStale
    ) {
      this.#checkpoints = withNewest(this.#checkpoints, putBy(head))
      hot[at + HOT.sinceCheckpoint] = 0
    }
    this.#passSegments(head, report.timeMs, this)
    step(head.state, head.segment.plan, report, this)
    // Another plan is near: only here is it known from when on.
    if (this.#newest !== head.segment) head.state.unsettle()
  }

  #passSegments(standing: Standing, upToMs: number, sink: Sink): void {
    if (this.#newest !== standing.segment) passSegments(standing, this.#segments, upToMs, sink)
  }

  #staleFrom(timeMs: number, by: WithdrawalReason): void {
    const hot = this.#hot
    const at = this.#at
    hot[at + HOT.staleFromMs] = Math.min(hot[at + HOT.staleFromMs]!, timeMs)
    this.#staleBy = by
    this.#checkpoints = before(this.#checkpoints, timeMs)
  }

  /** The last state saved that saw nothing at or after `beforeMs`. */
  #restore(beforeMs: number): Standing {
    const checkpoint = this.#checkpoints[this.#checkpoints.length - 1]
    return this.#takeUp(checkpoint && checkpoint.cursorMs < beforeMs ? checkpoint : this.#base)
  }

  /** In the head's row, which is forgotten. */
  #takeUp({ bytes, segment }: Checkpoint): Standing {
    return { state: decodeWearerState(this.wearerId, segment.plan, bytes, this.#hot, this.#at), segment }
  }

  /** Gives its reports' memory back; nothing may be asked of it any more. */
  release(): void {
    this.#events.release()
  }

  #trim(): void {
    const { retainMs, retainEventsMax } = this.#options
    for (;;) {
      const oldestMs = this.#events.oldestMs
      if (oldestMs === undefined) return
      const endMs = oldestMs + BUCKET_MS
      const { newestMs } = this.#events
      const tooMany = this.#events.count > retainEventsMax && endMs <= newestMs
      if (!tooMany && endMs > newestMs - retainMs) return
      this.#moveBase(endMs)
    }
  }

  /** Folds the oldest hour into the base; nothing earlier than `baseMs` is taken any more. */
  #moveBase(baseMs: number): void {
    const { bytes, segment } = this.#base
    const base = { state: decodeWearerState(this.wearerId, segment.plan, bytes), segment }
    const place = this.#events.after(-Infinity)
    while (this.#events.next(place, scratch) && scratch.timeMs < baseMs) {
      this.#passSegments(base, scratch.timeMs, SILENT)
      step(base.state, base.segment.plan, scratch, SILENT)
    }
    this.#base = putBy(base)
    this.#dropped = [...this.#dropped, this.#events.dropOldest()]
    this.#hot[this.#at + HOT.baseMs] = baseMs
    this.#baseDirty = true
    if (this.#checkpoints.length > 0)
      this.#checkpoints = this.#checkpoints.filter(({ cursorMs }) => cursorMs >= this.#base.cursorMs)
    const first = this.#segments.indexOf(this.#base.segment)
    if (first > 0) {
      this.#holdBy(this.#segments.slice(first))
      this.#plansDirty = true
    }
    this.#outcomes.forget(this.#base.cursorMs)
  }
}

const NO_HOURS: readonly number[] = []

/** Reports are folded one at a time and nothing keeps them, so one serves all timelines. */
const scratch = new LogReport()
