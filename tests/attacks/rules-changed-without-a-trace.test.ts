// Whoever changes a rule, a person, a device or an account by plain SQL hopes that only the API writes the audit.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyAudit } from '../../store/access/verify-audit.ts'
import { openPool, type Pool } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { type Seeded, seedTwoBapas } from '../store/two-bapas.ts'

let database: TestDatabase
let seeded: Seeded
let owner: Pool

beforeAll(async () => {
  database = await createTestDatabase()
  seeded = await seedTwoBapas(database.ownerPool)
  owner = openPool({ url: database.ownerUrl, applicationName: 'gelang test', max: 2 })
})
afterAll(async () => {
  await owner.end()
  await database.drop()
})

/** Tables whose changes are recorded otherwise, or are no decision of anybody's. */
const NOT_BY_TRIGGER: Record<string, string> = {
  audit: 'is the audit',
  audit_head: 'is the audit',
  incident: 'what the engine found; the log is the truth',
  incident_revision: 'append-only',
  officer_act: 'append-only, with a trigger of its own',
  act_to_tell: 'a note that goes when the act was told',
  fix: 'the track',
  quarantine: 'what devices sent',
  record_position: 'how far the log was read',
  reading_alarm: 'append-only; alarm.mass_reading tells it',
  reason_review: 'append-only; reason.review tells it',
  wearer_version: 'append-only; wearer.update records the change',
  alarm_word_seen: 'how often devices said what no table knows; the mapping, alarm_word, is recorded',
  custody_entry: 'append-only; bracelet.update records the change',
  idempotency: 'answers to writes that are recorded themselves, kept for a day',
  rules_version: 'counts changes that are written down themselves',
  schema_migration: 'the owner’s own list',
  'auth.session': 'session.open, close and refused tell it',
  'auth.verification': 'not used',
  'auth.sign_in_try': 'counts tries',
}

