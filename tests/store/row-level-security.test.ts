import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Evidence, Incident } from '../../model/incident/incident.ts'
import type { ZoneShape } from '../../model/plan/zone.ts'
import { grantAccess } from '../../store/access/grant-access.ts'
import { asOfficer, inTransaction } from '../../store/database/transaction.ts'
import { listActsToPublish, strikePublished } from '../../store/incidents/acts-to-publish.ts'
import { insertCondition, insertZone } from '../../store/rules/insert-rules.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { upsertKnown } from '../setup/upsert-known.ts'
import { FROM_MS, incident, type Seeded, seedTwoBapas } from './two-bapas.ts'

let database: TestDatabase
let seeded: Seeded

beforeAll(async () => {
  database = await createTestDatabase()
  seeded = await seedTwoBapas(database.ownerPool)
})
afterAll(() => database.drop())

/** How a row of each table is traced to a wearer. */
const BY_WEARER: Record<string, string> = {
  wearer: 'SELECT id AS n FROM wearer',
  supervision: 'SELECT wearer_id AS n FROM supervision',
  assignment: 'SELECT wearer_id AS n FROM assignment',
  condition: 'SELECT wearer_id AS n FROM condition',
  permit: 'SELECT wearer_id AS n FROM permit',
  incident: 'SELECT wearer_id AS n FROM incident',
  incident_revision: 'SELECT wearer_id AS n FROM incident_revision',
  seen_incident: 'SELECT wearer_id AS n FROM seen_incident',
  seen_revision: 'SELECT wearer_id AS n FROM seen_revision',
  officer_act: 'SELECT wearer_id AS n FROM officer_act',
  zone: `SELECT right(name, 2) AS key FROM zone`,
  bracelet: `SELECT right(device_id, 2) AS key FROM bracelet`,
  track: 'SELECT wearer_id AS n FROM track',
  audit: 'SELECT wearer_id AS n FROM audit WHERE wearer_id IS NOT NULL',
}
const PERSON = [
  'wearer',
  'supervision',
  'assignment',
  'condition',
  'permit',
  'incident',
  'incident_revision',
  'seen_incident',
  'seen_revision',
  'officer_act',
]

type Sight = { person: string[]; track: string[]; bracelet: string[]; audit: string[] }
const SIGHT: Record<string, Sight> = {
  pk1A: { person: ['a1'], track: ['a1'], bracelet: ['a1', 'a2'], audit: [] },
  pk2A: { person: ['a2'], track: ['a2'], bracelet: ['a1', 'a2'], audit: [] },
  asistenA: { person: ['a1'], track: ['a1'], bracelet: ['a1', 'a2'], audit: [] },
  kasubsiA: { person: ['a1', 'a2'], track: ['a1', 'a2'], bracelet: ['a1', 'a2'], audit: [] },
  kepalaA: { person: ['a1', 'a2'], track: ['a1', 'a2'], bracelet: ['a1', 'a2'], audit: [] },
  operatorA: { person: ['a1', 'a2'], track: ['a1', 'a2'], bracelet: ['a1', 'a2'], audit: [] },
  auditorA: { person: [], track: [], bracelet: [], audit: ['a1', 'a2'] },
  adminA: { person: [], track: [], bracelet: ['a1', 'a2'], audit: [] },
  pkB: { person: ['b1'], track: ['b1'], bracelet: ['b1'], audit: [] },
  kepalaB: { person: ['b1'], track: ['b1'], bracelet: ['b1'], audit: [] },
  kanwil: { person: [], track: [], bracelet: ['a1', 'a2', 'b1'], audit: [] },
  ditjenpas: { person: [], track: [], bracelet: ['a1', 'a2', 'b1', 'c1'], audit: [] },
  pkC: { person: ['c1'], track: ['c1'], bracelet: ['c1'], audit: [] },
  '(nobody)': { person: [], track: [], bracelet: [], audit: [] },
  '(unknown)': { person: [], track: [], bracelet: [], audit: [] },
}

async function seen(officer: string, sql: string): Promise<Record<string, unknown>[]> {
  if (officer === '(nobody)') return (await database.apiPool.query(sql)).rows
  const id = officer === '(unknown)' ? '00000000-0000-4000-8000-000000000000' : seeded.officers[officer]!
  return asOfficer(database.apiPool, id, async (client) => (await client.query(sql)).rows)
}

