// Only independent fixes count as separate evidence: fixes seconds apart are one event, identical coordinates one reading.
import type { LogReport } from '../../../model/report/report.ts'
import { ENGINE } from '../../parameters.ts'
import type { Episode } from '../state/episode.ts'
import type { Spot } from '../state/spot.ts'
import type { ZoneMemory } from '../state/zone-memory.ts'
import type { Judging } from './judging.ts'

/** So close behind the one counted last (NaN: none was) that it is the same event; whoever moves is elsewhere sooner. */
export function isSameEvent({ plan, report }: Judging, witnessMs: number, moving = false): boolean {
  const apartMs = moving ? Math.min(ENGINE.movingApartMs, plan.witnessApartMs) : plan.witnessApartMs
  return report.timeMs - witnessMs < apartMs
}

/**
 * The same coordinates again, of whatever source: the same cell tower, access point or stuck reading, not a second witness. A
 * wrong entry of a look-up and a stuck reading go away within minutes, so it counts again when nothing else was heard for
 * `sameSpotMs`; a tower, whose place says so little, never.
 */
export function isSameSpot(j: Judging, memory: ZoneMemory | undefined): boolean {
  const { state, report, plan } = j
  const coarse = j.radiusM >= ENGINE.coarseRadiusM
  if (coarse && report.latE7 === state.fixLatE7 && report.lonE7 === state.fixLonE7 && state.fixMs > -Infinity)
    return true
  if (memory === undefined || memory.wrongSide) return false
  if (!memory.breachFirst) return memory.uncertain !== undefined && isWhereLastKnown(memory.uncertain, j)
  if (!isAt(memory.breachFirst, report) && !isAt(memory.breachLast!, report)) return false
  if (coarse || memory.unsureSinceBreach) return true
  return report.timeMs - memory.breachFirst.timeMs < plan.sameSpotMs
}

/** The place by which its wearer's whereabouts are uncertain, again. */
function isWhereLastKnown({ evidence }: Episode, { report, plan }: Judging): boolean {
  const known = evidence.find(({ role }) => role === 'sign')!
  if (known.latE7 !== report.latE7 || known.lonE7 !== report.lonE7) return false
  return report.timeMs - known.timeMs < plan.sameSpotMs
}

/** The same of a run back: where it began, again. */
export function isSameReturn({ plan, report }: Judging, first: Spot): boolean {
  return isAt(first, report) && report.timeMs !== first.timeMs && report.timeMs - first.timeMs < plan.sameSpotMs
}

export function isAt(spot: Spot, { latE7, lonE7 }: LogReport): boolean {
  return spot.latE7 === latE7 && spot.lonE7 === lonE7
}
