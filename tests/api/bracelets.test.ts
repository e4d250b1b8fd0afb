// A bracelet is registered, tested by what a real device port hears, fitted and taken off with its records, and kept track of.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Gateway, GatewaySecret, QuarantinedBytes, QuarantinedEntry } from '../../model/console/devices.ts'
import type { Bench, Bracelet, CustodyEntry, FittingRecord } from '../../model/console/people.ts'
import { benchReportOf } from '../../model/report/bench-report.ts'
import type { DeviceReport } from '../../model/report/report.ts'
import { insertQuarantine } from '../../store/track/insert-quarantine.ts'
import { noteBench } from '../../stream/logs/bench.ts'
import { type ApiUnderTest, apiUnderTest, get, send } from './api-under-test.ts'

let t: ApiUnderTest
const cookies: Record<string, string> = {}
beforeAll(async () => {
  t = await apiUnderTest()
  for (const officer of ['pk1A', 'pk2A', 'kasubsiA', 'kepalaA', 'adminA', 'kepalaB'])
    cookies[officer] = await t.signIn(officer)
})
afterAll(() => t.close())

async function call<T>(as: string, method: string, path: string, body?: unknown, headers = {}) {
  const answer =
    method === 'GET'
      ? await get(t.api, path, cookies[as], headers)
      : await send(t.api, method, path, body ?? {}, cookies[as], headers)
  return { status: answer.status, body: (answer.status === 204 ? undefined : await answer.json()) as T }
}

let count = 0
async function registered(more = {}): Promise<Bracelet> {
  const device = { deviceId: `3520000000000${10 + ++count}`, model: 'X1', protocol: 'gt06', ...more }
  const { status, body } = await call<{ bracelet: Bracelet }>('kasubsiA', 'POST', '/v1/bracelets', device)
  expect(status).toBe(201)
  return body.bracelet
}
const hear = (bracelet: Bracelet, more: Partial<DeviceReport> = {}, receivedMs = Date.now()) =>
  noteBench(
    ...([t.redis.redis, t.redis.keys, bracelet.id] as const),
    benchReportOf(
      {
        ...{ deviceId: bracelet.deviceId, timeMs: receivedMs, fixValid: true, accuracyM: 8, batteryPercent: 90 },
        ...{ strap: 'closed', case: 'closed', satellites: 9, alarms: [], archived: false, latDeg: -6.9, lonDeg: 107.6 },
        ...more,
      },
      receivedMs,
      'gt06',
    ),
  )

test('SIM and settings of a bracelet are kept; the list is filtered by protocol', async () => {
  const bracelet = await registered({
    ...{ simNumber: '+628111', simEnds: '2027-06-30', protocol: 'jt808' },
    settings: { utcOffsetMinutes: 420, strapCodes: { 1: 'open' } },
  })
  expect(bracelet).toMatchObject({ simNumber: '+628111', simEnds: '2027-06-30' })
  const { body } = await call<{ bracelets: Bracelet[] }>('kasubsiA', 'GET', '/v1/bracelets?protocol=jt808&limit=500')
  expect(body.bracelets.map(({ protocol }) => protocol)).toEqual(body.bracelets.map(() => 'jt808'))
  expect(body.bracelets.map(({ id }) => id)).toContain(bracelet.id)
  const { rows } = await t.database.ownerPool.query('SELECT settings FROM bracelet WHERE id = $1', [bracelet.id])
  expect(rows[0].settings).toEqual({ utcOffsetMinutes: 420, strapCodes: { 1: 'open' } })
})

test('what a bracelet says is kept only while it is tested, without places; green when it is fit', async () => {
  const bracelet = await registered()
  const path = `/v1/bracelets/${bracelet.id}/test`
  expect(await hear(bracelet)).toBe(false)
  const before = await call<Bench>('pk1A', 'GET', path)
  expect(before.body).toMatchObject({ testedForMs: 0, reports: [], state: { unfit: ['silent'] } })
  expect((await call('pk1A', 'POST', path)).status).toBe(204)
  expect(await hear(bracelet, { strap: 'open', batteryPercent: 20, accuracyM: 300 })).toBe(true)
  const weak = await call<Bench>('pk1A', 'GET', path)
  expect(weak.body.state.unfit).toEqual(['inaccurate', 'battery_low', 'strap_open'])
  await hear(bracelet)
  const fit = await call<Bench>('pk1A', 'GET', path)
  expect(fit.body.state).toMatchObject({ unfit: [], batteryPercent: 90, strap: 'closed', accuracyM: 8 })
  expect(fit.body.testedForMs).toBeGreaterThan(0)
  expect(JSON.stringify(fit.body)).not.toMatch(/latDeg|107\.6/)
  expect((await call('kepalaB', 'POST', path)).status).toBe(404)
})

