// Which klien wears which bracelet, and who put it on and took it off. Row-level security decides who may.
import type { FittingRecord, Worn } from '../../model/console/people.ts'
import type { Db } from '../database/open-pool.ts'

/** Puts a bracelet on a wearer, from now on. Throws 42501 where it cannot be fitted, or not by the acting officer. */
export async function fitBracelet(db: Db, wearerId: string, braceletId: number): Promise<Worn> {
  const { rows } = await db.query<Worn>(
    `INSERT INTO assignment (bracelet_id, wearer_id, during)
    SELECT $2, w.id, tstzrange(now(), NULL) FROM wearer w WHERE w.uuid = $1
    RETURNING (SELECT b.device_id FROM bracelet b WHERE b.id = bracelet_id) AS "deviceId", utc_ms(lower(during)) AS "fromMs"`,
    [wearerId, braceletId],
  )
  return rows[0]!
}

/** Takes off what the wearer wears, now; gives what that was. The reason goes into the bracelet's chain of custody. */
export async function takeOffBracelets(db: Db, wearerId: string, reason = ''): Promise<Worn[]> {
  await db.query(`SELECT set_config('gelang.reason', $1, true)`, [reason])
  const { rows } = await db.query<Worn>(
    `UPDATE assignment a SET during = tstzrange(lower(a.during), now(), '[)')
    FROM wearer w WHERE w.uuid = $1 AND a.wearer_id = w.id AND upper_inf(a.during)
    RETURNING (SELECT b.device_id FROM bracelet b WHERE b.id = a.bracelet_id) AS "deviceId", utc_ms(lower(a.during)) AS "fromMs",
      utc_ms(upper(a.during)) AS "toMs"`,
    [wearerId],
  )
  return rows
}

export type Signed = Pick<FittingRecord, 'identity' | 'klienSigned' | 'officerSigned' | 'reason'>

/** Writes down what was just done to the wearer: the newest fitting or taking off. Gives the number of the record. */
export async function noteFitting(
  db: Db,
  wearerId: string,
  act: FittingRecord['act'],
  { identity, klienSigned, officerSigned, reason }: Signed,
): Promise<number | undefined> {
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO fitting (assignment_id, act, identity, klien_signed, officer_signed, reason)
    SELECT a.id, $2, $3, $4, $5, $6 FROM assignment a JOIN wearer w ON w.id = a.wearer_id
    WHERE w.uuid = $1 AND ($2 = 'pasang') = upper_inf(a.during)
    ORDER BY CASE WHEN $2 = 'pasang' THEN lower(a.during) ELSE upper(a.during) END DESC LIMIT 1 RETURNING id`,
    [wearerId, act, identity, klienSigned, officerSigned, reason],
  )
  return rows[0]?.id
}

/** Everything that was put on and taken off a wearer in sight, newest first; from before records were kept, by the assignments. */
export async function listFittings(db: Db, wearerId: string): Promise<FittingRecord[]> {
  const { rows } = await db.query<{ record: FittingRecord }>(
    `SELECT json_strip_nulls(json_build_object('id', f.id, 'act', f.act, 'atMs', utc_ms(f.at), 'deviceId', b.device_id, 'model', b.model,
      'officerName', (SELECT o.name FROM officer o WHERE o.id = f.officer_id), 'identity', f.identity,
      'klienSigned', f.klien_signed, 'officerSigned', f.officer_signed, 'reason', f.reason)) AS record
    FROM fitting f JOIN assignment a ON a.id = f.assignment_id JOIN bracelet b ON b.id = a.bracelet_id
      JOIN wearer w ON w.id = a.wearer_id
    WHERE w.uuid = $1 ORDER BY f.at DESC, f.id DESC LIMIT 500`,
    [wearerId],
  )
  return rows.map(({ record }) => record)
}
