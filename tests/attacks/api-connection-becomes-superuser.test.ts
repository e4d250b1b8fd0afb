// From a connection of the API somebody reaches for the rest of the server: other roles, files, programs, other tables.
import { execFile } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDatabaseSecrets } from '../../bin/process/database-secrets.ts'
import { openRolePool } from '../../bin/process/open-database.ts'
import { readSettings } from '../../bin/process/settings.ts'
import { PrivilegedLogin, privilegesBeyond } from '../../store/database/check-login.ts'
import { migrate } from '../../store/database/migrate.ts'
import { openPool, type Pool } from '../../store/database/open-pool.ts'
import { type OwnServer, ownPostgres } from '../setup/own-services.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'

let server: OwnServer
let redis: TestRedis
let secrets: Record<string, Record<string, string>>
let folder: string
const pools: Pool[] = []
const open = (url: string, role?: 'gelang_api' | 'gelang_record' | 'gelang_auth') => {
  const pool = openPool({ url, applicationName: 'attack', max: 1, ...(role && { role }) })
  pools.push(pool)
  return pool
}
const addressOf = (file: string, variable: string) => secrets[file]![variable]!

beforeAll(async () => {
  server = await ownPostgres()
  redis = await createTestRedis()
  folder = join(server.folder, 'secrets')
  secrets = await makeDatabaseSecrets(server.url, folder)
  await migrate(addressOf('migrate', 'DATABASE_URL'))
})
afterAll(async () => {
  for (const pool of pools) await pool.end()
  await redis.cleanup()
  await server.discard()
})

const LOGINS = [
  ['gelang_api', 'api', 'API_DATABASE_URL'],
  ['gelang_record', 'record', 'RECORD_DATABASE_URL'],
  ['gelang_auth', 'api', 'AUTH_DATABASE_URL'],
  ['gelang_audit', 'audit', 'AUDIT_DATABASE_URL'],
] as const

test.each(LOGINS)('%s becomes nobody else and reaches nothing outside of its tables', async (login, file, variable) => {
  const pool = open(addressOf(file, variable))
  expect((await pool.query('SELECT session_user::text AS login')).rows).toEqual([{ login }])
  for (const other of ['gelang', 'gelang_owner', ...LOGINS.map(([name]) => name).filter((name) => name !== login)])
    await expect(pool.query(`SET ROLE ${other}`)).rejects.toMatchObject({ code: '42501' })
  for (const sql of [
    `COPY (SELECT 1) TO PROGRAM 'true'`,
    `CREATE TEMP TABLE x (line text); COPY x FROM PROGRAM 'id'`,
    `SELECT pg_read_file('/etc/passwd')`,
    `CREATE TABLE public.mine ()`,
    `CREATE ROLE mine`,
    `ALTER ROLE ${login} SUPERUSER`,
    `ALTER TABLE public.audit DISABLE TRIGGER ALL`,
    `CREATE OR REPLACE FUNCTION public.acting_role() RETURNS text LANGUAGE sql RETURN 'kepala_bapas'`,
    `DROP TABLE public.wearer CASCADE`,
    `SELECT nik FROM public.wearer`,
    `SELECT passwd FROM pg_shadow`,
    `SELECT public.drop_chunks('public.fix', older_than => now())`,
  ])
    await expect(pool.query(sql), sql).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|42P16|28000)$/) })
})

test('each login has a password of its own, in files for their owner only; the second time the same', async () => {
  const passwords = Object.values(secrets).flatMap((each) => Object.values(each).map((url) => new URL(url).password))
  expect(passwords).toHaveLength(5)
  expect(new Set([...passwords, new URL(server.url).password]).size).toBe(6)
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  expect(await makeDatabaseSecrets(server.url, folder)).toEqual(secrets)
  expect(Object.keys(secrets.api!)).toEqual(['API_DATABASE_URL', 'AUTH_DATABASE_URL'])
})

test('nobody gets in without a password', async () => {
  const admin = open(server.url)
  const { rows } = await admin.query(`SELECT DISTINCT auth_method AS how FROM pg_hba_file_rules`)
  expect(rows).toEqual([{ how: 'scram-sha-256' }])
  const { rows: kept } = await admin.query(
    `SELECT rolname FROM pg_authid WHERE rolcanlogin AND rolpassword NOT LIKE 'SCRAM-SHA-256$%'`,
  )
  expect(kept).toEqual([])
  const url = new URL(addressOf('api', 'API_DATABASE_URL'))
  for (const password of ['', 'gelang', new URL(addressOf('record', 'RECORD_DATABASE_URL')).password]) {
    url.password = password
    await expect(open(url.href).query('SELECT 1')).rejects.toThrow(/password/)
  }
})

