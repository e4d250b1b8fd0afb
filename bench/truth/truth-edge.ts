// A curfew begins for ten thousand wearers at once, all known to be out: how long until the last incident is there. The
// engine's part alone, one core; the evaluator's loop sleeps until the next edge is due and adds its wake-up and its writing.

import { compileZone } from '../../geofence/geometry/compile-zone.ts'
import { compilePlan } from '../../geofence/plan/compile-plan.ts'
import { WearerTimeline } from '../../geofence/timeline/timeline.ts'
import { planSchema } from '../../model/plan/plan.ts'
import { LogReport, POSITION_SOURCE, REPORT_FLAG } from '../../model/report/report.ts'
import { circle, DAY_MS, ORIGIN, START_MS } from './truth-plans.ts'

const MINUTE_MS = 60_000

export type EdgeFigures = { wearers: number; raised: number; lastMs: number; oneMs: number }

/** Ten thousand wearers are a shard of sixteen at 150,000. */
export function measureEdge(wearers: number): EdgeFigures {
  const zone = compileZone(circle(0, 0, 100))
  const edgeMs = START_MS + 20 * 3_600_000 // 20.00 in Jakarta
  const timelines = Array.from({ length: wearers }, (_, wearerId) => {
    const plan = planSchema.parse({
      wearerId,
      supervisions: [{ fromMs: 0, toMs: 4e12 }],
      conditions: [
        {
          id: 'curfew',
          kind: 'required',
          zoneId: 'home',
          fromMs: 0,
          windows: [{ from: '20:00', to: '05:00' }],
          legalBasis: 'SK 1',
        },
      ],
    })
    const compiled = compilePlan(plan, () => zone, { fromMs: START_MS, toMs: START_MS + DAY_MS })
    const timeline = new WearerTimeline(wearerId, compiled, { retainMs: DAY_MS, retainEventsMax: 1000 })
    for (let minute = 5; minute > 0; minute--) timeline.offer(awayAt(edgeMs - minute * MINUTE_MS + wearerId))
    timeline.takeChanges()
    return timeline
  })
  let raised = 0
  let oneMs = 0
  const startedMs = performance.now()
  for (const timeline of timelines) {
    timeline.advanceTo(edgeMs)
    for (const { type, startMs } of timeline.takeChanges())
      if (type === 'away_from_required_zone' && startMs === edgeMs) raised++
    if (oneMs === 0) oneMs = performance.now() - startedMs
  }
  return { wearers, raised, lastMs: performance.now() - startedMs, oneMs }
}

function awayAt(timeMs: number): LogReport {
  const report = new LogReport()
  report.timeMs = timeMs
  report.receivedMs = timeMs
  report.contentLo = timeMs % 2 ** 32
  report.flags = REPORT_FLAG.hasPosition | REPORT_FLAG.fixValid
  report.source = POSITION_SOURCE.gps
  report.latE7 = ORIGIN.latE7 + 90_000 + ((timeMs / MINUTE_MS) & 15) // the same to the digit would be one reading
  report.lonE7 = ORIGIN.lonE7
  report.accuracyM = 8
  return report
}
