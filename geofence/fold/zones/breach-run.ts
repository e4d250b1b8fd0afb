// The run of fixes on the wrong side: what joins it, what breaks it, and when it is enough.
import type { ConditionKind } from '../../../model/plan/plan.ts'
import { breachGuardM } from '../../evidence.ts'
import { metresApart } from '../../geometry/local-plane.ts'
import { foldE7 } from '../../geometry/project.ts'
import { ENGINE } from '../../parameters.ts'
import { Minutes } from '../state/minutes.ts'
import { copySpot, placeSpot, Spot } from '../state/spot.ts'
import { lastFix, type WearerState } from '../state/state.ts'
import { HOT, stepOf } from '../state/wearer-row.ts'
import type { ZoneMemory } from '../state/zone-memory.ts'
import { type Judging, spotIn } from './judging.ts'
import { isAt, isSameEvent } from './witness.ts'

/** One more fix of the run; true when with it the wearer is on the wrong side, since `breachFirst`. */
export function goOnBreaching(j: Judging, memory: ZoneMemory): boolean {
  if (memory.wrongSide) memory.forgetReturn()
  else if (memory.breachCount > 0) passGap(j, memory)
  const spot = nextLast(j, memory)
  if (memory.breachFirst === undefined) {
    memory.breachFirst = spot
    memory.before = lastFix(j.state)
    memory.cameMoving = memory.before !== undefined && wasMoving(j.state, memory.before)
    memory.minutes = new Minutes(spot.timeMs)
  }
  memory.moved ||= !memory.wrongSide && hasMoved(memory.breachFirst, spot)
  if (!isSameEvent(j, memory.breachWitnessMs, memory.moved)) {
    memory.breachWitnessMs = j.report.timeMs
    memory.breachCount = Math.min(255, memory.breachCount + 1)
  }
  memory.unsureSinceBreach = false
  memory.breachLast = spot
  if (!memory.deepest) memory.deepest = copySpot(spot, new Spot())
  else if (Math.abs(spot.distanceM) > Math.abs(memory.deepest.distanceM)) copySpot(spot, memory.deepest)
  if (memory.wrongSide) return false
  if (memory.breachCount < fixesToConfirm(j, memory) + extraFixes(j, memory)) return false
  const lastedMs = j.report.timeMs - memory.breachFirst.timeMs
  if (lastedMs < j.version.parameters.confirmMinMs) return false
  if (lastedMs < ENGINE.driftMs && isDrift(j, memory)) return false
  memory.wrongSide = true
  memory.overGap = false
  memory.forgetReturn()
  return true
}

/** One more fix that says nothing of the side. One outlier must not make vague what follows it for hours. */
export function passUnsure(j: Judging, memory: ZoneMemory, again: boolean): void {
  if (memory.breachCount === 1 && isContradicted(j, memory)) memory.forgetRuns()
  if (!memory.wrongSide && memory.unsureSinceBreach && j.report.timeMs - memory.breachLast!.timeMs > ENGINE.runLinkMs)
    memory.forgetRuns()
  if (!again) memory.unsureSinceBreach = memory.breachCount > 0
}

/**
 * The run's only witness so far was far away for a moment: this fix is back where the wearer was before it, surely elsewhere than it, and
 * a reading of its own. Unsure of the boundary it says nothing of the side, but it contradicts that place.
 */
function isContradicted(j: Judging, { wrongSide, uncertain, before, breachFirst, breachLast }: ZoneMemory): boolean {
  if (wrongSide || uncertain !== undefined || before === undefined || j.marginM <= 0) return false
  const { report, radiusM, plan } = j
  if (report.timeMs - breachLast!.timeMs > plan.freshMs || breachFirst!.timeMs - before.timeMs > plan.freshMs)
    return false
  if (isAt(before, report) || apartM(before, report) > before.radiusM + radiusM) return false
  return apartM(breachLast!, report) > (breachLast!.radiusM + radiusM) * ENGINE.breachGuardPerRadius
}

function apartM(spot: Spot, { latE7, lonE7 }: { latE7: number; lonE7: number }): number {
  return metresApart(spot.latE7, spot.lonE7, latE7, lonE7)
}

/** Known to have been out when the rule began, though long before: that was one witness. */
function fixesToConfirm({ version }: Judging, { overGap, uncertain }: ZoneMemory): number {
  const { confirmFixes } = version.parameters
  if (uncertain !== undefined) return Math.max(1, confirmFixes - 1)
  return confirmFixes + (overGap ? ENGINE.gapExtraFixes : 0)
}