const keyOf = (row: Record<string, unknown>): string =>
  (row.key as string) ?? Object.entries(seeded.wearers).find(([, { n }]) => n === row.n)![0]

describe.each(Object.entries(SIGHT))('%s', (officer, sight) => {
  test.each(Object.entries(BY_WEARER))('sees of %s their own sight only, whatever is asked', async (table, sql) => {
    // A zone of one's own is a place, like the track.
    const expected = PERSON.includes(table) ? sight.person : sight[table === 'zone' ? 'track' : (table as keyof Sight)]
    const rows = await seen(officer, sql)
    expect([...new Set(rows.map(keyOf))].sort()).toEqual(expected)
  })
})

test.each([
  ['pk1A', ['dj.jabar.bandung']],
  ['kanwil', ['dj.jabar', 'dj.jabar.bandung', 'dj.jabar.bogor']],
  ['adminDj', ['dj', 'dj.bali', 'dj.bali.denpasar', 'dj.jabar', 'dj.jabar.bandung', 'dj.jabar.bogor']],
  ['(nobody)', []],
])('%s sees the units at or below their own, and their officers', async (officer, units) => {
  const found = await seen(officer, 'SELECT path::text FROM unit ORDER BY path')
  expect(found.map((row) => row.path)).toEqual(units)
  const officers = await seen(officer, 'SELECT DISTINCT unit_path::text AS path FROM officer')
  for (const { path } of officers) expect(units).toContain(path)
})

test.each([
  ['adminA', ['1-0'], ['gw-a']],
  ['adminDj', ['1-0', '2-0'], ['gw-a']],
  ['kepalaA', [], []],
  ['auditorA', [], []],
  ['(nobody)', [], []],
])('%s sees what was quarantined, and the gateways, if that is their work', async (officer, sources, gateways) => {
  expect((await seen(officer, 'SELECT source_id FROM quarantine ORDER BY 1')).map((row) => row.source_id)).toEqual(
    sources,
  )
  expect((await seen(officer, 'SELECT id FROM gateway')).map((row) => row.id)).toEqual(gateways)
})

test('where an incident was is seen like the track: by Kanwil and Ditjenpas for a written reason only', async () => {
  const { a1, b1 } = seeded.wearers
  const evidence: Evidence[] = [
    { timeMs: FROM_MS, role: 'start', latE7: -69_000_000, lonE7: 1_076_000_000, distanceM: -240, radiusM: 8 },
    { timeMs: FROM_MS, role: 'confirm' },
  ]
  const [own, other] = [a1, b1].map(({ n }) =>
    incident({ id: `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`, wearerId: n, evidence }),
  ) as [Incident, Incident]
  await inTransaction(database.ownerPool, (client) => upsertKnown(client, [own, other]))
  const readEvidence = async (officer: string, { id }: Incident) =>
    (
      await seen(
        officer,
        `SELECT body FROM seen_incident WHERE id = '${id}'
      UNION ALL SELECT body FROM seen_revision WHERE incident_id = '${id}'`,
      )
    ).map(({ body }) => (body as Incident).evidence)
  for (const officer of ['pk1A', 'asistenA', 'kasubsiA', 'kepalaA', 'operatorA'])
    expect(await readEvidence(officer, own)).toEqual([evidence, evidence])
  for (const officer of ['kanwil', 'ditjenpas']) expect(await readEvidence(officer, own)).toEqual([])
  await asOfficer(database.apiPool, seeded.officers.kanwil!, (client) =>
    grantAccess(client, { wearerId: a1.id, kind: 'pemeriksaan', reason: 'pemeriksaan bersama Kanwil', forMs: 60_000 }),
  )
  expect(await readEvidence('kanwil', own)).toEqual([evidence, evidence])
  expect(await readEvidence('kanwil', other)).toEqual([])
  expect(await readEvidence('ditjenpas', own)).toEqual([])
})

