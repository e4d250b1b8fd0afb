import type { ReadingAlarm } from '../../model/console/console.ts'
import type { Db } from '../database/open-pool.ts'

type RaisedAlarm = Pick<ReadingAlarm, 'what' | 'per' | 'found' | 'allowed'>

/** Counts what the acting officer has read lately, this transaction's rows included; gives the alarms that this raised. */
export async function raiseReadingAlarms(db: Db): Promise<RaisedAlarm[]> {
  const { rows } = await db.query<RaisedAlarm>(
    'SELECT what, per, readings AS found, allowed FROM raise_reading_alarms()',
  )
  return rows
}

/** Alarms about officers of the acting auditor's or Admin TI's units, newest first. */
export async function listReadingAlarms(db: Db, limit: number): Promise<ReadingAlarm[]> {
  const { rows } = await db.query<ReadingAlarm>(
    `SELECT r.id::float8 AS id, utc_ms(r.at) AS "atMs", r.officer_id AS "officerId", coalesce(o.name, '') AS "officerName",
      r.unit_path::text AS "unitPath", r.what, r.per, r.found, r.allowed
    FROM reading_alarm r LEFT JOIN officer o ON o.id = r.officer_id ORDER BY r.id DESC LIMIT $1`,
    [limit],
  )
  return rows
}
