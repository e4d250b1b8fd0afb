// Whereabouts uncertain: a rule began, and the last known position breaks it, but is too old to prove a violation. The first
// fix that proves the breach makes it a violation from that fix on; one on the right side ends it, and no absence is published.

import { breachGuardM, weigh } from '../../evidence.ts'
import { ENGINE } from '../../parameters.ts'
import type { CompiledPlan } from '../../plan/compile-plan.ts'
import { turnOf } from '../../plan/condition-kinds.ts'
import { type Episode, evidenceOf, incidentOf, openEpisode, type Sink } from '../state/episode.ts'
import type { Spot } from '../state/spot.ts'
import { lastFix, type WearerState } from '../state/state.ts'
import { ZoneMemory } from '../state/zone-memory.ts'
import type { Judging } from './judging.ts'

/** At the beginning of a rule, for a wearer without a fresh fix. */
export function openUncertain(state: WearerState, plan: CompiledPlan, i: number, atMs: number, sink: Sink): void {
  const ageMs = atMs - state.fixMs
  if (!(ageMs > plan.freshMs && ageMs <= ENGINE.edgeKnownMs)) return
  const turn = turnOf(plan.kindOf(i))
  const { parameters } = plan.timing.judgedAt(atMs).versions[i]!
  const last = lastFix(state)!
  const guardM = breachGuardM(last.radiusM, parameters.guardFloorM)
  last.distanceM = plan.zones[i]!.signedDistanceM(last.latE7, last.lonE7, Math.ceil(guardM) + 1)
  if (weigh(last.distanceM * turn, last.radiusM, parameters.guardFloorM) !== -1) return
  last.distanceM = plan.zones[i]!.signedDistanceM(last.latE7, last.lonE7)
  if (last.timeMs < madeMs(plan, i, atMs)) return
  const memory = state.memory[i] ?? new ZoneMemory()
  if (state.memory[i] === undefined) {
    state.memory[i] = memory
    state.remembering?.push(i)
  }
  memory.uncertain = openEpisode(state, {
    type: 'whereabouts_uncertain',
    conditionId: plan.conditionIdOf(i),
    startMs: atMs,
    confirmedMs: atMs,
    evidence: [{ timeMs: atMs, role: 'start' }, evidenceOf(last, 'sign')],
  })
  sink.change(incidentOf(state, plan.hash, memory.uncertain), atMs)
}

/** Ends it, if it is open, and gives it; `end`: the fix that does, absent where a violation takes its place. */
export function closeUncertain(j: Judging, memory: ZoneMemory, endMs: number, end?: Spot): Episode | undefined {
  const { uncertain } = memory
  if (uncertain === undefined) return undefined
  memory.uncertain = undefined
  const evidence = end ? evidenceOf(end, 'end') : ({ timeMs: endMs, role: 'end' } as const)
  const ending = { endMs: Math.max(uncertain.startMs, endMs), end: evidence }
  j.sink.change(incidentOf(j.state, j.plan.hash, uncertain, ending), j.report.timeMs)
  return uncertain
}

/** When the rule in force was made, where nobody says it when it began: no fix from before that is weighed against it. Read from the plan's text: hardly ever asked. */
function madeMs(plan: CompiledPlan, i: number, atMs: number): number {
  const id = plan.conditionIdOf(i)
  const { conditions, permits } = plan.source
  const condition = conditions.find(
    (each) => each.id === id && each.fromMs <= atMs && (each.toMs === undefined || atMs < each.toMs),
  )
  if (condition) return condition.madeMs ?? condition.fromMs
  const permit = permits.find((each) => each.id === id)
  return permit?.decidedMs ?? permit?.fromMs ?? Number.NEGATIVE_INFINITY
}
