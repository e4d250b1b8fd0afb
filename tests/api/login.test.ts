import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiUnderTest, apiUnderTest, cookieOf, get, PASSWORD, post, signIn } from './api-under-test.ts'

let t: ApiUnderTest
beforeAll(async () => {
  t = await apiUnderTest()
})
afterAll(() => t.close())

test('an officer signs in, is known, signs out and is known no more', async () => {
  const answer = await post(t.api, '/api/auth/sign-in/username', { username: 'pk1A', password: PASSWORD })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({ ok: true })
  const [cookie] = answer.headers.getSetCookie()
  expect(cookie).toMatch(/HttpOnly/i)
  expect(cookie).toMatch(/SameSite=Strict/i)
  expect(cookie).toMatch(/Max-Age=43200/i)

  const me = await get(t.api, '/v1/me', cookieOf(answer))
  expect(await me.json()).toEqual({
    officerId: t.seeded.officers.pk1A,
    name: 'pk1A',
    role: 'pk',
    unitPath: 'dj.jabar.bandung',
    unitName: 'Bapas Bandung',
    timeZone: 'Asia/Jakarta',
  })
  expect((await post(t.api, '/api/auth/sign-out', {}, cookieOf(answer))).status).toBe(200)
  expect((await get(t.api, '/v1/me', cookieOf(answer))).status).toBe(401)
})

test.each([
  ['a wrong password', { username: 'pk1A', password: 'salah-salah-salah' }, 401, 'invalid_credentials'],
  ['an unknown name', { username: 'siapa-ini', password: PASSWORD }, 401, 'invalid_credentials'],
  ['a name that can be none', { username: '<b>', password: PASSWORD }, 401, 'invalid_credentials'],
  ['no password', { username: 'pk1A' }, 400, 'invalid_input'],
  ['numbers for words', { username: 1, password: 2 }, 400, 'invalid_input'],
])('%s is refused', async (_, body, status, code) => {
  const answer = await post(t.api, '/api/auth/sign-in/username', body)
  expect(answer.status).toBe(status)
  expect(await answer.json()).toMatchObject({ error: { code } })
  expect(answer.headers.getSetCookie()).toEqual([])
})

test('a forged or cut session cookie is nobody', async () => {
  const cookie = await t.signIn('pk1A')
  expect((await get(t.api, '/v1/me', cookie.slice(0, -6))).status).toBe(401)
  expect((await get(t.api, '/v1/me', cookie.replace(/=.{4}/, '=AAAA'))).status).toBe(401)
  expect((await get(t.api, '/v1/me')).status).toBe(401)
})

test('an officer who has left, and an account without an officer, get no further', async () => {
  const cookie = await t.signIn('asistenA')
  await t.database.ownerPool.query('UPDATE officer SET active = false WHERE id = $1', [t.seeded.officers.asistenA])
  const answer = await get(t.api, '/v1/me', cookie)
  expect(answer.status).toBe(403)
  expect(await answer.json()).toMatchObject({ error: { code: 'no_officer' } })
})

test('attempts from one address are limited, whatever address it claims to be', async () => {
  const strict = await t.another({ signInsPerMinuteMax: 3 })
  await t.database.ownerPool.query('DELETE FROM auth."rateLimit"')
  const attempt = (n: number) =>
    post(strict, '/api/auth/sign-in/username', { username: 'pk2A', password: 'salah-salah-salah' }, undefined, {
      'x-forwarded-for': `10.0.0.${n}`,
      'x-gelang-client-address': `10.0.0.${n}`,
    })
  const statuses: number[] = []
  for (let n = 0; n < 5; n++) statuses.push((await attempt(n)).status)
  expect(statuses).toEqual([401, 401, 401, 429, 429])
  const late = await attempt(9)
  expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0)
  await expect(signIn(strict, 'pk2A')).rejects.toThrow('429')
  await t.database.ownerPool.query('DELETE FROM auth."rateLimit"')
})

test('behind a proxy the address it names counts, the last one in the list', async () => {
  const proxied = await t.another({ signInsPerMinuteMax: 1, clientAddressHeader: 'x-forwarded-for' })
  const attempt = (from: string) =>
    post(proxied, '/api/auth/sign-in/username', { username: 'pk2A', password: PASSWORD }, undefined, {
      'x-forwarded-for': from,
    })
  expect((await attempt('203.0.113.1')).status).toBe(200)
  expect((await attempt('203.0.113.2')).status).toBe(200)
  expect((await attempt('198.51.100.9, 203.0.113.2')).status).toBe(429)
  await t.database.ownerPool.query('DELETE FROM auth."rateLimit"')
})

test.each([
  'sign-up/email',
  'sign-in/email',
  'is-username-available',
  'update-user',
  'change-password',
  'get-session',
  'list-sessions',
])('the library’s /%s is not open', async (path) => {
  const cookie = await t.signIn('pk1A')
  const answer = await post(t.api, `/api/auth/${path}`, { email: 'a@b.invalid', username: 'pk1A' }, cookie)
  expect(answer.status).toBe(404)
})

test('sessions are prolonged when used, and end when not', async () => {
  const cookie = await t.signIn('kasubsiA')
  const account = 'SELECT auth_user_id FROM officer WHERE id = $1'
  const age = (hours: number) =>
    t.database.ownerPool.query(
      `UPDATE auth.session SET "expiresAt" = now() + make_interval(hours => $2) WHERE "userId" = (${account})`,
      [t.seeded.officers.kasubsiA, hours],
    )
  await age(3)
  const used = await get(t.api, '/v1/me', cookie)
  expect(used.status).toBe(200)
  expect(used.headers.getSetCookie().join()).toMatch(/Max-Age=43200/)
  await age(-1)
  expect((await get(t.api, '/v1/me', cookie)).status).toBe(401)
})

test('signing in is written down', async () => {
  await t.signIn('kepalaB')
  const { rows } = await t.database.ownerPool.query(
    `SELECT action, subject FROM audit WHERE officer_id = $1 AND action = 'session.open'`,
    [t.seeded.officers.kepalaB],
  )
  expect(rows).toEqual([{ action: 'session.open', subject: `officer:${t.seeded.officers.kepalaB}` }])
})
