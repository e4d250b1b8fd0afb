// Beginnings and ends of rules, by the clock. Exit before enter: what ends at a time ends before anything begins at it.
import type { CompiledPlan } from '../plan/compile-plan.ts'
import { VIOLATION } from '../plan/condition-kinds.ts'
import { closeDevice } from './device/device-episodes.ts'
import { DEVICE_TYPES } from './state/device-memory.ts'
import { type Episode, evidenceOf, incidentOf, openEpisode, type Sink } from './state/episode.ts'
import { gather, spread } from './state/in-force.ts'
import { copySpot, Spot } from './state/spot.ts'
import type { WearerState } from './state/state.ts'
import { HOT } from './state/wearer-row.ts'
import type { ZoneMemory } from './state/zone-memory.ts'
import { openUncertain } from './zones/uncertain.ts'
import { reachOf } from './zones/violation-minutes.ts'

/**
 * Brings what is in force up to `atMs`: closes what no longer holds, opens what a wearer known to be out breaks from
 * now on. `isNew`: the rule came with a change of plan, so nothing from before counts against anybody. Serves window, permit, condition and supervision edges and a change of plan alike.
 */
export function reconcile(
  state: WearerState,
  plan: CompiledPlan,
  atMs: number,
  sink: Sink,
  isNew: (lineage: number) => boolean = () => false,
): void {
  const { active, supervised } = plan.timing.at(atMs)
  const activeSinceMs = spread(state.activeSinceMs, active.length)
  state.activeSinceMs = activeSinceMs
  for (let i = 0; i < active.length; i++)
    if (!active[i] && !Number.isNaN(activeSinceMs[i]!)) {
      activeSinceMs[i] = Number.NaN
      end(state, plan, i, atMs, sink)
    }
  if (!supervised && !Number.isNaN(state.supervisedSinceMs)) endSupervision(state, plan, atMs, sink)
  if (supervised && Number.isNaN(state.supervisedSinceMs)) state.supervisedSinceMs = atMs
  for (let i = 0; i < active.length; i++)
    if (active[i] && Number.isNaN(activeSinceMs[i]!)) {
      activeSinceMs[i] = atMs
      begin(state, plan, i, atMs, sink, isNew(i))
    }
  state.activeSinceMs = gather(activeSinceMs)
}

function end(state: WearerState, plan: CompiledPlan, i: number, atMs: number, sink: Sink): void {
  const memory = state.memory[i]
  if (memory) endRule(state, plan, memory, atMs, sink)
}

/** Closes everything open under a rule at the time the rule ends. */
export function endRule(state: WearerState, plan: CompiledPlan, memory: ZoneMemory, atMs: number, sink: Sink): void {
  const ended = (episode: Episode, deepest?: ZoneMemory['deepest']) =>
    incidentOf(state, plan.hash, episode, { endMs: atMs, end: { timeMs: atMs, role: 'end' } }, deepest)
  const close = (episode: Episode) => sink.change(ended(episode), atMs)
  if (memory.violation) sink.change({ ...ended(memory.violation, memory.deepest), ...reachOf(memory, atMs) }, atMs)
  if (memory.uncertain) close(memory.uncertain)
  if (memory.unverifiable) close(memory.unverifiable)
  if (memory.ring) close(memory.ring)
  memory.violation = undefined
  memory.uncertain = undefined
  memory.unverifiable = undefined
  memory.ring = undefined
  memory.unsureFirst = undefined
  memory.forgetStay()
  memory.forgetRing()
}

/**
 *   last breach  side    since then   what follows
 *   stale        –       –            forgotten; if the last fix of all is on the wrong side: whereabouts uncertain
 *   fresh        wrong   nothing      violation from the edge on
 *   fresh        wrong   unsure       one more breach fix, and it counts from the edge
 *   fresh        wrong   comply       forgotten: on the way back
 *   fresh        right   –            the run goes on; if confirmed, it counts from the edge
 */
function begin(state: WearerState, plan: CompiledPlan, i: number, atMs: number, sink: Sink, isNew: boolean): void {
  const memory = state.memory[i]
  const last = memory?.breachLast
  const known = last !== undefined && atMs - last.timeMs <= plan.freshMs
  if (memory && (!known || (memory.wrongSide && memory.returnCount > 0))) memory.forgetRuns()
  if (!known && !isNew) openUncertain(state, plan, i, atMs, sink)
  memory?.minutes?.countFrom(atMs)
  if (!memory || !known || !memory.wrongSide) return
  const version = plan.timing.judgedAt(atMs).versions[i]!
  if (memory.unsureSinceBreach) {
    memory.wrongSide = false
    memory.breachCount = Math.min(memory.breachCount, version.parameters.confirmFixes - 1)
    if (memory.breachCount === 0) memory.forgetRuns()
    return
  }
  memory.deepest = copySpot(last, new Spot()) // the last is filled again
  memory.violation = openEpisode(state, {
    type: VIOLATION[plan.kindOf(i)],
    severity: version.severity,
    conditionId: plan.conditionIdOf(i),
    startMs: atMs,
    confirmedMs: atMs,
    evidence: [{ timeMs: atMs, role: 'start' }, evidenceOf(last, 'sign')],
  })
  sink.change({ ...incidentOf(state, plan.hash, memory.violation, undefined, last), ...reachOf(memory) }, atMs)
}

function endSupervision(state: WearerState, plan: CompiledPlan, atMs: number, sink: Sink): void {
  for (let slot = 0; slot < DEVICE_TYPES.length; slot++)
    if (state.remembered?.open[slot]) closeDevice(state, plan, slot, atMs, sink)
  state.supervisedSinceMs = Number.NaN
  state.remembered = undefined
  state.charging = false
  state.memory = []
  state.remembering = undefined
  state.candidate = undefined
  state.hop = undefined
  state.fixMs = -Infinity
  state.hot[state.at + HOT.safeM] = -Infinity
}
