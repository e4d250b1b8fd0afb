// A klien is taken in, changed by versions, fitted with a bracelet, held to rules that two decide, and released.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Bracelet, Proposal, WearerFile, WearerVersion, Worn } from '../../model/console/people.ts'
import { openPool } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { DAY_MS } from '../store/two-bapas.ts'
import { type ApiUnderTest, apiUnderTest, get, send } from './api-under-test.ts'

let t: ApiUnderTest
const cookies: Record<string, string> = {}
beforeAll(async () => {
  t = await apiUnderTest()
  for (const officer of ['pk1A', 'pk2A', 'kasubsiA', 'kepalaA', 'adminA', 'operatorA', 'kepalaB'])
    cookies[officer] = await t.signIn(officer)
})
afterAll(() => t.close())

type Answer<T> = { status: number; etag: string; body: T }
async function call<T>(as: string, method: string, path: string, body?: unknown, headers = {}): Promise<Answer<T>> {
  const answer =
    method === 'GET'
      ? await get(t.api, path, cookies[as], headers)
      : await send(t.api, method, path, body ?? {}, cookies[as], headers)
  return {
    status: answer.status,
    etag: answer.headers.get('etag') ?? '',
    body: (answer.status === 204 ? undefined : await answer.json()) as T,
  }
}
const read = <T>(as: string, path: string) => call<T>(as, 'GET', path)
/** Changes with the ETag of now. */
async function change<T>(as: string, method: string, path: string, body: unknown, of = path): Promise<Answer<T>> {
  const { etag } = await read(as, of)
  return call<T>(as, method, path, body, { 'if-match': etag })
}

const REASON = 'perbaikan data sesuai dokumen'
let niks = 0
const intake = (more: object = {}) => ({
  ...{ name: 'Dedi Kurnia', nik: String(3_273_010_000_000_000 + ++niks), birthDate: '1988-05-17' },
  ...{ programme: 'PB', skNumber: `PAS-${niks}`, fromMs: Date.now() - DAY_MS, toMs: Date.now() + 100 * DAY_MS },
  ...more,
})
async function takenIn(as = 'pk1A', more: object = {}): Promise<WearerFile> {
  const { status, body } = await call<WearerFile>(as, 'POST', '/v1/wearers', intake({ acceptSimilar: true, ...more }))
  expect(status).toBe(201)
  return body
}
async function registered(): Promise<{ bracelet: Bracelet; secret?: string }> {
  const device = { deviceId: `BR-${++niks}`, model: 'OsmAnd', protocol: 'osmand' }
  const answer = await call<{ bracelet: Bracelet; secret?: string }>('kasubsiA', 'POST', '/v1/bracelets', device)
  expect(answer.status).toBe(201)
  return answer.body
}

test('similar klien are shown before saving; the same NIK is never taken in twice, nor shown from another unit', async () => {
  const first = intake()
  const { body: known } = await call<WearerFile>('pk1A', 'POST', '/v1/wearers', first)
  expect(known).toMatchObject({ name: 'Dedi Kurnia', nikMasked: `************${first.nik.slice(12)}`, version: 1 })
  const similar = await call('pk1A', 'POST', '/v1/wearers', intake())
  expect(similar).toMatchObject({
    status: 409,
    body: { title: 'similar', error: { details: { similar: [{ id: known.id, by: 'name_birth' }] } } },
  })
  expect((await call('pk1A', 'POST', '/v1/wearers', intake({ acceptSimilar: true }))).status).toBe(201)
  const elsewhere = await call('kepalaB', 'POST', '/v1/wearers', {
    ...first,
    ...{ name: 'Lain', acceptSimilar: true, pkOfficerId: t.seeded.officers.pkB },
  })
  expect(elsewhere).toMatchObject({ status: 409, body: { title: 'exists' } })
  expect((elsewhere.body as { error: unknown }).error).toMatchObject({
    details: { similar: [{ by: 'nik', unitName: 'Bapas Bandung' }] },
  })
  expect(JSON.stringify(elsewhere.body)).not.toContain(known.id)
})

