// Every script raises its incidents, at whichever moment of its interval the bracelet happens to report.
import { describe, expect, test } from 'vitest'
import { backtest } from '../../geofence/inquiry/backtest.ts'
import { INCIDENT_TYPES, type IncidentType } from '../../model/incident/incident.ts'
import { planDocumentSchema } from '../../model/plan/plan.ts'
import { braceletOf } from '../../simulators/bracelet.ts'
import { makeFleet } from '../../simulators/fleet.ts'
import { SCRIPT_RAISES, SCRIPTS_RAISED_BY_MS } from '../../simulators/script.ts'
import { SCRIPT_KINDS } from '../../simulators/script-kinds.ts'
import { logged } from '../geofence/make-reports.ts'

const INTERVAL_MS = 2000
const START_MS = Date.parse('2026-11-26T08:00:00+07:00')

describe('scripts', () => {
  for (const kind of SCRIPT_KINDS) {
    const raises = (SCRIPT_RAISES[kind] as readonly IncidentType[]).filter(
      (type) => INCIDENT_TYPES[type].openedBy !== 'clock', // silence is judged beside the fold
    )
    if (raises.length === 0) continue
    test(`${kind} raises ${raises.join(', ')}`, () => {
      const missing: string[] = []
      for (let seed = 1; seed <= 8; seed++)
        for (let phaseMs = 0; phaseMs < INTERVAL_MS; phaseMs += 50) {
          const seen = played(seed, kind, phaseMs)
          if (raises.some((type) => !seen.includes(type))) missing.push(`seed ${seed}, ${phaseMs} ms: ${seen}`)
        }
      expect(missing).toEqual([])
    })
  }
})

function played(seed: number, kind: string, phaseMs: number): string[] {
  const fleet = makeFleet({ seed, wearers: 0, intervalMs: INTERVAL_MS, playersPerScript: 1 })
  const wearer = fleet.wearers.find(({ script }) => script === kind)!
  const bracelet = braceletOf(seed, wearer, { startMs: START_MS })
  const reports = []
  const fromMs = START_MS - 10_000 + phaseMs
  for (let timeMs = fromMs; timeMs < START_MS + SCRIPTS_RAISED_BY_MS; timeMs += INTERVAL_MS)
    if (!bracelet.muteAt(timeMs)) reports.push(logged(bracelet.reportAt(timeMs)))
  const document = planDocumentSchema.parse({
    plan: {
      wearerId: 7,
      reportIntervalMs: INTERVAL_MS, // what is one event depends on it
      supervisions: [{ fromMs: START_MS - 86_400_000, toMs: START_MS + 86_400_000 }],
      conditions: wearer.conditions.map(({ zoneKey, ...condition }, i) => ({
        ...condition,
        id: `c${i}`,
        zoneId: zoneKey,
        timeZone: wearer.timeZone,
        fromMs: START_MS - 86_400_000,
      })),
    },
    zones: fleet.zones.map(({ key, name, shape }) => ({ id: key, name, shape })),
  })
  return backtest(document, reports).map(({ type }) => type)
}