test('a fitting and a taking off leave records with both names, and a PDF that is written down when it is read', async () => {
  const { a1 } = t.seeded.wearers
  await t.database.ownerPool.query(
    `UPDATE assignment SET during = tstzrange(lower(during), now()) WHERE wearer_id = $1 AND upper_inf(during)`,
    [a1.n],
  )
  const bracelet = await registered()
  const signed = { identity: 'ktp', klienSigned: 'Klien a1', officerSigned: 'Budi, PK' }
  const fit = await call('pk1A', 'POST', `/v1/wearers/${a1.id}/bracelet`, { braceletId: bracelet.id, ...signed })
  expect(fit.status).toBe(201)
  const other = await registered()
  const swap = { braceletId: other.id, swap: true, ...signed }
  expect((await call('pk1A', 'POST', `/v1/wearers/${a1.id}/bracelet`, swap)).status).toBe(201)
  const off = { reason: 'masa bimbingan hampir selesai', ...signed }
  expect((await call('pk1A', 'POST', `/v1/wearers/${a1.id}/bracelet/take-off`, off)).status).toBe(200)
  const { body } = await call<{ fittings: FittingRecord[] }>('kepalaA', 'GET', `/v1/wearers/${a1.id}/fittings`)
  expect(body.fittings.map(({ act, deviceId, reason }) => [act, deviceId, reason])).toEqual([
    ['lepas', other.deviceId, off.reason],
    ['pasang', other.deviceId, undefined],
    ['lepas', bracelet.deviceId, 'diganti dengan alat lain'],
    ['pasang', bracelet.deviceId, undefined],
  ])
  expect(body.fittings[1]).toMatchObject({ ...signed, officerName: 'pk1A' })
  // A swap leaves no gap.
  expect(body.fittings[1]!.atMs).toBe(body.fittings[2]!.atMs)
  const path = `/v1/wearers/${a1.id}/fittings/${body.fittings[0]!.id}/document`
  const paper = await get(t.api, path, cookies.kepalaA)
  expect(paper.headers.get('content-type')).toBe('application/pdf')
  expect(
    Buffer.from(await paper.arrayBuffer())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-')
  expect((await get(t.api, path, cookies.kepalaB)).status).toBe(404)
  const { rows } = await t.database.ownerPool.query(
    `SELECT count(*)::int AS n FROM audit WHERE action = 'export.read' AND wearer_id = $1 AND detail ? 'fitting'`,
    [a1.n],
  )
  expect(rows[0].n).toBe(1)
  const chain = await call<{ entries: CustodyEntry[] }>('kasubsiA', 'GET', `/v1/bracelets/${other.id}/custody`)
  expect(chain.body.entries.map(({ custody }) => custody)).toEqual(['gudang', 'dipakai', 'gudang'])
  await expect(
    t.database.ownerPool.query(
      `INSERT INTO fitting (assignment_id, act) SELECT id, 'pasang' FROM assignment ORDER BY id LIMIT 1`,
    ),
  ).rejects.toMatchObject({ code: '23514' })
})

test('a gateway is added, its secret shown once, rotated, revoked for ever', async () => {
  const added = await call<GatewaySecret>('adminA', 'POST', '/v1/gateways', { id: 'gw-1' })
  expect(added).toMatchObject({ status: 201, body: { gateway: { id: 'gw-1' } } })
  expect(added.body.secret).toMatch(/^[\w-]{24}$/)
  expect((await call('adminA', 'POST', '/v1/gateways', { id: 'gw-1' })).status).toBe(409)
  expect((await call('adminA', 'POST', '/v1/gateways', { id: 'gw-2', unitPath: 'dj' })).status).toBe(403)
  const rotated = await call<GatewaySecret>('adminA', 'POST', '/v1/gateways/gw-1/secret')
  expect(rotated.body.secret).not.toBe(added.body.secret)
  const why = { reason: 'gateway dibongkar dan dijual' }
  expect((await call<Gateway>('adminA', 'POST', '/v1/gateways/gw-1/revoke', why)).body.revokedMs).toBeGreaterThan(0)
  expect((await call('adminA', 'POST', '/v1/gateways/gw-1/secret')).status).toBe(404)
  expect((await call('kasubsiA', 'GET', '/v1/gateways')).status).toBe(403)
})

test('quarantine is seen of one’s own bracelets; bytes of a worn one only by who may see the track', async () => {
  const [unworn, worn] = [await registered(), await registered()]
  const { a2 } = t.seeded.wearers
  await t.database.ownerPool.query(
    "INSERT INTO assignment (bracelet_id, wearer_id, during) VALUES ($1, $2, tstzrange(now() - interval '1 hour', NULL))",
    [worn.id, a2.n],
  )
  const item = (deviceId: string, raw: string) => ({
    ...{ receivedMs: Date.now() - 60_000, protocol: 'gt06', reason: 'checksum' as const, detail: 'wrong checksum' },
    ...{ deviceId, raw: Buffer.from(raw), cut: false },
  })
  await insertQuarantine(t.database.ownerPool, [
    { id: '1-1', item: item(unworn.deviceId, 'abc') },
    { id: '1-2', item: item(worn.deviceId, 'position') },
    { id: '1-3', item: item('unknown-device', 'stranger') },
  ])
  const list = (as: string) => call<{ entries: QuarantinedEntry[] }>(as, 'GET', '/v1/quarantine')
  for (const as of ['adminA', 'kasubsiA'])
    expect((await list(as)).body.entries.map(({ sourceId }) => sourceId)).toEqual(
      expect.arrayContaining(['1-2', '1-1']),
    )
  expect((await list('adminA')).body.entries.map(({ sourceId }) => sourceId)).not.toContain('1-3')
  const entry = (await list('adminA')).body.entries[0]!
  const open = (as: string, { receivedMs, sourceId }: QuarantinedEntry) =>
    call<QuarantinedBytes>(as, 'GET', `/v1/quarantine/${receivedMs}/${sourceId}`)
  expect((await open('adminA', entry)).body).toEqual({ hidden: true })
  expect((await open('kasubsiA', entry)).body).toMatchObject({ hidden: false, text: 'position' })
  expect((await open('adminA', (await list('adminA')).body.entries[1]!)).body).toMatchObject({
    text: 'abc',
    hex: '616263',
  })
  const { rows } = await t.database.ownerPool.query(
    `SELECT count(*)::int AS n FROM audit WHERE action = 'track.read' AND wearer_id = $1 AND detail ? 'quarantine'`,
    [a2.n],
  )
  expect(rows[0].n).toBe(1)
  const bench = await call<Bench>('kasubsiA', 'GET', `/v1/bracelets/${unworn.id}/test`)
  expect(bench.body.refusals).toMatchObject([{ reason: 'checksum', detail: 'wrong checksum', reports: 1 }])
  expect(bench.body.state.unfit).toContain('refused')
})

test('a bracelet that was taken off sends what it kept: its bytes are still those of who wore it last', async () => {
  const bracelet = await registered()
  const { a2 } = t.seeded.wearers
  await t.database.ownerPool.query(
    `INSERT INTO assignment (bracelet_id, wearer_id, during)
    VALUES ($1, $2, tstzrange(now() - interval '2 hours', now() - interval '5 minutes'))`,
    [bracelet.id, a2.n],
  )
  const receivedMs = Date.now() - 60_000
  const item = {
    ...{ receivedMs, protocol: 'gt06', reason: 'checksum' as const, detail: 'wrong checksum' },
    ...{ deviceId: bracelet.deviceId, raw: Buffer.from('kept position'), cut: false },
  }
  await insertQuarantine(t.database.ownerPool, [{ id: '2-1', item }])
  const open = (as: string) => call<QuarantinedBytes>(as, 'GET', `/v1/quarantine/${receivedMs}/2-1`)
  expect((await open('adminA')).body).toEqual({ hidden: true })
  expect((await open('kasubsiA')).body).toMatchObject({ hidden: false, text: 'kept position' })
})
