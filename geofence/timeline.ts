// One wearer: the fold, the reports it can fold again, and what others were told.

import type { Incident } from '../model/incident.ts'
import { LogReport } from '../model/report.ts'
import type { CompiledPlan } from './compile-plan.ts'
import type { Sink } from './episode.ts'
import { BUCKET_MS, EventBuckets } from './event-buckets.ts'
import { Outcomes, type WithdrawalReason } from './outcomes.ts'
import type { Rebuilt } from './rebuild.ts'
import { ReportChunks } from './report-chunks.ts'
import { WearerState } from './state.ts'
import { decodeWearerState, encodeWearerState } from './state-codec.ts'
import { adopt, advance, advanceBefore, nextEdgeMs, step } from './step.ts'
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

/** From `fromMs` on this plan holds. */
export type PlanSegment = { fromMs: number; plan: CompiledPlan }

/** A state with the plan it was made under. */
export type Standing = { state: WearerState; segment: PlanSegment }

/** A state put by: everything up to `cursorMs` folded in. */
export type Checkpoint = { cursorMs: number; bytes: Uint8Array; segment: PlanSegment }

/** Reports between two; a step of a quiet wearer costs a tenth of a microsecond, a checkpoint half a kilobyte. */
export const CHECKPOINT_EVENTS = 256
const CHECKPOINTS_MAX = 8
/** What is decided so long after its time is marked late even though nothing later had been judged. */
const LATE_AFTER_MS = 120_000

/** Where a timeline's numbers and reports live: among those of a fleet, or alone. */
export type Seat = { hot: Float64Array; at: number; chunks: ReportChunks }

export function ownSeat(): Seat {
  return { hot: freshRow(), at: 0, chunks: new ReportChunks() }
}

/** Everything that is saved and nothing else. */
export type TimelineParts = {
  segments: PlanSegment[]
  head: Standing
  base: Checkpoint
  baseMs: number
  clockMs: number
  events: EventBuckets
  outcomes: Outcomes
}

/** The base is folded again over what was told long ago. */
const SILENT: Sink = { change: () => undefined }

export class WearerTimeline {
  readonly wearerId: number
  readonly #options: TimelineOptions
  #segments: PlanSegment[]
  #head: Standing
  /** The fold of everything before `#baseMs`: from here a late report can be folded in. */
  #base: Checkpoint
  #baseMs: number
  #clockMs: number
  /** Newest time known by clock or receipt; decides nothing but whether what is decided is marked late. */
  #nowMs: number
  #events: EventBuckets
  #outcomes: Outcomes
  readonly #seat: Seat
  #checkpoints: Checkpoint[] = NO_CHECKPOINTS
  /** Folding again: what comes out differently is marked by its cause, not by its age. */
  #folding = false
  /** From here on the head no longer is the fold of the reports; Infinity when it is. */
  #staleFromMs = Infinity
  #staleBy: WithdrawalReason = 'late_report'
  #plansDirty = true
  #baseDirty = true
  #dropped: number[] = []
  readonly #sink: Sink

