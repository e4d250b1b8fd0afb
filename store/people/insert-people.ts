import type { Role } from '../../model/access/roles.ts'
import type { UnitView } from '../../model/console/console.ts'
import type { Db } from '../database/open-pool.ts'

const PROGRAMMES = ['PB', 'CB', 'CMB', 'CMK', 'asimilasi', 'pidana_pengawasan', 'kerja_sosial'] as const
type Programme = (typeof PROGRAMMES)[number]

/** A unit below one that exists already, or the first. */
export async function insertUnit(db: Db, unit: UnitView): Promise<void> {
  await db.query('INSERT INTO unit (path, name, kind, time_zone) VALUES ($1, $2, $3, $4)', [
    unit.path,
    unit.name,
    unit.kind,
    unit.timeZone,
  ])
}

type NewOfficer = { id?: string; name: string; role: Role; unitPath: string; authUserId?: string }

/** Gives the officer's id. */
export async function insertOfficer(db: Db, officer: NewOfficer): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO officer (id, name, role, unit_path, auth_user_id)
    VALUES (coalesce($1::uuid, gen_random_uuid()), $2, $3, $4, $5) RETURNING id`,
    [officer.id, officer.name, officer.role, officer.unitPath, officer.authUserId],
  )
  return rows[0]!.id
}

/** Binds a login to an officer, or unbinds it. */
export async function linkAccount(db: Db, officerId: string, authUserId: string | undefined): Promise<void> {
  await db.query('UPDATE officer SET auth_user_id = $2 WHERE id = $1', [officerId, authUserId])
}

type NewWearer = {
  id?: string
  name: string
  /** 16 digits. */
  nik: string
  unitPath: string
  pkOfficerId?: string
  asistenOfficerId?: string
  reportIntervalMs?: number
  silenceGraceMs?: number
}

/** Gives the outside id (UUID) and the number that the log, the fixes and the live feed use. */
export async function insertWearer(db: Db, wearer: NewWearer): Promise<{ id: string; n: number }> {
  const { rows } = await db.query<{ id: string; n: number }>(
    `INSERT INTO wearer (uuid, name, nik, unit_path, pk_officer_id, asisten_officer_id, report_interval_ms, silence_grace_ms)
    VALUES (coalesce($1::uuid, gen_random_uuid()), $2, $3, $4, $5, $6, coalesce($7::int, 60000), coalesce($8::int, 900000))
    RETURNING uuid AS id, id AS n`,
    [
      wearer.id,
      wearer.name,
      wearer.nik,
      wearer.unitPath,
      wearer.pkOfficerId,
      wearer.asistenOfficerId,
      wearer.reportIntervalMs,
      wearer.silenceGraceMs,
    ],
  )
  return rows[0]!
}

type NewSupervision = {
  wearerId: number
  programme: Programme
  skNumber: string
  fromMs: number
  toMs: number
  /** When it was entered, in a take-over; else that is now. */
  madeMs?: number
}

/** Gives the supervision's id. Refused when the wearer has another one in any part of that time. */
export async function insertSupervision(db: Db, supervision: NewSupervision): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO supervision (wearer_id, programme, sk_number, during, made_at, changed_at)
    VALUES ($1, $2, $3, during_ms($4, $5), coalesce(from_ms($6), now()), coalesce(from_ms($6), now())) RETURNING id`,
    [
      supervision.wearerId,
      supervision.programme,
      supervision.skNumber,
      supervision.fromMs,
      supervision.toMs,
      supervision.madeMs,
    ],
  )
  return rows[0]!.id
}
