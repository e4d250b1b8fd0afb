// Bracelets as a Bapas keeps them: registered, in custody, fitted, taken off. Row-level security decides who may.
import type { Bracelet, Worn } from '../../model/console/people.ts'
import type { Protocol } from '../../model/report/report.ts'
import type { Db } from '../database/open-pool.ts'

const BRACELET = `json_strip_nulls(json_build_object('id', b.id, 'deviceId', b.device_id, 'model', b.model,
    'unitPath', b.unit_path::text, 'protocol', b.protocol, 'custody', b.custody, 'simNumber', b.sim_number,
    'revoked', b.revoked_at IS NOT NULL,
    'wearer', (SELECT json_build_object('id', w.uuid, 'name', w.name, 'sinceMs', utc_ms(lower(a.during)))
      FROM assignment a JOIN wearer w ON w.id = a.wearer_id WHERE a.bracelet_id = b.id AND a.during @> now() LIMIT 1))) AS bracelet`

type BraceletPage = { q?: string; unit?: string; custody?: string; limit: number; after?: number }

/** Bracelets in sight, in the order of their numbers; `next` is given where there are more. */
export async function listBracelets(db: Db, page: BraceletPage): Promise<{ bracelets: Bracelet[]; next?: number }> {
  const { rows } = await db.query<{ bracelet: Bracelet }>(
    `SELECT ${BRACELET} FROM bracelet b
    WHERE ($1::text IS NULL OR b.device_id ILIKE $1 OR b.model ILIKE $1) AND ($2::ltree IS NULL OR b.unit_path <@ $2)
      AND ($3::text IS NULL OR b.custody = $3) AND b.id > $5 ORDER BY b.id LIMIT $4::int + 1`,
    [page.q && `%${page.q.replaceAll(/[\\%_]/g, '\\$&')}%`, page.unit, page.custody, page.limit, page.after ?? 0],
  )
  const bracelets = rows.slice(0, page.limit).map(({ bracelet }) => bracelet)
  const last = bracelets.at(-1)
  return rows.length > page.limit && last ? { bracelets, next: last.id } : { bracelets }
}

/** A bracelet in sight; `keep`: locked until the transaction ends, and only where the acting officer keeps it. */
export async function readBracelet(db: Db, id: number, keep = false): Promise<Bracelet | undefined> {
  if (keep && (await db.query('SELECT FROM bracelet WHERE id = $1 FOR NO KEY UPDATE', [id])).rowCount === 0)
    return undefined
  const { rows } = await db.query<{ bracelet: Bracelet }>(`SELECT ${BRACELET} FROM bracelet b WHERE b.id = $1`, [id])
  return rows[0]?.bracelet
}

type RegisteredBracelet = {
  deviceId: string
  model: string
  unitPath: string
  protocol: Protocol
  simNumber?: string
  secretSha256?: string
  idSuffices: boolean
}

/** Gives the bracelet's number. Throws 42501 where it is not the acting officer's to register, 23505 where the id is known. */
export async function registerBracelet(db: Db, bracelet: RegisteredBracelet): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO bracelet (device_id, model, unit_path, protocol, secret_sha256, id_suffices, sim_number)
    VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
    [
      ...[bracelet.deviceId, bracelet.model, bracelet.unitPath, bracelet.protocol],
      ...[bracelet.secretSha256, bracelet.idSuffices, bracelet.simNumber],
    ],
  )
  return rows[0]!.id
}

export async function setCustody(db: Db, id: number, custody: Bracelet['custody'], reason: string): Promise<void> {
  await db.query(`SELECT set_config('gelang.reason', $1, true)`, [reason])
  await db.query('UPDATE bracelet SET custody = $2 WHERE id = $1', [id, custody])
}

/** The old secret opens nothing from now on. */
export async function rotateSecret(db: Db, id: number, secretSha256: string): Promise<void> {
  await db.query('UPDATE bracelet SET secret_sha256 = $2 WHERE id = $1', [id, secretSha256])
}

/** From now on nothing in its name is taken in, for ever. */
export async function revokeNow(db: Db, id: number): Promise<void> {
  await db.query('UPDATE bracelet SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL', [id])
}

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
