import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiUnderTest, apiUnderTest, cookieOf, get, PASSWORD, post } from './api-under-test.ts'

let t: ApiUnderTest
beforeAll(async () => {
  t = await apiUnderTest()
})
afterAll(() => t.close())

test('an officer signs in, is known, signs out and is known no more', async () => {
  const answer = await post(t.api, '/api/auth/sign-in/username', { username: 'pk1A', password: PASSWORD })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({ ok: true })
  const cookie = answer.headers.getSetCookie().find((each) => each.startsWith('gelang.session_token='))
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
  expect((await get(t.api, '/v1/me', cookie.replace(/session_token=.{4}/, 'session_token=AAAA'))).status).toBe(401)
  expect((await get(t.api, '/v1/me')).status).toBe(401)
})

test('an officer who has left, and an account without an officer, get no further', async () => {
  const cookie = await t.signIn('asistenA')
  await t.database.ownerPool.query('UPDATE officer SET active = false WHERE id = $1', [t.seeded.officers.asistenA])
  expect((await get(t.api, '/v1/me', cookie)).status).toBe(401)
  const answer = await get(t.api, '/v1/me', await t.signIn('asistenA'))
  expect(answer.status).toBe(403)
  expect(await answer.json()).toMatchObject({ error: { code: 'no_officer' } })
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

test('signing in is written down', async () => {
  await t.signIn('kepalaB')
  const { rows } = await t.database.ownerPool.query(
    `SELECT action, subject FROM audit WHERE officer_id = $1 AND action = 'session.open'`,
    [t.seeded.officers.kepalaB],
  )
  expect(rows).toEqual([{ action: 'session.open', subject: `officer:${t.seeded.officers.kepalaB}` }])
})
