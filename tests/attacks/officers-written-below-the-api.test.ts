// A wrong query, or one slipped in: what the table of rights forbids, the database refuses to the API's login.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scopeOf } from '../../model/access/rights.ts'
import { ROLES, type Role } from '../../model/access/roles.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { type Seeded, seedTwoBapas } from '../store/two-bapas.ts'

let database: TestDatabase
let seeded: Seeded
beforeAll(async () => {
  database = await createTestDatabase()
  seeded = await seedTwoBapas(database.ownerPool)
})
afterAll(() => database.drop())

const OFFICER_OF: Record<Role, string> = {
  ...{ pk: 'pk1A', asisten_pk: 'asistenA', kasubsi: 'kasubsiA', kepala_bapas: 'kepalaA', operator: 'operatorA' },
  ...{ kanwil: 'kanwil', ditjenpas: 'ditjenpas', auditor: 'auditorA', admin_ti: 'adminA' },
}
/** Rows that a statement wrote as an officer, undone; `denied` where it was refused. */
async function wrote(officer: string, sql: string, values: unknown[] = []): Promise<number | 'denied'> {
  let count: number | undefined
  const undone = new Error('undone')
  try {
    await asOfficer(database.apiPool, seeded.officers[officer]!, async (client) => {
      count = (await client.query(sql, values)).rowCount ?? 0
      throw undone
    })
  } catch (error) {
    if (error !== undone && (error as { code?: string }).code !== '42501') throw error
  }
  return count ?? 'denied'
}
const ADD_UNIT = 'INSERT INTO unit (path, name, kind, time_zone) VALUES ($1, $2, $3, $4)'
const ADD_OFFICER = `INSERT INTO officer (name, role, unit_path) VALUES ('X', $1, $2)`

test.each(ROLES.map((role) => [role] as const))(
  '%s writes units and officers only where the table says so',
  async (role) => {
    const officer = OFFICER_OF[role]
    const mayUnits = scopeOf(role, 'unit.write') !== undefined
    const mayOfficers = scopeOf(role, 'officer.write') !== undefined
    const pos = ['dj.jabar.bandung.pos', 'Pos', 'pos', 'Asia/Jakarta']
    expect(await wrote(officer, ADD_UNIT, pos)).toBe(mayUnits ? 1 : 'denied')
    expect(await wrote(officer, `UPDATE unit SET name = 'X' WHERE path = 'dj.jabar.bandung'`)).toBe(mayUnits ? 1 : 0)
    expect(await wrote(officer, ADD_OFFICER, ['pk', 'dj.jabar.bandung'])).toBe(mayOfficers ? 1 : 'denied')
    const promote = `UPDATE officer SET role = 'kepala_bapas' WHERE id = $1`
    const other = seeded.officers[role === 'pk' ? 'pk2A' : 'pk1A']
    expect(await wrote(officer, promote, [other])).toBe(mayOfficers ? 1 : 0)
    // Neither oneself nor another unit, whatever the role.
    expect(await wrote(officer, promote, [seeded.officers[officer]])).toBe(0)
    expect(await wrote(officer, promote, [seeded.officers.pkC])).toBe(0)
    expect(await wrote(officer, ADD_OFFICER, ['admin_ti', 'dj.bali.denpasar'])).toBe('denied')
    expect(await wrote(officer, ADD_UNIT, ['dj.bali.denpasar.pos', 'Pos', 'pos', 'Asia/Makassar'])).toBe('denied')
  },
)

test('an Admin TI moves nobody out of their units, and nothing by columns that are not theirs', async () => {
  const { pk1A } = seeded.officers
  const move = 'UPDATE officer SET unit_path = $2 WHERE id = $1'
  expect(await wrote('adminA', move, [pk1A, 'dj.jabar.bogor'])).toBe('denied')
  expect(await wrote('adminDj', move, [pk1A, 'dj.jabar.bogor'])).toBe(1)
  expect(await wrote('adminA', `UPDATE officer SET auth_user_id = 'x' WHERE id = $1`, [pk1A])).toBe('denied')
  expect(await wrote('adminA', `UPDATE unit SET path = 'dj.jabar.mine'`)).toBe('denied')
  expect(await wrote('adminA', 'DELETE FROM officer')).toBe('denied')
  expect(await wrote('adminA', ADD_UNIT, ['dj.jabar.bandung.b', 'Bapas', 'bapas', 'Asia/Jakarta'])).toBe('denied')
  expect(await wrote('adminA', 'SELECT hand_over_klien($1, $2)', [pk1A, seeded.officers.pkB])).toBe('denied')
  expect(await wrote('kepalaA', 'SELECT hand_over_klien($1, $2)', [pk1A, seeded.officers.pk2A])).toBe('denied')
})

test('a kept answer is its officer’s alone', async () => {
  const claim = `INSERT INTO idempotency (officer_id, key, request_sha256) VALUES ($1, 'kunci-rahasia', '${'a'.repeat(64)}')`
  expect(await wrote('pk1A', claim, [seeded.officers.pk1A])).toBe(1)
  expect(await wrote('pk1A', claim, [seeded.officers.pk2A])).toBe('denied')
})
