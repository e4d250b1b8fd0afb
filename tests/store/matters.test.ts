// An incident whose beginning moved: acts, resolution and clock of the first one hold for its successor, in whichever order they come.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Incident } from '../../model/incident/incident.ts'
import { lifeOf } from '../../model/incident/life.ts'
import { asOfficer, inTransaction } from '../../store/database/transaction.ts'
import { listActsOn, listStandings } from '../../store/incidents/acts-to-publish.ts'
import { insertAct } from '../../store/incidents/insert-act.ts'
import { listIncidents, readIncident } from '../../store/incidents/list-incidents.ts'
import { upsertIncidents } from '../../store/incidents/upsert-incidents.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { incident, type Seeded, seedTwoBapas } from './two-bapas.ts'

const T = 1_770_000_000_000
let database: TestDatabase
let seeded: Seeded
let cases = 0

beforeAll(async () => {
  database = await createTestDatabase()
  seeded = await seedTwoBapas(database.ownerPool)
})
afterAll(() => database?.drop())

const idOf = (n: number) => `b000000${n}-0000-4000-8000-${String(cases).padStart(12, '0')}`
/** Raised as 1, gone on as 2 and then as 3. */
function chain(): { incident: Incident; knownMs: number }[] {
  cases++
  const of = { wearerId: seeded.wearers.a1.n, severity: 'kritis' as const }
  const withdrawn = { reason: 'late_report' }
  const second = { matterId: idOf(1), successorOf: idOf(1) }
  const third = { matterId: idOf(1), successorOf: idOf(2) }
  return [
    { id: idOf(1), revision: 1 },
    { id: idOf(1), revision: 2, withdrawn, supersededBy: idOf(2) },
    { id: idOf(2), revision: 3, ...second },
    { id: idOf(2), revision: 4, withdrawn, supersededBy: idOf(3), ...second },
    { id: idOf(3), revision: 5, ...third },
  ].map((one, i) => ({ incident: incident({ ...of, ...one }), knownMs: T + i * 60_000 }))
}
const record = (revisions: ReturnType<typeof chain>) =>
  inTransaction(database.recordPool, (client) => upsertIncidents(client, revisions))
const officer = <R>(work: Parameters<typeof asOfficer<R>>[2]) =>
  asOfficer(database.apiPool, seeded.officers.kepalaA!, work)
const act = (id: string, action: 'acknowledge' | 'resolve') =>
  officer((client) =>
    insertAct(client, {
      ...{ incidentId: id, wearerId: seeded.wearers.a1.n, action, revision: 1 },
      ...(action === 'resolve' && { resolution: 'alarm_palsu' as const }),
    }),
  )
const openIds = async () =>
  (await officer((client) => listIncidents(client, { state: 'open', limit: 200 }))).incidents.map(({ id }) => id)

test('what was done about the first one is done about its successor, and counts from when the first one was known', async () => {
  const revisions = chain()
  await record(revisions.slice(0, 1))
  await act(idOf(1), 'acknowledge')
  await record(revisions.slice(1))
  const { incident: view, revisions: all } = (await officer((client) => readIncident(client, idOf(3))))!
  expect(view.acts.map(({ action }) => action)).toEqual(['acknowledge'])
  expect(view.standing).toEqual({ fromMs: T })
  expect(lifeOf(view)).toMatchObject({ stage: 'handled', open: true, reinstated: false })
  expect(all.map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5])
  expect((await officer((client) => readIncident(client, idOf(1))))!.incident.continuedBy).toBe(idOf(3))
  expect(await openIds()).toContain(idOf(3))
  for (const id of [idOf(1), idOf(2)]) expect(await openIds()).not.toContain(id)
})

test('a resolution closes the matter, whichever of its incidents the officer saw', async () => {
  const revisions = chain()
  await record(revisions.slice(0, 3))
  const written = await act(idOf(1), 'resolve')
  expect(written).toMatchObject({ incidentId: idOf(1) })
  expect(await openIds()).not.toContain(idOf(2))
  await record(revisions.slice(3))
  expect(await openIds()).not.toContain(idOf(3))
  const matter = [idOf(1)]
  expect((await listActsOn(database.apiPool, matter)).map(({ actId }) => actId)).toEqual([written.actId])
  expect((await listStandings(database.apiPool, matter)).map(({ incident: one }) => one.id)).toEqual([idOf(3)])
  await expect(
    officer((client) =>
      insertAct(client, {
        ...{ incidentId: idOf(3), wearerId: seeded.wearers.a1.n, action: 'resolve', resolution: 'pelanggaran' },
      }),
    ),
  ).rejects.toMatchObject({ code: 'GF001' })
})

test('an act on a successor that the recorder has not written yet names the matter', async () => {
  const revisions = chain()
  const given = {
    incidentId: idOf(3),
    matterId: idOf(1),
    wearerId: seeded.wearers.a1.n,
    action: 'acknowledge' as const,
  }
  expect(await officer((client) => insertAct(client, given))).toMatchObject({ incidentId: idOf(3), matterId: idOf(1) })
  await record(revisions)
  expect((await officer((client) => readIncident(client, idOf(1))))!.incident.acts).toHaveLength(1)
})

test('revisions in any order and in any batches show the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), fc.nat(4), async (order, cut) => {
      const revisions = chain()
      const shuffled = order.map((i) => revisions[i]!)
      await record(shuffled.slice(0, cut))
      await record(shuffled.slice(cut))
      expect((await openIds()).filter((id) => [1, 2, 3].some((n) => idOf(n) === id))).toEqual([idOf(3)])
    }),
    { numRuns: 25, seed: 11 },
  )
})
