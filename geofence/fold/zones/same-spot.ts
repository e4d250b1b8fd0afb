// A second fix that is no second witness.
import { type LogReport, POSITION_SOURCE } from '../../../model/report/report.ts'
import { ENGINE } from '../../parameters.ts'
import type { Spot } from '../state/spot.ts'
import type { ZoneMemory } from '../state/zone-memory.ts'
import type { Judging } from './judging.ts'

/**
 * Looked up, not measured, and the same coordinates again: the same cell tower or access point, not a second witness. A
 * wrong entry of the look-up goes away within minutes, so an access point counts again when nothing else was heard for `sameSpotMs`; a tower, whose
 * place says so little, never.
 */
export function isSameSpot(j: Judging, memory: ZoneMemory | undefined): boolean {
  const { state, report } = j
  if (j.radiusM >= ENGINE.coarseRadiusM) {
    if (report.latE7 === state.fixLatE7 && report.lonE7 === state.fixLonE7 && state.fixMs > -Infinity) return true
  } else if (report.source === POSITION_SOURCE.gps) return false
  if (!memory?.breachFirst || memory.wrongSide) return false
  if (!isAt(memory.breachFirst, report) && !isAt(memory.breachLast!, report)) return false
  if (j.radiusM >= ENGINE.coarseRadiusM || memory.unsureSinceBreach) return true
  return report.timeMs - memory.breachFirst.timeMs < ENGINE.sameSpotMs
}

function isAt(spot: Spot, { latE7, lonE7 }: LogReport): boolean {
  return spot.latE7 === latE7 && spot.lonE7 === lonE7
}
