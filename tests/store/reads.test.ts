// What the console asks for.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WearerDetail } from '../../model/console/console.ts'
import { readLiveScope } from '../../store/access/read-live-scope.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { insertOfficer, linkAccount } from '../../store/people/insert-people.ts'
import { listUnits } from '../../store/people/list-units.ts'
import { listWearers } from '../../store/people/list-wearers.ts'
import { readOfficerByAuthUser } from '../../store/people/read-officer.ts'
import { readWearer } from '../../store/people/read-wearer.ts'
import { insertZone } from '../../store/rules/insert-rules.ts'
import { listZones } from '../../store/rules/list-zones.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { DAY_MS, FROM_MS, type Seeded, seedTwoBapas, TO_MS } from './two-bapas.ts'

let database: TestDatabase
let seeded: Seeded

beforeAll(async () => {
  database = await createTestDatabase()
  seeded = await seedTwoBapas(database.ownerPool)
  const nationwide = { name: 'nasional', role: 'operator', unitPath: 'dj' } as const
  seeded.officers.nasional = await insertOfficer(database.ownerPool, nationwide)
})
afterAll(() => database.drop())

const as = <T>(officer: string, work: Parameters<typeof asOfficer<T>>[2]): Promise<T> =>
  asOfficer(database.apiPool, seeded.officers[officer]!, work)

test('units come parents first', async () => {
  expect(await as('kanwil', listUnits)).toEqual([
    { path: 'dj.jabar', name: 'Kanwil Jawa Barat', kind: 'kanwil', timeZone: 'Asia/Jakarta' },
    { path: 'dj.jabar.bandung', name: 'Bapas Bandung', kind: 'bapas', timeZone: 'Asia/Jakarta' },
    { path: 'dj.jabar.bogor', name: 'Bapas Bogor', kind: 'bapas', timeZone: 'Asia/Jakarta' },
  ])
})

test('an account leads to its officer while the officer is active', async () => {
  await database.ownerPool.query(
    `INSERT INTO auth."user" (id, name, email, "emailVerified") VALUES ('u1', 'x', 'x@example.test', true)`,
  )
  const id = await insertOfficer(database.ownerPool, { name: 'Baru', role: 'operator', unitPath: 'dj.jabar.bogor' })
  expect(await readOfficerByAuthUser(database.apiPool, 'u1')).toBeUndefined()
  await linkAccount(database.ownerPool, id, 'u1')
  expect(await readOfficerByAuthUser(database.apiPool, 'u1')).toEqual({
    ...{ officerId: id, name: 'Baru', role: 'operator', unitPath: 'dj.jabar.bogor' },
    ...{ unitName: 'Bapas Bogor', timeZone: 'Asia/Jakarta' },
  })
  await database.ownerPool.query('UPDATE officer SET active = false WHERE id = $1', [id])
  expect(await readOfficerByAuthUser(database.apiPool, 'u1')).toBeUndefined()
})

const namesOf = async (page: Parameters<typeof listWearers>[1]): Promise<string[]> =>
  (await as('nasional', (client) => listWearers(client, page))).wearers.map(({ name }) => name)

test.each([
  [{}, ['Klien a1', 'Klien a2', 'Klien b1', 'Klien c1']],
  [{ q: 'klien A' }, ['Klien a1', 'Klien a2']],
  [{ q: 'SK-b1' }, ['Klien b1']],
  [{ q: 'dev-c1' }, ['Klien c1']],
  [{ q: '%' }, []],
  [{ q: '_' }, []],
  [{ unit: 'dj.jabar' }, ['Klien a1', 'Klien a2', 'Klien b1']],
  [{ unit: 'dj.jabar.bogor', q: 'a1' }, []],
])('wearers by %o', async (filter, names) => {
  expect(await namesOf({ ...filter, limit: 100 })).toEqual(names)
})