  /** `parts`, where given, were made in the same seat. */
  constructor(
    wearerId: number,
    plan: CompiledPlan,
    options: TimelineOptions,
    seat: Seat = ownSeat(),
    parts?: TimelineParts,
  ) {
    this.wearerId = wearerId
    this.#options = options
    this.#seat = seat
    this.#segments = parts?.segments ?? [{ fromMs: -Infinity, plan }]
    const segment = this.#segments[0]!
    this.#head = parts?.head ?? { state: new WearerState(wearerId, plan, seat.hot, seat.at), segment }
    this.#base = parts?.base ?? freshBase(plan, segment)
    this.#baseMs = parts?.baseMs ?? -Infinity
    this.#clockMs = parts?.clockMs ?? -Infinity
    this.#nowMs = this.#clockMs
    this.#events = parts?.events ?? new EventBuckets(seat.chunks, seat.hot, seat.at)
    this.#outcomes = parts?.outcomes ?? new Outcomes()
    this.#sink = {
      change: (incident, atMs) =>
        this.#outcomes.put(incident, atMs, !this.#folding && atMs < this.#nowMs - LATE_AFTER_MS),
    }
    if (options.shortcut === false) this.#sink.shortcut = false
    if (parts) {
      this.#plansDirty = false
      this.#baseDirty = false
    }
  }

  /**
   * Takes a report in, copying what it keeps. 'live': judged at once. 'late': it comes before something judged; judged
   * again from there at the next `settle`, so that live reports never wait behind it. 'duplicate': known, nothing done.
   * 'beyond': older than what is kept, nothing done; the caller counts it and folds from the stored track.
   */
  offer(report: LogReport): Offered {
    const { timeMs } = report
    if (!Number.isFinite(timeMs)) throw new RangeError(`a report's time must be finite, got ${timeMs}`)
    if (timeMs < this.#baseMs) return 'beyond'
    if (report.receivedMs > this.#nowMs) this.#nowMs = report.receivedMs
    const kept = scratch
    const { hot, at } = this.#seat
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

  /** Fires edges up to `nowMs`. Never goes back. */
  advanceTo(nowMs: number): void {
    if (!(nowMs > this.#clockMs)) return
    this.#clockMs = nowMs
    if (nowMs > this.#nowMs) this.#nowMs = nowMs
    if (this.#head.state.begun) this.#passSegments(this.#head, nowMs, this.#sink)
    advance(this.#head.state, this.#head.segment.plan, nowMs, this.#sink)
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
    const last = this.#segments[this.#segments.length - 1]!
    if (last.plan.hash === plan.hash && (last.fromMs === changedMs || this.#segments.length === 1)) return
    this.settle()
    const fromMs = Math.max(changedMs, this.#baseMs)
    this.#segments = this.#segments.filter((segment) => segment.fromMs < fromMs)
    if (this.#segments.length === 0) {
      const segment = { fromMs: -Infinity, plan }
      this.#segments = [segment]
      this.#base = freshBase(plan, segment)
    } else if (this.#segments[this.#segments.length - 1]!.plan.hash !== plan.hash) {
      this.#segments.push({ fromMs, plan })
    }
    this.#plansDirty = true
    this.#baseDirty = true // it names its plan by its place among them
    this.#head.state.unsettle()
    this.#staleFrom(fromMs, 'plan_changed')
    this.settle()
  }

  /** True while late reports wait to be folded in. */
  get isStale(): boolean {
    return this.#staleFromMs < Infinity
  }

  /** Folds late reports in: again from the last checkpoint before the earliest of them. */
  settle(): void {
    if (!this.isStale) return
    const from = this.#restore(this.#staleFromMs)
    const before = this.#outcomes.rewind(from.state.cursorMs)
    this.#refold(from)
    this.#outcomes.settle(before, this.#staleBy === 'late_report')
  }

  /** Everything earlier is folded into the base; a report before it is 'beyond'. */
  get baseMs(): number {
    return this.#baseMs
  }

  /**
   * Takes up what came out of folding the stored track before `baseMs` again, with a report that came later than memory
   * reaches, and folds what is kept onto it; the next `takeChanges` gives what that changed. False, with nothing done,
   * when the base has moved on or another plan holds since it was asked for: ask again.
   */
  rebase(rebuilt: Rebuilt): boolean {
    const { plan } = this.#segments[this.#segments.length - 1]!
    if (rebuilt.baseMs !== this.#baseMs || rebuilt.planHash !== plan.hash) return false
    this.settle()
    // A plan carries all its versions, so the newest one judges all of the past.
    const segment = { fromMs: -Infinity, plan }
    this.#segments = [segment]
    this.#base = { cursorMs: rebuilt.cursorMs, bytes: rebuilt.state, segment }
    this.#checkpoints = NO_CHECKPOINTS
    this.#plansDirty = true
    this.#baseDirty = true
    this.#staleBy = 'late_report'
    const before = this.#outcomes.rebase(rebuilt)
    this.#refold(this.#takeUp(this.#base))
    this.#outcomes.settle(before, true)
    return true
  }

  #refold(from: Standing): void {
    this.#head = from
    const { hot, at } = this.#seat
    hot[at + HOT.sinceCheckpoint] = 0
    this.#staleFromMs = Infinity
    this.#folding = true
    const place = this.#events.after(from.state.cursorMs)
    while (this.#events.next(place, scratch)) {
      this.#fold(scratch)
      hot[at + HOT.sinceCheckpoint]!++
    }
    hot[at + HOT.sinceCheckpoint] = Math.max(0, hot[at + HOT.sinceCheckpoint]! - hot[at + HOT.lastRows]!)
    if (this.#clockMs > -Infinity) {
      const nowMs = this.#clockMs
      if (this.#head.state.begun) this.#passSegments(this.#head, nowMs, this.#sink)
      advance(this.#head.state, this.#head.segment.plan, nowMs, this.#sink)
    }
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
  droppedBuckets(): number[] {
    return this.#dropped.splice(0)
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
      baseMs: this.#baseMs,
      clockMs: this.#clockMs,
      events: this.#events,
      outcomes: this.#outcomes,
    }
  }

  #fold(report: LogReport): void {
    const { hot, at } = this.#seat
    // Only between times: a checkpoint never splits reports of the same millisecond.
    if (hot[at + HOT.sinceCheckpoint]! >= CHECKPOINT_EVENTS && report.timeMs > hot[at + HOT.cursorMs]! && !this.isStale)
      this.#checkpoint()
    this.#passSegments(this.#head, report.timeMs, this.#sink)
    step(this.#head.state, this.#head.segment.plan, report, this.#sink)
    // Another plan is near: only here is it known from when on.
    if (this.#segments[this.#segments.length - 1] !== this.#head.segment) this.#head.state.unsettle()
  }

  #passSegments(standing: Standing, upToMs: number, sink: Sink): void {
    if (this.#segments[this.#segments.length - 1] === standing.segment) return
    for (;;) {
      const next = this.#segments[this.#segments.indexOf(standing.segment) + 1]
      if (!next || next.fromMs > upToMs) return
      advanceBefore(standing.state, standing.segment.plan, next.fromMs, sink)
      adopt(standing.state, standing.segment.plan, next.plan, next.fromMs, sink)
      standing.segment = next
    }
  }

  #checkpoint(): void {
    if (this.#checkpoints === NO_CHECKPOINTS) this.#checkpoints = []
    this.#checkpoints.push(putBy(this.#head))
    this.#seat.hot[this.#seat.at + HOT.sinceCheckpoint] = 0
    // Few of the old, all of the new: late reports are mostly a little late.
    if (this.#checkpoints.length > CHECKPOINTS_MAX)
      this.#checkpoints = this.#checkpoints.filter((_, i) => i % 2 === 0 || i > CHECKPOINTS_MAX / 2)
  }

  #staleFrom(timeMs: number, by: WithdrawalReason): void {
    this.#staleFromMs = Math.min(this.#staleFromMs, timeMs)
    this.#staleBy = by
    while (this.#checkpoints.length > 0 && this.#checkpoints[this.#checkpoints.length - 1]!.cursorMs >= timeMs)
      this.#checkpoints.pop()
  }

  /** The last state saved that saw nothing at or after `beforeMs`. */
  #restore(beforeMs: number): Standing {
    const checkpoint = this.#checkpoints[this.#checkpoints.length - 1]
    return this.#takeUp(checkpoint && checkpoint.cursorMs < beforeMs ? checkpoint : this.#base)
  }

  /** In the head's row, which is forgotten. */
  #takeUp({ bytes, segment }: Checkpoint): Standing {
    const { hot, at } = this.#seat
    return { state: decodeWearerState(this.wearerId, segment.plan, bytes, hot, at), segment }
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
    this.#dropped.push(this.#events.dropOldest())
    this.#baseMs = baseMs
    this.#baseDirty = true
    if (this.#checkpoints.length > 0)
      this.#checkpoints = this.#checkpoints.filter(({ cursorMs }) => cursorMs >= this.#base.cursorMs)
    const first = this.#segments.indexOf(this.#base.segment)
    if (first > 0) {
      this.#segments = this.#segments.slice(first)
      this.#plansDirty = true
    }
    this.#outcomes.forget(this.#base.cursorMs)
  }
}

/** Before the first report all states with as many conditions have the same bytes. */
function freshBase(plan: CompiledPlan, segment: PlanSegment): Checkpoint {
  const count = plan.size
  let bytes = freshBytes.get(count)
  if (bytes === undefined) {
    bytes = encodeWearerState(new WearerState(0, plan))
    freshBytes.set(count, bytes)
  }
  return { cursorMs: -Infinity, bytes, segment }
}

const freshBytes = new Map<number, Uint8Array>() // by number of conditions, which a plan limits

function putBy({ state, segment }: Standing): Checkpoint {
  return { cursorMs: state.cursorMs, bytes: encodeWearerState(state), segment }
}

const NO_CHECKPOINTS: Checkpoint[] = [] // of nearly all

/** Reports are folded one at a time and nothing keeps them, so one serves all timelines. */
const scratch = new LogReport()
