// A small seeded sample of `npm run bench -- truth`: enough to notice when a change makes the engine lie, miss or wait.
import { describe, expect, test } from 'vitest'
import { measureTruth } from '../../../bench/truth/truth.ts'
import { measureEdge } from '../../../bench/truth/truth-edge.ts'
import { NOISE_SOURCES, noiseLevels } from '../../../bench/truth/truth-noise.ts'

/** All but a breath of drift: no receiver says the same coordinates twice. */
const SILENT = NOISE_SOURCES.map((source) => `${source}=${source === 'drift' ? 0.02 : 0}`).join()
const size = { wearers: 5, days: 5, trips: 120, permutations: 0, edgeWearers: 100, faultWearers: 0, faultDays: 5 }
const quiet = () => undefined

describe('the measure of truth, a sample', () => {
  test('with every source of noise as calibrated', async () => {
    const { marks, home, violations, edge } = await measureTruth(1, noiseLevels(), size, quiet)
    expect(home.wearerDays).toBe(25)
    expect(marks['truth.falsePerWearerDay']).toBeLessThanOrEqual(0.08) // at most two in 25 days
    expect(marks['truth.naiveFalsePerWearerDay']).toBeGreaterThan(1)
    expect(violations.counted).toBeGreaterThan(80)
    expect(violations.missedTrips).toEqual([])
    expect(marks['truth.delayP50Min']).toBeLessThanOrEqual(2.2)
    expect(edge.raised).toBe(edge.wearers)
  })

  test('devices with ghosts, bursts, repeated records, two places in turn and gaps at an edge', async () => {
    const { marks, faults } = await measureTruth(
      5,
      noiseLevels(),
      { ...size, wearers: 0, trips: 0, edgeWearers: 0, faultWearers: 6 },
      quiet,
    )
    expect(faults.ghosts.wearerDays).toBe(30)
    expect(faults.edges.trulyOut + faults.edges.wearerDays).toBe(30)
    expect(marks['truth.faults.falsePerWearerDay']).toBeLessThanOrEqual(0.05)
    expect(marks['truth.faults.falseByEdge']).toBe(0)
    expect(marks['truth.faults.missed']).toBe(0)
    expect(marks['truth.minutesWithoutReport']).toBe(0)
  })

  test('without noise nothing is false, nothing missed, and the second or third fix confirms', async () => {
    const { marks, violations } = await measureTruth(2, noiseLevels(SILENT), { ...size, wearers: 2 }, quiet)
    expect(marks['truth.falsePerWearerDay']).toBe(0)
    expect(marks['truth.missed']).toBe(0)
    expect(violations.false).toBe(0)
    expect(marks['truth.delayP95Min']).toBeLessThanOrEqual(4)
  })

  test('200 permutations and duplications of two noisy days: one outcome each', async () => {
    const { permutations } = await measureTruth(
      3,
      noiseLevels(),
      { ...size, wearers: 0, trips: 0, permutations: 200 },
      quiet,
    )
    expect(permutations).toMatchObject({ permutations: 200, failures: 0 })
    expect(permutations.incidents).toBeGreaterThan(0)
  })

  test('run again, it says the same', async () => {
    const small = { ...size, wearers: 2, days: 2, trips: 40 }
    const [once, again] = [
      await measureTruth(4, noiseLevels(), small, quiet),
      await measureTruth(4, noiseLevels(), small, quiet),
    ]
    expect([again.home, again.violations]).toEqual([once.home, once.violations])
  })

  test('a curfew begins for those known to be out: raised by the clock, every one', () => {
    expect(measureEdge(50)).toMatchObject({ wearers: 50, raised: 50 })
  })

  test('an unknown source of noise is refused', () => {
    expect(() => noiseLevels('thunder=2')).toThrow('thunder=2')
    expect(() => noiseLevels('drift=-1')).toThrow('drift=-1')
  })
})
