// "This zone would have raised N incidents": the same timeline, over a stored track.
import type { Incident } from '../../model/incident/incident.ts'
import type { Plan, PlanDocument, Zone } from '../../model/plan/plan.ts'
import type { LogReport } from '../../model/report/report.ts'
import { compileZone } from '../geometry/compile-zone.ts'
import type { CompiledZone } from '../geometry/compiled-zone.ts'
import { type CompiledPlan, compilePlan } from '../plan/compile-plan.ts'
import type { ZoneOf } from '../plan/plan-lineages.ts'
import { DAY_MS } from '../plan/windows.ts'
import { WearerTimeline } from '../timeline/timeline.ts'

type BacktestOptions = {
  /** Reports before it only lead up to it; incidents that end before it are left out. */
  fromMs?: number
  /** Edges fire up to here; reports at or after it are left out. By default the newest report's time. */
  toMs?: number
}

/**
 * The incidents that would be active, oldest first, whatever the order of `reports`. Throws ZoneInvalid, PlanInvalid.
 * `reports` may hand out one instance again and again.
 */
export function backtest(
  document: PlanDocument,
  reports: Iterable<LogReport>,
  options: BacktestOptions = {},
): Incident[] {
  const plan = compileDocument(document.plan, document.zones)
  return replay(plan, reports, options)
    .activeIncidents()
    .filter(({ endMs }) => !(endMs! < (options.fromMs ?? -Infinity)))
}

/** A plan with its zones, compiled around now-here: the horizon follows the reports. */
export function compileDocument(plan: Plan, zones: readonly Zone[]): CompiledPlan {
  const start = plan.supervisions[0]?.fromMs ?? 0
  return compilePlan(plan, zonesById(zones), { fromMs: start, toMs: start + DAY_MS })
}

/** Looks zones up by id, each compiled when it is first asked for. */
export function zonesById(zones: readonly Zone[]): ZoneOf {
  const shapes = new Map(zones.map((zone) => [zone.id, zone.shape]))
  const compiled = new Map<string, CompiledZone>()
  return (zoneId) => {
    const known = compiled.get(zoneId)
    const shape = shapes.get(zoneId)
    if (known || !shape) return known
    const zone = compileZone(shape)
    compiled.set(zoneId, zone)
    return zone
  }
}

/** A timeline that has seen every report, with its edges fired up to `toMs`. */
export function replay(plan: CompiledPlan, reports: Iterable<LogReport>, { toMs }: BacktestOptions): WearerTimeline {
  const timeline = new WearerTimeline(plan.wearerId, plan, { retainMs: Infinity, retainEventsMax: Infinity })
  let newestMs = -Infinity
  for (const report of reports) {
    if (toMs !== undefined && report.timeMs >= toMs) continue
    newestMs = Math.max(newestMs, report.timeMs)
    timeline.offer(report)
  }
  const untilMs = toMs ?? newestMs
  if (Number.isFinite(untilMs)) timeline.advanceTo(untilMs)
  timeline.foldLate()
  return timeline
}
