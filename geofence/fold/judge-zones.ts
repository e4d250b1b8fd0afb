// One fix against the rules of a plan: which of them it can decide anything of, and those in full. How far the wearer may go
// until any verdict can change is kept for `takeSettled`.
import type { LogReport } from '../../model/report/report.ts'
import { complyGuardM } from '../evidence.ts'
import { measureApart } from '../geometry/local-plane.ts'
import type { CompiledPlan } from '../plan/compile-plan.ts'
import { hasQuietDevice } from './device/device-rules.ts'
import { SLACK_M, SLACK_SHARE } from './fast-path.ts'
import type { Sink } from './state/episode.ts'
import { measureRadius } from './state/measure-radius.ts'
import type { WearerState } from './state/state.ts'
import { HOT } from './state/wearer-row.ts'
import { ANCHOR_FAR_M, moveAnchor } from './zones/anchor.ts'
import { chooseJudged } from './zones/choose-judged.ts'
import { judging } from './zones/judging.ts'
import { weighByBounds } from './zones/weigh-by-bounds.ts'
import { weighNearby } from './zones/weigh-nearby.ts'

// Metres: a fraction given back is boxed where the call is not inlined.
const measured = new Float64Array(4)
const FROM_ANCHOR = 0
const FROM_LAST = 1
const FROM_ANCHOR_TO_LAST = 2
const RADIUS = 3

/** Weighs a fix against every rule that it may decide something of; nearly all lie surely too far away for that. */
export function judgeZones(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  const { hot, at } = state
  measureRadius(report, hot, at, measured, RADIUS)
  const radiusM = measured[RADIUS]!
  const { latE7, lonE7 } = report
  const exact = sink.shortcut === false || sink.weighed !== undefined
  if (!(report.timeMs < hot[at + HOT.judgedUntilMs]!)) chooseJudged(state, plan, report.timeMs, exact)
  if (!exact && hasQuietDevice(state))
    hot[at + HOT.fastUntilMs] = Math.min(hot[at + HOT.calmUntilMs]!, hot[at + HOT.judgedUntilMs]!)
  measureApart(hot[at + HOT.anchorLatE7]! | 0, hot[at + HOT.anchorLonE7]! | 0, latE7, lonE7, measured, FROM_ANCHOR)
  measureApart(hot[at + HOT.fixLatE7]! | 0, hot[at + HOT.fixLonE7]! | 0, latE7, lonE7, measured, FROM_LAST)
  const movedM = measured[FROM_ANCHOR]! * SLACK_SHARE + SLACK_M
  const lineM = hot[at + HOT.fixMs] === -Infinity ? 0 : measured[FROM_LAST]! * SLACK_SHARE + SLACK_M
  const guardM = complyGuardM(radiusM, hot[at + HOT.guardFloorM]!)
  const needM = Math.max(guardM, lineM)
  if (!exact && hot[at + HOT.safeM]! - movedM > needM) {
    if (movedM > ANCHOR_FAR_M) moveAnchor(state, report, movedM)
    return
  }
  judging.radiusM = radiusM
  judging.lineM = lineM
  measureApart(
    hot[at + HOT.anchorLatE7]! | 0,
    hot[at + HOT.anchorLonE7]! | 0,
    hot[at + HOT.fixLatE7]! | 0,
    hot[at + HOT.fixLonE7]! | 0,
    measured,
    FROM_ANCHOR_TO_LAST,
  )
  judging.beforeM = exact ? -Infinity : hot[at + HOT.safeM]! - measured[FROM_ANCHOR_TO_LAST]! * SLACK_SHARE - SLACK_M
  if (plan.index !== undefined && !exact) weighNearby(state, plan, plan.index, guardM, report, sink)
  else weighByBounds(state, plan, movedM, report, sink)
}
