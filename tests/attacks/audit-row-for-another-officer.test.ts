// The API's login writes into the audit what suits it: for somebody else, about somebody out of sight, of a kind that it makes up.
import { afterAll, beforeAll, expect, test } from 'vitest'
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

const DENIED = { code: '42501' }
const as = (officer: string, sql: string, values: unknown[] = []) =>
  asOfficer(database.apiPool, seeded.officers[officer]!, (client) => client.query(sql, values))
const countRows = async () =>
  (await database.ownerPool.query<{ n: number }>('SELECT count(*)::int AS n FROM audit')).rows[0]!.n

test.each([
  `SELECT append_audit('session.open', 'officer:x', NULL, NULL, NULL)`,
  `SELECT write_audit('session.open', 'officer:x', NULL, NULL, NULL, NULL)`,
  `INSERT INTO audit SELECT * FROM audit LIMIT 1`,
  `UPDATE audit_head SET id = 0`,
])('no row of free choice: %s', async (sql) => {
  const before = await countRows()
  for (const pool of [database.apiPool, database.recordPool])
    await expect(pool.query(sql)).rejects.toMatchObject(DENIED)
  await expect(as('pk1A', sql)).rejects.toMatchObject(DENIED)
  expect(await countRows()).toBe(before)
})

test('no reading without an officer, by one who has left, or of a person out of sight', async () => {
  const reading = `SELECT audit_reading('track', $1, 'alasan', NULL)`
  const { a1, b1 } = seeded.wearers
  await expect(database.apiPool.query(reading, [a1.n])).rejects.toMatchObject(DENIED)
  await expect(as('pk1A', reading, [b1.n])).rejects.toMatchObject(DENIED)
  await expect(as('auditorA', reading, [a1.n])).rejects.toMatchObject(DENIED)
  await database.ownerPool.query('UPDATE officer SET active = false WHERE id = $1', [seeded.officers.asistenA])
  await expect(as('asistenA', reading, [a1.n])).rejects.toMatchObject(DENIED)
})

test('no map of another Bapas, no invalid kind, no book in the detail', async () => {
  await expect(as('pk1A', `SELECT audit_map('dj.jabar.bogor', NULL)`)).rejects.toMatchObject(DENIED)
  await expect(as('pk1A', `SELECT audit_reading('seed', $1, NULL, NULL)`, [seeded.wearers.a1.n])).rejects.toMatchObject(
    { code: '23514' },
  )
  await expect(as('pk1A', `SELECT audit_session('granted', NULL)`)).rejects.toMatchObject({ code: '23514' })
  const long = JSON.stringify({ x: Array.from({ length: 9000 }, (_, i) => i) })
  await expect(as('pk1A', `SELECT audit_session('open', $1)`, [long])).rejects.toMatchObject({ code: '23514' })
})

test('a session’s rows are the acting officer’s own', async () => {
  await as('pk1A', `SELECT audit_session('close', NULL)`)
  const { rows } = await database.ownerPool.query(
    'SELECT subject, officer_id, actor FROM audit ORDER BY id DESC LIMIT 1',
  )
  expect(rows[0]).toMatchObject({ subject: `officer:${seeded.officers.pk1A}`, officer_id: seeded.officers.pk1A })
})

test('a failed sign-in names the officer whose account it is, and repeats no name that is nobody’s', async () => {
  await database.ownerPool.query(`INSERT INTO auth."user" (id, name, email, "emailVerified", username)
    VALUES ('u1', 'PK', 'x@invalid', false, 'pk.satu')`)
  await database.ownerPool.query(`UPDATE officer SET auth_user_id = 'u1' WHERE id = $1`, [seeded.officers.pk1A])
  for (const name of ['PK.satu', 'rahasia-saya-123'])
    await database.apiPool.query(`SELECT audit_failed_sign_in($1, 'wrong_password', '{"address":"10.0.0.9"}')`, [name])
  const { rows } = await database.ownerPool.query(
    `SELECT action, subject, officer_id, unit_path::text AS unit, detail FROM audit ORDER BY id DESC LIMIT 2`,
  )
  expect(rows).toEqual([
    {
      ...{ action: 'session.refused', subject: 'account:unknown', officer_id: null, unit: null },
      detail: { why: 'wrong_password', address: '10.0.0.9' },
    },
    {
      ...{ action: 'session.refused', subject: `officer:${seeded.officers.pk1A}`, officer_id: null },
      ...{ unit: 'dj.jabar.bandung', detail: { why: 'wrong_password', address: '10.0.0.9' } },
    },
  ])
})
