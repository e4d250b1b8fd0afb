// Who sees what over REST, and what is written down.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { IncidentView, WearerDetail, WearerSummary } from '../../model/console/console.ts'
import type { Incident, IncidentAct } from '../../model/incident/incident.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { waitFor } from '../setup/patience.ts'
import { upsertKnown } from '../setup/upsert-known.ts'
import { DAY_MS, FROM_MS, incident, type SeededWearer } from '../store/two-bapas.ts'
import { type ApiUnderTest, apiUnderTest, get, post } from './api-under-test.ts'

let t: ApiUnderTest
const cookies: Record<string, string> = {}
let wearers: Record<'a1' | 'a2' | 'b1' | 'c1', SeededWearer>
const NOBODY = '99999999-9999-4999-8999-999999999999'

beforeAll(async () => {
  t = await apiUnderTest()
  wearers = t.seeded.wearers
  for (const officer of ['pk1A', 'pk2A', 'operatorA', 'kepalaA', 'auditorA', 'adminA', 'kepalaB', 'kanwil'])
    cookies[officer] = await t.signIn(officer)
})
afterAll(() => t.close())

const read = async (officer: string, path: string, headers?: Record<string, string>) => {
  const answer = await get(t.api, path, cookies[officer], headers)
  return { status: answer.status, body: await answer.json() }
}
const send = async (officer: string, path: string, body: unknown, headers?: Record<string, string>) => {
  const answer = await post(t.api, path, body, cookies[officer], headers)
  return { status: answer.status, body: answer.status === 204 ? undefined : await answer.json() }
}
const day = `from=${new Date(FROM_MS).toISOString()}&to=${new Date(FROM_MS + 3 * DAY_MS).toISOString()}`
const trackOf = (wearer: { id: string }) => `/v1/wearers/${wearer.id}/track?${day}`
const readings = async () =>
  (
    await t.database.ownerPool.query(
      `SELECT officer_id, wearer_id, reason FROM audit WHERE action = 'track.read' ORDER BY id`,
    )
  ).rows

test.each([
  ['pk1A', ['a1']],
  ['pk2A', ['a2']],
  ['operatorA', ['a1', 'a2']],
  ['kepalaB', ['b1']],
  ['kanwil', []],
] as const)('%s sees %j, their incidents, zones and nobody else', async (officer, seen) => {
  const names = seen.map((key) => `Klien ${key}`)
  const { wearers: listed } = (await read(officer, '/v1/wearers')).body as { wearers: WearerSummary[] }
  expect(listed.map(({ name }) => name)).toEqual(names)
  const { incidents } = (await read(officer, '/v1/incidents?state=all')).body as { incidents: IncidentView[] }
  expect(incidents.map(({ wearer }) => wearer?.name).sort()).toEqual(names)
  const { zones } = (await read(officer, '/v1/zones')).body as { zones: { name: string }[] }
  expect(zones.map(({ name }) => name)).toEqual(seen.map((key) => `Rumah ${key}`))
  for (const [key, wearer] of Object.entries(wearers)) {
    if ((seen as readonly string[]).includes(key)) continue
    expect([403, 404]).toContain((await read(officer, `/v1/wearers/${wearer.id}`)).status)
    expect([403, 404]).toContain((await read(officer, trackOf(wearer))).status)
    expect([403, 404]).toContain((await read(officer, `/v1/incidents/${wearer.incidentId}`)).status)
  }
})

