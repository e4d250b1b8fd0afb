import { expect, test } from 'vitest'
import { countIncidents, expectedTypes } from '../../bin/demo/demo-report.ts'
import { makeFleet } from '../../simulators/fleet.ts'
import { SCRIPT_RAISES, SCRIPTS_RAISED_BY_MS } from '../../simulators/script.ts'
import { SCRIPT_KINDS } from '../../simulators/script-kinds.ts'
import { incidentOf } from '../notify/notify-fixture.ts'
import { unitIncident } from '../store/two-bapas.ts'

const fleet = makeFleet({ seed: 1, wearers: 20, intervalMs: 2000, playersPerScript: 1 })

test('a run that ended before the scripts had their time is not asked for their incidents', () => {
  expect(expectedTypes(fleet, SCRIPTS_RAISED_BY_MS - 1)).toEqual([])
  const all = new Set(SCRIPT_KINDS.flatMap((kind) => SCRIPT_RAISES[kind]))
  expect(new Set(expectedTypes(fleet, SCRIPTS_RAISED_BY_MS))).toEqual(all)
})

test('a kind that nobody plays is not asked for', () => {
  const wearers = fleet.wearers.filter(({ script }) => script !== 'crossing')
  expect(expectedTypes({ wearers }, SCRIPTS_RAISED_BY_MS)).not.toContain('inferred_crossing')
})

test('what an earlier run left standing is counted, and said to be of before', () => {
  const outage = unitIncident({ unitPath: 'dj.diy.yogyakarta', startMs: 500 })
  const seen = [
    outage,
    incidentOf(1, { startMs: 500, endMs: 900 }),
    incidentOf(2, { startMs: 500, endMs: 1000 }),
    incidentOf(3, { startMs: 1000 }),
    incidentOf(4, { startMs: 1000, withdrawn: { reason: 'late_report' } }),
  ]
  expect(countIncidents(seen, 1000)).toEqual({
    incidents: { fleet_silence: 1, away_from_required_zone: 2 },
    begunBefore: { fleet_silence: 1, away_from_required_zone: 1 },
  })
})
