// What is kept of an incident's acts is as many as it needs, and its life follows from them as from all.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ActFacts } from '../../model/incident/life.ts'
import { lifeOf } from '../../model/incident/life.ts'
import { ACTS_MAX, withActs } from '../../notify/notified.ts'

const T = 1_770_000_000_000
const someActs = fc
  .array(
    fc.record({
      action: fc.constantFrom<ActFacts['action']>('acknowledge', 'escalate', 'acknowledge', 'resolve', 'note'),
      signs: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 4 * ACTS_MAX },
  )
  .map((acts) => acts.map((act, i): ActFacts => ({ ...act, actId: i + 1, atMs: T + i * 1000, revision: 1 })))

test('however many acts come, in whatever order and twice: bounded, and the same life', () => {
  fc.assert(
    fc.property(someActs, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 9 }), (acts, signs, step) => {
      let kept: ActFacts[] = []
      for (let from = 0; from < acts.length; from += step) {
        kept = withActs(kept, acts.slice(from, from + step))
        kept = withActs(kept, acts.slice(from, from + step).toReversed())
      }
      expect(kept.length).toBeLessThanOrEqual(ACTS_MAX)
      const incident = { type: 'strap_open' as const, severity: 'kritis' as const, revision: 1, signs }
      const standing = { fromMs: T, signMs: T }
      expect(lifeOf({ ...incident, standing, acts: kept })).toEqual(lifeOf({ ...incident, standing, acts }))
    }),
    { numRuns: 500 },
  )
})
