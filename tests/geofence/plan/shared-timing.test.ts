// What wearers with the same hours share, so that 150,000 of them fit into memory: when a rule was made must not part them.
import { expect, test } from 'vitest'
import { compileZone } from '../../../geofence/geometry/compile-zone.ts'
import { compileDocument } from '../../../geofence/inquiry/backtest.ts'
import { compilePlan } from '../../../geofence/plan/compile-plan.ts'
import { planSchema } from '../../../model/plan/plan.ts'
import { condition, DAY, document, HOUR, MINUTE, ZONES } from '../make-reports.ts'

const NOW = Date.UTC(2026, 2, 3, 6)
const CURFEW = [{ from: '20:00', to: '05:00' }]
const home = compileZone(ZONES[0]!.shape as Parameters<typeof compileZone>[0])

function timingOf(...conditions: object[]) {
  const plan = planSchema.parse({ supervisions: [{ fromMs: 0, toMs: 4e12 }], conditions })
  return compilePlan(plan, () => home, { fromMs: NOW - DAY, toMs: NOW + DAY }).timing
}

test('rules made at different times, long ago or well before they hold, share their hours', () => {
  const curfew = (madeMs?: number, id = 'c') => condition({ id, windows: CURFEW, fromMs: NOW - 90 * DAY, madeMs })
  const shared = timingOf(curfew())
  expect(timingOf(curfew(NOW - 100 * DAY))).toBe(shared)
  expect(timingOf(curfew(NOW - 90 * DAY - 1234))).toBe(shared)

  const always = (madeMs?: number) => condition({ fromMs: NOW - 90 * DAY, madeMs })
  expect(timingOf(always(NOW - 90 * DAY))).toBe(timingOf(always()))
  expect(timingOf(always(NOW - 90 * DAY), curfew(NOW - 91 * DAY, 'd'))).toBe(timingOf(always(), curfew(0, 'd')))

  const morning = (madeMs: number) => condition({ windows: CURFEW, fromMs: NOW, madeMs })
  expect(timingOf(morning(NOW - HOUR))).toBe(timingOf(morning(NOW)))
})

test('the plan says when each version was made, as it was given', () => {
  const given = document({ conditions: [condition({ madeMs: NOW, fromMs: NOW }), condition({ id: 'd' })] })
  expect(compileDocument(given.plan, given.zones).source).toEqual(given.plan)
})

test('a preview never begins before the rule was made, nor after the rule holds', () => {
  const at = (madeMs: number | undefined, timeMs: number) =>
    timingOf(condition({ fromMs: NOW, madeMs })).judgedAt(timeMs).versions[0] !== undefined
  expect(at(undefined, NOW - 5 * MINUTE)).toBe(true)
  expect(at(NOW - 2 * MINUTE, NOW - 5 * MINUTE)).toBe(false)
  expect(at(NOW - 2 * MINUTE, NOW - 2 * MINUTE)).toBe(true)
  expect(at(NOW, NOW - 1)).toBe(false)
  expect(at(NOW, NOW)).toBe(true)
  // Made after it holds, as only a file can say: it holds all the same.
  expect(at(NOW + 5 * MINUTE, NOW)).toBe(true)
})