test('a change is a version with author and reason; the older ones stay', async () => {
  const { id } = await takenIn()
  const path = `/v1/wearers/${id}`
  expect((await change('pk1A', 'PATCH', path, { phone: '0812' }, `${path}/file`)).status).toBe(400)
  expect((await change('pk1A', 'PATCH', path, { reason: 'xxx', phone: '0812' }, `${path}/file`)).status).toBe(400)
  const changed = await change<WearerFile>('pk1A', 'PATCH', path, { reason: REASON, phone: '0812' }, `${path}/file`)
  expect(changed).toMatchObject({ status: 200, body: { phone: '0812', version: 2 } })
  const { body } = await read<{ versions: WearerVersion[] }>('kasubsiA', `${path}/versions`)
  expect(body.versions.map(({ version, reason, authorName }) => [version, reason, authorName])).toEqual([
    [2, REASON, 'pk1A'],
    [1, 'pencatatan awal', 'pk1A'],
  ])
  expect(body.versions[1]!.body).not.toHaveProperty('phone')
  const stale = await call('pk1A', 'PATCH', path, { reason: REASON, phone: '0813' }, { 'if-match': '"x"' })
  expect(stale.status).toBe(412)
  const { rows } = await t.database.ownerPool.query(
    `SELECT DISTINCT detail -> 'new' ->> 'phone' AS phone FROM audit WHERE action = 'wearer.update' AND detail -> 'new' ? 'phone'`,
  )
  expect(rows).toEqual([{ phone: '…' }])
})

test('who guides a klien, Kasubsi says; whoever sees for a reason keeps nothing', async () => {
  const { id } = await takenIn()
  const path = `/v1/wearers/${id}`
  const toOther = { reason: REASON, pkOfficerId: t.seeded.officers.pk2A }
  expect((await change('pk1A', 'PATCH', path, toOther, `${path}/file`)).status).toBe(403)
  const why = { reasonKind: 'menggantikan_rekan', reason: 'menggantikan rekan yang sakit' }
  expect((await call('pk2A', 'POST', `${path}/access`, why)).status).toBe(204)
  expect((await change('pk2A', 'PATCH', path, { reason: REASON, phone: '0899' }, `${path}/file`)).status).toBe(403)
  expect((await change('kasubsiA', 'PATCH', path, toOther, `${path}/file`)).status).toBe(200)
  expect((await change('pk2A', 'PATCH', path, { reason: REASON, phone: '0899' }, `${path}/file`)).status).toBe(200)
  expect((await read('pk1A', `${path}/file`)).status).toBe(403)
})

test('a bracelet is registered with a secret, fitted, swapped without a gap, taken off', async () => {
  const { id } = await takenIn()
  const [one, two] = [await registered(), await registered()]
  expect(one.secret).toMatch(/^[\w-]{24}$/)
  const fit = (braceletId: number, more = {}) =>
    call<Worn>('pk1A', 'POST', `/v1/wearers/${id}/bracelet`, { braceletId, ...more })
  const fitted = await fit(one.bracelet.id)
  expect(fitted).toMatchObject({ status: 201, body: { deviceId: one.bracelet.deviceId } })
  expect(await fit(one.bracelet.id)).toMatchObject({ status: 409, body: { title: 'not_in_store' } })
  expect(await fit(two.bracelet.id)).toMatchObject({ status: 409, body: { title: 'wears_one' } })
  const swapped = await fit(two.bracelet.id, { swap: true })
  const { rows } = await t.database.ownerPool.query(
    `SELECT utc_ms(upper(during)) AS until FROM assignment WHERE bracelet_id = $1`,
    [one.bracelet.id],
  )
  expect(rows).toEqual([{ until: swapped.body.fromMs }])
  const worn = await read<Bracelet>('kasubsiA', `/v1/bracelets/${two.bracelet.id}`)
  expect(worn.body).toMatchObject({ custody: 'dipakai', wearer: { id } })
  const lost = { custody: 'hilang', reason: 'hilang di perjalanan dinas' }
  const custody = `/v1/bracelets/${two.bracelet.id}`
  expect((await change('kasubsiA', 'POST', `${custody}/custody`, lost, custody)).status).toBe(400)
  const off = await call<Worn>('pk1A', 'POST', `/v1/wearers/${id}/bracelet/take-off`, {
    reason: 'alat perlu diperbaiki segera',
  })
  expect(off).toMatchObject({ status: 200, body: { deviceId: two.bracelet.deviceId } })
  expect((await change('kasubsiA', 'POST', `${custody}/custody`, lost, custody)).body).toMatchObject({
    custody: 'hilang',
  })
  const chain = await t.database.ownerPool.query(
    'SELECT custody FROM custody_entry WHERE bracelet_id = $1 ORDER BY id',
    [two.bracelet.id],
  )
  expect(chain.rows.map((row) => row.custody)).toEqual(['gudang', 'dipakai', 'gudang', 'hilang'])
})

