// One fix against one condition: the truth table of evidence.ts, with what opens and closes.
import type { IncidentType } from '../model/incident.ts'
import type { ConditionKind } from '../model/plan.ts'
import { type LogReport, POSITION_SOURCE } from '../model/report.ts'
import type { CompiledPlan } from './compile-plan.ts'
import type { CompiledZone } from './compile-zone.ts'
import { evidenceOf, incidentOf, openEpisode, type Sink } from './episode.ts'
import { breachGuardM, weigh } from './evidence.ts'
import { inForceSinceMs } from './in-force.ts'
import { crossedBetween, seenOnceInside } from './inferred-crossing.ts'
import { ENGINE } from './parameters.ts'
import type { Version } from './plan-timing.ts'
import { copySpot, lastFix, placeSpot, Spot, spotOf } from './spot.ts'
import type { WearerState } from './state.ts'
import { closeUnverifiable, goOnStaying, leaveStay, openUnverifiable } from './unverifiable.ts'
import { ZoneMemory } from './zone-memory.ts'

export const VIOLATION = {
  required: 'away_from_required_zone',
  region: 'away_from_required_zone',
  corridor: 'off_corridor',
  avoided: 'inside_avoided_zone',
  neutral: 'away_from_required_zone', // never judged
} as const satisfies Record<ConditionKind, IncidentType>

/** All that a rule needs to know of one fix and one lineage. Filled again for each; nothing keeps it. */
export type Judging = {
  state: WearerState
  plan: CompiledPlan
  sink: Sink
  index: number
  kind: ConditionKind
  zone: CompiledZone
  /** +1 where inside is right, −1 where outside is. */
  turn: 1 | -1
  version: Version
  /** In force; else only looked at because it soon will be. */
  active: boolean
  report: LogReport
  radiusM: number
  /** + on the right side. */
  marginM: number
  /** From the last fix to this one, a little more than that. */
  lineM: number
  /** At least so far on the right side at the last fix; −Infinity: not known. */
  beforeM: number
}

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
  if (evidence === -1) breach(j, memory)
  else if (evidence === 0) unsure(j, memory, again)
  else comply(j, memory)
  if (evidence !== 1 && j.kind === 'avoided') goOnStaying(j, memory)
  if (ringed) judgeRing(j, memory)
  return evidence
}

/**
 * Looked up, not measured, and the same coordinates again: the same cell tower or access point, not a second witness. A
 * wrong entry of the look-up goes away within minutes, so an access point counts again when nothing else was heard for `sameSpotMs`; a tower, whose
 * place says so little, never.
 */
function isSameSpot(j: Judging, memory: ZoneMemory | undefined): boolean {
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

function breach(j: Judging, memory: ZoneMemory): void {
  const { timeMs } = j.report
  if (memory.wrongSide) memory.forgetReturn()
  else if (memory.breachCount > 0) passGap(j, memory)
  const spot = nextLast(j, memory)
  if (memory.breachFirst === undefined) {
    memory.breachFirst = spot
    memory.before = lastFix(j.state)
  }
  memory.breachCount = Math.min(255, memory.breachCount + 1)
  memory.unsureSinceBreach = false
  memory.breachLast = spot
  if (!memory.deepest) memory.deepest = copySpot(spot, new Spot())
  else if (Math.abs(spot.distanceM) > Math.abs(memory.deepest.distanceM)) copySpot(spot, memory.deepest)
  const fixes = fixesToConfirm(j, memory)
  if (memory.wrongSide || memory.breachCount < fixes) return
  if (memory.breachCount < fixes + j.version.shallowExtraFixes && isShallow(j, memory.deepest)) return
  if (timeMs - memory.breachFirst.timeMs < j.version.parameters.confirmMinMs) return
  memory.wrongSide = true
  memory.overGap = false
  memory.forgetReturn()
  if (j.active) openViolation(j, memory, spot)
}

function fixesToConfirm({ version }: Judging, { overGap }: ZoneMemory): number {
  return version.parameters.confirmFixes + (overGap ? ENGINE.gapExtraFixes : 0)
}

/** Long after the last fix of the run: unsure ones between break it; none at all leave its fixes as witnesses, but it begins anew. */
function passGap(j: Judging, memory: ZoneMemory): void {
  const gapMs = j.report.timeMs - memory.breachLast!.timeMs
  if (memory.unsureSinceBreach && gapMs > ENGINE.runLinkMs) {
    memory.forgetRuns()
    return
  }
  if (gapMs <= Math.max(ENGINE.runGapMs, j.plan.freshMs)) return
  // With fixes enough, only the time that the condition asks for is missing: it would never pass.
  if (memory.overGap && memory.breachCount >= fixesToConfirm(j, memory) + j.version.shallowExtraFixes) return
  memory.overGap = true
  memory.breachFirst = undefined
  memory.breachLast = undefined
  memory.deepest = undefined
}

/** An absence of hours is a spot a minute: the one before is filled again unless it is the run's first. */
function nextLast(j: Judging, memory: ZoneMemory): Spot {
  const last = memory.breachLast
  if (last === undefined || last === memory.breachFirst) return spotIn(j)
  placeSpot(last, j.report)
  last.distanceM = j.marginM * j.turn
  last.radiusM = j.radiusM
  return last
}

/** Near enough to the wall for a reflection: the deepest fix of the run, by its own guard. */
function isShallow(j: Judging, deepest: Spot): boolean {
  const guardM = breachGuardM(deepest.radiusM, j.version.parameters.guardFloorM)
  return Math.abs(deepest.distanceM) < guardM + ENGINE.shallowM
}

function openViolation(j: Judging, memory: ZoneMemory, confirm: Spot): void {
  const since = inForceSinceMs(j.state.activeSinceMs, j.index)
  const first = memory.breachFirst!
  const byFix = first.timeMs >= since
  const startMs = byFix ? first.timeMs : since
  closeUnverifiable(j, memory, startMs)
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
  })
  j.sink.change(incidentOf(j.state, j.plan.hash, memory.violation, undefined, memory.deepest), j.report.timeMs)
}

