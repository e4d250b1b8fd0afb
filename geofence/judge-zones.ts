// One fix against the rules of a plan: which of them it can decide anything of, and those in full. How far the wearer may go
// until any verdict can change is kept for `takeSettled`.
import type { LogReport } from '../model/report.ts'
import { ANCHOR_FAR_M, moveAnchor } from './anchor.ts'
import { chooseJudged } from './choose-judged.ts'
import type { CompiledPlan } from './compile-plan.ts'
import { hasQuietDevice } from './device-rules.ts'
import type { Sink } from './episode.ts'
import { complyGuardM, measureRadius } from './evidence.ts'
import { measureApart } from './local-plane.ts'
import { SLACK_M, SLACK_SHARE } from './settled.ts'
import type { WearerState } from './state.ts'
import { HOT } from './wearer-row.ts'
import { BEFORE, LINE, RADIUS, weighed } from './weigh-against.ts'
import { weighByBounds } from './weigh-by-bounds.ts'
import { weighNearby } from './weigh-nearby.ts'

const apart = new Float64Array(3) // metres, as in `weighed`
const FROM_ANCHOR = 0
const FROM_LAST = 1
const FROM_ANCHOR_TO_LAST = 2

/** Weighs a fix against every rule that it may decide something of; nearly all lie surely too far away for that. */
export function judgeZones(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  measureRadius(report, weighed, RADIUS)
  const radiusM = weighed[RADIUS]!
  const { hot, at } = state
  const { latE7, lonE7 } = report
  const exact = sink.shortcut === false || sink.weighed !== undefined
  if (!(report.timeMs < hot[at + HOT.judgedUntilMs]!)) chooseJudged(state, plan, report.timeMs, exact)
  if (!exact && hasQuietDevice(state))
    hot[at + HOT.settledUntilMs] = Math.min(hot[at + HOT.calmUntilMs]!, hot[at + HOT.judgedUntilMs]!)
  measureApart(hot[at + HOT.anchorLatE7]! | 0, hot[at + HOT.anchorLonE7]! | 0, latE7, lonE7, apart, FROM_ANCHOR)
  measureApart(hot[at + HOT.fixLatE7]! | 0, hot[at + HOT.fixLonE7]! | 0, latE7, lonE7, apart, FROM_LAST)
  const movedM = apart[FROM_ANCHOR]! * SLACK_SHARE + SLACK_M
  const lineM = hot[at + HOT.fixMs] === -Infinity ? 0 : apart[FROM_LAST]! * SLACK_SHARE + SLACK_M
  const guardM = complyGuardM(radiusM, hot[at + HOT.guardFloorM]!)
  const needM = Math.max(guardM, lineM)
  if (!exact && hot[at + HOT.safeM]! - movedM > needM) {
    if (movedM > ANCHOR_FAR_M) moveAnchor(state, report, movedM)
    return
  }
  weighed[LINE] = lineM
  measureApart(
    hot[at + HOT.anchorLatE7]! | 0,
    hot[at + HOT.anchorLonE7]! | 0,
    hot[at + HOT.fixLatE7]! | 0,
    hot[at + HOT.fixLonE7]! | 0,
    apart,
    FROM_ANCHOR_TO_LAST,
  )
  weighed[BEFORE] = exact ? -Infinity : hot[at + HOT.safeM]! - apart[FROM_ANCHOR_TO_LAST]! * SLACK_SHARE - SLACK_M
  if (plan.index !== undefined && !exact) weighNearby(state, plan, plan.index, guardM, report, sink)
  else weighByBounds(state, plan, movedM, report, sink)
}