test('a secret is rotated and revoked by Admin TI alone', async () => {
  const { bracelet, secret } = await registered()
  const path = `/v1/bracelets/${bracelet.id}`
  expect((await change('kasubsiA', 'POST', `${path}/secret`, {}, path)).status).toBe(403)
  const rotated = await change<{ secret: string }>('adminA', 'POST', `${path}/secret`, {}, path)
  expect(rotated.status).toBe(200)
  expect(rotated.body.secret).not.toBe(secret)
  const why = { reason: 'kunci terlihat oleh orang lain' }
  expect(await change('adminA', 'POST', `${path}/revoke`, why, path)).toMatchObject({
    status: 200,
    body: { revoked: true },
  })
  expect((await change('adminA', 'POST', `${path}/secret`, {}, path)).status).toBe(409)
})

test('a condition is proposed by one, sent back or approved by another, and holds from then on', async () => {
  const { id } = await takenIn()
  const shape = { type: 'Circle', center: [107.6, -6.9], radiusM: 120 }
  const { body: zone } = await call<{ id: string }>('pk1A', 'POST', '/v1/zones', { name: 'Rumah', shape })
  const condition = { kind: 'required', zoneId: zone.id, timeZone: 'Asia/Jakarta', legalBasis: 'SK butir 3' }
  const propose = (body: object) => call<Proposal>('pk1A', 'POST', `/v1/wearers/${id}/proposals`, body)
  const decide = (as: string, proposal: string, body: object) =>
    change<{ proposal: Proposal; inForceFromMs: number }>(
      ...([as, 'POST', `/v1/proposals/${proposal}/decision`, body, `/v1/proposals/${proposal}`] as const),
    )
  const windows = [{ from: '20:00', to: '05:00' }]
  const first = (await propose({ kind: 'condition', condition: { ...condition, windows } })).body
  expect((await decide('pk1A', first.id, { decision: 'approve' })).status).toBe(403)
  expect((await decide('kasubsiA', first.id, { decision: 'return' })).status).toBe(400)
  const back = await decide('kasubsiA', first.id, { decision: 'return', reason: 'jam malam belum sesuai SK' })
  expect(back.body.proposal).toMatchObject({ state: 'returned', deciderName: 'kasubsiA' })
  expect((await decide('kasubsiA', first.id, { decision: 'approve' })).status).toBe(409)

  const second = (await propose({ kind: 'condition', condition })).body
  const waiting = await read<{ proposals: Proposal[] }>('kasubsiA', '/v1/proposals?state=pending')
  expect(waiting.body.proposals.map((one) => one.id)).toContain(second.id)
  const beforeMs = Date.now()
  const done = await decide('kasubsiA', second.id, { decision: 'approve' })
  expect(done.status).toBe(200)
  expect(done.body.inForceFromMs).toBeGreaterThanOrEqual(beforeMs - 60_000)
  const { rows } = await t.database.ownerPool.query(
    'SELECT author_id, approver_id, utc_ms(lower(during)) AS "fromMs" FROM condition WHERE id = $1',
    [done.body.proposal.resultId],
  )
  const { pk1A, kasubsiA } = t.seeded.officers
  expect(rows).toEqual([{ author_id: pk1A, approver_id: kasubsiA, fromMs: done.body.inForceFromMs }])

  const avoided = (await propose({ kind: 'condition_avoided', condition: { ...condition, kind: 'avoided' } })).body
  expect((await decide('kasubsiA', avoided.id, { decision: 'approve' })).status).toBe(403)
  expect((await decide('kepalaA', avoided.id, { decision: 'approve' })).status).toBe(200)
  const permit = { toMs: Date.now() + 3_600_000, legalBasis: 'izin berobat' }
  const abroad = (await propose({ kind: 'permit_abroad', permit })).body
  expect((await decide('kepalaA', abroad.id, { decision: 'approve' })).status).toBe(200)
  expect((await propose({ kind: 'permit_abroad', permit: { ...permit, toMs: Date.now() + 31 * DAY_MS } })).status).toBe(
    400,
  )
  expect((await propose({ kind: 'permit_abroad', permit: { ...permit, toMs: Date.now() - 1 } })).status).toBe(400)
})

test('an end by Kasubsi stops the supervision at that moment, once', async () => {
  const { id } = await takenIn()
  const path = `/v1/wearers/${id}`
  const end = { kind: 'meninggal', reason: 'meninggal dunia sesuai akta kematian' }
  expect((await change('pk1A', 'POST', `${path}/end`, end, `${path}/file`)).status).toBe(403)
  const ended = await change<{ endedMs: number }>('kasubsiA', 'POST', `${path}/end`, end, `${path}/file`)
  expect(ended.status).toBe(200)
  const { body } = await read<WearerFile>('pk1A', `${path}/file`)
  expect(body.supervision).toMatchObject({ toMs: ended.body.endedMs, endKind: 'meninggal' })
  expect((await change('kasubsiA', 'POST', `${path}/end`, end, `${path}/file`)).status).toBe(409)
  const { bracelet } = await registered()
  expect((await call('pk1A', 'POST', `${path}/bracelet`, { braceletId: bracelet.id })).status).toBe(400)
})

