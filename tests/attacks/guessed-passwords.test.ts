// Attack: a stranger guesses an officer's password, with a new address in the headers at every try, many at once, or many names.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SIGN_IN_LIMITS } from '../../api/sign-in/sign-in-limits.ts'
import type { RunningApi } from '../../api/start-api.ts'
import { type ApiUnderTest, apiUnderTest, PASSWORD, post } from '../api/api-under-test.ts'

let t: ApiUnderTest
let proxied: RunningApi
beforeAll(async () => {
  t = await apiUnderTest()
  proxied = await t.another({ proxies: { trusted: ['127.0.0.0/8', '10.9.0.0/16'], header: 'x-forwarded-for' } })
})
afterAll(() => t.close())
beforeEach(async () => {
  await t.database.ownerPool.query('DELETE FROM auth.sign_in_try')
})

const guess = async (
  at: RunningApi,
  username: string,
  headers: Record<string, string> = {},
  password = 'salah-salah-salah',
) => (await post(at, '/api/auth/sign-in/username', { username, password }, undefined, headers)).status
const counted = (statuses: number[], status: number) => statuses.filter((each) => each === status).length

test('40 guesses with 40 made-up addresses in the headers do not pass', async () => {
  const statuses: number[] = []
  for (let n = 0; n < 40; n++)
    statuses.push(
      await guess(t.api, 'pk2A', {
        'x-real-ip': `198.51.100.${n}`,
        'x-forwarded-for': `203.0.113.${n}`,
        'x-gelang-client-address': `192.0.2.${n}`,
        'cf-connecting-ip': `192.0.2.${n}`,
        forwarded: `for=192.0.2.${n}`,
      }),
    )
  expect(statuses.slice(0, SIGN_IN_LIMITS.pairMax)).toEqual(Array(SIGN_IN_LIMITS.pairMax).fill(401))
  expect(counted(statuses, 429)).toBe(40 - SIGN_IN_LIMITS.pairMax)
  expect(await guess(t.api, 'pk2A', {}, PASSWORD)).toBe(429)
})

test('guesses that are sent all at once do not pass together', async () => {
  const statuses = await Promise.all(Array.from({ length: 20 }, () => guess(t.api, 'pk2A')))
  expect(counted(statuses, 401)).toBe(SIGN_IN_LIMITS.pairMax)
})

test('another spelling of the name is the same account', async () => {
  const spellings = ['pk2A', 'PK2A', 'pk2a', 'Pk2a', 'pK2A', 'PK2a', 'pk2A']
  const statuses: number[] = []
  for (const name of spellings) statuses.push(await guess(t.api, name))
  expect(counted(statuses, 401)).toBe(SIGN_IN_LIMITS.pairMax)
})

test('one address that tries a few words on many names is stopped', async () => {
  const statuses: number[] = []
  for (let n = 0; n < SIGN_IN_LIMITS.addressMax + 5; n++) statuses.push(await guess(t.api, `nama-${n}`))
  expect(counted(statuses, 429)).toBe(5)
})

test('many addresses that share the guesses at one account are stopped', async () => {
  const from = (n: number) => ({ 'x-forwarded-for': `203.0.${n >> 8}.${n & 255}` })
  const statuses = await Promise.all(
    Array.from({ length: SIGN_IN_LIMITS.accountMax / 4 }, async (_, n) => {
      const own: number[] = []
      for (let i = 0; i < 4; i++) own.push(await guess(proxied, 'pk2A', from(n)))
      return own
    }),
  )
  expect(counted(statuses.flat(), 401)).toBe(SIGN_IN_LIMITS.accountMax)
  expect(await guess(proxied, 'pk2A', from(500))).toBe(429)
}, 120_000)

test('behind a proxy of ours the client is the last address that is no proxy; what the client wrote before it is not believed', async () => {
  const statuses: number[] = []
  for (let n = 0; n < SIGN_IN_LIMITS.pairMax + 1; n++)
    statuses.push(await guess(proxied, 'pk2A', { 'x-forwarded-for': `192.0.2.${n}, 203.0.113.7, 10.9.1.1` }))
  expect(statuses.at(-1)).toBe(429)
  expect(await guess(proxied, 'pk2A', { 'x-forwarded-for': '203.0.113.8' })).toBe(401)
})

test('a line with a whole /64 of version 6 is one address', async () => {
  const statuses: number[] = []
  for (let n = 0; n < SIGN_IN_LIMITS.pairMax + 1; n++)
    statuses.push(await guess(proxied, 'pk2A', { 'x-forwarded-for': `2001:db8:7:8:${n + 1}::${n}` }))
  expect(statuses.at(-1)).toBe(429)
  expect(await guess(proxied, 'pk2A', { 'x-forwarded-for': '2001:db8:7:9::1' })).toBe(401)
})

test('what is kept about tries names neither account nor address', async () => {
  await guess(t.api, 'kata-sandi-yang-salah-ketik')
  const { rows } = await t.database.ownerPool.query('SELECT key FROM auth.sign_in_try')
  expect(rows.length).toBeGreaterThan(0)
  expect(JSON.stringify(rows)).not.toMatch(/kata-sandi|127\.0\.0\.1/)
})
