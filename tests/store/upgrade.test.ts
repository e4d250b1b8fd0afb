// A database of the release with 17 migrations, with data in it, becomes today's: nothing is lost, and what was decided then goes on.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listAudit } from '../../store/access/list-audit.ts'
import { verifyAudit } from '../../store/access/verify-audit.ts'
import { dumpSchema } from '../../store/database/dump-schema.ts'
import { migrate, readMigrations } from '../../store/database/migrate.ts'
import { asOfficer, inTransaction } from '../../store/database/transaction.ts'
import { endCondition, endPermit } from '../../store/rules/change-rules.ts'
import { loadRules } from '../../store/rules/load-rules.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'

let database: TestDatabase
let before: Record<string, Record<string, unknown>[]>
const OFFICERS = { pk: '', kepala: '', auditor: '' }

const OLD = readMigrations().filter(({ name }) => name < '018')

/** As that release wrote it: a rule whose author approved it himself, a permit that began before it was decided, a chain of audit rows. */
const DATA = `
  INSERT INTO unit (path, name, kind, time_zone) VALUES ('dj', 'Ditjenpas', 'ditjenpas', 'Asia/Jakarta'),
    ('dj.jabar', 'Kanwil', 'kanwil', 'Asia/Jakarta'), ('dj.jabar.bdg', 'Bapas', 'bapas', 'Asia/Jakarta');
  INSERT INTO auth."user" (id, name, email, "emailVerified", username) VALUES ('u1', 'PK', 'pk@x', false, 'pk');
  INSERT INTO auth.session (id, "expiresAt", token, "userId") VALUES ('s1', now() + interval '1 day', 't', 'u1');
  INSERT INTO officer (name, role, unit_path, auth_user_id) VALUES ('pk', 'pk', 'dj.jabar.bdg', 'u1'),
    ('kepala', 'kepala_bapas', 'dj.jabar.bdg', NULL), ('auditor', 'auditor', 'dj', NULL);
  INSERT INTO wearer (name, nik, unit_path, pk_officer_id)
    SELECT 'Klien ' || n, lpad(n::text, 16, '3'), 'dj.jabar.bdg', (SELECT id FROM officer WHERE name = 'pk') FROM generate_series(1, 3) n;
  INSERT INTO supervision (wearer_id, programme, sk_number, during, made_at, changed_at)
    SELECT id, 'PB', 'SK', tstzrange(now() - interval '30 days', now() + interval '1 year'), now() - interval '30 days', now() - interval '30 days'
    FROM wearer;
  INSERT INTO bracelet (device_id, model, unit_path, secret_sha256) SELECT 'dev-' || id, 'M', 'dj.jabar.bdg', repeat('a', 64) FROM wearer;
  INSERT INTO gateway (id, unit_path, secret_sha256) VALUES ('gw', 'dj.jabar', repeat('b', 64));
  INSERT INTO assignment (bracelet_id, wearer_id, during) SELECT id, id, tstzrange(now() - interval '30 days', NULL) FROM wearer;
  INSERT INTO zone (id, name, unit_path, shape, author_id, made_at)
    SELECT 'z1', 'Rumah', 'dj.jabar.bdg', '{"type":"Circle","center":[107.6,-6.9],"radiusM":80}', id, now() - interval '30 days'
    FROM officer WHERE name = 'kepala';
  INSERT INTO condition (id, wearer_id, kind, zone_id, during, time_zone, legal_basis, author_id, approver_id, made_at, changed_at)
    SELECT 'c' || w.id, w.id, 'required', 'z1', tstzrange(now() - interval '29 days', NULL), 'Asia/Jakarta', 'SK 1', o.id, o.id,
      now() - interval '30 days', now() - interval '30 days'
    FROM wearer w, officer o WHERE o.name = 'kepala';
  INSERT INTO permit (id, wearer_id, during, decided_at, legal_basis, author_id, approver_id, changed_at)
    SELECT 'p' || w.id, w.id, tstzrange(now() - interval '3 days', now() + interval '3 days'), now() - interval '1 day', 'izin', o.id, o.id,
      now() - interval '1 day'
    FROM wearer w, officer o WHERE o.name = 'kepala';
  INSERT INTO fix (time, received_at, content_key, wearer_id, bracelet_id, alarms, lat_e7, lon_e7, flags, source, protocol)
    SELECT now() - make_interval(hours => n), now(), n, 1, 1, 0, -69000000, 1076000000, 3, 0, 0 FROM generate_series(1, 200) n;
  INSERT INTO incident (id, revision, type, severity, wearer_id, start_at, withdrawn, body)
    VALUES ('00000000-0000-4000-8000-000000000001', 1, 'strap_open', 'kritis', 1, now(), false, '{"evidence":[],"signs":1}');
  INSERT INTO incident_revision (incident_id, revision, wearer_id, body)
    VALUES ('00000000-0000-4000-8000-000000000001', 1, 1, '{"evidence":[],"signs":1}');
  INSERT INTO officer_act (incident_id, wearer_id, action, officer_id, officer_name, at)
    SELECT '00000000-0000-4000-8000-000000000001', 1, 'acknowledge', id, '', now() - interval '1 hour' FROM officer WHERE name = 'pk';
  SELECT append_audit('track.read', 'wearer:x', n, 'berkas', '{"fixes": 3}') FROM generate_series(1, 3) n`

