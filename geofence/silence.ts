// Silence is measured from the time of receipt, so it runs on the clock beside the fold. Pure all the same: the caller
// hands in when the wearer was last heard of and what time it is.
import type { Incident } from '../model/incident.ts'
import type { CompiledPlan } from './compile-plan.ts'
import { EDGE_KEY, incidentId } from './incident-id.ts'
import { ENGINE, ENGINE_VERSION } from './parameters.ts'
import { intervalAt, nextBoundaryMs } from './windows.ts'

export type Contact = {
  /** When a report of the wearer was last received. */
  lastReceivedMs: number
  /** Last battery level heard of; undefined when never. */
  batteryPercent?: number | undefined
  charging?: boolean | undefined
}

/** What is kept per wearer between two looks: the silence open now, if any. Plain data, saved as it is. */
export type Silence = { sinceMs: number; incidents: Incident[] }

/** What is known beside the contact. */
export type SilenceAround = {
  /** Since when reports can have been received without a gap: nobody is blamed for a silence of ours before that. */
  listeningSinceMs?: number
  /** Part of a fleet silence: held back, or withdrawn where it stands (`coverOf`). */
  covered?: boolean
  /** Was part of one until then. */
  freedMs?: number
}

/** Withdrawn because the whole unit fell silent. */
export const PART_OF_FLEET_SILENCE = 'fleet_silence'

/** When silence would become an incident: interval + grace after the last contact, or after we began to listen. */
export function silenceDueMs(
  plan: CompiledPlan,
  contact: Contact,
  listeningSinceMs = 0,
  nowMs = contact.lastReceivedMs,
): number {
  return Math.max(silentSinceMs(plan, contact, nowMs), listeningSinceMs) + plan.reportIntervalMs + plan.silenceGraceMs
}

/** Nobody is expected to report before the supervision that runs at `nowMs` began. */
function silentSinceMs({ supervision }: CompiledPlan, { lastReceivedMs }: Contact, nowMs: number): number {
  return Math.max(lastReceivedMs, supervision.starts[intervalAt(supervision, nowMs)] ?? lastReceivedMs)
}

/**
 * Looks at one wearer at `nowMs`. Gives the silence to keep (undefined: heard, held back, or not under supervision) and the
 * incidents that changed. Edge-triggered: one report ends it, and it takes interval + grace again to begin anew, so it
 * cannot flap; the id comes from the last contact, so looking again, or elsewhere, gives the same incident.
 */
export function judgeSilence(
  wearerId: number,
  plan: CompiledPlan,
  contact: Contact,
  open: Silence | undefined,
  nowMs: number,
  { listeningSinceMs = 0, covered = false, freedMs = 0 }: SilenceAround = {},
): { silence: Silence | undefined; changes: Incident[] } {
  const supervised = intervalAt(plan.supervision, nowMs) >= 0
  if (open) {
    const heard = contact.lastReceivedMs > open.sinceMs
    if (!heard && supervised) return underCover(open, covered, freedMs)
    const endMs = heard
      ? contact.lastReceivedMs
      : Math.min(nowMs, nextBoundaryMs(plan.supervision, open.incidents[0]!.confirmedMs))
    const ended = open.incidents
      .filter(({ withdrawn }) => withdrawn === undefined)
      .map(
        (incident): Incident => ({
          ...incident,
          endMs: Math.max(incident.startMs, endMs),
          evidence: [...incident.evidence, { timeMs: endMs, role: 'end' }],
          revision: incident.revision + 1,
        }),
      )
    return { silence: undefined, changes: ended }
  }
  const dueMs = Math.max(silenceDueMs(plan, contact, listeningSinceMs, nowMs), freedMs)
  if (covered || !supervised || nowMs < dueMs) return { silence: undefined, changes: [] }
  const startMs = silentSinceMs(plan, contact, nowMs)
  const incidents = [silenceIncident(wearerId, plan, 'no_communication', startMs, dueMs)]
  const { batteryPercent, charging } = contact
  if (batteryPercent !== undefined && batteryPercent <= ENGINE.batteryDeadPercent && charging !== true)
    incidents.push(silenceIncident(wearerId, plan, 'battery_dead', startMs, dueMs))
  return { silence: { sinceMs: contact.lastReceivedMs, incidents }, changes: incidents }
}

/** One that was raised before its unit's outage was known is withdrawn while that lasts, and stands again after it. */
function underCover(open: Silence, covered: boolean, freedMs: number): { silence: Silence; changes: Incident[] } {
  const isWithdrawn = open.incidents[0]!.withdrawn !== undefined
  if (covered === isWithdrawn) return { silence: open, changes: [] }
  const incidents = open.incidents.map((incident): Incident => {
    const { withdrawn: _, ...standing } = incident
    const revision = incident.revision + 1
    return covered
      ? { ...standing, withdrawn: { reason: PART_OF_FLEET_SILENCE }, revision }
      : { ...standing, confirmedMs: Math.max(incident.confirmedMs, freedMs), revision }
  })
  return { silence: { ...open, incidents }, changes: incidents }
}

function silenceIncident(
  wearerId: number,
  plan: CompiledPlan,
  type: 'no_communication' | 'battery_dead',
  startMs: number,
  confirmedMs: number,
): Incident {
  return {
    id: incidentId(wearerId, undefined, type, startMs, EDGE_KEY),
    type,
    severity: 'serius',
    wearerId,
    startMs,
    confirmedMs,
    evidence: [
      { timeMs: startMs, role: 'start' },
      { timeMs: confirmedMs, role: 'confirm' },
    ],
    engineVersion: ENGINE_VERSION,
    planHash: plan.hash,
    late: false,
    inferred: type === 'battery_dead',
    revision: 1,
  }
}