test('pages of wearers join without gap or repeat', async () => {
  const names: string[] = []
  let after: string | undefined
  do {
    const page = await as('nasional', (client) => listWearers(client, { limit: 3, ...(after && { after }) }))
    names.push(...page.wearers.map(({ name }) => name))
    after = page.next
  } while (after !== undefined)
  expect(names).toEqual(['Klien a1', 'Klien a2', 'Klien b1', 'Klien c1'])
})

test('a wearer with all that holds', async () => {
  const { a1 } = seeded.wearers
  const detail = await as('pk1A', (client) => readWearer(client, a1.id))
  expect(detail).toEqual({
    ...{ id: a1.id, n: a1.n, name: 'Klien a1', unitPath: 'dj.jabar.bandung', programme: 'PB', pkName: 'pk1A' },
    ...{ supervisionBeginsMs: FROM_MS, supervisionEndsMs: TO_MS, skNumber: 'SK-a1' },
    nikMasked: expect.stringMatching(/^\*{12}\d{4}$/),
    bracelet: { deviceId: 'dev-a1', model: 'M', sinceMs: FROM_MS },
    conditions: [
      {
        ...{
          id: a1.conditionId,
          kind: 'required',
          zoneId: a1.zoneId,
          zoneName: 'Rumah a1',
          legalBasis: 'SK-a1 butir 3',
        },
        ...{ timeZone: 'Asia/Jakarta', fromMs: FROM_MS },
        windows: [{ days: [1, 2], from: '20:00', to: '05:00', exceptDates: [] }],
      },
    ],
    permits: [{ id: a1.permitId, fromMs: FROM_MS, toMs: TO_MS, legalBasis: 'SK-a1 butir 3' }],
    last: { timeMs: FROM_MS + DAY_MS, latDeg: -6.9, lonDeg: 107.6, accuracyM: 12 },
  } satisfies Record<keyof WearerDetail, unknown>)
  expect(await as('pkB', (client) => readWearer(client, a1.id))).toBeUndefined()
  expect(await as('kanwil', (client) => readWearer(client, a1.id))).toBeUndefined()
})

test('zones by their worst use; a PK sees those of their own klien, their own and the shared ones', async () => {
  const authorId = seeded.officers.kepalaA!
  const shape = { type: 'Circle', center: [107, -7] as [number, number], radiusM: 50 } as const
  const draft = { unitPath: 'dj.jabar.bandung', shape, authorId, madeMs: FROM_MS }
  await insertZone(database.ownerPool, { ...draft, name: 'Alun-alun', shared: true })
  await insertZone(database.ownerPool, { ...draft, name: 'Rumah korban' })
  const names = async (officer: string) =>
    (await as(officer, (client) => listZones(client, { limit: 10 }))).map(({ name, kind }) => `${name} ${kind}`)
  expect(await names('pk1A')).toEqual(['Alun-alun neutral', 'Rumah a1 required'])
  expect(await names('kepalaA')).toEqual([
    'Alun-alun neutral',
    'Rumah a1 required',
    'Rumah a2 required',
    'Rumah korban neutral',
  ])
  expect(await names('adminA')).toEqual([])
  expect(
    (await as('kepalaB', (client) => listZones(client, { unit: 'dj.jabar.bogor', limit: 10 }))).map(({ name }) => name),
  ).toEqual(['Rumah b1'])
  expect(await names('kanwil')).toEqual(['Alun-alun neutral'])
})

test('the live scope: who, and what conditions are called', async () => {
  const { a1 } = seeded.wearers
  const own = await as('pk1A', (client) => readLiveScope(client))
  expect(own).toMatchObject({ conditionNames: [[a1.conditionId, 'Rumah a1']] })
  expect(own.wearers.map(({ n }) => n)).toEqual([a1.n])
  expect(await as('pk1A', (client) => readLiveScope(client, own.rulesKey))).not.toHaveProperty('conditionNames')
  expect(await as('ditjenpas', (client) => readLiveScope(client))).toMatchObject({
    wearers: [],
  })
  expect(await as('adminA', (client) => readLiveScope(client))).toMatchObject({
    wearers: [],
    conditionNames: [],
  })
})
