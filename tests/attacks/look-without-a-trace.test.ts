// Attack: an officer looks where somebody is in a way that nobody writes down; or tries doors, and nobody notices.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../store/database/transaction.ts'
import { type ApiUnderTest, apiUnderTest, cookieOf, get, PASSWORD, post } from '../api/api-under-test.ts'
import { connectLive } from '../api/live-client.ts'
import { upsertKnown } from '../setup/upsert-known.ts'
import { FROM_MS, incident } from '../store/two-bapas.ts'

const EVIDENCE = '20000000-0000-4000-8000-000000000009'
let t: ApiUnderTest
beforeAll(async () => {
  t = await apiUnderTest()
  const evidence = [{ timeMs: FROM_MS, role: 'start' as const, latE7: -69_000_000, lonE7: 1_076_000_000 }]
  const recorded = incident({ id: EVIDENCE, wearerId: t.seeded.wearers.a1.n, evidence })
  await inTransaction(t.database.ownerPool, (client) => upsertKnown(client, [recorded]))
})
afterAll(() => t.close())

type Row = { action: string; subject: string; wearer_id: number | null; detail: Record<string, unknown> | null }
/** What this officer left in the audit while `work` ran. */
async function traceOf(officer: string | null, work: () => Promise<unknown>): Promise<Row[]> {
  const rows = async () =>
    (
      await t.database.ownerPool.query<Row>(
        'SELECT action, subject, wearer_id, detail FROM audit WHERE officer_id IS NOT DISTINCT FROM $1 ORDER BY id',
        [officer && t.seeded.officers[officer]],
      )
    ).rows
  const before = (await rows()).length
  await work()
  return (await rows()).slice(before)
}

test('the file of a person: last position and zones', async () => {
  const cookie = await t.signIn('pk1A')
  const { a1 } = t.seeded.wearers
  const trace = await traceOf('pk1A', () => get(t.api, `/v1/wearers/${a1.id}`, cookie))
  expect(trace).toEqual([
    { action: 'position.read', subject: `wearer:${a1.id}`, wearer_id: a1.n, detail: { conditions: 1 } },
  ])
})

test('the evidence of an incident', async () => {
  const cookie = await t.signIn('kasubsiA')
  const { a1 } = t.seeded.wearers
  const trace = await traceOf('kasubsiA', () => get(t.api, `/v1/incidents/${EVIDENCE}`, cookie))
  expect(trace).toEqual([
    { action: 'evidence.read', subject: `wearer:${a1.id}`, wearer_id: a1.n, detail: { incident: EVIDENCE } },
  ])
})

test('the live map, the list of incidents and the zones of an area: once for each session', async () => {
  const cookie = await t.signIn('operatorA')
  const look = async (as: string) => {
    const live = connectLive(t.api, as)
    await live.until('roster')
    live.cut()
    for (const path of ['/v1/incidents?state=all', '/v1/zones']) expect((await get(t.api, path, as)).status).toBe(200)
  }
  const trace = await traceOf('operatorA', () => look(cookie))
  expect(trace.map(({ action, subject, detail }) => [action, subject, detail?.shown])).toEqual([
    ['map.open', 'unit:dj.jabar.bandung', 'live'],
    ['map.open', 'unit:dj.jabar.bandung', 'incidents'],
    ['map.open', 'unit:dj.jabar.bandung', 'zones'],
  ])
  expect(await traceOf('operatorA', () => look(cookie))).toEqual([])
  const next = await t.signIn('operatorA')
  expect(await traceOf('operatorA', () => look(next))).toHaveLength(3)
})

test('what is refused: persons of others, acts of other roles', async () => {
  const cookie = await t.signIn('pk2A')
  const { a1, b1 } = t.seeded.wearers
  const trace = await traceOf('pk2A', async () => {
    await get(t.api, `/v1/wearers/${a1.id}`, cookie)
    await get(t.api, `/v1/wearers/${b1.id}/track?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z`, cookie)
    await get(t.api, '/v1/reasons', cookie)
  })
  expect(trace.map(({ action, subject }) => [action, subject])).toEqual([
    ['refused', `GET /v1/wearers/${a1.id} reason_required`],
    ['refused', `GET /v1/wearers/${b1.id}/track not_found`],
    ['refused', 'GET /v1/reasons role_not_permitted'],
  ])
})

test('who tries many doors fills the metric, not the audit', async () => {
  const cookie = await t.signIn('kepalaB')
  const trace = await traceOf('kepalaB', () =>
    Promise.all(Array.from({ length: 80 }, () => get(t.api, `/v1/wearers/${t.seeded.wearers.a1.id}`, cookie))),
  )
  expect(trace.length).toBeGreaterThanOrEqual(30)
  // Two minutes at most are touched.
  expect(trace.length).toBeLessThanOrEqual(60)
})

test('who signs in and out, and who does not get in', async () => {
  const attempt = (username: string, password: string) =>
    post(t.api, '/api/auth/sign-in/username', { username, password })
  const own = await traceOf('pkB', async () => {
    const cookie = cookieOf(await attempt('pkB', PASSWORD))
    await post(t.api, '/api/auth/sign-out', {}, cookie)
  })
  expect(own.map(({ action }) => action)).toEqual(['session.open', 'session.close'])
  const nobody = await traceOf(null, async () => {
    await attempt('pkB', 'salah-salah-salah')
    await attempt('sandi-di-kolom-yang-salah', 'salah-salah-salah')
    for (let n = 0; n < 5; n++) await attempt('pkB', 'salah-salah-salah')
  })
  expect(nobody.slice(0, 2).map(({ action, subject, detail }) => [action, subject, detail?.why])).toEqual([
    ['session.refused', `officer:${t.seeded.officers.pkB}`, 'wrong_password'],
    ['session.refused', 'account:unknown', 'wrong_password'],
  ])
  expect(nobody.at(-1)!.detail).toMatchObject({ why: 'too_many_attempts', from: '127.0.0.1' })
  expect(JSON.stringify(nobody)).not.toContain('sandi-di-kolom')
})

test('a change of an officer’s role', async () => {
  const trace = await traceOf(null, () =>
    t.database.ownerPool.query(`UPDATE officer SET role = 'kasubsi' WHERE id = $1`, [t.seeded.officers.asistenA]),
  )
  expect(trace).toMatchObject([
    {
      action: 'officer.update',
      subject: `officer:${t.seeded.officers.asistenA}`,
      detail: { new: { role: 'kasubsi' } },
    },
  ])
})