test('what is another Bapas’s answers like what does not exist', async () => {
  for (const officer of ['pk1A', 'operatorA', 'kepalaA']) {
    const somebody = await read(officer, `/v1/wearers/${wearers.b1.id}`)
    expect(somebody).toEqual(await read(officer, `/v1/wearers/${NOBODY}`))
    expect(somebody.status).toBe(404)
    const ask = { reason: 'ingin tahu saja' }
    expect((await send(officer, `/v1/wearers/${wearers.b1.id}/access`, ask)).status).toBe(
      officer === 'pk1A' ? 404 : 403,
    )
    expect((await send(officer, `/v1/wearers/${wearers.b1.id}/nik`, ask)).status).toBe(
      officer === 'operatorA' ? 403 : 404,
    )
    expect((await send(officer, `/v1/incidents/${wearers.b1.incidentId}/acts`, { action: 'acknowledge' })).status).toBe(
      404,
    )
  }
})

test('every track that is read is written down, and one that is refused gives nothing', async () => {
  const before = await readings()
  const own = await read('pk1A', trackOf(wearers.a1))
  expect(own.status).toBe(200)
  expect(own.body).toEqual({
    fixes: [
      {
        timeMs: FROM_MS + DAY_MS,
        latDeg: -6.9,
        lonDeg: 107.6,
        valid: true,
        accuracyM: 12,
        archived: false,
      },
    ],
  })
  const empty = await read(
    'operatorA',
    `/v1/wearers/${wearers.a1.id}/track?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z`,
  )
  expect(empty.body).toEqual({ fixes: [] })
  expect((await read('pk1A', trackOf(wearers.b1))).status).toBe(404)
  expect((await read('auditorA', trackOf(wearers.a1))).status).toBe(403)
  const written = (await readings()).slice(before.length)
  expect(written).toEqual([
    { officer_id: t.seeded.officers.pk1A, wearer_id: wearers.a1.n, reason: 'tugas pembimbingan dan pengawasan' },
    { officer_id: t.seeded.officers.operatorA, wearer_id: wearers.a1.n, reason: 'tugas pembimbingan dan pengawasan' },
  ])
})

test('a PK says why before seeing another PK’s klien, and it is in the audit', async () => {
  const refused = await read('pk1A', `/v1/wearers/${wearers.a2.id}`)
  expect(refused).toMatchObject({ status: 403, body: { error: { code: 'reason_required' } } })
  expect(await read('pk1A', trackOf(wearers.a2))).toMatchObject({
    status: 403,
    body: { error: { code: 'reason_required' } },
  })
  const access = `/v1/wearers/${wearers.a2.id}/access`
  expect((await send('pk1A', access, { reason: '    x   ' })).status).toBe(400)
  expect((await send('pk1A', access, { reason: 'menggantikan rekan yang sakit' })).status).toBe(204)
  const seen = await read('pk1A', `/v1/wearers/${wearers.a2.id}`)
  expect(seen.status).toBe(200)
  expect((seen.body as WearerDetail).nikMasked).toMatch(/^\*{12}\d{4}$/)
  expect((await read('pk1A', trackOf(wearers.a2))).status).toBe(200)
  expect((await readings()).at(-1)).toEqual({
    officer_id: t.seeded.officers.pk1A,
    wearer_id: wearers.a2.n,
    reason: 'menggantikan rekan yang sakit',
  })
  const { rows } = await t.database.ownerPool.query(`SELECT reason FROM audit WHERE action = 'access.grant'`)
  expect(rows).toEqual([{ reason: 'menggantikan rekan yang sakit' }])
})

test('Kanwil reads a person’s track for a written reason only; the header will do', async () => {
  expect(await read('kanwil', trackOf(wearers.b1))).toMatchObject({
    status: 403,
    body: { error: { code: 'reason_required' } },
  })
  const header = { 'x-gelang-reason': encodeURIComponent('pemeriksaan – aduan warga nº 12') }
  expect(await read('kanwil', trackOf(wearers.b1), { 'x-gelang-reason': 'x' })).toMatchObject({ status: 400 })
  const answer = await read('kanwil', trackOf(wearers.b1), header)
  expect(answer.status).toBe(200)
  expect((answer.body as { fixes: unknown[] }).fixes).toHaveLength(1)
  expect((await readings()).at(-1)).toMatchObject({
    wearer_id: wearers.b1.n,
    reason: 'pemeriksaan – aduan warga nº 12',
  })
})

