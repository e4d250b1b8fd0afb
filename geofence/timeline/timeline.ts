// One wearer, as others see them: reports and the clock go in, incidents come out, and all of it can be saved.
import type { Incident } from '../../model/incident/incident.ts'
import { LogReport } from '../../model/report/report.ts'
import { HOT } from '../fold/state/wearer-row.ts'
import { nextEdgeMs } from '../fold/step.ts'
import type { CompiledPlan } from '../plan/compile-plan.ts'
import { changePlan } from './change-plan.ts'
import { advanceHead, foldReport } from './fold-report.ts'
import { OVER_MAX, trim } from './move-base.ts'
import { rebase } from './rebase.ts'
import type { Rebuilt } from './rebuild.ts'
import { foldStale, markStale } from './refold.ts'
import { decodeTimeline, encodeBase, encodeHead, encodePlans, PSEUDO_BUCKET } from './timeline-codec.ts'
import { NO_HOURS, ownSeat, type Seat, TimelineMemory, type TimelineOptions } from './timeline-memory.ts'

export type Offered = 'live' | 'late' | 'duplicate' | 'beyond'

export class WearerTimeline extends TimelineMemory {
  /**
   * Takes a report in, copying what it keeps. 'live': judged at once. 'late': it comes before something judged; judged
   * again from there at the next `foldLate`, so that live reports never wait behind it. 'duplicate': known, nothing done.
   * 'beyond': older than what is kept, nothing done; the caller counts it and folds from the stored track.
   */
  offer(report: LogReport): Offered {
    const { timeMs } = report
    const { hot, at } = this
    if (!Number.isFinite(timeMs)) throw new RangeError(`a report's time must be finite, got ${timeMs}`)
    if (timeMs < hot[at + HOT.baseMs]!) return 'beyond'
    if (report.receivedMs > hot[at + HOT.nowMs]!) hot[at + HOT.nowMs] = report.receivedMs
    const inTime = timeMs >= hot[at + HOT.cursorMs]!
    const added = this.events.add(report, kept)
    if (added === 'known') return 'duplicate'
    const live = inTime && added === 'last'
    if (!live) {
      markStale(this, timeMs, 'late_report')
      return 'late'
    }
    foldReport(this, kept)
    return 'live'
  }

  /** Fires edges up to `nowMs`. Never goes back. */
  advanceTo(nowMs: number): void {
    const { hot, at } = this
    if (!(nowMs > hot[at + HOT.clockMs]!)) return
    hot[at + HOT.clockMs] = nowMs
    // Decides nothing but whether what is decided is marked late.
    if (nowMs > hot[at + HOT.nowMs]!) hot[at + HOT.nowMs] = nowMs
    advanceHead(this, nowMs)
  }

  /** Time of the next edge; Infinity if none. */
  nextEdgeMs(): number {
    const { state, segment } = this.head
    const next = this.segments[this.segments.indexOf(segment) + 1]
    const edgeMs = nextEdgeMs(state, segment.plan)
    return next && state.begun ? Math.min(edgeMs, next.fromMs) : edgeMs
  }

  /**
   * The plan that holds from `changedMs` on; what was judged before stays judged by the one that held then. The plan
   * that holds already changes nothing.
   */
  setPlan(plan: CompiledPlan, changedMs: number): void {
    changePlan(this, plan, changedMs)
  }

  /** Folds late reports in: again from the last checkpoint before the earliest of them. */
  foldLate(): void {
    foldStale(this)
  }

  /**
   * Takes up what came out of folding the stored track before `baseMs` again, with a report that came later than memory
   * reaches, and folds what is kept onto it; the next `takeChanges` gives what that changed. False, with nothing done,
   * when the base has moved on or another plan holds since it was asked for: ask again.
   */
  rebase(rebuilt: Rebuilt): boolean {
    return rebase(this, rebuilt)
  }

  /**
   * Incidents that changed since the last call, each once, in full, at its newest revision. `liveOnly` leaves late
   * reports waiting (`isStale`), so that what was just seen goes out first.
   */
  takeChanges(liveOnly = false): Incident[] {
    if (!liveOnly) {
      foldStale(this)
      trim(this)
    }
    return this.outcomes.hasChanges ? this.outcomes.take(this.staleBy) : []
  }

  /** Every active incident within memory, ended or not. */
  activeIncidents(): Incident[] {
    foldStale(this)
    return this.outcomes.activeIncidents()
  }

  /** WEARER_STATE of the worst incident open now. */
  worstState(): number {
    return this.outcomes.size === 0 ? 0 : this.outcomes.worstOpen()
  }

  /** So much has come since changes were taken last that they should be taken before more is offered. */
  get isCrowded(): boolean {
    return this.events.count > 2 * this.options.retainEventsMax || this.outcomes.moreOverThan(2 * OVER_MAX)
  }

  get retainedEvents(): number {
    return this.events.count
  }

  /** Small: the folded state, the clock, and what was published. Take changes first; the rest is in the buckets. */
  encodeState(): Uint8Array {
    foldStale(this)
    trim(this)
    return encodeHead(this)
  }

  /**
   * Buckets written since the last call: hours of reports (key = their start), and two that change seldom (PSEUDO_BUCKET:
   * the plans that held, the state that the oldest kept report is folded onto).
   */
  dirtyBuckets(): [bucketStartMs: number, bytes: Uint8Array][] {
    const dirty = this.events.takeDirty()
    if (this.plansDirty) dirty.push([PSEUDO_BUCKET.plans, encodePlans(this)])
    if (this.baseDirty) dirty.push([PSEUDO_BUCKET.base, encodeBase(this)])
    this.plansDirty = false
    this.baseDirty = false
    return dirty
  }

  /** Buckets to be deleted since the last call. */
  droppedBuckets(): readonly number[] {
    const { dropped } = this
    this.dropped = NO_HOURS
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

  /**
   * Of a wearer whose saved timeline cannot be read: remembers nothing, and holds that everything before `baseMs` is to come from the
   * stored track (`rebase`).
   */
  static lost(
    wearerId: number,
    plan: CompiledPlan,
    options: TimelineOptions,
    baseMs: number,
    seat: Seat = ownSeat(),
  ): WearerTimeline {
    const timeline = new WearerTimeline(wearerId, plan, options, seat)
    timeline.hot[timeline.at + HOT.baseMs] = baseMs
    return timeline
  }

  /** Gives its reports' memory back; nothing may be asked of it any more. */
  release(): void {
    this.events.release()
  }
}

/** A report as it is kept; folded one at a time and nothing holds it, so one serves all timelines. */
const kept = new LogReport()