function unsure(j: Judging, memory: ZoneMemory, again: boolean): void {
  // One outlier must not make vague what follows it for hours.
  if (!memory.wrongSide && memory.unsureSinceBreach && j.report.timeMs - memory.breachLast!.timeMs > ENGINE.runLinkMs)
    memory.forgetRuns()
  if (!again) memory.unsureSinceBreach = memory.breachCount > 0
  if (memory.wrongSide) nearWall(j, memory)
  if (memory.wrongSide || !j.active) return
  if (memory.stayMean && j.marginM >= 0 && j.radiusM <= ENGINE.poorRadiusM) {
    memory.unsureFirst = undefined
    return
  }
  if (j.marginM >= 0 && j.radiusM <= ENGINE.poorRadiusM && memory.breachCount === 0) {
    closeUnverifiable(j, memory, j.report.timeMs)
    return
  }
  memory.unsureFirst ??= spotIn(j)
  const { unverifiableAfterMs } = j.version.parameters
  const { timeMs } = j.report
  if (unverifiableAfterMs === 0 || memory.unverifiable) return
  if (timeMs - memory.unsureFirst.timeMs < unverifiableAfterMs) return
  openUnverifiable(j, memory, memory.unsureFirst)
}

/** On the wrong side, and unsure: whoever is back but lives near the wall would be away for ever. */
function nearWall(j: Judging, memory: ZoneMemory): void {
  if (j.marginM < 0) {
    memory.nearCount = 0
    memory.nearFirst = undefined
    return
  }
  if (j.radiusM > ENGINE.nearWallRadiusM) return
  memory.nearCount = Math.min(255, memory.nearCount + 1)
  memory.nearFirst ??= spotIn(j)
  const { returnFixes, returnMinMs } = j.version.parameters
  if (memory.nearCount < Math.max(returnFixes, ENGINE.nearWallFixes)) return
  if (j.report.timeMs - memory.nearFirst.timeMs < Math.max(returnMinMs, ENGINE.nearWallMs)) return
  comeBack(j, memory, memory.nearFirst)
}

function comply(j: Judging, memory: ZoneMemory): void {
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
  memory.returnCount = Math.min(255, memory.returnCount + 1)
  memory.returnFirst ??= spotIn(j)
  const { returnFixes, returnMinMs } = j.version.parameters
  if (memory.returnCount < returnFixes || j.report.timeMs - memory.returnFirst.timeMs < returnMinMs) return
  comeBack(j, memory, memory.returnFirst)
}

/** To the right side, since `first`. */
function comeBack(j: Judging, memory: ZoneMemory, first: Spot): void {
  if (memory.violation) {
    const ending = { endMs: Math.max(memory.violation.startMs, first.timeMs), end: evidenceOf(first, 'end') }
    const incident = incidentOf(j.state, j.plan.hash, memory.violation, ending, memory.deepest)
    memory.violation = undefined
    j.sink.change(incident, j.report.timeMs)
  }
  memory.forgetRuns()
}

/** The ring lies on the right side of the boundary; once the boundary itself is passed, the violation speaks instead. */
function judgeRing(j: Judging, memory: ZoneMemory): void {
  if (memory.wrongSide) return
  const { confirmFixes, returnFixes, warningRingM, guardFloorM } = j.version.parameters
  const evidence = weigh(j.marginM - warningRingM, j.radiusM, guardFloorM)
  const { timeMs } = j.report
  if (evidence === -1) {
    memory.ringReturnCount = 0
    memory.ringReturnFirst = undefined
    memory.ringNearCount = 0
    memory.ringNearFirst = undefined
    memory.ringFirst ??= spotIn(j)
    memory.ringCount = Math.min(255, memory.ringCount + 1)
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
    if (++memory.ringReturnCount >= returnFixes) closeRing(j, memory, memory.ringReturnFirst)
  } else if (memory.ring) nearRing(j, memory)
}

/** Unsure of the ring's line, with a ring told: on the right side of it for long is back, as it is near the wall. */
function nearRing(j: Judging, memory: ZoneMemory): void {
  if (j.marginM < j.version.parameters.warningRingM) {
    memory.ringNearCount = 0
    memory.ringNearFirst = undefined
    return
  }
  if (j.radiusM > ENGINE.nearWallRadiusM) return
  memory.ringNearCount = Math.min(255, memory.ringNearCount + 1)
  memory.ringNearFirst ??= spotIn(j)
  if (memory.ringNearCount < Math.max(j.version.parameters.returnFixes, ENGINE.nearWallFixes)) return
  if (j.report.timeMs - memory.ringNearFirst.timeMs >= ENGINE.nearWallMs) closeRing(j, memory, memory.ringNearFirst)
}

/** `back`: the first fix that was out of it again; none where the boundary itself was passed, at `endMs`. */
function closeRing(j: Judging, memory: ZoneMemory, back: Spot | undefined, endMs = back!.timeMs): void {
  if (memory.ring) {
    const end = evidenceOf(back ?? spotIn(j), 'end')
    const ending = { endMs: Math.max(memory.ring.startMs, endMs), end }
    j.sink.change(incidentOf(j.state, j.plan.hash, memory.ring, ending), j.report.timeMs)
    memory.ring = undefined
  }
  memory.forgetRing()
}

function spotIn(j: Judging): Spot {
  return spotOf(j.report, j.marginM * j.turn, j.radiusM)
}
