// What a timeline remembers of its wearer: the fold, the reports it can fold again, and what was published. Its own files
// look into it (fold-report.ts, refold.ts, rebase.ts, move-base.ts, change-plan.ts, timeline-codec.ts, fetch-wearers.ts);
// everybody else asks the WearerTimeline.
import type { Incident } from '../../model/incident/incident.ts'
import type { Sink } from '../fold/state/episode.ts'
import { WearerState } from '../fold/state/state.ts'
import { freshRow, HOT } from '../fold/state/wearer-row.ts'
import type { CompiledPlan } from '../plan/compile-plan.ts'
import { type Checkpoint, freshBase, NO_CHECKPOINTS } from './checkpoints.ts'
import { EventBuckets } from './event-buckets.ts'
import { Outcomes, type WithdrawalReason } from './outcomes.ts'
import type { FoldHead, PlanSegment } from './plan-segments.ts'
import { ReportChunks } from './report-chunks.ts'

export type TimelineOptions = {
  /** How far behind the newest report a late one is still folded in. */
  retainMs: number
  /** At most so many reports are kept; the oldest hours go first, of a single hour the older half. */
  retainEventsMax: number
  /** False weighs every fix exactly against every condition: for the test that the shortcut changes nothing. */
  shortcut?: boolean
}

/** Where a timeline's numbers and reports live: among those of a fleet, or alone. */
export type Seat = { hot: Float64Array; at: number; chunks: ReportChunks }

export function ownSeat(): Seat {
  return { hot: freshRow(), at: 0, chunks: new ReportChunks() }
}

/** Everything that is saved and nothing else. */
export type TimelineParts = {
  readonly segments: readonly PlanSegment[]
  readonly head: FoldHead
  readonly base: Checkpoint
  readonly baseMs: number
  readonly clockMs: number
  readonly events: EventBuckets
  readonly outcomes: Outcomes
  /** Some of it was read from an older version. */
  readonly converted?: boolean
}

/** What is decided so long after its time is marked late even though nothing later had been judged. */
const LATE_AFTER_MS = 120_000

export class TimelineMemory implements Sink, TimelineParts {
  readonly wearerId: number
  /** As a sink's. */
  readonly shortcut: boolean
  head: FoldHead
  /** The plans that hold and held, newest last. */
  segments: readonly PlanSegment[]
  newest: PlanSegment
  /** Numbers of the timeline and its fold, by HOT. */
  readonly hot: Float64Array
  readonly at: number
  readonly events: EventBuckets
  readonly options: TimelineOptions
  readonly outcomes: Outcomes
  /** The fold of everything before `baseMs`: from here a late report can be folded in. */
  base: Checkpoint
  checkpoints = NO_CHECKPOINTS
  /** Folding again: what comes out differently is marked by its cause, not by its age. */
  folding = false
  staleBy: WithdrawalReason = 'late_report'
  plansDirty: boolean
  baseDirty: boolean
  /** Hours let go since that was last asked. */
  dropped = NO_HOURS

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
    this.options = options
    this.hot = hot
    this.at = at
    this.segments = parts?.segments ?? [{ fromMs: -Infinity, plan }]
    this.newest = this.segments[this.segments.length - 1]!
    this.head = parts?.head ?? { state: new WearerState(wearerId, hot, at), segment: this.newest }
    this.base = parts?.base ?? freshBase(plan, this.newest)
    hot[at + HOT.baseMs] = parts?.baseMs ?? -Infinity
    hot[at + HOT.clockMs] = hot[at + HOT.nowMs] = parts?.clockMs ?? -Infinity
    this.events = parts?.events ?? new EventBuckets(chunks, hot, at)
    this.outcomes = parts?.outcomes ?? new Outcomes()
    this.plansDirty = this.baseDirty = parts === undefined || parts.converted === true
  }

  /** What the fold decides; nobody else calls it. */
  change(incident: Incident, atMs: number): void {
    const late = !this.folding && atMs < this.hot[this.at + HOT.nowMs]! - LATE_AFTER_MS
    const restorable = this.checkpoints[this.checkpoints.length - 1] ?? this.base
    this.outcomes.put(incident, atMs, late, restorable.cursorMs)
  }

  holdBy(segments: readonly PlanSegment[]): void {
    this.segments = segments
    this.newest = segments[segments.length - 1]!
  }

  /** True while late reports wait to be folded in: from `staleFromMs` on the head is not the fold of the reports. */
  get isStale(): boolean {
    return this.hot[this.at + HOT.staleFromMs]! < Infinity
  }

  /** Everything earlier is folded into the base; a report before it is 'beyond'. */
  get baseMs(): number {
    return this.hot[this.at + HOT.baseMs]!
  }

  /** Up to then edges have been fired without a report. */
  get clockMs(): number {
    return this.hot[this.at + HOT.clockMs]!
  }
}

export const NO_HOURS: readonly number[] = []