test('homes and protected addresses: Kanwil and Ditjenpas see those of whom they have a reason for, and shared places', async () => {
  const { a1, b1 } = seeded.wearers
  const { pkB, kepalaB, kanwil } = seeded.officers
  const shape: ZoneShape = { type: 'Circle', center: [107, -7], radiusM: 50 }
  const drawn = { shape, authorId: pkB!, madeMs: FROM_MS }
  const { ownerPool } = database
  await insertZone(ownerPool, { ...drawn, name: 'Alun-alun', unitPath: 'dj.jabar.bogor', shared: true })
  await insertZone(ownerPool, { ...drawn, name: 'Rencana', unitPath: 'dj.jabar.bogor' })
  // Used by a wearer of Jawa Barat, drawn by another Kanwil's Bapas.
  const far = { ...drawn, unitPath: 'dj.bali.denpasar' }
  const zoneIds = [
    await insertZone(ownerPool, { ...far, name: 'Rumah korban' }),
    await insertZone(ownerPool, { ...far, name: 'Pelabuhan', shared: true }),
  ]
  for (const zoneId of zoneIds)
    await insertCondition(ownerPool, {
      ...{ wearerId: b1.n, zoneId, kind: 'avoided', timeZone: 'Asia/Jakarta', fromMs: FROM_MS, madeMs: FROM_MS },
      ...{ legalBasis: 'SK-b1 butir 4', authorId: pkB!, approverId: kepalaB! },
    })
  const zones = async (officer: string) =>
    (await seen(officer, `SELECT name FROM zone ORDER BY name COLLATE "C"`)).map(({ name }) => name)
  const grants = 'DELETE FROM access_grant'
  await ownerPool.query(grants)
  expect(await zones('kepalaB')).toEqual(['Alun-alun', 'Pelabuhan', 'Rencana', 'Rumah b1', 'Rumah korban'])
  expect(await zones('kanwil')).toEqual(['Alun-alun'])
  expect(await zones('ditjenpas')).toEqual(['Alun-alun', 'Pelabuhan'])
  const reason = { wearerId: b1.id, kind: 'pemeriksaan', reason: 'pemeriksaan bersama Kanwil', forMs: 60_000 } as const
  await asOfficer(database.apiPool, kanwil!, (client) => grantAccess(client, reason))
  expect(await zones('kanwil')).toEqual(['Alun-alun', 'Pelabuhan', 'Rumah b1', 'Rumah korban'])
  expect(await zones('ditjenpas')).toEqual(['Alun-alun', 'Pelabuhan'])
  // For one wearer, and until it ends.
  await ownerPool.query(`UPDATE access_grant SET during = tstzrange(lower(during) - interval '2 s', now(), '[)')`)
  expect(await zones('kanwil')).toEqual(['Alun-alun'])
  await asOfficer(database.apiPool, kanwil!, (client) => grantAccess(client, { ...reason, wearerId: a1.id }))
  expect(await zones('kanwil')).toEqual(['Alun-alun', 'Rumah a1'])
  await ownerPool.query(grants)
})

test('an officer who has left sees nothing', async () => {
  await database.ownerPool.query('UPDATE officer SET active = false WHERE id = $1', [seeded.officers.pkC])
  expect(await seen('pkC', 'SELECT id FROM wearer')).toEqual([])
  expect(await seen('pkC', 'SELECT * FROM track')).toEqual([])
  await database.ownerPool.query('UPDATE officer SET active = true WHERE id = $1', [seeded.officers.pkC])
})

test('the officer ends with the transaction: the next user of the connection is nobody', async () => {
  await seen('ditjenpas', 'SELECT id FROM wearer')
  for (let i = 0; i < 4; i++) expect((await database.apiPool.query('SELECT id FROM wearer')).rows).toEqual([])
})

test('a leaking function in the query learns nothing of rows out of sight', async () => {
  await database.ownerPool.query(`CREATE FUNCTION leak(n integer) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
    $$ BEGIN RAISE NOTICE 'leaked %', n; RETURN true; END $$; GRANT EXECUTE ON FUNCTION leak TO PUBLIC`)
  const notices: string[] = []
  await asOfficer(database.apiPool, seeded.officers.pk1A!, async (client) => {
    client.on('notice', (notice) => notices.push(String(notice.message)))
    await client.query('SELECT * FROM track WHERE leak(wearer_id)')
    await client.query('SELECT id FROM wearer WHERE leak(id)')
    client.removeAllListeners('notice')
  })
  await database.ownerPool.query('DROP FUNCTION leak')
  expect(new Set(notices)).toEqual(new Set([`leaked ${seeded.wearers.a1.n}`]))
})

