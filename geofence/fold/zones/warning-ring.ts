// The warning ring around a boundary: raised before the violation, over when the wearer is out of it or beyond the boundary.

import { weigh } from '../../evidence.ts'
import { ENGINE } from '../../parameters.ts'
import { evidenceOf, incidentOf, openEpisode } from '../state/episode.ts'
import type { Spot } from '../state/spot.ts'
import type { ZoneMemory } from '../state/zone-memory.ts'
import { type Judging, spotIn } from './judging.ts'
import { isSameEvent } from './witness.ts'

/** The ring lies on the right side of the boundary; once the boundary itself is passed, the violation speaks instead. */
export function judgeRing(j: Judging, memory: ZoneMemory): void {
  if (memory.wrongSide) return
  const { confirmFixes, returnFixes, warningRingM, guardFloorM } = j.version.parameters
  const evidence = weigh(j.marginM - warningRingM, j.radiusM, guardFloorM)
  const { timeMs } = j.report
  if (evidence === -1) {
    memory.forgetRingReturn()
    memory.ringFirst ??= spotIn(j)
    if (isWitness(j, memory)) memory.ringCount = Math.min(255, memory.ringCount + 1)
    if (memory.ring || memory.ringCount < confirmFixes) return
    memory.ring = openEpisode(j.state, {
      type: 'warning_ring',
      conditionId: j.plan.conditionIdOf(j.index),
      startMs: memory.ringFirst.timeMs,
      startSpot: memory.ringFirst,
      confirmedMs: timeMs,
      evidence: [evidenceOf(memory.ringFirst, 'start'), evidenceOf(spotIn(j), 'confirm')],
    })
    j.sink.change(incidentOf(j.state, j.plan.hash, memory.ring), timeMs)
  } else if (evidence === 1) {
    if (!memory.ring) {
      memory.forgetRing()
      return
    }
    memory.ringReturnFirst ??= spotIn(j)
    if (isWitness(j, memory)) memory.ringReturnCount = Math.min(255, memory.ringReturnCount + 1)
    if (memory.ringReturnCount >= returnFixes) closeRing(j, memory, memory.ringReturnFirst)
  } else if (memory.ring) nearRing(j, memory)
}

/** Notes the fix, if it is an event of its own. */
function isWitness(j: Judging, memory: ZoneMemory): boolean {
  if (isSameEvent(j, memory.ringWitnessMs)) return false
  memory.ringWitnessMs = j.report.timeMs
  return true
}

/** Unsure of the ring's line with an open warning: long on the right side counts as back, as near the boundary. */
function nearRing(j: Judging, memory: ZoneMemory): void {
  if (j.marginM < j.version.parameters.warningRingM) {
    memory.ringNearCount = 0
    memory.ringNearFirst = undefined
    return
  }
  if (j.radiusM > ENGINE.nearWallRadiusM) return
  if (isWitness(j, memory)) memory.ringNearCount = Math.min(255, memory.ringNearCount + 1)
  memory.ringNearFirst ??= spotIn(j)
  if (memory.ringNearCount < Math.max(j.version.parameters.returnFixes, ENGINE.nearWallFixes)) return
  if (j.report.timeMs - memory.ringNearFirst.timeMs >= ENGINE.nearWallMs) closeRing(j, memory, memory.ringNearFirst)
}

/** `back`: the first fix that was out of it again; none where the boundary itself was passed, at `endMs`. */
export function closeRing(j: Judging, memory: ZoneMemory, back: Spot | undefined, endMs = back!.timeMs): void {
  if (memory.ring) {
    const end = evidenceOf(back ?? spotIn(j), 'end')
    const ending = { endMs: Math.max(memory.ring.startMs, endMs), end }
    j.sink.change(incidentOf(j.state, j.plan.hash, memory.ring, ending), j.report.timeMs)
    memory.ring = undefined
  }
  memory.forgetRing()
}
