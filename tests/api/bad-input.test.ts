// What PostgreSQL cannot hold is bad input, said so before it gets there: NUL characters, and times that have no four-digit year.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiUnderTest, apiUnderTest, get, post } from './api-under-test.ts'

let t: ApiUnderTest
const cookies: Record<string, string> = {}
beforeAll(async () => {
  t = await apiUnderTest()
  for (const officer of ['pk1A', 'pk2A']) cookies[officer] = await t.signIn(officer)
})
afterAll(() => t.close())

const NUL = '\u0000'
const trial = (some: object) => ({
  ...{ wearerId: 'A1', days: 1, zone: { shape: { type: 'Circle', center: [107, -6], radiusM: 100 } } },
  ...{ condition: { kind: 'avoided', timeZone: 'Asia/Jakarta' }, reason: 'percobaan' },
  ...some,
})

test.each<[method: 'GET' | 'POST', path: string, body?: object]>([
  ['GET', '/v1/wearers?q=%00'],
  ['GET', '/v1/wearers?q=klien%00'],
  ['GET', '/v1/wearers/A1/track?from=0000-01-01T00:00:00Z&to=0000-01-02T00:00:00Z'],
  ['GET', '/v1/wearers/A1/track?from=0001-01-01T00:00:00%2B07:00&to=0001-01-02T00:00:00Z'],
  ['GET', '/v1/wearers/A1/track?from=9999-12-31T00:00:00Z&to=9999-12-31T23:59:59-07:00'],
  ['GET', '/v1/wearers/A1/ledger?from=0000-01-01T00:00:00Z&to=0000-01-02T00:00:00Z'],
  ['POST', '/v1/wearers/A2/access', { reason: `abc${NUL}defg` }],
  ['POST', '/v1/wearers/A1/nik', { reason: `abc${NUL}defg` }],
  ['POST', '/v1/incidents/I1/acts', { action: 'note', note: NUL }],
  ['POST', '/v1/incidents/I1/acts', { action: 'note', note: `sudah${NUL} ditelepon` }],
  ['POST', '/v1/backtests', trial({ zone: { id: NUL } })],
  ['POST', '/v1/backtests', trial({ reason: `perco${NUL}baan` })],
  ['POST', '/api/auth/sign-in/username', { username: `a${NUL}bc`, password: 'x' }],
])('%s %s %j', async (method, path, body) => {
  const { a1, a2 } = t.seeded.wearers
  const whole = (text: string) => text.replace('A1', a1.id).replace('A2', a2.id).replace('I1', a1.incidentId)
  const cookie = path.includes('A2') ? cookies.pk2A : cookies.pk1A
  const answer =
    method === 'GET'
      ? await get(t.api, whole(path), cookie)
      : await post(t.api, whole(path), JSON.parse(whole(JSON.stringify(body))), cookie)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ error: { code: 'invalid_input' } })
})

test('a reason in the header too', async () => {
  const reason = { 'x-gelang-reason': encodeURIComponent(`peme${NUL}riksaan`) }
  const span = 'from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z'
  const { a1 } = t.seeded.wearers
  for (const path of [
    `/v1/wearers/${a1.id}/track?${span}`,
    `/v1/wearers/${a1.id}/ledger?${span}`,
    `/v1/incidents/${a1.incidentId}/explanation`,
  ])
    expect([path, (await get(t.api, path, cookies.pk2A, reason)).status]).toEqual([path, 400])
})
