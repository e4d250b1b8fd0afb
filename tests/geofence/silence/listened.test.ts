import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listenedDueMs } from '../../../geofence/silence/listened.ts'
import type { ListeningGap } from '../../../model/incident/outage.ts'

const gapsIn = fc.array(fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 300 })), { maxLength: 12 }).map((steps) => {
  let atMs = -1000
  return steps.map(([pauseMs, lastsMs]): ListeningGap => {
    const fromMs = atMs + pauseMs
    atMs = fromMs + lastsMs
    return { fromMs, toMs: atMs }
  })
})
const heard = (fromMs: number, toMs: number, gaps: readonly ListeningGap[]) =>
  gaps.reduce(
    (ms, gap) => ms - Math.max(0, Math.min(gap.toMs, toMs) - Math.max(gap.fromMs, fromMs)),
    Math.max(0, toMs - fromMs),
  )

test('never before so much was listened, and never later than twice what was lost', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1000 }),
      fc.integer({ min: 1, max: 1000 }),
      gapsIn,
      (fromMs, needMs, gaps) => {
        const dueMs = listenedDueMs(fromMs, needMs, gaps)
        expect(heard(fromMs, dueMs, gaps)).toBeGreaterThanOrEqual(needMs)
        const lostMs = dueMs - fromMs - heard(fromMs, dueMs, gaps)
        expect(dueMs).toBeLessThanOrEqual(fromMs + needMs + 2 * lostMs)
      },
    ),
  )
})

test('a gap that is not over the silence changes nothing', () => {
  expect(listenedDueMs(100, 50, [{ fromMs: 0, toMs: 100 }])).toBe(150)
  expect(listenedDueMs(100, 50, [{ fromMs: 150, toMs: 500 }])).toBe(150)
})
