import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gather, inForceSinceMs, NOT_IN_FORCE, spread } from '../../../geofence/fold/state/in-force.ts'

const someTimes = fc.array(fc.constantFrom(Number.NaN, 0, 1_000, 2_000), { minLength: 1, maxLength: 12 })

describe('since when conditions are in force', () => {
  it('says the same of each, one entry standing for all or not', () => {
    fc.assert(
      fc.property(someTimes, (each) => {
        const gathered = gather(each)
        for (const [i, sinceMs] of each.entries()) expect(inForceSinceMs(gathered, i)).toBe(sinceMs)
        expect(spread(gathered, each.length)).toEqual(each)
      }),
    )
  })

  it('takes one entry where all are alike', () => {
    expect(gather(new Array(10_000).fill(5))).toEqual([5])
    expect(gather(new Array(10_000).fill(Number.NaN))).toBe(NOT_IN_FORCE)
    expect(gather([5, 5, Number.NaN])).toHaveLength(3)
    expect(gather([])).toEqual([])
  })

  it('may be changed once spread, and what stands for all does not see it', () => {
    for (const size of [1, 2]) spread(NOT_IN_FORCE, size)[0] = 9
    expect(NOT_IN_FORCE).toEqual([Number.NaN])
  })
})