test('every table has the triggers, or a reason why not', async () => {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace::regnamespace::text IN ('public', 'auth')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
      AND (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname LIKE 'a_audit_%') < 3
    ORDER BY 1`,
  )
  expect(rows.map(({ name }) => name).filter((name) => !(name in NOT_BY_TRIGGER))).toEqual([])
})

type Entry = { action: string; subject: string; wearer_id: number | null; unit: string; detail: object; actor: string }
async function after(sql: string, values: unknown[] = []): Promise<Entry[]> {
  const { rows } = await owner.query('SELECT max(id) AS id FROM audit')
  await owner.query(sql, values)
  const added = await owner.query<Entry>(
    `SELECT action, subject, wearer_id, unit_path::text AS unit, detail, actor FROM audit WHERE id > $1 ORDER BY id`,
    [rows[0].id],
  )
  return added.rows
}

test('a role that was raised says what it was, and which login did it', async () => {
  const [entry] = await after(`UPDATE officer SET role = 'kepala_bapas' WHERE id = $1`, [seeded.officers.pk2A])
  const { rows } = await owner.query('SELECT session_user AS login')
  expect(entry).toEqual({
    ...{ action: 'officer.update', subject: `officer:${seeded.officers.pk2A}`, wearer_id: null },
    ...{ unit: 'dj.jabar.bandung', actor: rows[0].login },
    detail: { old: { role: 'pk' }, new: { role: 'kepala_bapas' } },
  })
})

test('what says who somebody is or where they live is hidden or hashed', async () => {
  const { a1 } = seeded.wearers
  const [renamed] = await after(`UPDATE wearer SET name = 'Lain', nik = '1234567890123456' WHERE id = $1`, [a1.n])
  expect(renamed).toMatchObject({ action: 'wearer.update', subject: `wearer:${a1.id}`, wearer_id: a1.n })
  const hidden = { name: '…', nik: '…', nik_masked: '…' }
  expect(renamed!.detail).toEqual({ of: String(a1.n), old: hidden, new: hidden })
  const { rows } = await owner.query(
    `SELECT string_agg(concat_ws(' ', subject, reason, detail), ' ') AS all FROM audit`,
  )
  expect(rows[0].all).not.toMatch(/\d{16}|107\.6|Klien|Rumah|bbbbbbbb|aaaaaaaa/)
  expect(rows[0].all).toContain('sha256:')
})

test.each([
  ['wearer.update', `UPDATE wearer SET silence_grace_ms = 86400000 WHERE id = $1`],
  ['supervision.update', `UPDATE supervision SET sk_number = 'SK palsu' WHERE wearer_id = $1`],
  ['assignment.update', `UPDATE assignment SET during = tstzrange(lower(during), now()) WHERE wearer_id = $1`],
  ['assignment.delete', `DELETE FROM assignment WHERE wearer_id = $1`],
  ['access_grant.delete', `DELETE FROM access_grant WHERE wearer_id = $1`],
])('%s', async (action, sql) => {
  await asOfficer(database.apiPool, seeded.officers.kanwil!, (client) =>
    client.query(`SELECT grant_access($1, 'pemeriksaan', 'uji coba jejak audit', 60)`, [seeded.wearers.a1.id]),
  )
  // A bracelet that is taken off changes its custody, which is recorded as well.
  const added = (await after(sql, [seeded.wearers.a1.n])).filter((entry) => entry.action !== 'bracelet.update')
  expect(added.length).toBeGreaterThan(0)
  for (const entry of added) expect(entry).toMatchObject({ action, wearer_id: seeded.wearers.a1.n })
})

test('an account and its password', async () => {
  const user = `INSERT INTO auth."user" (id, name, email, "emailVerified", username) VALUES ('u9', 'X', 'x@y', false, 'x9')`
  expect(await after(user)).toMatchObject([{ action: 'user.insert', subject: 'user:u9' }])
  const account = `INSERT INTO auth.account (id, "accountId", "providerId", "userId", password)
    VALUES ('a9', 'u9', 'credential', 'u9', 'hash-of-one')`
  expect(await after(account)).toMatchObject([
    { action: 'account.insert', subject: 'account:a9', detail: { of: 'u9' } },
  ])
  const [changed] = await after(
    `UPDATE auth.account SET password = 'hash-of-another', "updatedAt" = now() WHERE id = 'a9'`,
  )
  expect(JSON.stringify(changed)).not.toContain('hash-of')
  expect(changed).toMatchObject({ action: 'account.update', detail: { of: 'u9', new: { password: '…' } } })
  expect(await after(`UPDATE auth.account SET "updatedAt" = now() WHERE id = 'a9'`)).toEqual([])
})

test('a change of thousands at once hides none of them, but in a take-over, which says how many and their hash', async () => {
  const many = `INSERT INTO bracelet (device_id, model, unit_path) SELECT $1 || n, 'M', 'dj' FROM generate_series(1, 150) n`
  expect(await after(many, ['plain-'])).toHaveLength(150)
  const { rows } = await owner.query('SELECT max(id) AS id FROM audit')
  await database.ownerPool.query(many, ['taken-'])
  const added = await owner.query('SELECT action, subject, reason, detail FROM audit WHERE id > $1', [rows[0].id])
  expect(added.rows).toEqual([
    {
      ...{ action: 'bracelet.insert', subject: 'bracelet:*', reason: 'take-over: seed of a test' },
      detail: { rows: 150, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    },
  ])
})

test('the API’s login cannot claim a take-over to be written down in one row', async () => {
  await asOfficer(database.apiPool, seeded.officers.pk1A!, async (client) => {
    await client.query(`SET LOCAL gelang.take_over = 'x'`)
    await client.query(
      `INSERT INTO zone (name, unit_path, shape, author_id, made_at)
      SELECT 'z', 'dj.jabar.bandung', '{"type":"Circle"}', acting_officer_id(), now() FROM generate_series(1, 101)`,
    )
  })
  const { rows } = await owner.query(
    `SELECT count(*)::int AS n, bool_or(reason IS NOT NULL) AS said FROM audit
    WHERE action = 'zone.insert' AND officer_id = $1`,
    [seeded.officers.pk1A],
  )
  expect(rows).toEqual([{ n: 101, said: false }])
})

test('and the chain holds over all of it', async () => {
  expect(await verifyAudit(owner)).not.toHaveProperty('brokenAt')
})
