import { expect, test } from 'vitest'
import { compileDocument } from '../../../geofence/inquiry/backtest.ts'
import { compilePlan } from '../../../geofence/plan/compile-plan.ts'
import { Fleet } from '../../../geofence/timeline/fleet.ts'
import { WearerTimeline } from '../../../geofence/timeline/timeline.ts'
import type { LogReport } from '../../../model/report/report.ts'
import { condition, DAY, document, eventfulLife, everyRule, fix, HOUR, MINUTE, seeded } from '../make-reports.ts'

const START = Date.UTC(2026, 2, 3, 6)
const OPTIONS = { retainMs: DAY, retainEventsMax: 600 }

test('many wearers side by side, some leaving and coming back: each as in a timeline of their own', () => {
  const random = seeded(5)
  const fleet = new Fleet(OPTIONS)
  const wearers = Array.from({ length: 15 }, (_, w) => {
    const reports = eventfulLife(100 + w, START, 150)
    const rules = everyRule(START, reports[reports.length - 1]!.timeMs - START)
    const { zoneOf, horizon } = compileDocument(rules.plan, rules.zones)
    const wearerId = 1 + w * 977
    const plan = compilePlan({ ...rules.plan, wearerId }, zoneOf, horizon)
    return { wearerId, plan, reports, alone: new WearerTimeline(wearerId, plan, OPTIONS), published: [] as unknown[] }
  })
  for (const { wearerId, plan } of wearers) fleet.begin(wearerId, plan)
  expect(fleet.size).toBe(15)
  for (let k = 0; k < 150; k++) {
    if (random() < 0.5) {
      // What is fetched decides nothing, whoever it is.
      for (const { wearerId } of wearers) fleet.expect(random() < 0.9 ? wearerId : 1_000_000)
      if (random() < 0.9) fleet.fetch()
    }
    for (const each of wearers) {
      const report = each.reports[k]!
      report.wearerId = each.wearerId
      const short = fleet.offer(report)
      const own = each.alone.offer(report)
      expect(short === 'fast' ? 'live' : short).toBe(own)
      if (random() < 0.05) {
        expect(fleet.get(each.wearerId)!.takeChanges()).toEqual(each.alone.takeChanges())
        expect(Buffer.compare(fleet.get(each.wearerId)!.encodeState(), each.alone.encodeState())).toBe(0)
        expect(fleet.get(each.wearerId)!.dirtyBuckets()).toEqual(each.alone.dirtyBuckets())
      }
      if (random() < 0.002) {
        // Somebody else takes the row that became free.
        fleet.delete(each.wearerId)
        expect(fleet.offer(report)).toBe('unknown')
        fleet.begin(each.wearerId, each.plan)
        each.alone = new WearerTimeline(each.wearerId, each.plan, OPTIONS)
      }
    }
  }
  for (const { wearerId, alone } of wearers) {
    expect(fleet.get(wearerId)!.activeIncidents()).toEqual(alone.activeIncidents())
    expect(fleet.get(wearerId)!.retainedEvents).toBe(alone.retainedEvents)
  }
})

test('a wearer at home takes the fast path from the second report on, but for edges; a report again is a duplicate', () => {
  const curfew = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '20:00', to: '05:00', exceptDates: [] }]
  const { plan, zones } = document({ conditions: [condition({ windows: curfew, timeZone: 'Asia/Jakarta' })] })
  const fleet = new Fleet(OPTIONS)
  fleet.begin(plan.wearerId, compileDocument(plan, zones))
  const said: string[] = []
  let last: LogReport | undefined
  for (let minute = 0; minute < 24 * 60; minute++) {
    last = fix(START + minute * MINUTE, minute % 7, minute % 5)
    last.wearerId = plan.wearerId
    said.push(fleet.offer(last))
  }
  expect(said[0]).toBe('live')
  expect(said.filter((each) => each !== 'fast').length).toBeLessThan(24)
  expect(fleet.offer(last!)).toBe('duplicate')
  expect(fleet.get(plan.wearerId)!.activeIncidents()).toEqual([])
  const strap = fix(last!.timeMs + MINUTE, 0, 0, { strap: 'open' })
  expect(fleet.offer(strap)).toBe('live')
  const after = fix(last!.timeMs + 2 * MINUTE, 0, 0)
  expect(fleet.offer(after)).toBe('live') // while anything is open every report is judged in full
  expect(fleet.get(plan.wearerId)!.activeIncidents()).toMatchObject([{ type: 'strap_open' }])
  const late = fix(last!.timeMs - 3 * HOUR + 1, 5000, 0)
  expect(fleet.offer(late)).toBe('late')
})
