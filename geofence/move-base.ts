// What a timeline no longer keeps is folded into its base.
import { LogReport } from '../model/report.ts'
import { putBy } from './checkpoints.ts'
import type { Sink } from './episode.ts'
import { passPlans } from './fold-report.ts'
import { BUCKET_MS } from './report-chain.ts'
import { decodeWearerState } from './state-codec.ts'
import { step } from './step.ts'
import type { TimelineMemory } from './timeline-memory.ts'
import { HOT } from './wearer-row.ts'

/** What is folded again was told long ago. */
const SILENT: Sink = { change: () => undefined }

/** Lets the oldest hours go as far as `options` says; none while reports of it are the newest. */
export function trim(timeline: TimelineMemory): void {
  const { events, options } = timeline
  const { retainMs, retainEventsMax } = options
  for (;;) {
    const { oldestMs } = events
    if (oldestMs === undefined) return
    const endMs = oldestMs + BUCKET_MS
    const { newestMs } = events
    const tooMany = events.count > retainEventsMax && endMs <= newestMs
    if (!tooMany && endMs > newestMs - retainMs) return
    moveBase(timeline, endMs)
  }
}

/** Folds the oldest hour into the base; nothing earlier than `baseMs` is taken any more. */
function moveBase(timeline: TimelineMemory, baseMs: number): void {
  const { events, wearerId } = timeline
  const { bytes, segment } = timeline.base
  const standing = { state: decodeWearerState(wearerId, segment.plan, bytes), segment }
  const place = events.after(-Infinity)
  while (events.next(place, kept) && kept.timeMs < baseMs) {
    passPlans(timeline, standing, kept.timeMs, SILENT)
    step(standing.state, standing.segment.plan, kept, SILENT)
  }
  const base = putBy(standing)
  timeline.base = base
  timeline.dropped = [...timeline.dropped, events.dropOldest()]
  timeline.hot[timeline.at + HOT.baseMs] = baseMs
  timeline.baseDirty = true
  if (timeline.checkpoints.length > 0)
    timeline.checkpoints = timeline.checkpoints.filter(({ cursorMs }) => cursorMs >= base.cursorMs)
  const first = timeline.segments.indexOf(base.segment)
  if (first > 0) {
    timeline.holdBy(timeline.segments.slice(first))
    timeline.plansDirty = true
  }
  timeline.outcomes.forget(base.cursorMs)
}

const kept = new LogReport() // filled again for each; nothing keeps it
