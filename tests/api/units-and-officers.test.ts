// Admin TI keeps units and officers over the API: what a change needs, what it ends, and what the audit says of it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OfficerView, UnitDetail } from '../../model/console/admin.ts'
import { type ApiUnderTest, apiUnderTest, get, send, signIn } from './api-under-test.ts'

let t: ApiUnderTest
const cookies: Record<string, string> = {}
beforeAll(async () => {
  t = await apiUnderTest()
  for (const officer of ['adminA', 'adminDj', 'pk2A', 'kepalaA']) cookies[officer] = await t.signIn(officer)
})
afterAll(() => t.close())

const call = async <T>(
  as: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; etag: string; body: T }> => {
  const answer =
    body === undefined
      ? await get(t.api, path, cookies[as], headers)
      : await send(t.api, method, path, body, cookies[as], headers)
  return {
    status: answer.status,
    etag: answer.headers.get('etag') ?? '',
    body: (answer.status === 204 ? undefined : await answer.json()) as T,
  }
}
const read = <T>(as: string, path: string) => call<T>(as, 'GET', path)
const REASON = 'pindah tugas ke kantor lain'

test('a unit is added below one’s own, named from its name, changed with its ETag, and audited', async () => {
  const pos = { parent: 'dj.jabar.bandung', name: 'Pos Bapas Cimahi', kind: 'pos', timeZone: 'Asia/Jakarta' }
  const added = await call<UnitDetail>('adminA', 'POST', '/v1/units', { ...pos, address: 'Jl. Gandawijaya 1' })
  expect(added).toMatchObject({
    status: 201,
    body: { path: 'dj.jabar.bandung.pos-bapas-cimahi', kind: 'pos', address: 'Jl. Gandawijaya 1' },
  })
  const path = `/v1/units/${added.body.path}`
  expect((await read('adminA', path)).etag).toBe(added.etag)
  const change = { name: 'Pos Cimahi', address: null, phone: '022 6650001' }
  expect((await call('adminA', 'PATCH', path, change)).status).toBe(428)
  expect((await call('adminA', 'PATCH', path, change, { 'if-match': '"stale"' })).status).toBe(412)
  const changed = await call<UnitDetail>('adminA', 'PATCH', path, change, { 'if-match': added.etag })
  expect(changed.status).toBe(200)
  expect(changed.body).toEqual({ ...added.body, address: undefined, name: 'Pos Cimahi', phone: '022 6650001' })
  expect((await call('adminA', 'PATCH', path, change, { 'if-match': added.etag })).status).toBe(412)
  expect((await call('adminA', 'POST', '/v1/units', pos)).body).toMatchObject({ title: 'exists', status: 409 })
  const { rows } = await t.database.ownerPool.query(
    `SELECT action, officer_id FROM audit WHERE subject = $1 ORDER BY id`,
    [`unit:${added.body.path}`],
  )
  expect(rows).toEqual([
    { action: 'unit.insert', officer_id: t.seeded.officers.adminA },
    { action: 'unit.update', officer_id: t.seeded.officers.adminA },
  ])
})

test('a unit is not added elsewhere, nor out of order, nor with fields of others', async () => {
  const unit = { parent: 'dj.jabar.bandung', name: 'Pos Lain', kind: 'pos', timeZone: 'Asia/Jakarta' }
  expect((await call('adminA', 'POST', '/v1/units', { ...unit, parent: 'dj.jabar.bogor' })).status).toBe(403)
  expect((await call('adminA', 'POST', '/v1/units', { ...unit, kind: 'bapas' })).status).toBe(403)
  expect((await call('adminA', 'POST', '/v1/units', { ...unit, kind: 'ditjenpas' })).status).toBe(400)
  expect((await call('adminA', 'POST', '/v1/units', { ...unit, path: 'dj' })).status).toBe(400)
  const other = await read('adminDj', '/v1/units/dj.jabar.bogor')
  expect((await read('adminA', '/v1/units/dj.jabar.bogor')).status).toBe(404)
  const change = { name: 'Bapas Saya' }
  expect((await call('adminA', 'PATCH', '/v1/units/dj.jabar.bogor', change, { 'if-match': other.etag })).status).toBe(
    404,
  )
})

