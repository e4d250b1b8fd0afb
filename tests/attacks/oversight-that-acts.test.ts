// Attack: somebody at Kanwil or Ditjenpas browses persons without a reason, or closes an incident of a Bapas.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { UnitFigures, WearerSummary } from '../../model/console/console.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { type ApiUnderTest, apiUnderTest, get, post } from '../api/api-under-test.ts'
import { connectLive } from '../api/live-client.ts'

const OVERSEERS = ['kanwil', 'ditjenpas']
const REASON = { reasonKind: 'pengaduan', reason: 'aduan warga tentang klien di Bogor' }
let t: ApiUnderTest
const cookies: Record<string, string> = {}
beforeAll(async () => {
  t = await apiUnderTest()
  for (const officer of [...OVERSEERS, 'pk1A', 'kepalaB']) cookies[officer] = await t.signIn(officer)
})
afterAll(() => t.close())

const read = async (officer: string, path: string) => {
  const answer = await get(t.api, path, cookies[officer])
  return { status: answer.status, body: await answer.json() }
}
const send = (officer: string, path: string, body: unknown) => post(t.api, path, body, cookies[officer])

test.each(OVERSEERS)('%s sees no person, incident, home or position without a reason', async (officer) => {
  const { b1 } = t.seeded.wearers
  expect((await read(officer, '/v1/wearers')).body).toEqual({ wearers: [] })
  expect((await read(officer, '/v1/incidents?state=all')).body).toEqual({ incidents: [] })
  expect((await read(officer, '/v1/zones')).body).toEqual({ zones: [] })
  for (const path of [
    `/v1/wearers/${b1.id}`,
    `/v1/incidents/${b1.incidentId}`,
    `/v1/incidents/${b1.incidentId}/explanation`,
  ])
    expect(await read(officer, path)).toMatchObject({ status: 403, body: { error: { code: 'reason_required' } } })
  const live = connectLive(t.api, cookies[officer]!)
  expect((await live.until('roster')).wearers).toEqual([])
  live.cut()
})

test.each(OVERSEERS)('%s sees the figures of the units below, and in them nobody', async (officer) => {
  const { body } = await read(officer, '/v1/figures')
  const { units } = body as { units: UnitFigures[] }
  expect(units.find(({ path }) => path === 'dj.jabar.bogor')).toEqual({
    ...{ path: 'dj.jabar.bogor', name: 'Bapas Bogor', kind: 'bapas', klien: 1, concerned: 1, kritisOpen: 0 },
    ...{ seriusOpen: 1, untaken: 0 },
    ...{ informasiOpen: 0, raisedWeek: 0, resolvedWeek: 0, falseWeek: 0 },
  })
  const own = officer === 'kanwil' ? 3 : 4
  expect(units[0]).toMatchObject({ klien: own, seriusOpen: own })
  expect(JSON.stringify(units)).not.toMatch(/Klien|SK-|dev-/)
})

test('each role counts what it sees; the auditor and Admin TI count nothing', async () => {
  const { body } = await read('pk1A', '/v1/figures')
  expect((body as { units: UnitFigures[] }).units).toMatchObject([
    { path: 'dj.jabar.bandung', klien: 1, seriusOpen: 1 },
  ])
  const { apiPool } = t.database
  for (const officer of ['auditorA', 'adminA'])
    expect(
      (await asOfficer(apiPool, t.seeded.officers[officer]!, (client) => client.query('SELECT * FROM unit_figures()')))
        .rows,
    ).toEqual([])
})

test('a person is looked for with a reason, found with little, and seen with a grant; all of it is audited', async () => {
  expect((await send('kanwil', '/v1/persons/find', { q: 'klien', reason: 'ingin' })).status).toBe(400)
  expect((await send('kanwil', '/v1/persons/find', { ...REASON, q: 'k' })).status).toBe(400)
  const found = await send('kanwil', '/v1/persons/find', { ...REASON, q: 'klien b' })
  const { persons } = (await found.json()) as { persons: WearerSummary[] }
  const { b1 } = t.seeded.wearers
  expect(persons).toEqual([{ id: b1.id, name: 'Klien b1', unitPath: 'dj.jabar.bogor', programme: 'PB' }])
  expect((await send('kanwil', `/v1/wearers/${b1.id}/access`, REASON)).status).toBe(204)
  expect((await read('kanwil', `/v1/wearers/${b1.id}`)).status).toBe(200)
  expect((await read('ditjenpas', `/v1/wearers/${b1.id}`)).status).toBe(403)
  const { rows } = await t.database.ownerPool.query(
    `SELECT action, reason, detail ->> 'kind' AS kind FROM audit WHERE action IN ('person.find', 'access.grant') ORDER BY id`,
  )
  expect(rows).toEqual([
    { action: 'person.find', reason: REASON.reason, kind: 'pengaduan' },
    { action: 'access.grant', reason: REASON.reason, kind: 'pengaduan' },
  ])
})

test('whoever receives an incident asks for its person by the incident', async () => {
  const { c1 } = t.seeded.wearers
  const asked = await send('ditjenpas', `/v1/incidents/${c1.incidentId}/access`, REASON)
  expect(await asked.json()).toEqual({ wearerId: c1.id })
  expect((await read('ditjenpas', `/v1/incidents/${c1.incidentId}`)).status).toBe(200)
  expect((await send('kanwil', `/v1/incidents/${c1.incidentId}/access`, REASON)).status).toBe(404)
})

test('with a grant too they act on no incident: not over the API, and not below it', async () => {
  const { b1 } = t.seeded.wearers
  for (const officer of OVERSEERS) {
    await send(officer, `/v1/wearers/${b1.id}/access`, REASON)
    const acted = await send(officer, `/v1/incidents/${b1.incidentId}/acts`, {
      action: 'resolve',
      resolution: 'alarm_palsu',
    })
    expect(acted.status).toBe(403)
    expect(await acted.json()).toMatchObject({ error: { code: 'role_not_permitted' } })
    for (const [column, whose, id] of [
      ['wearer_id', b1.n, b1.incidentId],
      ['unit_path', 'dj.jabar.bogor', '99999999-9999-4999-8999-999999999999'],
    ])
      await expect(
        asOfficer(t.database.apiPool, t.seeded.officers[officer]!, (client) =>
          client.query(
            `INSERT INTO officer_act (incident_id, ${column}, action, officer_id, officer_name, at)
            VALUES ($1, $2, 'acknowledge', acting_officer_id(), '', now())`,
            [id, whose],
          ),
        ),
      ).rejects.toMatchObject({ code: '42501' })
  }
  expect((await send('kepalaB', `/v1/incidents/${b1.incidentId}/acts`, { action: 'acknowledge' })).status).toBe(200)
})
