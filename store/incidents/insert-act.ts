import type { IncidentAct, OfficerAction, Resolution } from '../../model/incident/incident.ts'
import type { Db } from '../database/open-pool.ts'
import { storableText } from '../database/storable.ts'

export type NewAct = {
  incidentId: string
  /** The incident's wearer, or its unit; refused when the incident is another's. */
  wearerId?: number
  unitPath?: string
  action: OfficerAction
  note?: string
  resolution?: Resolution
  /** Signs of the incident that the officer could know of; one where absent. */
  signs?: number
  atMs: number
}

/** Writes down what the acting officer did; refused for a wearer or unit out of sight. Gives the act as it goes out live. */
export async function insertAct(db: Db, act: NewAct): Promise<IncidentAct> {
  const { rows } = await db.query<{ act_id: number; officer_name: string }>(
    `INSERT INTO officer_act
      (incident_id, wearer_id, unit_path, action, officer_id, officer_name, at, note, resolution, signs)
    VALUES ($1, $2, $8, $3, acting_officer_id(), '', from_ms($4), $5, $6, $7)
    RETURNING act_id::float8, officer_name`,
    [
      act.incidentId,
      act.wearerId,
      act.action,
      act.atMs,
      act.note === undefined ? undefined : storableText(act.note),
      act.resolution,
      act.signs ?? 1,
      act.unitPath,
    ],
  )
  const { act_id, officer_name } = rows[0]!
  return { ...act, actId: act_id, officerName: officer_name }
}