describe('denied outright', () => {
  test.each([
    ['SELECT * FROM fix'],
    ['SELECT * FROM wearer'],
    ['SELECT nik FROM wearer'],
    ['SELECT secret_sha256 FROM bracelet'],
    ['SELECT secret_sha256 FROM gateway'],
    ['SELECT body FROM incident'],
    ['SELECT body FROM incident_revision'],
    ['SELECT * FROM sight'],
    ['SELECT raw FROM quarantine'],
    ['SELECT * FROM record_position'],
    ['SELECT * FROM audit_head'],
    ['SELECT * FROM act_to_tell'],
    ['DELETE FROM act_to_tell'],
    ['SELECT * FROM auth."user"'],
    ['SELECT * FROM schema_migration'],
    ['INSERT INTO fix DEFAULT VALUES'],
    ['INSERT INTO incident DEFAULT VALUES'],
    ['UPDATE incident SET withdrawn = true'],
    ['UPDATE condition SET legal_basis = $$x$$'],
    ['UPDATE zone SET shape = $${}$$'],
    ['UPDATE wearer SET unit_path = $$dj$$'],
    ['UPDATE officer SET auth_user_id = $$x$$'],
    ['INSERT INTO access_grant DEFAULT VALUES'],
    ['INSERT INTO audit DEFAULT VALUES'],
    ['DELETE FROM officer_act'],
    ['DELETE FROM condition'],
    ['TRUNCATE audit'],
    ['SELECT announce_rules(true, NULL)'],
    ['SELECT drop_chunks($$fix$$, now())'],
    ['CREATE TABLE public.mine ()'],
  ])('gelang_api: %s', async (sql) => {
    await expect(seen('ditjenpas', sql)).rejects.toMatchObject({ code: '42501' })
  })

  test('acts that wait to be published are given and struck off for the process itself, never for an officer', async () => {
    expect(await seen('ditjenpas', 'SELECT * FROM acts_to_tell(0, 100)')).toEqual([])
    await seen('ditjenpas', 'SELECT acts_told(ARRAY(SELECT generate_series(1, 100)))')
    const all = '(SELECT array_agg(id) FROM incident)'
    expect(await seen('ditjenpas', `SELECT * FROM acts_on(${all})`)).toEqual([])
    const acts = await listActsToPublish(database.apiPool, 0, 100)
    expect(acts.length).toBeGreaterThan(0)
    expect(await listActsToPublish(database.apiPool, 3_600_000, 100)).toEqual([])
    await strikePublished(database.apiPool, [acts[0]!.actId, 2 ** 40])
    expect(await listActsToPublish(database.apiPool, 0, 100)).toEqual(acts.slice(1))
  })

  test.each([
    ['SELECT name FROM officer'],
    ['SELECT name FROM wearer'],
    ['SELECT nik FROM wearer'],
    ['SELECT officer_name FROM officer_act'],
    ['SELECT author_id FROM condition'],
    ['SELECT raw FROM quarantine'],
    ['SELECT * FROM audit'],
    ['SELECT * FROM track'],
    ['SELECT * FROM auth."user"'],
    ['UPDATE fix SET lat_e7 = 0'],
    ['DELETE FROM fix'],
    ['DELETE FROM incident'],
    ['UPDATE incident_revision SET body = $${}$$'],
    ['UPDATE condition SET during = $$empty$$'],
    ['INSERT INTO officer_act DEFAULT VALUES'],
    ['SELECT reveal_nik(NULL, NULL, NULL)'],
    ['SELECT grant_access(NULL, NULL, NULL, 1)'],
    ['SELECT note FROM acts_to_tell(0, 1)'],
    ['SELECT acts_told(NULL)'],
    ['SELECT note FROM acts_on(NULL)'],
  ])('gelang_record: %s', async (sql) => {
    await expect(database.recordPool.query(sql)).rejects.toMatchObject({ code: '42501' })
  })
})
