import { expect, test } from 'vitest'
import { randomOf } from '../../simulators/random.ts'
import { fuzz } from './fuzz.ts'
import { fuzzTargets } from './fuzz-targets.ts'
import { fuzzBytes } from './mutate.ts'

test('the same seed gives the same bytes, and every port has worked input', () => {
  for (const { name, golden } of fuzzTargets()) {
    expect(golden.length, name).toBeGreaterThan(0)
    const bytes = () => fuzzBytes(golden, randomOf(7), 10_000)
    expect(bytes().equals(bytes()), name).toBe(true)
  }
})

test('random and mutated frames on every port: no crash, no error, others are answered meanwhile', async () => {
  const { ports, problems, answered } = await fuzz({ bytes: 100_000, seed: 3, say: () => undefined })
  expect(problems).toEqual([])
  expect(ports).toHaveLength(fuzzTargets().length)
  expect(answered).toBeGreaterThan(10)
})
