// The schema that the migrations make, against tests/golden/schema.sql. After a new migration look at the difference and
// write it anew: UPDATE_GOLDEN=1 npx vitest run tests/store/schema.test.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dumpSchema } from '../../store/database/dump-schema.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'

const GOLDEN = join(import.meta.dirname, '../golden/schema.sql')
let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test('the migrations make the schema that is in tests/golden/schema.sql', async () => {
  const dump = await dumpSchema(database.ownerPool)
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, dump)
  expect(dump).toBe(readFileSync(GOLDEN, 'utf8'))
})

test('no function is open to everybody but the pure conversions', async () => {
  const { rows } = await database.ownerPool.query(
    `SELECT p.proname AS name FROM pg_proc p CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    WHERE p.pronamespace = 'public'::regnamespace AND a.grantee = 0
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1`,
  )
  expect(rows.map((row) => row.name)).toEqual(['during_ms', 'from_ms', 'is_span', 'utc_ms'])
})

test('every SECURITY DEFINER function pins its search_path', async () => {
  const { rows } = await database.ownerPool.query(
    `SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace
      AND NOT coalesce(proconfig::text LIKE '%search_path=pg_catalog, public, pg_temp%', false)`,
  )
  expect(rows).toEqual([])
})

test('every table has row-level security, or is not granted to the api', async () => {
  const { rows } = await database.ownerPool.query(
    `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND NOT relrowsecurity
      AND has_any_column_privilege('gelang_api', oid, 'SELECT, INSERT, UPDATE')`,
  )
  expect(rows).toEqual([])
})
