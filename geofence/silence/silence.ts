// Silence is measured from the time of receipt, so it runs on the clock beside the fold. Pure all the same: the caller
// hands in the time of the wearer's last report and the time now.
import type { Incident } from '../../model/incident/incident.ts'
import type { ListeningGap } from '../../model/incident/outage.ts'
import { EDGE_KEY, incidentId } from '../incident-id.ts'
import { ENGINE, ENGINE_VERSION } from '../parameters.ts'
import type { CompiledPlan } from '../plan/compile-plan.ts'
import { intervalAt } from '../plan/windows.ts'
import { expectedSinceMs, expectedUntilMs, type Worn } from './expected.ts'
import { listenedDueMs } from './listened.ts'

export type Contact = {
  /** When a report of the wearer was last received; undefined: nothing was ever heard. */
  lastReceivedMs?: number | undefined
  /** Last battery level received; undefined when never. */
  batteryPercent?: number | undefined
  charging?: boolean | undefined
}

/** What is kept per wearer between two looks: the silence open now, if any. Plain data, saved as it is. */
export type Silence = { sinceMs: number; incidents: Incident[] }

/** What is known beside the contact. */
export type SilenceAround = {
  /** Since when reports can have been received: nobody is blamed for a silence of ours before that. */
  listeningSinceMs?: number
  /** When they could not, since then: that time does not count. */
  gaps?: readonly ListeningGap[]
  /** When the wearer wears a bracelet. */
  worn?: Worn
  /** When that, or the supervision, was entered with a beginning in the past: nobody is missed for the time before. */
  learnedMs?: number
  /** Part of a fleet silence: held back, or withdrawn where it is active (`coverOf`). */
  covered?: boolean
  /** Was part of one until then. */
  freedMs?: number
}

/** Withdrawn because the whole unit fell silent. */
const PART_OF_FLEET_SILENCE = 'fleet_silence'

/**
 * From when on the wearer is silent at `atMs`: since the last contact, or since reports are expected where nothing was heard
 * after that; undefined while none are, or where it is not known whether a bracelet was ever put on.
 */
export function silentSinceMs(plan: CompiledPlan, contact: Contact, worn: Worn, atMs: number): number | undefined {
  const expectedMs = expectedSinceMs(plan, worn, atMs)
  if (expectedMs === undefined) return undefined
  const { lastReceivedMs = Number.NEGATIVE_INFINITY } = contact
  if (worn === undefined && intervalAt(plan.supervision, lastReceivedMs) < 0) return undefined
  return Math.max(lastReceivedMs, expectedMs)
}

/** When a silence becomes an incident: interval + grace after its beginning, or after we began to listen, gaps not counted. */
export function silenceDueMs(
  plan: CompiledPlan,
  sinceMs: number,
  listeningSinceMs = 0,
  gaps?: readonly ListeningGap[],
): number {
  return listenedDueMs(Math.max(sinceMs, listeningSinceMs), plan.reportIntervalMs + plan.silenceGraceMs, gaps)
}

/**
 * Looks at one wearer at `nowMs`. Gives the silence to keep (undefined: heard, held back, or not expected to report) and the
 * incidents that changed. Edge-triggered: one report ends it, and it takes interval + grace again to begin anew, so it
 * cannot flap; the id comes from its beginning, so looking again, or elsewhere, gives the same incident.
 */
export function judgeSilence(
  wearerId: number,
  plan: CompiledPlan,
  contact: Contact,
  open: Silence | undefined,
  nowMs: number,
  { listeningSinceMs = 0, gaps, worn, learnedMs = 0, covered = false, freedMs = 0 }: SilenceAround = {},
): { silence: Silence | undefined; changes: Incident[] } {
  if (open) {
    const heardMs = (contact.lastReceivedMs ?? 0) > open.sinceMs ? contact.lastReceivedMs : undefined
    if (heardMs === undefined && expectedSinceMs(plan, worn, nowMs) !== undefined)
      return underCover(open, covered, freedMs)
    const endMs = heardMs ?? Math.min(nowMs, expectedUntilMs(plan, worn, open.incidents[0]!.confirmedMs))
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
  const sinceMs = silentSinceMs(plan, contact, worn, nowMs)
  if (covered || sinceMs === undefined) return { silence: undefined, changes: [] }
  const dueMs = Math.max(silenceDueMs(plan, Math.max(sinceMs, learnedMs), listeningSinceMs, gaps), freedMs)
  if (nowMs < dueMs) return { silence: undefined, changes: [] }
  const incidents = [silenceIncident(wearerId, plan, 'no_communication', sinceMs, dueMs)]
  const { lastReceivedMs, batteryPercent, charging } = contact
  if (sinceMs !== lastReceivedMs) return { silence: { sinceMs, incidents }, changes: incidents }
  if (batteryPercent !== undefined && batteryPercent <= ENGINE.batteryDeadPercent && charging !== true)
    incidents.push(silenceIncident(wearerId, plan, 'battery_dead', sinceMs, dueMs))
  return { silence: { sinceMs, incidents }, changes: incidents }
}

/** One that was raised before its unit's outage was known is withdrawn while that lasts, and reinstated after it. */
function underCover(open: Silence, covered: boolean, freedMs: number): { silence: Silence; changes: Incident[] } {
  const isWithdrawn = open.incidents[0]!.withdrawn !== undefined
  if (covered === isWithdrawn) return { silence: open, changes: [] }
  const incidents = open.incidents.map((incident): Incident => {
    const { withdrawn: _, ...reinstated } = incident
    const revision = incident.revision + 1
    return covered
      ? { ...reinstated, withdrawn: { reason: PART_OF_FLEET_SILENCE }, revision }
      : { ...reinstated, confirmedMs: Math.max(incident.confirmedMs, freedMs), revision }
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
