// What the recorder writes beside the fixes: positions, incidents, quarantine.

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FencedOff } from '../../model/fenced-off.ts'
import type { Incident } from '../../model/incident/incident.ts'
import { asOfficer, inTransaction } from '../../store/database/transaction.ts'
import { insertAct } from '../../store/incidents/insert-act.ts'
import { listIncidents, readIncident } from '../../store/incidents/list-incidents.ts'
import { insertQuarantine } from '../../store/track/insert-quarantine.ts'
import { claimRecordPosition, saveRecordPosition } from '../../store/track/record-position.ts'
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

const upsert = (incidents: Incident[]) => inTransaction(database.recordPool, (client) => upsertKnown(client, incidents))
const idOf = (n: number): string => `10000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const as = <T>(officer: string, work: Parameters<typeof asOfficer<T>>[2]): Promise<T> =>
  asOfficer(database.apiPool, seeded.officers[officer]!, work)

describe('the position of a shard', () => {
  const stored = async (shard: number): Promise<unknown> => {
    const { rows } = await database.recordPool.query(
      'SELECT token::float8 AS token, last_id AS "lastId" FROM record_position WHERE shard = $1',
      [shard],
    )
    return rows[0]
  }
  const save = (token: number, id: string) => saveRecordPosition(database.recordPool, 3, token, id)

  test('goes forward only, and an older owner is fenced off', async () => {
    expect(await stored(3)).toBeUndefined()
    expect(await claimRecordPosition(database.recordPool, 3, 5)).toBe('0-0')
    await save(5, '99-5')
    await save(5, '99-5')
    await save(5, '100-0') // a number, not text: '100-0' < '99-5' as text
    for (const [token, id] of [
      [4, '200-0'],
      [5, '99-9'],
      [6, '99-9'],
      [5, '99-99999999999'],
    ] as const)
      await expect(save(token, id)).rejects.toThrow(FencedOff)
    expect(await stored(3)).toEqual({ token: 5, lastId: '100-0' })
    expect(await claimRecordPosition(database.recordPool, 3, 6)).toBe('100-0')
    await expect(save(5, '300-0')).rejects.toThrow(FencedOff)
    await expect(claimRecordPosition(database.recordPool, 3, 5)).rejects.toThrow(FencedOff)
    await save(6, '100-1')
  })

  test('a transaction of the former owner that is still under way fails at its commit point', async () => {
    await saveRecordPosition(database.recordPool, 4, 1, '1-0')
    let enter: () => void = () => undefined
    const claimed = new Promise<void>((resolve) => {
      enter = resolve
    })
    const former = inTransaction(database.recordPool, async (client) => {
      await client.query('SELECT 1')
      await claimed
      await saveRecordPosition(client, 4, 1, '2-0')
    })
    await claimRecordPosition(database.recordPool, 4, 2)
    enter()
    await expect(former).rejects.toThrow(FencedOff)
    expect(await stored(4)).toEqual({ token: 2, lastId: '1-0' })
  })
})

describe('incidents', () => {
  test('end the same whatever the order and the repetition of their revisions', async () => {
    let next = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 8 }), {
          minLength: 1,
          maxLength: 4,
        }),
        async (batches) => {
          const base = next
          next += 3
          const newest = new Map<number, number>()
          const all = new Set<string>()
          for (const batch of batches) {
            await upsert(
              batch.map(([which, revision]) =>
                incident({
                  id: idOf(base + which),
                  wearerId: seeded.wearers.a1.n,
                  revision,
                  depthM: revision * 10,
                  withdrawn: { reason: '\0\ud800 x' },
                }),
              ),
            )
            for (const [which, revision] of batch) {
              newest.set(which, Math.max(newest.get(which) ?? 0, revision))
              all.add(`${idOf(base + which)} ${revision}`)
            }
          }
          const ids = [0, 1, 2].map((which) => idOf(base + which))
          const { rows } = await database.ownerPool.query(
            'SELECT id, revision, body FROM incident WHERE id = ANY ($1)',
            [ids],
          )
          expect(new Map(rows.map((row) => [ids.indexOf(row.id), row.revision]))).toEqual(newest)
          for (const row of rows) expect(row.body).toMatchObject({ revision: row.revision, depthM: row.revision * 10 })
          const kept = await database.ownerPool.query(
            'SELECT incident_id, revision FROM incident_revision WHERE incident_id = ANY ($1)',
            [ids],
          )
          expect(new Set(kept.rows.map((row) => `${row.incident_id} ${row.revision}`))).toEqual(all)
        },
      ),
      { numRuns: 30 },
    )
  })

  test('many go in at once', async () => {
    await upsert(
      Array.from({ length: 1200 }, (_, i) => incident({ id: idOf(500_000 + i), wearerId: seeded.wearers.b1.n })),
    )
    const { incidents, next } = await as('pkB', (client) => listIncidents(client, { state: 'all', limit: 1000 }))
    expect(incidents).toHaveLength(1000)
    const rest = await as('pkB', (client) => listIncidents(client, { state: 'all', limit: 1000, before: next! }))
    expect(rest.incidents).toHaveLength(201)
    expect(rest).not.toHaveProperty('next')
    expect(new Set([...incidents, ...rest.incidents].map(({ id }) => id)).size).toBe(1201)
  })

  test('revisions are never changed', async () => {
    await expect(database.ownerPool.query('DELETE FROM incident_revision')).rejects.toThrow('only ever added')
    await expect(database.ownerPool.query('UPDATE officer_act SET note = $$x$$')).rejects.toThrow('only ever added')
  })
})

describe('what officers do', () => {
  const states = async (id: string): Promise<string[]> => {
    const found: string[] = []
    for (const state of ['open', 'closed'] as const) {
      const page = await as('pk1A', (client) =>
        listIncidents(client, { state, limit: 1000, wearerId: seeded.wearers.a1.id }),
      )
      if (page.incidents.some((each) => each.id === id)) found.push(state)
    }
    return found
  }

  test('an incident is open until it is resolved, whatever revisions follow', async () => {
    const { n: wearerId, conditionId, id: wearer } = seeded.wearers.a1
    const id = idOf(900_001)
    await upsert([incident({ id, wearerId, conditionId })])
    expect(await states(id)).toEqual(['open'])
    await upsert([incident({ id, wearerId, conditionId, revision: 2, endMs: FROM_MS + 5 })])
    expect(await states(id)).toEqual(['open'])
    const note = await as('pk1A', (client) =>
      insertAct(client, { incidentId: id, wearerId, action: 'note', note: 'ditelepon\0' }),
    )
    expect(note).toMatchObject({ officerName: 'pk1A', note: 'ditelepon\0' })
    expect(note.atMs).toBeGreaterThan(FROM_MS + 86_400_000)
    await as('pk1A', (client) =>
      insertAct(client, { incidentId: id, wearerId, action: 'resolve', resolution: 'alasan_sah' }),
    )
    expect(await states(id)).toEqual(['closed'])
    await upsert([incident({ id, wearerId, conditionId, revision: 3 })])
    expect(await states(id)).toEqual(['closed'])

    const found = await as('pk1A', (client) => readIncident(client, id))
    expect(found!.revisions.map(({ revision }) => revision)).toEqual([1, 2, 3])
    expect(found!.incident).toMatchObject({
      ...{ revision: 3, conditionName: 'Rumah a1' },
      wearer: { id: wearer, n: wearerId, name: 'Klien a1', unitPath: 'dj.jabar.bandung' },
    })
    expect(found!.incident.acts.map(({ action }) => action)).toEqual(['note', 'resolve'])
    expect(await as('pkB', (client) => readIncident(client, id))).toBeUndefined()
  })

  test('a resolution holds for the signs that the officer could know of; one more opens it again', async () => {
    const { n: wearerId } = seeded.wearers.a1
    const id = idOf(900_005)
    const publish = (revision: number, more: Partial<Incident> = {}) =>
      upsert([incident({ id, wearerId, type: 'strap_open', severity: 'kritis', revision, ...more })])
    const resolve = (signs?: number) =>
      as('pk1A', (client) =>
        insertAct(client, {
          ...{ incidentId: id, wearerId, action: 'resolve', resolution: 'alarm_palsu' },
          ...(signs !== undefined && { signs }),
        }),
      )
    await publish(1)
    await resolve()
    expect(await states(id)).toEqual(['closed'])
    await publish(2, { signs: 2 })
    expect(await states(id)).toEqual(['open'])
    await resolve(1)
    expect(await states(id)).toEqual(['open'])
    await resolve(2)
    expect(await states(id)).toEqual(['closed'])
    await publish(3, { signs: 2, endMs: FROM_MS + 9 })
    expect(await states(id)).toEqual(['closed'])
    await publish(5, { signs: 4 })
    await publish(4, { signs: 3 })
    expect(await states(id)).toEqual(['open'])
    const { acts } = (await as('pk1A', (client) => readIncident(client, id)))!.incident
    expect(acts.map(({ signs }) => signs)).toEqual([undefined, undefined, 2])
  })

  test('of lesser ones the end is enough, and a withdrawn one is closed', async () => {
    const { n: wearerId } = seeded.wearers.a1
    await upsert([
      incident({ id: idOf(900_002), wearerId, severity: 'informasi', endMs: FROM_MS }),
      incident({ id: idOf(900_003), wearerId, withdrawn: { reason: 'terbantah' } }),
    ])
    expect(await states(idOf(900_002))).toEqual(['closed'])
    expect(await states(idOf(900_003))).toEqual(['closed'])
  })

  test('an act may come before the record has the incident', async () => {
    const { n: wearerId } = seeded.wearers.a1
    const id = idOf(900_004)
    await as('pk1A', (client) =>
      insertAct(client, { incidentId: id, wearerId, action: 'resolve', resolution: 'pelanggaran' }),
    )
    await upsert([incident({ id, wearerId })])
    expect(await states(id)).toEqual(['closed'])
  })

  test('a resolution and a first revision at the same moment see each other', async () => {
    const { n: wearerId } = seeded.wearers.a1
    for (let i = 0; i < 20; i++) {
      const id = idOf(910_000 + i)
      await Promise.all([
        upsert([incident({ id, wearerId })]),
        as('pk1A', (client) =>
          insertAct(client, { incidentId: id, wearerId, action: 'resolve', resolution: 'pelanggaran' }),
        ),
      ])
      expect(await states(id)).toEqual(['closed'])
    }
  })

  test.each([
    ['for a wearer out of sight', 'pk1A', 'b1', 'b1'],
    ['on another’s incident under the own wearer’s name', 'pk1A', 'b1', 'a1'],
    ['as an auditor', 'auditorA', 'a1', 'a1'],
    ['as Admin TI', 'adminA', 'a1', 'a1'],
  ] as const)('nothing %s', async (_what, officer, incidentOf, wearerOf) => {
    const act = {
      incidentId: seeded.wearers[incidentOf].incidentId,
      wearerId: seeded.wearers[wearerOf].n,
      action: 'acknowledge',
    } as const
    await expect(as(officer, (client) => insertAct(client, act))).rejects.toThrow(/row-level security|is not of wearer/)
  })

  test('nobody’s name but one’s own stands under an act', async () => {
    const { n, incidentId } = seeded.wearers.a1
    const forged = (officerId: string) =>
      as('pk1A', (client) =>
        client.query(
          `INSERT INTO officer_act (incident_id, wearer_id, action, officer_id, officer_name, at)
          VALUES ($1, $2, 'acknowledge', $3, 'Kepala', now()) RETURNING officer_name`,
          [incidentId, n, officerId],
        ),
      )
    await expect(forged(seeded.officers.kepalaA!)).rejects.toMatchObject({ code: '42501' })
    expect((await forged(seeded.officers.pk1A!)).rows).toEqual([{ officer_name: 'pk1A' }])
    await expect(
      as('pk1A', (client) => insertAct(client, { incidentId, wearerId: n, action: 'resolve' })),
    ).rejects.toMatchObject({ code: '23514' })
    await expect(
      as('pk1A', (client) => insertAct(client, { incidentId, wearerId: n, action: 'note', note: ' ' })),
    ).rejects.toMatchObject({ code: '23514' })
  })
})

test('quarantine takes any bytes once, with what PostgreSQL cannot hold replaced', async () => {
  const item = {
    receivedMs: FROM_MS,
    protocol: 'x\0',
    reason: 'malformed',
    detail: 'a\0\ud800',
    deviceId: '\0',
    cut: true,
  } as const
  const entries = [
    { id: '7-0', item: { ...item, raw: new Uint8Array([9, 0, 255, 1]).subarray(1) } },
    { id: '7-1', item: { ...item, raw: new Uint8Array() } },
  ]
  expect(await insertQuarantine(database.recordPool, entries)).toBe(2)
  expect(await insertQuarantine(database.recordPool, entries)).toBe(0)
  expect(await insertQuarantine(database.recordPool, [])).toBe(0)
  const { rows } = await database.ownerPool.query(
    `SELECT raw, detail, device_id, cut FROM quarantine WHERE source_id = '7-0'`,
  )
  expect(rows).toEqual([{ raw: Buffer.from([0, 255, 1]), detail: 'a\ufffd\ufffd', device_id: '\ufffd', cut: true }])
})
