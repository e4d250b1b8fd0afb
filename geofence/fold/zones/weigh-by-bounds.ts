// Which lineages a fix may decide something of, where for each is kept how far from its boundary the anchor surely was.
import type { LogReport } from '../../../model/report/report.ts'
import { complyGuardM } from '../../evidence.ts'
import type { CompiledPlan } from '../../plan/compile-plan.ts'
import type { Sink } from '../state/episode.ts'
import type { WearerState } from '../state/state.ts'
import { HOT } from '../state/wearer-row.ts'
import { ANCHOR_REACH_M } from './anchor.ts'
import { judgedAt } from './choose-judged.ts'
import { judging } from './judging.ts'
import { weighOne } from './weigh-against.ts'

/** A traveller's next fixes, and how far a fix may lie from the one before to be a traveller's. */
const AHEAD = 4
const TRAVEL_MAX_M = 5_000

/** Weighs the lineages whose boundary may be near, by how far from the anchor each surely is. */
export function weighByBounds(
  state: WearerState,
  plan: CompiledPlan,
  movedM: number,
  report: LogReport,
  sink: Sink,
): void {
  const { hot, at, boundM, memory } = state
  const exact = sink.shortcut === false || sink.weighed !== undefined
  // Bounds taken from afar are loose, but where the wearer has come from says something about what is far away all the same.
  const anew = exact || !(movedM < ANCHOR_REACH_M)
  if (anew) {
    hot[at + HOT.anchorLatE7] = report.latE7
    hot[at + HOT.anchorLonE7] = report.lonE7
  }
  const fromAnchorM = anew ? 0 : movedM
  // Who travels is looked farther around for, so that the next fixes need not be.
  const reachM = anew && movedM < TRAVEL_MAX_M ? (ANCHOR_REACH_M + AHEAD * movedM) | 0 : ANCHOR_REACH_M
  const { versions } = judgedAt(plan, report)
  const { radiusM, lineM } = judging
  let safeM = Infinity
  for (let i = 0; i < boundM.length; i++) {
    let bound = boundM[i]!
    if (Number.isNaN(bound)) continue
    if (anew) bound = exact ? -Infinity : bound - movedM
    const version = versions[i]!
    const { guardFloorM, warningRingM } = version.parameters
    const clean = memory[i] === undefined || memory[i]!.clean
    const needM = Math.max(complyGuardM(radiusM, guardFloorM), lineM) + warningRingM
    if (!clean || !(bound - fromAnchorM > (anew ? needM + ANCHOR_REACH_M : needM))) {
      weighOne(state, plan, i, version, report, reachM, sink)
      bound = judging.marginM - fromAnchorM
    }
    boundM[i] = bound
    const safeHereM = memory[i] === undefined || memory[i]!.clean ? bound - warningRingM : -Infinity
    if (safeHereM < safeM) safeM = safeHereM
  }
  hot[at + HOT.safeM] = safeM
}
