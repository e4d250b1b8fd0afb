// The run of fixes on the wrong side: what joins it, what breaks it, and when it is enough.
import { breachGuardM } from '../../evidence.ts'
import { ENGINE } from '../../parameters.ts'
import { copySpot, lastFix, placeSpot, Spot } from '../state/spot.ts'
import type { ZoneMemory } from '../state/zone-memory.ts'
import { type Judging, spotIn } from './judging.ts'

/** One more fix of the run; true when with it the wearer is on the wrong side, since `breachFirst`. */
export function goOnBreaching(j: Judging, memory: ZoneMemory): boolean {
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
  if (memory.wrongSide || memory.breachCount < fixes) return false
  if (memory.breachCount < fixes + j.version.shallowExtraFixes && isShallow(j, memory.deepest)) return false
  if (j.report.timeMs - memory.breachFirst.timeMs < j.version.parameters.confirmMinMs) return false
  memory.wrongSide = true
  memory.overGap = false
  memory.forgetReturn()
  return true
}

/** One more fix that says nothing of the side. One outlier must not make vague what follows it for hours. */
export function passUnsure(j: Judging, memory: ZoneMemory, again: boolean): void {
  if (!memory.wrongSide && memory.unsureSinceBreach && j.report.timeMs - memory.breachLast!.timeMs > ENGINE.runLinkMs)
    memory.forgetRuns()
  if (!again) memory.unsureSinceBreach = memory.breachCount > 0
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