test('Kanwil reads a home only for a valid reason, on the map and in the file', async () => {
  const { ownerPool } = t.database
  await ownerPool.query('DELETE FROM access_grant')
  const homes = async () => {
    const { zones } = (await read('kanwil', '/v1/zones')).body as { zones: { name: string }[] }
    const { conditions } = (await read('kanwil', `/v1/wearers/${wearers.b1.id}`)).body as Partial<WearerDetail>
    return [zones.map(({ name }) => name), conditions?.map(({ kind, zoneName }) => `${kind} ${zoneName}`)]
  }
  expect(await homes()).toEqual([[], undefined])
  const access = `/v1/wearers/${wearers.b1.id}/access`
  expect((await send('kanwil', access, { reason: 'pemeriksaan bersama Kanwil' })).status).toBe(204)
  expect(await homes()).toEqual([['Rumah b1'], ['required Rumah b1']])
  await ownerPool.query(`UPDATE access_grant SET during = tstzrange(lower(during) - interval '2 s', now(), '[)')`)
  expect(await homes()).toEqual([[], undefined])
})

test('the full NIK is shown for a reason that is written down', async () => {
  const path = `/v1/wearers/${wearers.a1.id}/nik`
  expect((await send('pk1A', path, {})).status).toBe(400)
  const shown = await send('pk1A', path, { reason: 'menyusun laporan litmas' })
  expect(shown.body).toMatchObject({ nik: expect.stringMatching(/^\d{16}$/) })
  expect(await send('pk2A', path, { reason: 'menyusun laporan litmas' })).toMatchObject({
    status: 403,
    body: { error: { code: 'reason_required' } },
  })
  const { rows } = await t.database.ownerPool.query(`SELECT officer_id FROM audit WHERE action = 'nik.reveal'`)
  expect(rows).toEqual([{ officer_id: t.seeded.officers.pk1A }])
})

test('acts: who may, what they must say, and that they are written down', async () => {
  const path = `/v1/incidents/${wearers.a2.incidentId}/acts`
  for (const officer of ['auditorA', 'adminA'])
    expect(await send(officer, path, { action: 'acknowledge' })).toMatchObject({
      status: 403,
      body: { error: { code: 'role_not_permitted' } },
    })
  for (const bad of [
    { action: 'note' },
    { action: 'note', note: '   ' },
    { action: 'resolve' },
    { action: 'resolve', resolution: 'lupa' },
    { action: 'acknowledge', resolution: 'alarm_palsu' },
    { action: 'delete' },
    { action: 'acknowledge', officerName: 'orang lain' },
    {},
  ])
    expect(await send('pk2A', path, bad)).toMatchObject({ status: 400, body: { error: { code: 'invalid_input' } } })
  expect((await send('pk2A', '/v1/incidents/not-an-id/acts', { action: 'acknowledge' })).status).toBe(400)
  expect((await send('pk2A', `/v1/incidents/${NOBODY}/acts`, { action: 'acknowledge' })).status).toBe(404)

  const note = await send('pk2A', path, { action: 'note', note: 'sudah ditelepon' })
  expect(note).toMatchObject({
    status: 200,
    body: { act: { action: 'note', note: 'sudah ditelepon', officerName: 'pk2A' } },
  })
  await send('operatorA', path, { action: 'resolve', resolution: 'alasan_sah', note: 'izin berobat' })
  const { incident } = (await read('pk2A', `/v1/incidents/${wearers.a2.incidentId}`)).body as { incident: IncidentView }
  expect(incident.acts.slice(-2).map(({ action, officerName }) => [action, officerName])).toEqual([
    ['note', 'pk2A'],
    ['resolve', 'operatorA'],
  ])
  const { rows } = await t.database.ownerPool.query(
    `SELECT action, officer_id, wearer_id FROM audit WHERE subject = $1 AND officer_id IS NOT NULL ORDER BY id`,
    [`incident:${wearers.a2.incidentId}`],
  )
  expect(rows).toEqual([
    { action: 'incident.note', officer_id: t.seeded.officers.pk2A, wearer_id: wearers.a2.n },
    { action: 'incident.resolve', officer_id: t.seeded.officers.operatorA, wearer_id: wearers.a2.n },
  ])
})