test('the owner is no superuser, and has row security itself', async () => {
  const owner = open(addressOf('migrate', 'DATABASE_URL'))
  const { rows } = await owner.query(
    `SELECT rolsuper OR rolbypassrls AS above FROM pg_roles WHERE rolname = session_user`,
  )
  expect(rows).toEqual([{ above: false }])
  const without = await owner.query(`SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity
    AND relnamespace::regnamespace::text IN ('public', 'auth') AND NOT relforcerowsecurity`)
  expect(without.rows).toEqual([])
  for (const sql of [`UPDATE audit SET reason = 'x'`, 'DELETE FROM incident_revision', 'DELETE FROM officer_act'])
    await expect(owner.query(sql)).rejects.toThrow('only ever added')
})

test.each([
  ['a superuser', () => server.url, 'is a superuser'],
  ['the owner of the tables', () => named('owner_too', '', 'gelang_api, gelang_owner'), 'owns the tables'],
  ['one that may bypass row security', () => named('bypasser', 'BYPASSRLS'), 'may bypass row security'],
  [
    'one that may become another role',
    () => named('member', '', 'gelang_api, gelang_record'),
    'may become gelang_record',
  ],
  [
    'one that may run programs',
    () => named('runner', '', 'gelang_api, pg_execute_server_program'),
    'may become pg_execute',
  ],
])('serve refuses %s', async (_what, address, why) => {
  const url = await address()
  const settings = readSettings({ API_DATABASE_URL: url })
  const refused = openRolePool('gelang_api', { settings, log: silentLog }, { applicationName: 'x', max: 1 })
  await expect(refused).rejects.toThrow(PrivilegedLogin)
  await expect(refused).rejects.toThrow(why)
  const said: string[] = []
  const log = { ...silentLog, warn: (_: object, sentence: string) => said.push(sentence) }
  const allowed = readSettings({ API_DATABASE_URL: url, GELANG_ALLOW_PRIVILEGED_DATABASE: '1' })
  await (await openRolePool('gelang_api', { settings: allowed, log }, { applicationName: 'x', max: 1 })).end()
  expect(said.join()).toContain(why)
})

test('serve refuses a login that is not of its role at all', async () => {
  const settings = readSettings({ API_DATABASE_URL: addressOf('migrate', 'DATABASE_URL') })
  const refused = openRolePool('gelang_api', { settings, log: silentLog }, { applicationName: 'x', max: 1 })
  await expect(refused).rejects.toThrow('may not serve as gelang_api')
})

test('serve takes the logins that were made for it', async () => {
  for (const [login, file, variable] of LOGINS.slice(0, 3))
    expect(await privilegesBeyond(open(addressOf(file, variable)), login)).toBeUndefined()
})

test('the program ends with a sentence, and with no address in it', async () => {
  const password = new URL(server.url).password
  const run = promisify(execFile)(process.execPath, ['--import', 'tsx', 'bin/gelang.ts', 'serve', '--roles', 'api'], {
    cwd: resolve(import.meta.dirname, '../..'),
    env: {
      ...{ PATH: process.env.PATH, DATABASE_URL: server.url, REDIS_URL: redis.settings.url },
      ...{ GELANG_PREFIX: redis.settings.prefix, GELANG_API_PORT: '0', GELANG_AUTH_SECRET: 's'.repeat(32) },
    },
  })
  const error = (await run.catch((reason: unknown) => reason)) as { code: number; stderr: string; stdout: string }
  expect(error.code).toBe(1)
  expect(error.stderr).toContain('is a superuser')
  expect(error.stderr).toContain('gelang database-logins')
  expect(error.stderr + error.stdout).not.toContain(password)
})

/** The address of a login that somebody made by hand. */
async function named(name: string, right: string, memberOf?: string): Promise<string> {
  const admin = open(server.url)
  await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD 'by-hand' ${right} IN ROLE ${memberOf ?? 'gelang_api'}`)
  const url = new URL(server.url)
  url.username = name
  url.password = 'by-hand'
  return url.href
}
