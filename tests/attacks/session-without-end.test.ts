// Attack: a stolen session is used again and again, so that it never ends; or a screen stays open after its officer's right has ended.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SESSION_HOURS } from '../../api/sign-in/session-hours.ts'
import type { SessionView } from '../../model/console/console.ts'
import { type ApiUnderTest, apiUnderTest, cookieOf, get, PASSWORD, post } from '../api/api-under-test.ts'
import { connectLive } from '../api/live-client.ts'

const HOUR_MS = 3_600_000
let t: ApiUnderTest
beforeAll(async () => {
  // Nothing is found out by looking from time to time: what ends a feed here is the end itself.
  t = await apiUnderTest({ limits: { checkEveryMs: HOUR_MS } })
})
afterAll(() => t.close())

const sessionsOf = async (cookie: string) =>
  ((await (await get(t.api, '/v1/sessions', cookie)).json()) as { sessions: SessionView[] }).sessions
const end = (path: string, cookie: string) =>
  fetch(new URL(path, t.api.baseUrl), { method: 'DELETE', headers: { origin: t.api.baseUrl, cookie } })
const account = '(SELECT auth_user_id FROM officer WHERE id = $1)'
const endsIn = (officer: string, ms: number) =>
  t.database.ownerPool.query(
    `UPDATE auth.session SET "expiresAt" = now() + $2 * interval '1 ms' WHERE "userId" = ${account}`,
    [t.seeded.officers[officer], ms],
  )

test.each([
  ['operatorA', SESSION_HOURS.operator],
  ['kanwil', SESSION_HOURS.kanwil],
  ['adminA', SESSION_HOURS.admin_ti],
])('a session of %s ends after its role’s hours (%i), however often it is used', async (officer, hours) => {
  const cookie = await t.signIn(officer)
  const [session] = await sessionsOf(cookie)
  expect(session!.endsMs - session!.sinceMs).toBe(hours * HOUR_MS)
  await endsIn(officer, 60_000)
  const used = await get(t.api, '/v1/me', cookie)
  expect(used.status).toBe(200)
  expect(used.headers.getSetCookie()).toEqual([])
  expect((await sessionsOf(cookie))[0]!.endsMs).toBeLessThan(Date.now() + 60_001)
  await endsIn(officer, -1)
  expect((await get(t.api, '/v1/me', cookie)).status).toBe(401)
})

test('the live feed ends with the session’s time', async () => {
  const live = connectLive(t.api, await t.signIn('operatorA'))
  await live.until('roster')
  await endsIn('operatorA', 300)
  expect(await live.until('bye')).toEqual({ t: 'bye', reason: 'expired' })
  expect((await live.untilClosed()).code).toBe(4001)
})

test('whoever finds a session that is not theirs in their list ends it, also its feed at another process', async () => {
  const another = await t.another({ limits: { checkEveryMs: HOUR_MS } })
  const stolen = await t.signIn('pk1A')
  const own = cookieOf(
    await post(t.api, '/api/auth/sign-in/username', { username: 'pk1A', password: PASSWORD }, undefined, {
      'user-agent': 'Peramban kantor',
    }),
  )
  const live = connectLive(another, stolen)
  await live.until('roster')
  const listed = await sessionsOf(own)
  expect(listed).toHaveLength(2)
  expect(listed.find(({ current }) => current)).toMatchObject({ agent: 'Peramban kantor', address: '127.0.0.1' })
  const other = listed.find(({ current }) => !current)!
  expect((await end(`/v1/sessions/${other.id}`, own)).status).toBe(204)
  expect(await live.until('bye')).toEqual({ t: 'bye', reason: 'signed_out' })
  expect((await get(t.api, '/v1/me', stolen)).status).toBe(401)
  expect((await get(t.api, '/v1/me', own)).status).toBe(200)
  expect((await end(`/v1/sessions/${other.id}`, own)).status).toBe(404)
})

test('nobody ends or sees another officer’s session', async () => {
  const victim = await t.signIn('pk2A')
  const attacker = await t.signIn('pkB')
  const [session] = await sessionsOf(victim)
  expect((await end(`/v1/sessions/${session!.id}`, attacker)).status).toBe(404)
  expect((await sessionsOf(attacker)).map(({ id }) => id)).not.toContain(session!.id)
  expect((await get(t.api, '/v1/me', victim)).status).toBe(200)
})

test('all others at once', async () => {
  const lost = [await t.signIn('kepalaB'), await t.signIn('kepalaB')]
  const kept = await t.signIn('kepalaB')
  const answer = await end('/v1/sessions', kept)
  expect(await answer.json()).toEqual({ ended: 2 })
  for (const cookie of lost) expect((await get(t.api, '/v1/me', cookie)).status).toBe(401)
  expect((await get(t.api, '/v1/me', kept)).status).toBe(200)
  const { rows } = await t.database.ownerPool.query(
    `SELECT detail FROM audit WHERE action = 'session.revoke' AND officer_id = $1`,
    [t.seeded.officers.kepalaB],
  )
  expect(rows).toEqual([{ detail: { sessions: 2 } }])
})

test.each([
  ['leaves', 'kasubsiA', 'active = false'],
  ['gets another role', 'kepalaA', "role = 'kasubsi'"],
  ['goes to another unit', 'pkC', "unit_path = 'dj.jabar.bogor'"],
  ['loses the login', 'asistenA', 'auth_user_id = NULL'],
])('an officer who %s is let out: session and live feed end', async (_, officer, change) => {
  const cookie = await t.signIn(officer)
  const live = connectLive(t.api, cookie)
  await live.until('roster')
  await t.database.ownerPool.query(`UPDATE officer SET ${change} WHERE id = $1`, [t.seeded.officers[officer]])
  expect(await live.until('bye')).toEqual({ t: 'bye', reason: 'signed_out' })
  expect((await get(t.api, '/v1/me', cookie)).status).toBe(401)
})
