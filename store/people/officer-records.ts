// Officers as Admin TI keeps them. What the acting officer may see and write, row-level security decides.

import type { Role } from '../../model/access/roles.ts'
import type { OfficerView } from '../../model/console/admin.ts'
import type { Db } from '../database/open-pool.ts'

const COLUMNS = `o.id, o.name, o.role, o.unit_path::text AS "unitPath", o.active, o.auth_user_id IS NOT NULL AS "hasAccount",
  o.nip, o.phone, o.email,
  (SELECT utc_ms(i.ends_at) FROM invitation i WHERE i.officer_id = o.id AND i.used_at IS NULL AND i.revoked_at IS NULL
    AND i.ends_at > now() ORDER BY i.id DESC LIMIT 1) AS "invitedUntilMs"`

type Row = Omit<OfficerView, 'nip' | 'phone' | 'email' | 'invitedUntilMs'> & {
  nip: string | null
  phone: string | null
  email: string | null
  invitedUntilMs: number | null
}

type OfficerPage = {
  /** Part of a name, or a NIP. */
  q?: string
  /** This unit and those below it. */
  unit?: string
  active?: boolean
  limit: number
  /** `next` of the page before. */
  after?: string
}

/** Officers in sight, by name; `next` is given where there are more. */
export async function listOfficers(db: Db, page: OfficerPage): Promise<{ officers: OfficerView[]; next?: string }> {
  const { rows } = await db.query<Row>(
    `SELECT ${COLUMNS} FROM officer o
    WHERE ($1::text IS NULL OR o.name ILIKE $1 OR o.nip LIKE $1) AND ($2::ltree IS NULL OR o.unit_path <@ $2)
      AND ($3::boolean IS NULL OR o.active = $3)
      AND ($5::uuid IS NULL OR (o.name, o.id) > (SELECT name, id FROM officer WHERE id = $5))
    ORDER BY o.name, o.id LIMIT $4::int + 1`,
    [page.q && `%${page.q.replaceAll(/[\\%_]/g, '\\$&')}%`, page.unit, page.active, page.limit, page.after],
  )
  const officers = rows.slice(0, page.limit).map(officerOf)
  const last = officers.at(-1)
  return rows.length > page.limit && last ? { officers, next: last.id } : { officers }
}

/** An officer in sight. */
export async function readOfficer(db: Db, id: string): Promise<OfficerView | undefined> {
  const { rows } = await db.query<Row>(`SELECT ${COLUMNS} FROM officer o WHERE o.id = $1`, [id])
  return rows[0] && officerOf(rows[0])
}

/** The same, locked until the transaction ends: another change of the officer waits. */
export async function lockOfficer(db: Db, id: string): Promise<OfficerView | undefined> {
  const { rowCount } = await db.query('SELECT FROM officer WHERE id = $1 FOR NO KEY UPDATE', [id])
  return rowCount === 0 ? undefined : readOfficer(db, id)
}

type OfficerFields = { name: string; role: Role; unitPath: string } & Pick<OfficerView, 'nip' | 'phone' | 'email'>

/** Gives the officer's id. Throws 42501 where the acting officer may not add one there, 23505 where the NIP is known. */
export async function addOfficer(db: Db, { name, role, unitPath, nip, phone, email }: OfficerFields): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    'INSERT INTO officer (name, role, unit_path, nip, phone, email) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id',
    [name, role, unitPath, nip, phone, email],
  )
  return rows[0]!.id
}

/** A change of role, unit or activity ends the officer's sessions (migration 035). */
export async function changeOfficer(db: Db, id: string, fields: OfficerFields & { active: boolean }): Promise<void> {
  const { name, role, unitPath, nip, phone, email, active } = fields
  await db.query(
    `UPDATE officer SET name = $2, role = $3, unit_path = $4, nip = $5, phone = $6, email = $7, active = $8 WHERE id = $1`,
    [id, name, role, unitPath, nip, phone, email, active],
  )
}

/** Number of klien whom the officer guides. For Admin TI, who sees no klien. */
export async function klienCountOf(db: Db, officerId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>('SELECT klien_of_officer($1) AS count', [officerId])
  return rows[0]!.count
}

/** Throws 42501 where `to` is no active colleague of the same role whose unit contains the klien's. */
export async function handOverKlien(db: Db, from: string, to: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>('SELECT hand_over_klien($1, $2) AS count', [from, to])
  return rows[0]!.count
}

function officerOf({ nip, phone, email, invitedUntilMs, ...row }: Row): OfficerView {
  return {
    ...row,
    ...(nip !== null && { nip }),
    ...(phone !== null && { phone }),
    ...(email !== null && { email }),
    ...(invitedUntilMs !== null && { invitedUntilMs }),
  }
}
