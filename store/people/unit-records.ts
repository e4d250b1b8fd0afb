// A unit with what is written about it. What the acting officer may write, row-level security decides.
import type { UnitDetail } from '../../model/console/admin.ts'
import type { Db } from '../database/open-pool.ts'

const COLUMNS = 'path::text, name, kind, time_zone AS "timeZone", address, phone'

/** A unit in sight; `lock` where it is about to be changed, which gives those that may be changed only. */
export async function readUnit(db: Db, path: string, lock = false): Promise<UnitDetail | undefined> {
  const { rows } = await db.query<Nullable<UnitDetail>>(
    `SELECT ${COLUMNS} FROM unit WHERE path = $1::ltree ${lock ? 'FOR NO KEY UPDATE' : ''}`,
    [path],
  )
  return rows[0] && unitOf(rows[0])
}

/** Throws 42501 where the acting officer may not add it there, 23505 where the path is taken. */
export async function addUnit(db: Db, unit: UnitDetail): Promise<void> {
  await db.query('INSERT INTO unit (path, name, kind, time_zone, address, phone) VALUES ($1, $2, $3, $4, $5, $6)', [
    unit.path,
    unit.name,
    unit.kind,
    unit.timeZone,
    unit.address,
    unit.phone,
  ])
}

/** Whether a unit of this kind belongs there: a Kanwil below Ditjenpas, a Bapas below a Kanwil, a Pos below a Bapas. */
export async function unitFits(db: Db, path: string, kind: UnitDetail['kind']): Promise<boolean> {
  const { rows } = await db.query<{ fits: boolean }>('SELECT unit_fits($1, $2) AS fits', [path, kind])
  return rows[0]!.fits
}

export async function changeUnit(db: Db, unit: UnitDetail): Promise<void> {
  await db.query('UPDATE unit SET name = $2, time_zone = $3, address = $4, phone = $5 WHERE path = $1::ltree', [
    unit.path,
    unit.name,
    unit.timeZone,
    unit.address,
    unit.phone,
  ])
}

type Nullable<T> = { [K in keyof T]: undefined extends T[K] ? T[K] | null : T[K] }

function unitOf({ address, phone, ...unit }: Nullable<UnitDetail>): UnitDetail {
  return { ...unit, ...(address && { address }), ...(phone && { phone }) }
}

/** The last label of a unit's path from its name: `Bapas Kelas I Bandung` gives `bapas-kelas-i-bandung`. */
export function labelOf(name: string): string {
  const words =
    name
      .normalize('NFKD')
      .toLowerCase()
      .match(/[a-z0-9]{1,40}/g) ?? []
  return words.join('-').slice(0, 40)
}
