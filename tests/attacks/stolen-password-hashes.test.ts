// Attack: a stolen database dump is tried against a list of passwords. Each guess must cost what OWASP asks for, for old accounts too.
import { hashPassword as oldHash } from 'better-auth/crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isCurrentHash, passwordMatches } from '../../api/sign-in/passwords.ts'
import { type ApiUnderTest, apiUnderTest, get, PASSWORD, post } from '../api/api-under-test.ts'

let t: ApiUnderTest
beforeAll(async () => {
  t = await apiUnderTest()
})
afterAll(() => t.close())

const account = '(SELECT auth_user_id FROM officer WHERE id = $1)'
const kept = async (officer: string): Promise<string> =>
  (
    await t.database.ownerPool.query(`SELECT password FROM auth.account WHERE "userId" = ${account}`, [
      t.seeded.officers[officer],
    ])
  ).rows[0].password

test('a password is kept as Argon2id with at least 19 MiB and two passes, each with its own salt', async () => {
  const [, algorithm, version, costs] = (await kept('pk1A')).split('$')
  expect([algorithm, version]).toEqual(['argon2id', 'v=19'])
  const { m, t: passes } = Object.fromEntries(costs!.split(',').map((cost) => cost.split('=')))
  expect(Number(m)).toBeGreaterThanOrEqual(19_456)
  expect(Number(passes)).toBeGreaterThanOrEqual(2)
  expect(await kept('pk2A')).not.toBe(await kept('pk1A'))
})

test('an older version’s hash still lets its officer in, and is kept anew when it does', async () => {
  await t.database.ownerPool.query(`UPDATE auth.account SET password = $2 WHERE "userId" = ${account}`, [
    t.seeded.officers.pkB,
    await oldHash(PASSWORD),
  ])
  const attempt = (password: string) => post(t.api, '/api/auth/sign-in/username', { username: 'pkB', password })
  expect((await attempt('salah-salah-salah')).status).toBe(401)
  expect(isCurrentHash(await kept('pkB'))).toBe(false)
  const cookie = await t.signIn('pkB')
  expect((await get(t.api, '/v1/me', cookie)).status).toBe(200)
  expect(isCurrentHash(await kept('pkB'))).toBe(true)
  expect((await attempt('salah-salah-salah')).status).toBe(401)
  await t.signIn('pkB')
})

test('what is right once is not made anew at every sign-in', async () => {
  const before = await kept('kepalaB')
  await t.signIn('kepalaB')
  expect(await kept('kepalaB')).toBe(before)
})

test('a hash with lower costs counts as old', () => {
  expect(isCurrentHash('$argon2id$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ$aGFzaA')).toBe(false)
  expect(isCurrentHash('salt:key')).toBe(false)
})

test('letters that look the same and are written otherwise are the same password', async () => {
  const hash = await oldHash('sandi-kafé-panjang')
  expect(await passwordMatches({ hash, password: 'sandi-kafé-panjang'.normalize('NFD') })).toBe(true)
})
