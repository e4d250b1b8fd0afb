// An episode begins, and becomes the incident that others see.

import type { Weighing } from '../../../model/console/judgement.ts'
import {
  type BadData,
  type Evidence,
  INCIDENT_TYPES,
  type Incident,
  type IncidentType,
  type Severity,
  type UnknownAlarm,
} from '../../../model/incident/incident.ts'
import { contentKeyHex, EDGE_KEY, incidentId } from '../../incident-id.ts'
import { ENGINE, ENGINE_VERSION } from '../../parameters.ts'
import type { Spot } from './spot.ts'

type Wearer = { readonly wearerId: number }

/** An incident that has begun and not ended. */
export type Episode = {
  id: string
  type: IncidentType
  severity: Severity
  conditionId: string | undefined
  startMs: number
  confirmedMs: number
  evidence: Evidence[]
  /** As in Incident. */
  signs?: number
  successorOf?: string
  badData?: BadData
  unknownAlarms?: UnknownAlarm[]
}

/** Receives what the fold decides. `atMs` is the time of the report or edge that decided it. */
export type Sink = {
  /** The incident as it is now; revision 0, because the timeline counts revisions. */
  change(incident: Incident, atMs: number): void
  /** How a fix was weighed against a lineage; given only by explain, and switches every shortcut off. */
  weighed?(conditionId: string, weighing: Weighing): void
  /** False folds every distance exactly: for the test that the shortcut changes nothing. */
  shortcut?: boolean
}

export function evidenceOf(spot: Spot, role: Evidence['role']): Evidence {
  const evidence: Evidence = { timeMs: spot.timeMs, contentKey: contentKeyHex(spot.contentHi, spot.contentLo), role }
  if (!Number.isNaN(spot.latE7)) {
    evidence.latE7 = spot.latE7
    evidence.lonE7 = spot.lonE7
  }
  if (!Number.isNaN(spot.distanceM)) evidence.distanceM = tenths(spot.distanceM)
  if (!Number.isNaN(spot.radiusM)) evidence.radiusM = tenths(spot.radiusM)
  return evidence
}

export function tenths(metres: number): number {
  return Math.round(metres * 10) / 10
}

type Opening = {
  type: IncidentType
  severity?: Severity | undefined
  conditionId?: string | undefined
  startMs: number
  /** The report that began it; absent where the clock did. */
  startSpot?: Spot | undefined
  confirmedMs: number
  evidence: Evidence[]
  successorOf?: string | undefined
}

export function openEpisode(wearer: Wearer, opening: Opening): Episode {
  const { type, conditionId, startMs, startSpot, confirmedMs, evidence } = opening
  const startKey = startSpot ? contentKeyHex(startSpot.contentHi, startSpot.contentLo) : EDGE_KEY
  return {
    id: incidentId(wearer.wearerId, conditionId, type, startMs, startKey),
    type,
    severity: opening.severity ?? INCIDENT_TYPES[type].severity,
    conditionId,
    startMs,
    confirmedMs,
    evidence: evidence.slice(0, ENGINE.evidenceMax),
    ...(opening.successorOf !== undefined && { successorOf: opening.successorOf }),
  }
}

type Ending = { endMs: number; end?: Evidence | undefined }

/** The incident as it is now: open, or ended. Depth is how far on the wrong side `deepest` lay. */
export function incidentOf(
  wearer: Wearer,
  planHash: string,
  episode: Episode,
  ending?: Ending,
  deepest?: Spot,
): Incident {
  const evidence = episode.evidence.slice(0, ENGINE.evidenceMax - 2)
  if (deepest) evidence.push(evidenceOf(deepest, 'deepest'))
  if (ending?.end) evidence.push(ending.end)
  const incident: Incident = {
    id: episode.id,
    type: episode.type,
    severity: episode.severity,
    wearerId: wearer.wearerId,
    startMs: episode.startMs,
    confirmedMs: episode.confirmedMs,
    evidence,
    engineVersion: ENGINE_VERSION,
    planHash,
    late: false,
    inferred: episode.type === 'inferred_crossing',
    revision: 0,
  }
  if (episode.conditionId !== undefined) incident.conditionId = episode.conditionId
  if (ending) incident.endMs = ending.endMs
  if (episode.signs !== undefined) incident.signs = episode.signs
  if (episode.successorOf !== undefined) incident.successorOf = episode.successorOf
  if (episode.badData !== undefined) incident.badData = { ...episode.badData }
  if (episode.unknownAlarms !== undefined) incident.unknownAlarms = episode.unknownAlarms.map((alarm) => ({ ...alarm }))
  if (deepest) incident.depthM = tenths(Math.abs(deepest.distanceM))
  return incident
}
