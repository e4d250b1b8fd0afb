// Location unverifiable: for long, no fix has said on which side of the boundary the wearer is. Poor fixes do that anywhere;
// within an avoided zone good ones do, where the zone is hardly deeper than their guard: there the many speak together.

import { foldE7 } from '../../geometry/project.ts'
import { ENGINE } from '../../parameters.ts'
import { evidenceOf, incidentOf, openEpisode } from '../state/episode.ts'
import { placeSpot, type Spot } from '../state/spot.ts'
import type { ZoneMemory } from '../state/zone-memory.ts'
import { type Judging, spotIn } from './judging.ts'
import { countReturn, isBackNearWall } from './return-run.ts'

export function openUnverifiable(j: Judging, memory: ZoneMemory, first: Spot): void {
  const { timeMs } = j.report
  memory.unverifiable = openEpisode(j.state, {
    type: 'location_unverifiable',
    conditionId: j.plan.conditionIdOf(j.index),
    startMs: first.timeMs,
    startSpot: first,
    confirmedMs: timeMs,
    evidence: [evidenceOf(first, 'start'), evidenceOf(spotIn(j), 'confirm')],
  })
  j.sink.change(incidentOf(j.state, j.plan.hash, memory.unverifiable), timeMs)
}

/** Forgets what would open it, and ends what is open; `end`: the fix that does, this one unless said. */
export function closeUnverifiable(j: Judging, memory: ZoneMemory, endMs: number, end?: Spot): void {
  memory.unsureFirst = undefined
  memory.forgetStay()
  if (!memory.unverifiable) return
  const ending = { endMs: Math.max(memory.unverifiable.startMs, endMs), end: evidenceOf(end ?? spotIn(j), 'end') }
  j.sink.change(incidentOf(j.state, j.plan.hash, memory.unverifiable, ending), j.report.timeMs)
  memory.unverifiable = undefined
}

/**
 * One more fix of a stay in an avoided zone, which begins with one inside. It is published when every fix lay inside, or their mean
 * lies deeper than what many fixes err together; it is over when they prove that the wearer has left (`leaveStay`) or all lie
 * outside for as long as it takes to be back near a wall.
 */
export function goOnStaying(j: Judging, memory: ZoneMemory): void {
  if (!j.active || memory.wrongSide) return
  if (memory.stayMean) {
    memory.returnCount = 0
    memory.returnFirst = undefined
    if (isBackNearWall(j, memory)) {
      const first = memory.nearFirst!
      closeUnverifiable(j, memory, first.timeMs, first)
      return
    }
  }
  if (j.marginM >= 0 && !memory.stayMean) return
  takeIntoStay(j, memory)
  if (memory.stayMean && !memory.unverifiable && isStay(j, memory)) openUnverifiable(j, memory, memory.stayFirst!)
}

/** A fix that proves the wearer outside. One alone may err too: true when there are enough of them in a row. */
export function leaveStay(j: Judging, memory: ZoneMemory): boolean {
  countReturn(j, memory)
  if (memory.returnCount >= j.version.parameters.returnFixes) return true
  if (!memory.unverifiable && isLongAgo(j, memory.stayMean!)) return true
  takeIntoStay(j, memory)
  return false
}

/** Mean place, mean radius, and the shallowest, without an array of them. Poor fixes and those of the same half minute do not count. */
function takeIntoStay(j: Judging, memory: ZoneMemory): void {
  if (j.radiusM > ENGINE.poorRadiusM) return
  const { report } = j
  const mean = memory.stayMean
  if (mean === undefined || (!memory.unverifiable && isLongAgo(j, mean))) {
    memory.forgetStay()
    if (j.marginM >= 0) return
    memory.stayFirst = spotIn(j)
    memory.stayMean = spotIn(j)
    memory.stayCount = 1
    return
  }
  if (report.timeMs - mean.timeMs < ENGINE.stayApartMs) return
  memory.stayCount = Math.min(255, memory.stayCount + 1)
  const share = 1 / memory.stayCount
  const { latE7, lonE7, distanceM, radiusM } = mean
  placeSpot(mean, report)
  mean.latE7 = Math.round(latE7 + (report.latE7 - latE7) * share)
  mean.lonE7 = foldE7(Math.round(lonE7 + foldE7(report.lonE7 - lonE7) * share))
  mean.distanceM = Math.min(distanceM, -j.marginM)
  mean.radiusM = radiusM + (j.radiusM - radiusM) * share
}

/** What was before a long silence is another stay. */
function isLongAgo({ plan, report }: Judging, { timeMs }: Spot): boolean {
  return report.timeMs - timeMs > plan.gapMs
}

function isStay({ report, zone }: Judging, { stayCount, stayFirst, stayMean }: ZoneMemory): boolean {
  const lastedMs = report.timeMs - stayFirst!.timeMs
  if (stayCount < ENGINE.stayFixes || lastedMs < ENGINE.stayMs) return false
  const { latE7, lonE7, distanceM, radiusM } = stayMean!
  if (distanceM > 0) return true
  const narrowed = Math.sqrt(ENGINE.stayNarrowsMs / Math.min(lastedMs, ENGINE.stayNarrowsUntilMs))
  const guardM = Math.max(ENGINE.stayGuardFloorM, radiusM * ENGINE.stayGuardPerRadius * narrowed)
  return zone.signedDistanceM(latE7, lonE7) > guardM
}
