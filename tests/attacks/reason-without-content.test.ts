// Attack: an officer looks at a neighbour and writes "aaaaa" for a reason; or a reason that sounds well and does not hold.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ReasonGiven } from '../../model/console/console.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { type ApiUnderTest, apiUnderTest, get, post } from '../api/api-under-test.ts'
import { connectLive } from '../api/live-client.ts'

let t: ApiUnderTest
const cookies: Record<string, string> = {}
beforeAll(async () => {
  t = await apiUnderTest()
  for (const officer of ['pk1A', 'kepalaA', 'operatorA', 'auditorA', 'kanwil'])
    cookies[officer] = await t.signIn(officer)
})
afterAll(() => t.close())

const send = (officer: string, path: string, body: unknown) => post(t.api, path, body, cookies[officer])
const reasonsOf = async (officer: string, query = '') => {
  const answer = await get(t.api, `/v1/reasons${query}`, cookies[officer])
  return { status: answer.status, body: (await answer.json()) as { reasons: ReasonGiven[]; next?: number } }
}
const access = () => `/v1/wearers/${t.seeded.wearers.a2.id}/access`
const GOOD = { reasonKind: 'menggantikan_rekan', reason: 'menggantikan rekan yang sedang cuti' }

test.each([
  'aaaaa',
  'cek cek cek cek',
  'x',
  '............................',
  'pemeriksaan',
  '1111111111 2222222222 33333333',
])('%j opens nothing: not a person, not a NIK, not a track, not a search', async (reason) => {
  expect((await send('pk1A', access(), { reason })).status).toBe(400)
  expect((await send('pk1A', `/v1/wearers/${t.seeded.wearers.a1.id}/nik`, { reason })).status).toBe(400)
  expect((await send('kanwil', '/v1/persons/find', { q: 'klien', reason })).status).toBe(400)
  const track = `/v1/wearers/${t.seeded.wearers.a2.id}/track?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z`
  const headers = { 'x-gelang-reason': encodeURIComponent(reason) }
  expect((await get(t.api, track, cookies.pk1A, headers)).status).toBe(400)
  const below = asOfficer(t.database.apiPool, t.seeded.officers.pk1A!, (client) =>
    client.query(`SELECT grant_access($1, 'lainnya', $2, 60)`, [t.seeded.wearers.a2.id, reason]),
  )
  await expect(below).rejects.toMatchObject({ code: '23514' })
})

test('an invalid kind is refused', async () => {
  expect((await send('pk1A', access(), { ...GOOD, reasonKind: 'iseng' })).status).toBe(400)
  const below = asOfficer(t.database.apiPool, t.seeded.officers.pk1A!, (client) =>
    client.query(`SELECT grant_access($1, 'iseng', $2, 60)`, [t.seeded.wearers.a2.id, GOOD.reason]),
  )
  await expect(below).rejects.toMatchObject({ code: '23514' })
})

test('the auditor reads each reason with its kind and who gave it; a reason that does not hold ends the access at once', async () => {
  const { a2 } = t.seeded.wearers
  expect((await send('pk1A', access(), GOOD)).status).toBe(204)
  const live = connectLive(t.api, cookies.pk1A!)
  await live.until('roster', (m) => m.wearers.some(({ id }) => id === a2.id))
  const { body } = await reasonsOf('auditorA', '?unreviewed=true')
  const [given] = body.reasons
  expect(given).toMatchObject({
    officerName: 'pk1A',
    role: 'pk',
    for: 'access.grant',
    kind: 'menggantikan_rekan',
    reason: GOOD.reason,
  })
  const review = `/v1/reasons/${given!.id}/review`
  expect((await send('kepalaA', review, { verdict: 'layak' })).status).toBe(403)
  expect((await send('auditorA', review, { verdict: 'bagus' })).status).toBe(400)
  expect((await send('auditorA', review, { verdict: 'tidak_layak', note: 'rekan tidak cuti' })).status).toBe(204)
  await live.until('roster', (m) => m.wearers.every(({ id }) => id !== a2.id))
  expect((await get(t.api, `/v1/wearers/${a2.id}`, cookies.pk1A)).status).toBe(403)
  expect((await reasonsOf('auditorA', '?unreviewed=true')).body.reasons.map(({ id }) => id)).not.toContain(given!.id)
  expect((await reasonsOf('auditorA')).body.reasons[0]).toMatchObject({
    verdict: 'tidak_layak',
    note: 'rekan tidak cuti',
  })
  // Judged once.
  expect((await send('auditorA', review, { verdict: 'layak' })).status).toBe(404)
  const { rows } = await t.database.ownerPool.query(`SELECT detail FROM audit WHERE action = 'reason.review'`)
  expect(rows).toEqual([{ detail: { verdict: 'tidak_layak' } }])
  live.cut()
})

test('nobody else reads the list, and another unit’s reasons are not in it', async () => {
  for (const officer of ['pk1A', 'kepalaA', 'operatorA', 'kanwil']) expect((await reasonsOf(officer)).status).toBe(403)
  const { b1 } = t.seeded.wearers
  expect((await send('kanwil', `/v1/wearers/${b1.id}/access`, GOOD)).status).toBe(204)
  const { body } = await reasonsOf('auditorA')
  expect(JSON.stringify(body)).not.toContain(b1.id)
})

test('a NIK is shown to those who need it, for a reason', async () => {
  const path = `/v1/wearers/${t.seeded.wearers.a1.id}/nik`
  const shown = await send('pk1A', path, { reasonKind: 'penyusunan_laporan', reason: 'menyusun laporan litmas klien' })
  expect(await shown.json()).toEqual({ nik: expect.stringMatching(/^\d{16}$/) })
  expect((await send('operatorA', path, { reason: 'menyusun laporan litmas klien' })).status).toBe(403)
  const below = await asOfficer(t.database.apiPool, t.seeded.officers.operatorA!, (client) =>
    client.query(`SELECT reveal_nik($1, 'lainnya', 'menyusun laporan litmas klien') AS nik`, [t.seeded.wearers.a1.id]),
  )
  expect(below.rows).toEqual([{ nik: null }])
  expect((await reasonsOf('auditorA')).body.reasons[0]).toMatchObject({ for: 'nik.reveal', kind: 'penyusunan_laporan' })
})
