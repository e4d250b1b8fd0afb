import type { IncidentView, UnitIncidentView, WearerIncidentView } from '../../model/console/console.ts'
import type { IncidentAct, LoggedIncident, UnknownAlarm } from '../../model/incident/incident.ts'
import type { Standing } from '../../model/incident/life.ts'
import { unknownAlarmCode } from '../../model/report/report.ts'
import type { Db } from '../database/open-pool.ts'
import { ACT_JSON } from './acts-to-publish.ts'
import { legacyStanding } from './upsert-incidents.ts'

/** Open: not withdrawn, not resolved, and either going on or grave enough that somebody must still say how it ended. */
const STATES = {
  open: `NOT i.withdrawn AND i.resolved_at IS NULL AND (i.end_at IS NULL OR i.severity <> 'informasi')`,
  closed: `NOT (NOT i.withdrawn AND i.resolved_at IS NULL AND (i.end_at IS NULL OR i.severity <> 'informasi'))`,
  all: 'true',
}
type IncidentState = keyof typeof STATES

// The page is found first, so that what hangs on an incident is looked up for the rows that are given only. The body one by one:
// joined, the view would be worked out for all incidents, as nothing but the rows' ids may pass its barrier.
const viewOfPage = (page: string): string => `
  WITH page AS MATERIALIZED (SELECT i.id, i.type, i.wearer_id, i.unit_path, i.condition_id, i.start_at, i.standing, i.matter_id, i.withdrawn FROM incident i ${page})
  SELECT (SELECT s.body FROM seen_incident s WHERE s.id = i.id) AS body, i.standing, json_build_object('id', w.uuid, 'n', w.id, 'name', w.name, 'unitPath', w.unit_path::text) AS wearer,
    CASE WHEN i.unit_path IS NOT NULL THEN
      (SELECT json_build_object('path', u.path::text, 'name', u.name) FROM units_in_sight() u WHERE u.path = i.unit_path)
    END AS unit,
    (SELECT z.name FROM condition c JOIN zone z ON z.id = c.zone_id WHERE c.id = i.condition_id
      ORDER BY c.during @> i.start_at DESC, lower(c.during) DESC LIMIT 1) AS condition_name,
    CASE WHEN i.withdrawn THEN
      (SELECT n.id FROM incident n WHERE n.matter_id = i.matter_id AND NOT n.withdrawn ORDER BY n.revision DESC LIMIT 1)
    END AS continued_by,
    coalesce((SELECT json_agg(${ACT_JSON} ORDER BY a.act_id)
      FROM officer_act a WHERE coalesce(a.matter_id, a.incident_id) = i.matter_id), '[]') AS acts,
    CASE WHEN i.type = 'device_alarm_unknown' THEN unknown_alarms_of(i.wearer_id) END AS words
  FROM page i LEFT JOIN wearer w ON w.id = i.wearer_id
  ORDER BY i.start_at DESC, i.id DESC`

type Row = {
  body: LoggedIncident
  /** Of `device_alarm_unknown`: the words that this klien's bracelets have said. */
  words: string[] | null
  standing: Standing | null
  wearer: WearerIncidentView['wearer']
  unit: UnitIncidentView['unit'] | null
  condition_name: string | null
  continued_by: string | null
  acts: IncidentAct[]
}

type IncidentPage = {
  state: IncidentState
  limit: number
  /** `next` of the page before. */
  before?: string
  /** Only this wearer's (UUID). */
  wearerId?: string
}

/** Incidents in the acting officer's sight, newest beginning first; `next` is given where there are more. */
export async function listIncidents(db: Db, page: IncidentPage): Promise<{ incidents: IncidentView[]; next?: string }> {
  const { rows } = await db.query<Row>(
    viewOfPage(`WHERE ${STATES[page.state]}
      AND ($2::uuid IS NULL OR (i.start_at, i.id) < (SELECT start_at, id FROM incident WHERE id = $2))
      AND ($3::uuid IS NULL OR i.wearer_id = (SELECT id FROM wearer WHERE uuid = $3))
    ORDER BY i.start_at DESC, i.id DESC LIMIT $1::int + 1`),
    [page.limit, page.before, page.wearerId],
  )
  const incidents = rows.slice(0, page.limit).map(viewOf)
  const last = incidents.at(-1)
  return rows.length > page.limit && last ? { incidents, next: last.id } : { incidents }
}

/** One incident with all revisions of its matter, oldest first; undefined when none is in sight. */
export async function readIncident(
  db: Db,
  incidentId: string,
): Promise<{ incident: IncidentView; revisions: LoggedIncident[] } | undefined> {
  const { rows } = await db.query<Row>(viewOfPage('WHERE i.id = $1'), [incidentId])
  if (rows[0] === undefined) return undefined
  const revisions = await db.query<{ body: LoggedIncident }>(
    `SELECT body FROM seen_revision
    WHERE incident_id IN (SELECT id FROM incident WHERE matter_id = (SELECT matter_id FROM incident WHERE id = $1))
    ORDER BY revision`,
    [incidentId],
  )
  return { incident: viewOf(rows[0]), revisions: revisions.rows.map((row) => row.body) }
}

/** When each revision of a matter in sight could be known here (UTC); those that an older version recorded are not among them. */
export async function readKnownTimes(db: Db, incidentId: string): Promise<Map<number, number>> {
  const { rows } = await db.query<{ revision: number; known_ms: number }>(
    `SELECT revision, utc_ms(known_at) AS known_ms FROM incident_revision
    WHERE incident_id IN (SELECT id FROM incident WHERE matter_id = (SELECT matter_id FROM incident WHERE id = $1))
      AND known_at IS NOT NULL`,
    [incidentId],
  )
  return new Map(rows.map(({ revision, known_ms }) => [revision, known_ms]))
}

function viewOf({
  body,
  words,
  standing: stored,
  wearer,
  unit,
  condition_name,
  continued_by,
  acts,
}: Row): IncidentView {
  const standing = stored ?? legacyStanding(body)
  if (body.unitPath !== undefined) return { ...body, standing, unit: unit as UnitIncidentView['unit'], acts }
  return {
    ...{ ...body, standing, wearer },
    ...(body.unknownAlarms && words && { unknownAlarms: withTexts(body.unknownAlarms, words) }),
    ...(condition_name !== null && { conditionName: condition_name }),
    ...(continued_by !== null && { continuedBy: continued_by }),
    acts,
  }
}

/** The log carries a number in place of the device's own word. */
function withTexts(alarms: readonly UnknownAlarm[], words: readonly string[]): UnknownAlarm[] {
  const texts = new Map(words.map((word) => [unknownAlarmCode(word), word]))
  return alarms.map((alarm) => {
    const text = texts.get(alarm.code)
    return text === undefined ? alarm : { ...alarm, text }
  })
}
