// Recipients of a unit's alerts. What the acting officer may see and write, row-level security decides; the ways are encrypted.
import type { SealedRecipient } from '../../model/notice/recipient.ts'
import type { Db } from '../database/open-pool.ts'

export type RecipientRecord = SealedRecipient & { name: string; active: boolean }

const COLUMNS = 'id, unit_path::text AS "unitPath", name, level, language, sealed_ways AS "sealedWays", active'
/** More than all units of a Kanwil have. */
const LISTED_MAX = 2000

/** Recipients in sight, by unit, level and name. */
export async function listRecipients(db: Db, unit: string | undefined): Promise<RecipientRecord[]> {
  const { rows } = await db.query<RecipientRecord>(
    `SELECT ${COLUMNS} FROM recipient WHERE $1::ltree IS NULL OR unit_path <@ $1::ltree
    ORDER BY unit_path, active DESC, level, name, id LIMIT $2`,
    [unit, LISTED_MAX],
  )
  return rows
}

/** A recipient in sight; `lock`: no other change of it until the transaction ends. */
export async function readRecipient(db: Db, id: string, lock = false): Promise<RecipientRecord | undefined> {
  const { rows } = await db.query<RecipientRecord>(
    `SELECT ${COLUMNS} FROM recipient WHERE id = $1 ${lock ? 'FOR NO KEY UPDATE' : ''}`,
    [id],
  )
  return rows[0]
}

/** Throws 42501 where the acting officer may not add it there, 23514 where the unit has too many. */
export async function addRecipient(db: Db, recipient: RecipientRecord): Promise<void> {
  const { id, unitPath, name, level, language, sealedWays } = recipient
  await db.query(
    'INSERT INTO recipient (id, unit_path, name, level, language, sealed_ways) VALUES ($1, $2, $3, $4, $5, $6)',
    [id, unitPath, name, level, language, sealedWays],
  )
}

export async function changeRecipient(db: Db, recipient: RecipientRecord): Promise<void> {
  const { id, name, level, language, sealedWays, active } = recipient
  await db.query(
    'UPDATE recipient SET name = $2, level = $3, language = $4, sealed_ways = $5, active = $6 WHERE id = $1',
    [id, name, level, language, sealedWays, active],
  )
}
