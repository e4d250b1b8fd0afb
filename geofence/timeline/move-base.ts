// What a timeline no longer keeps is folded into its base.
import { LogReport } from '../../model/report/report.ts'
import type { Sink } from '../fold/state/episode.ts'
import { decodeWearerState } from '../fold/state/state-codec.ts'
import { HOT } from '../fold/state/wearer-row.ts'
import { step } from '../fold/step.ts'
import { saveCheckpoint } from './checkpoints.ts'
import { passPlans } from './fold-report.ts'
import type { Decided } from './rebuild.ts'
import { BUCKET_MS } from './report-chain.ts'
import type { TimelineMemory } from './timeline-memory.ts'

/**
 * A wearer's incidents that are over and remembered, with a kilobyte or more of evidence each, all saved with every new one. Of whom
 * there are more in the time that memory reaches back, it reaches back less far.
 */
export const OVER_MAX = 128

/** Lets go what `options` says: the oldest hours; where the newest alone holds too much, or too much came of it, its older half. */
export function trim(timeline: TimelineMemory): void {
  const { events, options, outcomes } = timeline
  const { retainMs, retainEventsMax } = options
  for (;;) {
    const { oldestMs, newestMs, count } = events
    if (oldestMs === undefined) return
    const endMs = oldestMs + BUCKET_MS
    const tooMany = count > retainEventsMax
    if (endMs <= newestMs - retainMs || (tooMany && endMs <= newestMs)) moveBase(timeline, endMs)
    else if (tooMany || (!outcomes.hasChanges && outcomes.moreOverThan(OVER_MAX)))
      moveBase(timeline, events.timeBehind(count >> 1))
    else return
  }
}

/** Folds what comes before `baseMs` into the base; nothing earlier is taken any more. */
function moveBase(timeline: TimelineMemory, baseMs: number): void {
  const { events, wearerId } = timeline
  const { bytes, segment } = timeline.base
  const head = { state: decodeWearerState(wearerId, segment.plan, bytes), segment }
  const decided = new Map<string, Decided>()
  const sink: Sink = { change: (incident, atMs) => void decided.set(incident.id, { atMs, incident }) }
  const place = events.after(-Infinity)
  while (events.next(place, kept) && kept.timeMs < baseMs) {
    passPlans(timeline, head, kept.timeMs, sink)
    step(head.state, head.segment.plan, kept, sink)
  }
  const base = saveCheckpoint(head)
  timeline.base = base
  timeline.dropped = [...timeline.dropped, ...events.dropBefore(baseMs)]
  timeline.hot[timeline.at + HOT.baseMs] = baseMs
  timeline.baseDirty = true
  if (timeline.checkpoints.length > 0)
    timeline.checkpoints = timeline.checkpoints.filter(({ cursorMs }) => cursorMs >= base.cursorMs)
  const first = timeline.segments.indexOf(base.segment)
  if (first > 0) {
    timeline.holdBy(timeline.segments.slice(first))
    timeline.plansDirty = true
  }
  timeline.outcomes.moveBase(base.cursorMs, decided)
}

const kept = new LogReport() // filled again for each; nothing keeps it
