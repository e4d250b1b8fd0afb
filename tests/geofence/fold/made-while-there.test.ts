// A rule made while the wearer already breaks it: live, the explanation and the fold of the stored track give one incident.
import { expect, test } from 'vitest'
import { compileDocument } from '../../../geofence/inquiry/backtest.ts'
import { explain } from '../../../geofence/inquiry/explain.ts'
import { Rebuilding } from '../../../geofence/timeline/rebuild.ts'
import { WearerTimeline } from '../../../geofence/timeline/timeline.ts'
import type { Incident } from '../../../model/incident/incident.ts'
import { condition, document, fix, HOUR, heard, MINUTE } from '../make-reports.ts'

const T = Date.UTC(2026, 2, 3, 6)
const MADE = T + 10 * MINUTE + 30_000
const at = (i: number) => T + i * MINUTE
const before = document({ conditions: [] })
const after = document({ conditions: [condition({ kind: 'avoided', fromMs: MADE, madeMs: MADE })] })
// In the zone for an hour, then away from it.
const reports = Array.from({ length: 400 }, (_, i) => fix(at(i), i < 60 ? i % 2 : 900, 0))

function live(retainMs = Infinity) {
  const timeline = new WearerTimeline(7, compileDocument(before.plan, before.zones), {
    retainMs,
    retainEventsMax: 4096,
  })
  const published = new Map<string, Incident>()
  const hear = () => {
    for (const incident of timeline.takeChanges()) published.set(incident.id, structuredClone(incident))
  }
  for (const report of reports) {
    if (report.timeMs > MADE && report.timeMs <= MADE + MINUTE)
      timeline.setPlan(compileDocument(after.plan, after.zones), MADE)
    timeline.offer(report)
    hear()
  }
  return { timeline, published, hear }
}

test('what was published can be explained by the plan as it is', () => {
  const { published } = live()
  expect([...published.values()]).toMatchObject([{ type: 'inside_avoided_zone', endMs: at(60) }])
  expect(explain(compileDocument(after.plan, after.zones), reports, [...published.keys()][0]!)).toBeDefined()
})

test('a report later than memory reaches, which says nothing, changes nothing', () => {
  const { timeline, published, hear } = live(HOUR)
  const late = heard(at(5) + 1000)
  expect(timeline.offer(late)).toBe('beyond')
  const { baseMs } = timeline
  const rebuilding = new Rebuilding(compileDocument(after.plan, after.zones), late.timeMs, baseMs)
  for (const report of [...reports, late].sort((a, b) => a.timeMs - b.timeMs))
    if (report.timeMs < baseMs) rebuilding.add(report)
  expect(timeline.rebase(rebuilding.finish([...published.values()]))).toBe(true)
  hear()
  expect([...published.values()].map(({ type, withdrawn }) => [type, withdrawn])).toEqual([
    ['inside_avoided_zone', undefined],
  ])
})
