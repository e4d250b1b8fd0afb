// One fix against one condition: the truth table of evidence.ts, with what opens and closes.

import { POSITION_SOURCE } from '../../../model/report/report.ts'
import { weigh } from '../../evidence.ts'
import { ENGINE } from '../../parameters.ts'
import { VIOLATION } from '../../plan/condition-kinds.ts'
import { evidenceOf, incidentOf, openEpisode } from '../state/episode.ts'
import { inForceSinceMs } from '../state/in-force.ts'
import type { Spot } from '../state/spot.ts'
import { ZoneMemory } from '../state/zone-memory.ts'
import { goOnBreaching, passUnsure } from './breach-run.ts'
import { crossedBetween, seenOnceInside } from './inferred-crossing.ts'
import { type Judging, spotIn } from './judging.ts'
import { isBack, isBackNearWall } from './return-run.ts'
import { closeUncertain } from './uncertain.ts'
import { closeUnverifiable, goOnStaying, leaveStay, openUnverifiable } from './unverifiable.ts'
import { emitViolation, noteMinutes, reachOf } from './violation-minutes.ts'
import { closeRing, judgeRing } from './warning-ring.ts'
import { isSameSpot } from './witness.ts'

/** Weighs the fix and moves the lineage's memory on; gives the evidence. */
export function judgeFix(j: Judging): -1 | 0 | 1 {
  let evidence = weigh(j.marginM, j.radiusM, j.version.parameters.guardFloorM)
  let memory = j.state.memory[j.index]
  const again = evidence === -1 && isSameSpot(j, memory)
  if (again) evidence = 0
  const ringed = j.active && j.version.parameters.warningRingM > 0
  if (memory === undefined) {
    if (evidence === 1 && !ringed) return evidence
    memory = new ZoneMemory()
    j.state.memory[j.index] = memory
    j.state.remembering?.push(j.index)
  }
  if (memory.minutes) noteMinutes(j, memory, memory.minutes, evidence)
  if (evidence === -1) {
    if (goOnBreaching(j, memory) && j.active) openViolation(j, memory)
  } else if (evidence === 0) unsure(j, memory, again)
  else comply(j, memory)
  if (evidence !== 1 && j.kind === 'avoided') goOnStaying(j, memory)
  if (ringed) judgeRing(j, memory)
  return evidence
}

function openViolation(j: Judging, memory: ZoneMemory): void {
  const since = inForceSinceMs(j.state.activeSinceMs, j.index)
  const first = memory.breachFirst!
  const confirm = memory.breachLast!
  const byFix = first.timeMs >= since
  const startMs = byFix ? first.timeMs : since
  closeUnverifiable(j, memory, startMs)
  const uncertain = closeUncertain(j, memory, startMs)
  closeRing(j, memory, undefined, startMs)
  memory.violation = openEpisode(j.state, {
    type: VIOLATION[j.kind],
    severity: j.version.severity,
    conditionId: j.plan.conditionIdOf(j.index),
    startMs,
    startSpot: byFix ? first : undefined,
    confirmedMs: confirm.timeMs,
    evidence: byFix
      ? [evidenceOf(first, 'start'), evidenceOf(confirm, 'confirm')]
      : [{ timeMs: since, role: 'start' }, evidenceOf(first, 'sign'), evidenceOf(confirm, 'confirm')],
    successorOf: uncertain?.id,
  })
  emitViolation(j, memory)
}

function unsure(j: Judging, memory: ZoneMemory, again: boolean): void {
  passUnsure(j, memory, again)
  if (memory.wrongSide) {
    const { returnFixes, returnMinMs } = j.version.parameters
    if (isBackNearWall(j, memory, returnFixes, returnMinMs)) endViolation(j, memory, memory.nearFirst!)
  }
  if (memory.wrongSide || !j.active) return
  if (memory.stayMean && j.marginM >= 0 && j.radiusM <= ENGINE.poorRadiusM) {
    memory.unsureFirst = undefined
    return
  }
  if (j.marginM >= 0 && j.radiusM <= ENGINE.poorRadiusM && memory.breachCount === 0) {
    closeUnverifiable(j, memory, j.report.timeMs)
    return
  }
  if (memory.unsureFirst === undefined) {
    memory.unsureFirst = spotIn(j)
    memory.unsureLean = 0
  }
  memory.unsureLean = Math.max(-100, Math.min(100, memory.unsureLean + (isLookedUpNear(j) ? 1 : -1)))
  const { unverifiableAfterMs } = j.version.parameters
  const { timeMs } = j.report
  if (unverifiableAfterMs === 0 || memory.unverifiable) return
  const afterMs = unverifiableAfterMs * (memory.unsureLean > 0 ? ENGINE.lookedUpPatience : 1)
  if (timeMs - memory.unsureFirst.timeMs < afterMs) return
  openUnverifiable(j, memory, memory.unsureFirst)
}

/** An access point's place, and its circle reaches over the line: the fix gives the router's place, and proves little about the wearer. */
function isLookedUpNear({ report, marginM, radiusM }: Judging): boolean {
  return report.source === POSITION_SOURCE.wifi && marginM >= -radiusM && radiusM <= ENGINE.poorRadiusM
}

function comply(j: Judging, memory: ZoneMemory): void {
  if (memory.uncertain) closeUncertain(j, memory, j.report.timeMs, spotIn(j))
  if (!memory.wrongSide) {
    if (memory.breachCount > 0) {
      if (j.kind === 'avoided') seenOnceInside(j, memory)
      memory.forgetRuns()
    } else if (memory.stayMean) crossedBetween(j)
    memory.unsureFirst = undefined
    if (!memory.stayMean) closeUnverifiable(j, memory, j.report.timeMs)
    else if (leaveStay(j, memory)) {
      const first = memory.returnFirst!
      closeUnverifiable(j, memory, first.timeMs, first)
      memory.forgetRuns()
    }
    return
  }
  if (isBack(j, memory)) endViolation(j, memory, memory.returnFirst!)
}

/** To the right side, since `first`. */
function endViolation(j: Judging, memory: ZoneMemory, first: Spot): void {
  if (memory.violation) {
    const ending = { endMs: Math.max(memory.violation.startMs, first.timeMs), end: evidenceOf(first, 'end') }
    const incident = incidentOf(j.state, j.plan.hash, memory.violation, ending, memory.deepest)
    const reach = reachOf(memory, ending.endMs)
    memory.violation = undefined
    j.sink.change({ ...incident, ...reach }, j.report.timeMs)
  }
  memory.forgetRuns()
}