test('the same idempotency key gives the same act', async () => {
  const path = `/v1/incidents/${wearers.a1.incidentId}/acts`
  const key = { 'idempotency-key': 'ketukan-ganda-1' }
  const [first, second] = await Promise.all([
    send('pk1A', path, { action: 'acknowledge' }, key),
    send('pk1A', path, { action: 'acknowledge' }, key),
  ])
  expect(first.status).toBe(200)
  expect(second.body).toEqual(first.body)
  expect((await send('pk1A', path, { action: 'acknowledge' })).body).not.toEqual(first.body)
})

test('an incident that PostgreSQL does not have yet can be read and acted upon, by those who see the wearer', async () => {
  const { incident } = await t.publish(wearers.b1)
  const path = `/v1/incidents/${incident.id}`
  // The hub hears of it in its own time.
  await expect.poll(async () => (await read('kepalaB', path)).status).toBe(200)
  expect((await read('kepalaB', path)).body).toMatchObject({
    incident: { id: incident.id, wearer: { name: 'Klien b1' } },
  })
  expect((await read('kepalaA', path)).status).toBe(404)
  expect((await send('kepalaA', `${path}/acts`, { action: 'acknowledge' })).status).toBe(404)
  expect((await send('kepalaB', `${path}/acts`, { action: 'acknowledge' })).status).toBe(200)
})

test('pages of wearers and of incidents follow one another', async () => {
  for (const key of ['a1', 'a2', 'b1'] as const)
    await send('kanwil', `/v1/wearers/${wearers[key].id}/access`, { reason: 'pemeriksaan bersama Kanwil' })
  const first = (await read('kanwil', '/v1/wearers?limit=2')).body as { wearers: WearerSummary[]; next: string }
  const second = (await read('kanwil', `/v1/wearers?limit=2&after=${first.next}`)).body as { wearers: WearerSummary[] }
  expect([...first.wearers, ...second.wearers].map(({ name }) => name)).toEqual(['Klien a1', 'Klien a2', 'Klien b1'])
  expect(second).not.toHaveProperty('next')
  const one = (await read('kanwil', '/v1/incidents?state=all&limit=1')).body as {
    incidents: IncidentView[]
    next: string
  }
  const rest = (await read('kanwil', `/v1/incidents?state=all&before=${one.next}`)).body as {
    incidents: IncidentView[]
  }
  expect(new Set([...one.incidents, ...rest.incidents].map(({ id }) => id)).size).toBe(3)
  expect((await read('kanwil', '/v1/wearers?q=klien%20B1')).body).toMatchObject({ wearers: [{ name: 'Klien b1' }] })
})