beforeAll(async () => {
  database = await createTestDatabase({ migrated: false })
  expect(OLD).toHaveLength(17)
  await migrate(database.ownerUrl, undefined, OLD)
  await database.ownerPool.query(DATA)
  before = await rowsOf()
  const { rows } = await database.ownerPool.query<{ name: keyof typeof OFFICERS; id: string }>(
    'SELECT name, id FROM officer',
  )
  for (const { name, id } of rows) OFFICERS[name] = id
  await migrate(database.ownerUrl)
})
afterAll(() => database.drop())

/** Every row as it is. */
async function rowsOf(): Promise<typeof before> {
  const tables = [
    'wearer',
    'supervision',
    'assignment',
    'zone',
    'condition',
    'permit',
    'bracelet',
    'gateway',
    'officer',
  ]
  const all: typeof before = {}
  for (const table of tables)
    all[table] = (await database.ownerPool.query(`SELECT to_jsonb(t) AS row FROM ${table} t ORDER BY 1`)).rows.map(
      ({ row }) => row,
    )
  return all
}

test('the schema is the one that a new database has', async () => {
  const fresh = await createTestDatabase()
  expect(await dumpSchema(database.ownerPool)).toBe(await dumpSchema(fresh.ownerPool))
  await fresh.drop()
})

test('people, devices and rules are what they were', async () => {
  const after = await rowsOf()
  // Columns that came later aside.
  for (const [table, rows] of Object.entries(before)) expect(after[table]).toMatchObject(rows)
})

test('whoever publishes the rules reads all of them', async () => {
  const { plans, zones, directory } = await loadRules(database.recordPool)
  expect(plans.map(({ plan }) => [plan.conditions.length, plan.permits.length, plan.supervisions.length])).toEqual(
    [1, 2, 3].map(() => [1, 1, 1]),
  )
  expect(zones).toHaveLength(1)
  expect(directory).toHaveLength(4)
})

test('tracks, incidents, acts and sessions are there', async () => {
  const { rows } =
    await database.ownerPool.query(`SELECT (SELECT count(*) FROM fix)::int AS fixes, (SELECT count(*) FROM incident)::int AS incidents,
    (SELECT count(*) FROM officer_act)::int AS acts, (SELECT count(*) FROM auth.session)::int AS sessions`)
  expect(rows[0]).toEqual({ fixes: 200, incidents: 1, acts: 1, sessions: 1 })
  const seen = await asOfficer(database.apiPool, OFFICERS.pk, (client) =>
    client.query('SELECT count(*)::int AS n FROM track'),
  )
  expect(seen.rows).toEqual([{ n: 200 }])
})

test('the audit’s chain goes on over the upgrade', async () => {
  const entries = await asOfficer(database.apiPool, OFFICERS.auditor, (client) => listAudit(client, { limit: 100 }))
  expect(entries.filter(({ action }) => action === 'track.read')).toHaveLength(3)
  await database.ownerPool.query(`UPDATE officer SET active = false WHERE id = $1`, [OFFICERS.auditor])
  const verdict = await verifyAudit(database.ownerPool)
  expect(verdict).not.toHaveProperty('brokenAt')
  expect(verdict.rows).toBeGreaterThan(3)
})

test('what was decided by one then is ended by two now', async () => {
  const by = { authorId: OFFICERS.pk, approverId: OFFICERS.kepala }
  await inTransaction(database.ownerPool, async (client) => {
    await endCondition(client, 'c1', by)
    await endPermit(client, 'p1', by)
  })
  await expect(
    inTransaction(database.ownerPool, (client) => endPermit(client, 'p2', { ...by, authorId: OFFICERS.kepala })),
  ).rejects.toMatchObject({ code: '42501' })
})
