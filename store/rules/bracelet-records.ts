// Bracelets as a Bapas keeps them: registered, in custody, fitted, taken off. Row-level security decides who may.
import type { Bracelet, CustodyEntry } from '../../model/console/people.ts'
import type { Protocol } from '../../model/report/report.ts'
import type { Db } from '../database/open-pool.ts'

const BRACELET = `json_strip_nulls(json_build_object('id', b.id, 'deviceId', b.device_id, 'model', b.model,
    'unitPath', b.unit_path::text, 'protocol', b.protocol, 'custody', b.custody, 'simNumber', b.sim_number,
    'simEnds', b.sim_ends, 'clockCorrectionMs', b.clock_correction_ms, 'clockSetMs', utc_ms(b.clock_set_at),
    'revoked', b.revoked_at IS NOT NULL,
    'wearer', (SELECT json_build_object('id', w.uuid, 'name', w.name, 'sinceMs', utc_ms(lower(a.during)))
      FROM assignment a JOIN wearer w ON w.id = a.wearer_id WHERE a.bracelet_id = b.id AND a.during @> now() LIMIT 1))) AS bracelet`

type BraceletPage = {
  q?: string
  unit?: string
  custody?: string
  protocol?: string
  limit: number
  after?: number
}

/** Bracelets in sight, in the order of their numbers; `next` is given where there are more. */
export async function listBracelets(db: Db, page: BraceletPage): Promise<{ bracelets: Bracelet[]; next?: number }> {
  const { rows } = await db.query<{ bracelet: Bracelet }>(
    `SELECT ${BRACELET} FROM bracelet b
    WHERE ($1::text IS NULL OR b.device_id ILIKE $1 OR b.model ILIKE $1) AND ($2::ltree IS NULL OR b.unit_path <@ $2)
      AND ($3::text IS NULL OR b.custody = $3) AND b.id > $5
      AND ($6::text IS NULL OR b.protocol = $6) ORDER BY b.id LIMIT $4::int + 1`,
    [
      ...[page.q && `%${page.q.replaceAll(/[\\%_]/g, '\\$&')}%`, page.unit, page.custody, page.limit, page.after ?? 0],
      page.protocol,
    ],
  )
  const bracelets = rows.slice(0, page.limit).map(({ bracelet }) => bracelet)
  const last = bracelets.at(-1)
  return rows.length > page.limit && last ? { bracelets, next: last.id } : { bracelets }
}

/** A bracelet in sight; `keep`: locked until the transaction ends, and only where the acting officer keeps it. */
export async function readBracelet(db: Db, id: number, keep = false): Promise<Bracelet | undefined> {
  if (keep && (await db.query('SELECT FROM bracelet WHERE id = $1 FOR NO KEY UPDATE', [id])).rowCount === 0)
    return undefined
  const { rows } = await db.query<{ bracelet: Bracelet; proposal: Bracelet['clockProposal'] | null }>(
    `SELECT ${BRACELET}, clock_proposal(b.id) AS proposal FROM bracelet b WHERE b.id = $1`,
    [id],
  )
  if (rows[0] === undefined) return undefined
  const { bracelet, proposal } = rows[0]
  return { ...bracelet, ...(proposal !== null && proposal !== undefined && { clockProposal: proposal }) }
}

type RegisteredBracelet = {
  deviceId: string
  model: string
  unitPath: string
  protocol: Protocol
  simNumber?: string
  simEnds?: string
  settings?: object
  secretSha256?: string
  idSuffices: boolean
}

/** Gives the bracelet's number. Throws 42501 where it is not the acting officer's to register, 23505 where the id is known. */
export async function registerBracelet(db: Db, bracelet: RegisteredBracelet): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO bracelet (device_id, model, unit_path, protocol, secret_sha256, id_suffices, sim_number, sim_ends, settings)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
    [
      ...[bracelet.deviceId, bracelet.model, bracelet.unitPath, bracelet.protocol],
      ...[bracelet.secretSha256, bracelet.idSuffices, bracelet.simNumber, bracelet.simEnds],
      bracelet.settings && JSON.stringify(bracelet.settings),
    ],
  )
  return rows[0]!.id
}

export async function setCustody(db: Db, id: number, custody: Bracelet['custody'], reason: string): Promise<void> {
  await db.query(`SELECT set_config('gelang.reason', $1, true)`, [reason])
  await db.query('UPDATE bracelet SET custody = $2 WHERE id = $1', [id, custody])
}

/** What is added to the device's times from now on; null: nothing. */
export async function setClock(db: Db, id: number, correctionMs: number | null, reason: string): Promise<void> {
  await db.query('UPDATE bracelet SET clock_correction_ms = $2, clock_reason = $3 WHERE id = $1', [
    ...[id, correctionMs || null, reason],
  ])
}

/** The old secret opens nothing from now on. */
export async function rotateSecret(db: Db, id: number, secretSha256: string): Promise<void> {
  await db.query('UPDATE bracelet SET secret_sha256 = $2 WHERE id = $1', [id, secretSha256])
}

/** From now on nothing in its name is taken in, for ever. */
export async function revokeNow(db: Db, id: number): Promise<void> {
  await db.query('UPDATE bracelet SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL', [id])
}

/** Everywhere a bracelet in sight was, newest first. */
export async function listCustody(db: Db, id: number): Promise<CustodyEntry[]> {
  const { rows } = await db.query<{ entry: CustodyEntry }>(
    `SELECT json_strip_nulls(json_build_object('atMs', utc_ms(c.at), 'custody', c.custody,
      'officerName', (SELECT o.name FROM officer o WHERE o.id = c.officer_id), 'reason', c.reason)) AS entry
    FROM custody_entry c WHERE c.bracelet_id = $1 ORDER BY c.id DESC LIMIT 500`,
    [id],
  )
  return rows.map(({ entry }) => entry)
}

export type Refusals = { reason: string; detail: string; reports: number; lastMs: number }[]

/** What was not let in of a bracelet's reports within a day, by reason. */
export async function refusalsOf(db: Db, id: number): Promise<Refusals> {
  const { rows } = await db.query<Refusals[number]>(
    `SELECT reason, detail, reports::integer AS reports, utc_ms(last_at) AS "lastMs" FROM refusals_of($1)`,
    [id],
  )
  return rows
}
