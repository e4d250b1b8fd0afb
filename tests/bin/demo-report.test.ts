import { expect, test } from 'vitest'
import { expectedTypes } from '../../bin/demo-report.ts'
import { makeFleet } from '../../simulators/fleet.ts'
import { SCRIPT_KINDS, SCRIPT_RAISES, SCRIPTS_TOLD_BY_MS } from '../../simulators/script.ts'

const fleet = makeFleet({ seed: 1, wearers: 20, intervalMs: 2000, playersPerScript: 1 })

test('a run that ended before the scripts had their time is not asked for their incidents', () => {
  expect(expectedTypes(fleet, SCRIPTS_TOLD_BY_MS - 1)).toEqual([])
  const all = new Set(SCRIPT_KINDS.flatMap((kind) => SCRIPT_RAISES[kind]))
  expect(new Set(expectedTypes(fleet, SCRIPTS_TOLD_BY_MS))).toEqual(all)
})

test('a kind that nobody plays is not asked for', () => {
  const wearers = fleet.wearers.filter(({ script }) => script !== 'crossing')
  expect(expectedTypes({ wearers }, SCRIPTS_TOLD_BY_MS)).not.toContain('inferred_crossing')
})
