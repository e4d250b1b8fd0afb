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
}

/** Writes down what the acting officer did; at the database's own time; refused for a wearer or unit out of sight. Gives the act as it goes out live. */
export async function insertAct(db: Db, act: NewAct): Promise<IncidentAct> {
  const { rows } = await db.query<{ act_id: number; officer_name: string; at_ms: number }>(
    `INSERT INTO officer_act
      (incident_id, wearer_id, unit_path, action, officer_id, officer_name, at, note, resolution, signs)
    VALUES ($1, $2, $7, $3, acting_officer_id(), '', now(), $4, $5, $6)
    RETURNING act_id::float8, officer_name, utc_ms(at) AS at_ms`,
    [
      act.incidentId,
      act.wearerId,
      act.action,
      act.note === undefined ? undefined : storableText(act.note),
      act.resolution,
      act.signs ?? 1,
      act.unitPath,
    ],
  )
  const { act_id, officer_name, at_ms } = rows[0]!
  return { ...act, atMs: at_ms, actId: act_id, officerName: officer_name }
}
