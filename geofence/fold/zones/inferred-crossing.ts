// A crossing that no two fixes saw: concluded, marked so, and never more than informasi.

import { breachGuardM } from '../../evidence.ts'
import { metresApart } from '../../geometry/local-plane.ts'
import { segmentDepthM } from '../../geometry/segment-depth.ts'
import { ENGINE } from '../../parameters.ts'
import { evidenceOf, incidentOf, openEpisode, tenths } from '../state/episode.ts'
import { inForceSinceMs } from '../state/in-force.ts'
import { copySpot, Spot } from '../state/spot.ts'
import { lastFix } from '../state/state.ts'
import type { ZoneMemory } from '../state/zone-memory.ts'
import { type Judging, spotIn } from './judging.ts'

/** Two fixes outside an avoided zone, one after the other, whose straight line runs through it deeper than both guards. */
export function crossedBetween(j: Judging): void {
  const { state, report, zone } = j
  if (!j.active || j.lineM <= j.marginM) return // the line is too short to reach the zone
  if (state.fixMs === -Infinity) return
  if (report.timeMs - state.fixMs > ENGINE.crossingMaxMs || state.fixMs < inForceSinceMs(state.activeSinceMs, j.index))
    return
  const guardThere = breachGuardM(state.fixRadiusM, j.version.parameters.guardFloorM)
  const deepEnoughM = Math.max(guardThere, breachGuardM(j.radiusM, j.version.parameters.guardFloorM))
  // What the way to the zone and back leaves of the line is twice what it can go into it.
  const leftM = j.lineM - j.marginM - 2 * deepEnoughM
  if (leftM <= guardThere || leftM <= j.beforeM) return
  const distanceThere = zone.signedDistanceM(state.fixLatE7, state.fixLonE7, leftM)
  if (-distanceThere <= guardThere || -distanceThere > leftM) return
  const depthM = segmentDepthM(zone, state.fixLatE7, state.fixLonE7, report.latE7, report.lonE7)
  if (depthM <= deepEnoughM) return
  const first = lastFix(state)!
  first.distanceM = distanceThere
  emit(j, first, undefined, depthM)
}

/** One fix inside an avoided zone between two outside: too few to confirm, but the wearer passed through. */
export function seenOnceInside(j: Judging, memory: ZoneMemory): void {
  const { before, deepest } = memory
  if (!j.active || !before || !deepest || before.timeMs < inForceSinceMs(j.state.activeSinceMs, j.index)) return
  if (j.report.timeMs - before.timeMs > ENGINE.crossingMaxMs) return
  const guardThere = breachGuardM(before.radiusM, j.version.parameters.guardFloorM)
  const distanceThere = j.zone.signedDistanceM(before.latE7, before.lonE7)
  if (-distanceThere <= guardThere) return
  // Out and back to the same place is what a reflected signal looks like.
  if (
    metresApart(before.latE7, before.lonE7, j.report.latE7, j.report.lonE7) <=
    2 * Math.max(guardThere, breachGuardM(j.radiusM, j.version.parameters.guardFloorM))
  )
    return
  const first = copySpot(before, new Spot())
  first.distanceM = distanceThere
  emit(j, first, deepest, deepest.distanceM)
}

function emit(j: Judging, first: Spot, inside: Spot | undefined, depthM: number): void {
  const endMs = j.report.timeMs
  const episode = openEpisode(j.state, {
    type: 'inferred_crossing',
    conditionId: j.plan.conditionIdOf(j.index),
    startMs: first.timeMs,
    startSpot: first,
    confirmedMs: endMs,
    evidence: inside ? [evidenceOf(first, 'start'), evidenceOf(inside, 'sign')] : [evidenceOf(first, 'start')],
  })
  const end = evidenceOf(spotIn(j), 'end')
  j.sink.change({ ...incidentOf(j.state, j.plan.hash, episode, { endMs, end }), depthM: tenths(depthM) }, endMs)
}
