import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { grantAccess } from '../../store/access/grant-access.ts'
import { dumpSchema } from '../../store/database/dump-schema.ts'
import { dropOld, keepFor } from '../../store/database/edition.ts'
import { type Migration, migrate, readMigrations } from '../../store/database/migrate.ts'
import { openPool } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { seedTwoBapas } from './two-bapas.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await createTestDatabase({ migrated: false })
})
afterEach(() => database.drop())

const step = (name: string, sql: string, checksum = name): Migration => ({ name, sql, checksum })

test('of four that start at once each file runs once, and nobody fails', async () => {
  const ran = await Promise.all([1, 2, 3, 4].map(() => migrate(database.ownerUrl)))
  expect(ran.flat().sort()).toEqual(readMigrations().map((migration) => migration.name))
  expect(await migrate(database.ownerUrl)).toEqual([])
})

test('two databases of one cluster may be migrated at once: the roles are the same', async () => {
  const other = await createTestDatabase({ migrated: false })
  await Promise.all([migrate(database.ownerUrl), migrate(other.ownerUrl)])
  expect(await dumpSchema(database.ownerPool)).toBe(await dumpSchema(other.ownerPool))
  await other.drop()
})

test('the owner need not be a superuser, where the extensions are there', async () => {
  const owner = `gelang_test_owner_${process.pid}`
  const { asAdmin } = database
  await asAdmin(`CREATE EXTENSION timescaledb; CREATE EXTENSION ltree; CREATE EXTENSION btree_gist;
    CREATE ROLE ${owner}`)
  await asAdmin(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO ${owner}', current_database()); END $$`)
  const url = new URL(database.adminUrl)
  url.searchParams.set('options', `-crole=${owner}`)
  await migrate(url.href)
  const pool = openPool({ url: url.href, applicationName: 'x', max: 2, takeOver: 'test' })
  const { wearers, officers } = await seedTwoBapas(pool)
  const seen = await asOfficer(database.apiPool, officers.pk1A!, async (client) => {
    await grantAccess(client, {
      wearerId: wearers.a2.id,
      kind: 'menggantikan_rekan',
      reason: 'menggantikan rekan yang cuti',
      forMs: 60_000,
    })
    return (await client.query('SELECT DISTINCT wearer_id AS n FROM track ORDER BY 1')).rows.map((row) => row.n)
  })
  expect(seen).toEqual([wearers.a1.n, wearers.a2.n])
  await keepFor(pool, { trackDays: 1, quarantineDays: 1 })
  expect(await dropOld(database.recordPool, Date.now() - 86_400_000)).toBeGreaterThan(0)
  await pool.end()
  await asAdmin(`REASSIGN OWNED BY ${owner} TO CURRENT_USER; DROP OWNED BY ${owner}; DROP ROLE ${owner}`)
})

test('a file that fails leaves nothing of itself and stops the rest', async () => {
  const files = [
    step('001-a.sql', 'CREATE TABLE a ()'),
    step('002-b.sql', 'CREATE TABLE b (); SELECT 1 / 0'),
    step('003-c.sql', 'CREATE TABLE c ()'),
  ]
  await expect(migrate(database.ownerUrl, undefined, files)).rejects.toThrow('002-b.sql failed: division by zero')
  const { rows } = await database.ownerPool.query(
    `SELECT to_regclass('a')::text AS a, to_regclass('b')::text AS b, to_regclass('c')::text AS c`,
  )
  expect(rows[0]).toEqual({ a: 'a', b: null, c: null })
  const mended = [files[0]!, step('002-b.sql', 'CREATE TABLE b ()'), files[2]!]
  expect(await migrate(database.ownerUrl, undefined, mended)).toEqual(['002-b.sql', '003-c.sql'])
})

test.each([
  ['changed', [step('001-a.sql', 'SELECT 2', 'other')], '001-a.sql was changed after it ran here'],
  ['missing', [], 'this program does not have: a newer Gelang migrated it'],
  [
    'slipped in below',
    [step('000-z.sql', 'SELECT 1'), step('001-a.sql', 'SELECT 1')],
    '000-z.sql has not run, but 001-a.sql has',
  ],
])('a file that ran and is %s is refused', async (_what, files, sentence) => {
  await migrate(database.ownerUrl, undefined, [step('001-a.sql', 'SELECT 1')])
  await expect(migrate(database.ownerUrl, undefined, files)).rejects.toThrow(sentence)
})

test('names and numbers of files are checked', () => {
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'))
  writeFileSync(join(folder, '001-a.sql'), '')
  writeFileSync(join(folder, '001-b.sql'), '')
  expect(() => readMigrations(folder)).toThrow('two migrations carry the number 001')
  writeFileSync(join(folder, 'notes.txt'), '')
  expect(() => readMigrations(folder)).toThrow('two migrations')
  const other = mkdtempSync(join(tmpdir(), 'migrations-'))
  writeFileSync(join(other, '1-a.sql'), '')
  expect(() => readMigrations(other)).toThrow('1-a.sql is no name for a migration')
})