test('every field of the intake is kept; the decree is corrected by a version; its end is a version too', async () => {
  const more = {
    ...{ domicile: 'Jl. Merdeka 2', polsekName: 'Polsek Coblong', polsekPhone: '022 123456', risk: 'sedang' },
    ...{ health: 'asma', needs: ['sakit', 'lansia'], skDate: '2026-01-05', skIssuer: 'Dirjen Pemasyarakatan' },
    ...{ guarantorName: 'Siti', guarantorPhone: '0813 1111 222', sdpNumber: 'SDP-77', phone: '+62 812-9999-000' },
  }
  const taken = await takenIn('pk1A', more)
  expect(taken).toMatchObject({
    ...{ domicile: more.domicile, risk: 'sedang', health: 'asma', needs: more.needs, version: 1 },
    supervision: { skDate: '2026-01-05', skIssuer: 'Dirjen Pemasyarakatan' },
  })
  const path = `/v1/wearers/${taken.id}`
  const decree = { reason: REASON, risk: null, decree: { skNumber: 'PAS-BENAR', skIssuer: null } }
  const corrected = await change<WearerFile>('pk1A', 'PATCH', path, decree, `${path}/file`)
  expect(corrected).toMatchObject({ status: 200, body: { supervision: { skNumber: 'PAS-BENAR' } } })
  expect(corrected.body).not.toHaveProperty('risk')
  expect(corrected.body.supervision).not.toHaveProperty('skIssuer')
  expect(corrected.body.supervision!.toMs).toBe(taken.supervision!.toMs)
  const ending = { kind: 'meninggal', reason: 'meninggal dunia karena sakit' }
  expect((await change('pk1A', 'POST', `${path}/end`, ending, `${path}/file`)).status).toBe(403)
  expect((await change('kasubsiA', 'POST', `${path}/end`, ending, `${path}/file`)).status).toBe(200)
  const { body } = await read<{ versions: WearerVersion[] }>('kasubsiA', `${path}/versions`)
  expect(body.versions.map(({ reason }) => reason).slice(0, 2)).toEqual([ending.reason, REASON])
  expect(body.versions[0]!.body).toMatchObject({ supervision: { end_kind: 'meninggal' }, pk: 'pk1A' })
  expect(body.versions.at(-1)!.body).toMatchObject({ supervision: { sk_issuer: 'Dirjen Pemasyarakatan' } })
})

test('a klien is found by the last digits of the NIK, SDP number and telephone', async () => {
  const { id, nikMasked } = await takenIn('pk1A', { name: 'Wahyu', sdpNumber: 'SDP-88', phone: '+62 812-7777-123' })
  for (const q of [nikMasked.slice(-4), 'sdp-88', '0812 7777 123', '7777123', '62 812 7777'])
    expect(
      (await read<{ wearers: { id: string }[] }>('pk1A', `/v1/wearers?q=${encodeURIComponent(q)}`)).body.wearers.map(
        (one) => one.id,
      ),
      q,
    ).toContain(id)
  const { body } = await read<{ guides: { name: string; role: string }[] }>('kasubsiA', '/v1/guides')
  expect(body.guides.map(({ name }) => name)).toEqual(expect.arrayContaining(['pk1A', 'pk2A']))
})

test('who keeps a klien cannot move the end of a supervision by raw SQL', async () => {
  const { id } = await takenIn()
  const n = (await t.database.ownerPool.query('SELECT id FROM wearer WHERE uuid = $1', [id])).rows[0].id
  const pool = openPool({ url: t.database.apiUrl, role: 'gelang_api', applicationName: 'gelang test', max: 1 })
  const tries = [
    `during = tstzrange(lower(during), upper(during) - interval '1 day', '[)')`,
    `during = tstzrange(lower(during), upper(during) + interval '1 day', '[)')`,
    `end_kind = 'selesai', end_reason = 'selesai lebih awal', ended_by = acting_officer_id()`,
  ]
  for (const set of tries)
    await expect(
      asOfficer(pool, t.seeded.officers.pk1A!, async (client) => {
        await client.query(`SELECT set_config('gelang.reason', 'perbaikan data sesuai dokumen', true)`)
        await client.query(`UPDATE supervision SET ${set} WHERE wearer_id = $1`, [n])
      }),
      set,
    ).rejects.toMatchObject({ code: '42501' })
  await pool.end()
})