/**
 * A reflection displaces the position in one leap, and it stays there until the next leap brings it back. So a run that a leap
 * began, that does not move, and that lies no deeper than reflections reach needs more fixes; so does one that no usual vehicle could have begun.
 */
function extraFixes(j: Judging, memory: ZoneMemory): number {
  if (memory.uncertain !== undefined) return 0
  const { before, breachFirst, deepest } = memory
  const leapM = before ? metresApart(before.latE7, before.lonE7, breachFirst!.latE7, breachFirst!.lonE7) : 0
  const leapMs = before ? breachFirst!.timeMs - before.timeMs + ENGINE.clockSlackMs : Infinity
  const grantedM = before ? (before.radiusM + breachFirst!.radiusM) * ENGINE.breachGuardPerRadius : 0
  const tooFast = ((leapM - grantedM) * 1000) / leapMs > ENGINE.leapMps
  if (memory.moved || memory.cameMoving || j.version.isConfirmAsked) return tooFast ? ENGINE.leapExtraFixes : 0
  const beyondM = Math.abs(deepest!.distanceM) - breachGuardM(deepest!.radiusM, j.version.parameters.guardFloorM)
  const stands = beyondM < ENGINE.standReachM && !lasts(j, memory) ? standingExtra(leapM, j.kind) : 0
  const shallow = beyondM < ENGINE.shallowM ? j.version.shallowExtraFixes : 0
  return Math.max(stands, shallow, tooFast ? ENGINE.leapExtraFixes : 0)
}

/** Where reflections do most harm, at a home near its zone's wall, the nearer ones need most. */
function standingExtra(leapM: number, kind: ConditionKind): number {
  if (kind !== 'required' || leapM < ENGINE.standLeapM || leapM > ENGINE.standLeapMaxM) return 0
  return leapM < ENGINE.standNearLeapM ? ENGINE.standExtraFixes : 1
}

/** From a poor fix on only poor ones, and none of them deep for its radius. */
function isDrift({ version }: Judging, { uncertain, before, breachFirst, breachLast, deepest }: ZoneMemory): boolean {
  if (version.isConfirmAsked || uncertain !== undefined || before === undefined) return false
  const leastM = Math.min(before.radiusM, breachFirst!.radiusM, breachLast!.radiusM, deepest!.radiusM)
  if (leastM <= ENGINE.driftRadiusM || before.radiusM >= ENGINE.coarseRadiusM) return false
  return Math.abs(deepest!.distanceM) < deepest!.radiusM * ENGINE.driftDepthPerRadius
}

/** Reflections are over within minutes; three fixes over longer are enough. */
function lasts({ report }: Judging, { breachFirst }: ZoneMemory): boolean {
  return report.timeMs - breachFirst!.timeMs >= ENGINE.standMs
}

/** Further than the receiver's own noise. */
function hasMoved(first: Spot, here: Spot): boolean {
  const noiseM = noiseOf(Math.max(first.radiusM, here.radiusM))
  return metresApart(first.latE7, first.lonE7, here.latE7, here.lonE7) > noiseM
}

/** The step to the last fix was longer than its receiver's noise. */
function wasMoving({ hot, at }: WearerState, last: Spot): boolean {
  const step = stepOf(hot[at + HOT.trail]!)
  const fromLonE7 = foldE7(last.lonE7 - step.lonE7)
  return metresApart(last.latE7 - step.latE7, fromLonE7, last.latE7, last.lonE7) > noiseOf(last.radiusM)
}

function noiseOf(radiusM: number): number {
  return Math.max(ENGINE.movedLeastM, ENGINE.movedPerRadius * radiusM)
}

/** Long after the last fix of the run: unsure fixes between break it; without any, its fixes stay evidence, but the run starts again. */
function passGap(j: Judging, memory: ZoneMemory): void {
  const gapMs = j.report.timeMs - memory.breachLast!.timeMs
  if (memory.unsureSinceBreach && gapMs > ENGINE.runLinkMs) {
    memory.forgetRuns()
    return
  }
  if (gapMs <= j.plan.gapMs) return
  // With fixes enough, only the time that the condition asks for is missing: it would never pass.
  if (memory.overGap && memory.breachCount >= fixesToConfirm(j, memory) + j.version.shallowExtraFixes) return
  memory.overGap = true
  memory.breachFirst = undefined
  memory.breachLast = undefined
  memory.deepest = undefined
  memory.moved = false
  memory.minutes = undefined
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
