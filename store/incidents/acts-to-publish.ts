// Acts for the process itself, which publishes them to the officers who may see them. Those that may not be published yet are noted with the
// act, and struck off when the log of acts has it.
import type { IncidentAct, LoggedIncident } from '../../model/incident/incident.ts'
import type { Standing } from '../../model/incident/life.ts'
import type { Db } from '../database/open-pool.ts'
import { legacyStanding } from './upsert-incidents.ts'

/** An act as it goes out, from a row `a` of officer_act. */
export const ACT_JSON = `json_strip_nulls(json_build_object('actId', a.act_id, 'incidentId', a.incident_id,
        'matterId', nullif(a.matter_id, a.incident_id), 'wearerId', a.wearer_id, 'unitPath', a.unit_path::text, 'action', a.action, 'officerName', a.officer_name, 'atMs', utc_ms(a.at), 'note', a.note,
        'resolution', a.resolution, 'signs', nullif(a.signs, 1), 'revision', a.revision, 'changes', a.changes, 'escalatedTo', a.escalated_to))`

/** Acts that have waited for at least `waitingMs`, first come first, at most `max`; none within an officer's transaction. */
export async function listActsToPublish(db: Db, waitingMs: number, max: number): Promise<IncidentAct[]> {
  const { rows } = await db.query<{ act: IncidentAct }>(
    `SELECT ${ACT_JSON} AS act FROM acts_to_tell($1, $2) a ORDER BY a.act_id`,
    [waitingMs, max],
  )
  return rows.map(({ act }) => act)
}

/** Strikes off what is published; what is not there is passed over. */
export async function strikePublished(db: Db, actIds: readonly number[]): Promise<void> {
  await db.query('SELECT acts_told($1::bigint[])', [actIds])
}

/** All acts on these matters, oldest first; none within an officer's transaction. */
export async function listActsOn(db: Db, matterIds: readonly string[]): Promise<IncidentAct[]> {
  const { rows } = await db.query<{ act: IncidentAct }>(
    `SELECT ${ACT_JSON} AS act FROM acts_on($1::uuid[]) a ORDER BY a.act_id`,
    [matterIds],
  )
  return rows.map(({ act }) => act)
}

/** The newest incident of each matter with its `standing`, as far as PostgreSQL knows; none within an officer's transaction. */
export async function listStandings(
  db: Db,
  matterIds: readonly string[],
): Promise<{ incident: LoggedIncident; standing: Standing }[]> {
  const { rows } = await db.query<{ body: LoggedIncident; standing: Standing | null }>(
    'SELECT body, standing FROM standings_of($1::uuid[])',
    [matterIds],
  )
  return rows.map(({ body, standing }) => ({ incident: body, standing: standing ?? legacyStanding(body) }))
}
