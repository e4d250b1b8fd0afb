// Attack: somebody types wrong passwords on purpose, so that officers cannot sign in while something happens.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SIGN_IN_LIMITS } from '../../api/sign-in/sign-in-limits.ts'
import { type ApiUnderTest, apiUnderTest, cookieOf, PASSWORD, post } from '../api/api-under-test.ts'

let t: ApiUnderTest
beforeAll(async () => {
  t = await apiUnderTest()
})
afterAll(() => t.close())
beforeEach(async () => {
  await t.database.ownerPool.query('DELETE FROM auth.sign_in_try')
})

const attempt = (username: string, password: string, cookie?: string) =>
  post(t.api, '/api/auth/sign-in/username', { username, password }, cookie)

test('ten wrong tries from an office do not lock its other officers out', async () => {
  for (let n = 0; n < 10; n++) await attempt('pk2A', 'salah-salah-salah')
  expect((await attempt('pk2A', 'salah-salah-salah')).status).toBe(429)
  for (const name of ['pk1A', 'operatorA', 'kepalaA']) expect((await attempt(name, PASSWORD)).status).toBe(200)
})

test('a colleague at the same address cannot lock out whoever has signed in from their own browser before', async () => {
  const own = cookieOf(await attempt('operatorA', PASSWORD))
  for (let n = 0; n < SIGN_IN_LIMITS.pairMax + 5; n++) await attempt('operatorA', 'salah-salah-salah')
  expect((await attempt('operatorA', PASSWORD)).status).toBe(429)
  expect((await attempt('operatorA', PASSWORD, own)).status).toBe(200)
})

test('when the whole address is stopped, known browsers still sign in', async () => {
  const own = cookieOf(await attempt('pk1A', PASSWORD))
  for (let n = 0; n < SIGN_IN_LIMITS.addressMax; n++) await attempt(`nama-${n}`, 'salah-salah-salah')
  expect((await attempt('kepalaA', PASSWORD)).status).toBe(429)
  expect((await attempt('pk1A', PASSWORD, own)).status).toBe(200)
})

test('a browser that is known to one account is a stranger to the others, and has as few tries as anybody', async () => {
  const own = cookieOf(await attempt('pk1A', PASSWORD))
  const statuses: number[] = []
  for (let n = 0; n < SIGN_IN_LIMITS.pairMax + 1; n++)
    statuses.push((await attempt('pk2A', 'salah-salah-salah', own)).status)
  expect(statuses.at(-1)).toBe(429)
  for (let n = 0; n < SIGN_IN_LIMITS.pairMax; n++) await attempt('pk1A', 'salah-salah-salah', own)
  expect((await attempt('pk1A', PASSWORD, own)).status).toBe(429)
})

test('a made-up or changed cookie makes no known browser', async () => {
  const own = cookieOf(await attempt('kepalaA', PASSWORD))
  for (let n = 0; n < SIGN_IN_LIMITS.pairMax; n++) await attempt('kepalaA', 'salah-salah-salah')
  for (const forged of [
    own.replace(/(device-\w+=)\w/, '$1_'),
    own.replace(/(device-\w+=[\w-]+\.)\d/, '$19'),
    own.replace(/(device-\w+=).*/, '$1a.9999999999999.'),
  ])
    expect((await attempt('kepalaA', PASSWORD, forged)).status).toBe(429)
})

test('tries that were right are not counted against anybody', async () => {
  for (let n = 0; n < SIGN_IN_LIMITS.pairMax * 3; n++) expect((await attempt('pkB', PASSWORD)).status).toBe(200)
  const { rows } = await t.database.ownerPool.query('SELECT sum(failed)::int AS failed FROM auth.sign_in_try')
  expect(rows).toEqual([{ failed: 0 }])
})
