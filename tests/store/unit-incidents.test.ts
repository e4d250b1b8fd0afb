import { afterAll, beforeAll, expect, test } from 'vitest'
import type { UnitIncident } from '../../model/incident/incident.ts'
import { readLiveScope } from '../../store/access/read-live-scope.ts'
import { asOfficer, inTransaction } from '../../store/database/transaction.ts'
import { insertAct } from '../../store/incidents/insert-act.ts'
import { listIncidents, readIncident } from '../../store/incidents/list-incidents.ts'
import { insertOfficer, insertUnit } from '../../store/people/insert-people.ts'
import { loadPlans } from '../../store/rules/load-plans.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { upsertKnown } from '../setup/upsert-known.ts'
import { type Seeded, seedTwoBapas, unitIncident } from './two-bapas.ts'

const BANDUNG = 'dj.jabar.bandung'
const POS = `${BANDUNG}.pos_cimahi`
let database: TestDatabase
let seeded: Seeded
const outage: UnitIncident = unitIncident({ unitPath: BANDUNG })

beforeAll(async () => {
  database = await createTestDatabase()
  seeded = await seedTwoBapas(database.ownerPool)
  await insertUnit(database.ownerPool, { path: POS, name: 'Pos Cimahi', kind: 'pos', timeZone: 'Asia/Jakarta' })
  seeded.officers.pkPos = await insertOfficer(database.ownerPool, { name: 'pkPos', role: 'pk', unitPath: POS })
  await inTransaction(database.recordPool, (client) => upsertKnown(client, [outage]))
})
afterAll(() => database.drop())

const as = <R>(officer: string, work: Parameters<typeof asOfficer<R>>[2]) =>
  asOfficer(database.apiPool, seeded.officers[officer]!, work)

test.each([
  'pk1A',
  'asistenA',
  'kasubsiA',
  'kepalaA',
  'operatorA',
  'adminA',
  'kanwil',
  'ditjenpas',
  'adminDj',
  'pkPos',
])('%s, of the unit, above it or of a Pos below it, sees the unit’s incident, without a wearer', async (officer) => {
  const { incidents } = await as(officer, (client) => listIncidents(client, { state: 'open', limit: 100 }))
  const seen = incidents.find(({ id }) => id === outage.id)
  expect(seen).toEqual({
    ...outage,
    standing: { fromMs: outage.confirmedMs },
    unit: { path: BANDUNG, name: 'Bapas Bandung' },
    acts: [],
  })
  const read = await as(officer, (client) => readIncident(client, outage.id))
  expect(read!.revisions).toEqual([outage])
  expect((await as(officer, (client) => readLiveScope(client))).units).toContainEqual({
    path: BANDUNG,
    name: 'Bapas Bandung',
  })
})

test.each(['auditorA', 'pkB', 'kepalaB', 'pkC'])('%s does not', async (officer) => {
  expect(await as(officer, (client) => readIncident(client, outage.id))).toBeUndefined()
  const { rows } = await as(officer, (client) => client.query('SELECT 1 FROM incident WHERE unit_path IS NOT NULL'))
  expect(rows).toEqual([])
})

test('nobody at all sees it without an acting officer', async () => {
  expect((await database.apiPool.query('SELECT 1 FROM incident_revision')).rows).toEqual([])
})

test('who sees it acts on it, the resolution closes it, and the act survives the next revision', async () => {
  const act = { incidentId: outage.id, unitPath: BANDUNG }
  for (const officer of ['adminA', 'pkB', 'auditorA'])
    await expect(as(officer, (client) => insertAct(client, { ...act, action: 'acknowledge' }))).rejects.toThrow(
      /row-level security/,
    )
  await expect(
    as('kepalaA', (client) =>
      insertAct(client, {
        ...{ incidentId: outage.id, wearerId: seeded.wearers.a1.n },
        action: 'acknowledge',
      }),
    ),
  ).rejects.toThrow(/is not of wearer/)
  const resolved = await as('operatorA', (client) =>
    insertAct(client, { ...act, action: 'resolve', resolution: 'gangguan_alat' }),
  )
  await inTransaction(database.recordPool, (client) =>
    upsertKnown(client, [{ ...outage, endMs: outage.startMs + 9000, revision: 2 }]),
  )
  const read = await as('kepalaA', (client) => readIncident(client, outage.id))
  expect(read!.incident).toMatchObject({ revision: 2, acts: [{ actId: resolved.actId, unitPath: BANDUNG }] })
  expect(read!.revisions.map(({ revision }) => revision)).toEqual([1, 2])
  const { incidents } = await as('kepalaA', (client) => listIncidents(client, { state: 'open', limit: 100 }))
  expect(incidents.map(({ id }) => id)).not.toContain(outage.id)
})

test('a plan is published with the Bapas that its wearer is counted in, also from a Pos', async () => {
  const { a1, b1 } = seeded.wearers
  await database.ownerPool.query('UPDATE wearer SET unit_path = $1 WHERE id = $2', [POS, a1.n])
  const plans = await loadPlans(database.recordPool, [a1.n, b1.n])
  expect(plans.map(({ wearerId, unitPath }) => [wearerId, unitPath])).toEqual([
    [a1.n, BANDUNG],
    [b1.n, 'dj.jabar.bogor'],
  ])
})
