// Which lineages a fix may decide something of, where an index knows what lies near.
import type { LogReport } from '../../../model/report/report.ts'
import type { CompiledPlan } from '../../plan/compile-plan.ts'
import type { PlanIndex } from '../../plan/plan-index.ts'
import type { Sink } from '../state/episode.ts'
import type { WearerState } from '../state/state.ts'
import { HOT } from '../state/wearer-row.ts'
import { ANCHOR_REACH_M } from './anchor.ts'
import { judgedAt } from './choose-judged.ts'
import { judging } from './judging.ts'
import { weighAgainst, weighOne } from './weigh-against.ts'

let toWeigh = new Int32Array(64)
let outsideM = new Float64Array(64)
let taken = new Uint8Array(64)
const nearby = new Float64Array(1)

/** Weighs the lineages that are near, and those with something to remember. */
export function weighNearby(
  state: WearerState,
  plan: CompiledPlan,
  index: PlanIndex,
  guardM: number,
  report: LogReport,
  sink: Sink,
): void {
  const { hot, at, memory } = state
  const { versions } = judgedAt(plan, report)
  if (toWeigh.length < versions.length) {
    toWeigh = new Int32Array(versions.length)
    outsideM = new Float64Array(versions.length)
    taken = new Uint8Array(versions.length)
  }
  const { latE7, lonE7 } = report
  const [fromLatE7, fromLonE7] = [hot[at + HOT.fixLatE7]! | 0, hot[at + HOT.fixLonE7]! | 0]
  // Whole metres: a fraction would be boxed for the call.
  const lineM = Math.ceil(judging.lineM) | 0
  let count = index.near(fromLatE7, fromLonE7, latE7, lonE7, lineM, Math.ceil(guardM) | 0, toWeigh, outsideM, nearby)
  for (let k = 0; k < count; k++) taken[toWeigh[k]!] = 1
  for (const i of forgetClean(state))
    if (taken[i] === 0) {
      toWeigh[count] = i
      outsideM[count++] = Number.NaN
      taken[i] = 1
    }
  let safeM = nearby[0]!
  for (let k = 0; k < count; k++) {
    const i = toWeigh[k]!
    taken[i] = 0
    const version = versions[i]
    if (version === undefined) continue
    if (Number.isNaN(outsideM[k]!)) weighOne(state, plan, i, version, report, ANCHOR_REACH_M, sink)
    else {
      judging.marginM = outsideM[k]!
      weighAgainst(state, plan, i, version, report, sink)
    }
    const clean = memory[i] === undefined || memory[i]!.clean
    const safeHereM = clean ? judging.marginM - version.parameters.warningRingM : -Infinity
    if (safeHereM < safeM) safeM = safeHereM
  }
  hot[at + HOT.anchorLatE7] = report.latE7
  hot[at + HOT.anchorLonE7] = report.lonE7
  hot[at + HOT.safeM] = safeM
}

/** The lineages with something to remember; what there no longer is anything of is let go. */
function forgetClean(state: WearerState): readonly number[] {
  const { memory } = state
  state.remembering ??= [...memory.keys()].filter((i) => memory[i] !== undefined)
  const { remembering } = state
  for (let k = remembering.length - 1; k >= 0; k--) {
    const i = remembering[k]!
    if (!memory[i]!.clean) continue
    memory[i] = undefined
    remembering[k] = remembering[remembering.length - 1]!
    remembering.pop()
  }
  return remembering
}
