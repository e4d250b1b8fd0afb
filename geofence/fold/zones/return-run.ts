// The runs of fixes on the way back: those that prove the right side, and those that only lie there for long.

import { ENGINE } from '../../parameters.ts'
import type { ZoneMemory } from '../state/zone-memory.ts'
import { type Judging, spotIn } from './judging.ts'
import { isSameEvent, isSameReturn } from './witness.ts'

/** One more fix that proves the right side; true when they are enough to be back, since `returnFirst`. */
export function isBack(j: Judging, memory: ZoneMemory): boolean {
  countReturn(j, memory)
  const { returnFixes, returnMinMs } = j.version.parameters
  return memory.returnCount >= returnFixes && j.report.timeMs - memory.returnFirst!.timeMs >= returnMinMs
}

/** Counts a fix that proves the right side, if it is a witness of its own. */
export function countReturn(j: Judging, memory: ZoneMemory): void {
  memory.returnFirst ??= spotIn(j)
  if (isSameEvent(j, memory.returnWitnessMs) || isSameReturn(j, memory.returnFirst)) return
  memory.returnWitnessMs = j.report.timeMs
  memory.returnCount = Math.min(255, memory.returnCount + 1)
}

/**
 * One more fix unsure of the boundary: whoever is back but lives near the wall would be away for ever. True when enough of
 * them, none poor, have lain on the right side for long enough: back, since `nearFirst`. One on the wrong side begins anew.
 */
export function isBackNearWall(j: Judging, memory: ZoneMemory, fixesMin = 0, lastedMinMs = 0): boolean {
  if (j.marginM < 0) {
    memory.forgetNear()
    return false
  }
  if (j.radiusM > ENGINE.nearWallRadiusM) return false
  memory.nearFirst ??= spotIn(j)
  if (!isSameEvent(j, memory.returnWitnessMs)) {
    memory.returnWitnessMs = j.report.timeMs
    memory.nearCount = Math.min(255, memory.nearCount + 1)
  }
  if (memory.nearCount < Math.max(fixesMin, ENGINE.nearWallFixes)) return false
  return j.report.timeMs - memory.nearFirst.timeMs >= Math.max(lastedMinMs, ENGINE.nearWallMs)
}
