import pg from 'pg'
import type { IncidentAct, OfficerAction, Resolution } from '../../model/incident/incident.ts'
import type { Db } from '../database/open-pool.ts'
import { storableJson, storableText } from '../database/storable.ts'

export type NewAct = {
  incidentId: string
  /** The incident's, where that is not the incident itself. */
  matterId?: string
  /** The incident's wearer, or its unit; refused when the incident is another's. */
  wearerId?: number
  unitPath?: string
  action: OfficerAction
  note?: string
  resolution?: Resolution
  /** Signs of the incident that the officer could know of; one where absent. */
  signs?: number
  /** The revision that the officer acted on; absent: not known. */
  revision?: number
  /** Of a resolution: the act whose finding it changes. */
  changes?: number
  /** Of an escalation: the recipients. */
  escalatedTo?: NonNullable<IncidentAct['escalatedTo']>
}

/** Why another finding is not written: there is one already, its author's rank is higher, or no reason is given. */
export type FindingRefusal = 'conflict' | 'rank' | 'reason'
const FINDING_REFUSALS: Record<string, FindingRefusal> = { GF001: 'conflict', GF002: 'rank', GF003: 'reason' }

/** Undefined for any other error. */
export function findingRefusal(error: unknown): FindingRefusal | undefined {
  return error instanceof pg.DatabaseError ? FINDING_REFUSALS[error.code ?? ''] : undefined
}

/** Writes down what the acting officer did; at the database's own time; refused for a wearer or unit out of sight. Gives the act as it goes out live. */
export async function insertAct(db: Db, act: NewAct): Promise<IncidentAct> {
  const { rows } = await db.query<{ act_id: number; officer_name: string; at_ms: number; matter_id: string | null }>(
    `INSERT INTO officer_act
      (incident_id, wearer_id, unit_path, action, officer_id, officer_name, at, note, resolution, signs, revision, changes, escalated_to, matter_id)
    VALUES ($1, $2, $7, $3, acting_officer_id(), '', now(), $4, $5, $6, $8, $9, $10, $11)
    RETURNING act_id::float8, officer_name, utc_ms(at) AS at_ms, nullif(matter_id, incident_id) AS matter_id`,
    [
      act.incidentId,
      act.wearerId,
      act.action,
      act.note === undefined ? undefined : storableText(act.note),
      act.resolution,
      act.signs ?? 1,
      act.unitPath,
      act.revision,
      act.changes,
      act.escalatedTo === undefined ? undefined : storableJson(act.escalatedTo),
      act.matterId,
    ],
  )
  const { act_id, officer_name, at_ms, matter_id } = rows[0]!
  const { matterId: _, ...said } = act
  return { ...said, ...(matter_id && { matterId: matter_id }), atMs: at_ms, actId: act_id, officerName: officer_name }
}
