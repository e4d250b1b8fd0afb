import { expect, test } from 'vitest'
import { backtest, compileDocument } from '../../../geofence/inquiry/backtest.ts'
import { explain } from '../../../geofence/inquiry/explain.ts'
import { condition, document, eventfulLife, everyRule, fix, MINUTE, seeded, shuffled } from '../make-reports.ts'

const T = Date.UTC(2026, 2, 3)

test('fix by fix: distance, radius, guard, evidence, side', () => {
  const rules = document({ conditions: [condition({})] })
  const north = [0, 90, 300, 310, 0, 0]
  const reports = north.map((metres, i) => fix(T + i * MINUTE, metres, 0))
  const [incident] = backtest(rules, reports)
  const explained = explain(compileDocument(rules.plan, rules.zones), reports, incident!.id)!
  expect(explained.incident).toEqual({ ...incident, revision: 0, late: false })
  expect(explained.weighings.map((w) => [w.evidence, w.side, w.breachRun, w.returnRun])).toEqual([
    ['comply', 'right', 0, 0],
    ['unsure', 'right', 0, 0],
    ['breach', 'right', 1, 0],
    ['breach', 'wrong', 2, 0],
    ['comply', 'wrong', 2, 1],
    ['comply', 'right', 0, 0],
  ])
  expect(explained.weighings[1]).toMatchObject({ radiusM: 8, complyGuardM: 20, breachGuardM: 20 })
  expect(explained.weighings[1]!.distanceM).toBeCloseTo(10, -1)
})

test('run again, in any order, it gives the same hash, for every incident of an eventful life', () => {
  const random = seeded(9)
  const reports = eventfulLife(9, T, 250)
  const endMs = reports[reports.length - 1]!.timeMs + 1
  const rules = everyRule(T, endMs - T)
  const incidents = backtest(rules, reports, { toMs: endMs })
  expect(incidents.length).toBeGreaterThan(5)
  for (const incident of incidents) {
    const explained = explain(compileDocument(rules.plan, rules.zones), reports, incident.id, endMs)!
    expect(explained.incident).toEqual({ ...incident, revision: 0, late: false })
    const again = explain(compileDocument(rules.plan, rules.zones), shuffled(reports, random), incident.id, endMs)!
    expect(again.hash).toBe(explained.hash)
  }
})

test('an incident that these reports do not give is not explained', () => {
  const rules = document({ conditions: [condition({})] })
  expect(explain(compileDocument(rules.plan, rules.zones), [fix(T, 0, 0)], 'no-such')).toBeUndefined()
})