test('the same key gives the same officer; another request with it is refused', async () => {
  const officer = { name: 'Rina Wulandari', role: 'pk', unitPath: 'dj.jabar.bandung', nip: '198701012010012001' }
  const key = { 'idempotency-key': 'petugas-baru-1' }
  const [first, second] = await Promise.all([
    call<OfficerView>('adminA', 'POST', '/v1/officers', officer, key),
    call<OfficerView>('adminA', 'POST', '/v1/officers', officer, key),
  ])
  expect(first.status).toBe(201)
  expect(second).toEqual(first)
  expect(first.body).toMatchObject({ name: 'Rina Wulandari', active: true, hasAccount: false })
  expect((await call('adminA', 'POST', '/v1/officers', { ...officer, name: 'Lain' }, key)).status).toBe(422)
  expect((await call('adminA', 'POST', '/v1/officers', officer)).status).toBe(409)
  // Another server of the same database knows the key as well.
  const another = await t.another()
  const cookie = await signIn(another, 'adminA')
  const again = await send(another, 'POST', '/v1/officers', officer, cookie, key)
  expect(await again.json()).toEqual(first.body)
  // After a day the key is free.
  await t.database.ownerPool.query(`UPDATE idempotency SET at = now() - interval '25 hours'`)
  const next = { ...officer, name: 'Tono Sugiarto', nip: '198701012010012002' }
  expect((await call('adminA', 'POST', '/v1/officers', next, key)).status).toBe(201)
})

test('officers are listed page by page, searched by name and NIP, with nobody of another unit', async () => {
  const first = await read<{ officers: OfficerView[]; next: string }>('adminA', '/v1/officers?limit=3')
  const rest = await read<{ officers: OfficerView[] }>('adminA', `/v1/officers?limit=100&after=${first.body.next}`)
  const all = [...first.body.officers, ...rest.body.officers]
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  expect(all.every(({ unitPath }) => unitPath.startsWith('dj.jabar.bandung'))).toBe(true)
  const found = await read<{ officers: OfficerView[] }>('adminA', '/v1/officers?q=rina')
  expect(found.body.officers.map(({ name }) => name)).toEqual(['Rina Wulandari'])
})

test('another role ends the sessions; klien do not stay with an officer who cannot guide them', async () => {
  const { pk2A, pk1A, kepalaA, pkB } = t.seeded.officers
  const path = `/v1/officers/${pk2A}`
  const known = await read<OfficerView>('adminA', path)
  const match = { 'if-match': known.etag }
  const deactivate = (body: object, headers = match) => call('adminA', 'POST', `${path}/deactivate`, body, headers)
  expect(await deactivate({ reason: REASON })).toMatchObject({
    status: 409,
    body: { error: { code: 'has_klien', details: { klien: 1 } } },
  })
  expect(await call('adminA', 'PATCH', path, { role: 'operator' }, match)).toMatchObject({ status: 409 })
  for (const handOverTo of [kepalaA, pkB, pk2A])
    expect((await deactivate({ reason: REASON, handOverTo })).status).toBe(403)
  expect((await read('pk2A', '/v1/me')).status).toBe(200)
  const done = await deactivate({ reason: REASON, handOverTo: pk1A })
  expect(done).toMatchObject({ status: 200, body: { active: false } })
  expect((await read('pk2A', '/v1/me')).status).toBe(401)
  const { rows } = await t.database.ownerPool.query('SELECT pk_officer_id FROM wearer WHERE id = $1', [
    t.seeded.wearers.a2.n,
  ])
  expect(rows).toEqual([{ pk_officer_id: pk1A }])
  const back = await call('adminA', 'POST', `${path}/reactivate`, { reason: REASON }, { 'if-match': done.etag })
  expect(back).toMatchObject({ status: 200, body: { active: true } })
})

test('nobody changes their own role, nor an officer of another unit', async () => {
  const { adminA, pkB } = t.seeded.officers
  const own = await read('adminA', `/v1/officers/${adminA}`)
  expect(
    (await call('adminA', 'PATCH', `/v1/officers/${adminA}`, { role: 'kepala_bapas' }, { 'if-match': own.etag }))
      .status,
  ).toBe(403)
  const theirs = await read('adminDj', `/v1/officers/${pkB}`)
  const match = { 'if-match': theirs.etag }
  expect((await call('adminA', 'PATCH', `/v1/officers/${pkB}`, { name: 'X' }, match)).status).toBe(404)
  const rina = (await read<{ officers: OfficerView[] }>('adminA', '/v1/officers?q=rina')).body.officers[0]!
  const etag = (await read('adminA', `/v1/officers/${rina.id}`)).etag
  const away = { unitPath: 'dj.jabar.bogor' }
  expect((await call('adminA', 'PATCH', `/v1/officers/${rina.id}`, away, { 'if-match': etag })).status).toBe(403)
})
