// An avoided zone hardly deeper than the guard: no single fix proves anything, and silence would be the worst answer.
import { expect, test } from 'vitest'
import { backtest } from '../../../geofence/inquiry/backtest.ts'
import type { LogReport } from '../../../model/report/report.ts'
import { brief, condition, document, fix, HOME, MINUTE, seeded } from '../make-reports.ts'

const T = Date.UTC(2026, 2, 3)
const at = (minute: number) => T + minute * MINUTE
const WIFI = { source: 'wifi' as const }

function judge(radiusM: number, reports: LogReport[], more: object = {}): string[] {
  const zones = [{ id: 'small', shape: { type: 'Circle', center: [HOME.lon, HOME.lat], radiusM } }]
  return brief(
    backtest(document({ conditions: [condition({ kind: 'avoided', zoneId: 'small', ...more })] }, zones), reports),
  )
}

/** A fix a minute within some metres of a place north of the middle. */
function stay(
  from: number,
  minutes: number,
  northM: number,
  spreadM: number,
  more: object = {},
  seed = 1,
): LogReport[] {
  const random = seeded(seed)
  return Array.from({ length: minutes }, (_, i) => {
    const [north, east] = [(random() - 0.5) * 2 * spreadM, (random() - 0.5) * 2 * spreadM]
    return fix(at(from + i), northM + north, east, more)
  })
}

test('every fix inside for three quarters of an hour is published, however small the zone and whatever the accuracy', () => {
  for (const [radiusM, more] of [
    [20, { accuracyM: 8 }],
    [20, { accuracyM: 25 }],
    [30, { accuracyM: undefined }],
    [50, { accuracyM: 25 }],
    [50, { accuracyM: 40, ...WIFI }],
  ] as const) {
    expect(judge(radiusM, stay(0, 46, 0, 10, more))).toEqual(['location_unverifiable 0/45/-'])
    expect(judge(radiusM, stay(0, 45, 0, 10, more))).toEqual([])
  }
})

test('it is over when two fixes prove the wearer outside, since the first of them', () => {
  const gone = [fix(at(60), 400, 0), fix(at(61), 500, 0)]
  expect(judge(20, [...stay(0, 60, 0, 10), ...gone])).toEqual(['location_unverifiable 0/45/60'])
  const once = [fix(at(60), 60, 0), ...stay(61, 30, 0, 10)]
  expect(judge(20, [...stay(0, 60, 0, 10), ...once])).toEqual(['location_unverifiable 0/45/-'])
})

test('or when all lie outside for half an hour, though near the wall', () => {
  expect(judge(20, [...stay(0, 60, 0, 10), ...stay(60, 31, 30, 5)])).toEqual(['location_unverifiable 0/45/60'])
  expect(judge(20, [...stay(0, 60, 0, 10), ...stay(60, 30, 30, 5)])).toEqual(['location_unverifiable 0/45/-'])
})

test('fixes that stray out of the zone now and then: their mean decides', () => {
  const strayed = stay(0, 125, 0, 30, { accuracyM: 20 })
  expect(judge(25, strayed)).toEqual([expect.stringMatching(/^location_unverifiable \d\/\d+\/-$/)])
})

test('whoever lives beside the wall of a zone, small or large, is left alone', () => {
  for (const radiusM of [20, 50, 200])
    for (let seed = 1; seed <= 20; seed++)
      expect(judge(radiusM, stay(0, 600, radiusM + 4, 14, { accuracyM: 15 }, seed))).toEqual([])
})

test('who goes away on one side and past it to the other has crossed it all the same', () => {
  const past = [fix(at(0), 15, 0), fix(at(1), -100, 0), fix(at(2), 100, 0)]
  expect(judge(30, past)).toEqual(['inferred_crossing 1/2/2'])
})

test('few fixes, or fixes with long silence between them, are no stay; nor is what was before the rule', () => {
  const seldom = stay(0, 60, 0, 10).filter((_, i) => i % 7 === 0)
  expect(judge(20, seldom)).toEqual([])
  const apart = [...stay(0, 30, 0, 10), ...stay(90, 30, 0, 10)]
  expect(judge(20, apart)).toEqual([])
  expect(judge(20, stay(0, 60, 0, 10), { fromMs: at(20) })).toEqual([])
  expect(judge(20, stay(0, 70, 0, 10), { fromMs: at(20), toMs: at(68) })).toEqual(['location_unverifiable 20/65/68'])
})

test('a fix deep inside after it is a violation, which speaks instead', () => {
  const deep = [fix(at(50), 0, 0, { accuracyM: 3 }), fix(at(51), 0, 0, { accuracyM: 3 })]
  expect(judge(22, [...stay(0, 50, 0, 10, { accuracyM: 15 }), ...deep])).toEqual([
    'location_unverifiable 0/45/50',
    'inside_avoided_zone 50/51/-',
  ])
})