test('an incident is shown to Kanwil for a written reason only, also while PostgreSQL does not have it', async () => {
  const evidence = [
    { timeMs: FROM_MS, role: 'start' as const, latE7: -69_000_000, lonE7: 1_076_000_000, distanceM: -240 },
  ]
  await t.database.ownerPool.query('DELETE FROM access_grant')
  const recorded = incident({ id: '20000000-0000-4000-8000-000000000001', wearerId: wearers.b1.n, evidence })
  await inTransaction(t.database.ownerPool, (client) => upsertKnown(client, [recorded]))
  const { incident: fresh } = await t.publish(wearers.b1, { evidence })
  await waitFor(async () => expect((await read('kepalaB', `/v1/incidents/${fresh.id}`)).status).toBe(200))
  const places = async (officer: string) => {
    const list = (await read(officer, '/v1/incidents?state=all')).body as { incidents: IncidentView[] }
    const views = [...list.incidents.filter(({ id }) => id === recorded.id)]
    for (const { id } of [recorded, fresh]) {
      const { body } = await read(officer, `/v1/incidents/${id}`)
      const one = body as { incident: IncidentView; revisions: Incident[] }
      views.push(one.incident, ...(one.revisions as IncidentView[]))
    }
    return views.map(({ evidence: [first] }) => first)
  }
  expect(await places('kepalaB')).toEqual(Array(5).fill(evidence[0]))
  for (const { id } of [recorded, fresh])
    expect([403, 404]).toContain((await read('kanwil', `/v1/incidents/${id}`)).status)
  const access = `/v1/wearers/${wearers.b1.id}/access`
  expect((await send('kanwil', access, { reason: 'pemeriksaan bersama Kanwil' })).status).toBe(204)
  expect(await places('kanwil')).toEqual(Array(5).fill(evidence[0]))
})

test('a resolution is for the occurrences published so far, also those that PostgreSQL does not have yet', async () => {
  const { incident: fresh } = await t.publish(wearers.a1, { type: 'strap_open', severity: 'kritis' })
  await inTransaction(t.database.ownerPool, (client) => upsertKnown(client, [fresh]))
  const resolve = async () => {
    const outcome = { action: 'resolve', resolution: 'alarm_palsu' }
    const { body } = await send('pk1A', `/v1/incidents/${fresh.id}/acts`, outcome)
    return (body as { act: IncidentAct }).act
  }
  expect((await resolve()).signs).toBeUndefined()
  const { incident: again } = await t.publish(wearers.a1, { ...fresh, revision: 2, signs: 2 })
  await waitFor(async () => expect((await resolve()).signs).toBe(2))
  await inTransaction(t.database.ownerPool, (client) => upsertKnown(client, [again]))
  const { incidents } = (await read('pk1A', '/v1/incidents')).body as { incidents: IncidentView[] }
  expect(incidents.map(({ id }) => id)).not.toContain(fresh.id)
})

test('a resolution holds for the signs on the officer’s screen and no more', async () => {
  const { incident: fresh } = await t.publish(wearers.a1, { type: 'strap_open', severity: 'kritis' })
  const path = `/v1/incidents/${fresh.id}/acts`
  await inTransaction(t.database.ownerPool, (client) => upsertKnown(client, [fresh]))
  const resolve = (signs?: unknown) =>
    send('pk1A', path, { action: 'resolve', resolution: 'alarm_palsu', ...(signs !== undefined && { signs }) })
  const occurrencesOf = async (signs?: number) => {
    const { status, body } = await resolve(signs)
    expect(status).toBe(200)
    return (body as { act: IncidentAct }).act.signs ?? 1
  }
  const open = async () =>
    ((await read('pk1A', '/v1/incidents')).body as { incidents: IncidentView[] }).incidents.map(({ id }) => id)
  for (const wrong of [-1, 1.5, '2', null, 2 ** 53])
    expect([wrong, (await resolve(wrong)).status]).toEqual([wrong, 400])
  const again = { ...fresh, revision: 2, signs: 3 }
  await t.publish(wearers.a1, again)
  await inTransaction(t.database.ownerPool, (client) => upsertKnown(client, [again]))
  // The device raised it anew, twice, while the officer's line was down; the dialog is still open.
  expect(await occurrencesOf(1)).toBe(1)
  expect(await occurrencesOf(0)).toBe(1)
  expect(await occurrencesOf(2)).toBe(2)
  expect(await open()).toContain(fresh.id)
  // Occurrences that nobody knows of yet are not resolved in advance.
  expect(await occurrencesOf(7)).toBe(3)
  expect(await open()).not.toContain(fresh.id)
  expect(await occurrencesOf()).toBe(3)
})
