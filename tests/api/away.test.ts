// The database or Redis is away: what goes on, what is said, and that all comes back by itself.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiUnderTest, apiUnderTest, get, PASSWORD, post } from './api-under-test.ts'
import { type Gate, gateTo } from './gate.ts'
import { connectLive, refusedLive } from './live-client.ts'

let t: ApiUnderTest
let database: Gate
let redis: Gate
let cookie: string
beforeAll(async () => {
  database = await gateTo(process.env.DATABASE_URL as string)
  redis = await gateTo(process.env.REDIS_URL as string)
  t = await apiUnderTest({
    databaseUrl: database.url,
    redisUrl: redis.url,
    limits: { statusEveryMs: 100, checkEveryMs: 150, retryMs: 50 },
  })
  cookie = await t.signIn('pk1A')
})
afterAll(async () => {
  await t.close()
  await database.close()
  await redis.close()
})

test('without the database incidents still reach the consoles; what needs it says so', async () => {
  const { a1, a2 } = t.seeded.wearers
  const client = connectLive(t.api, cookie)
  await client.until('status', (m) => m.database === 'ok')
  database.shut()
  await client.until('status', (m) => m.database === 'away')
  const { incident } = await t.publish(a1)
  const { incident: view } = await client.until('incident', (m) => m.incident.id === incident.id)
  expect(view).toMatchObject({ wearer: { name: 'Klien a1' }, conditionName: 'Rumah a1' })
  for (const path of ['/v1/me', '/v1/incidents', `/v1/wearers/${a1.id}`, '/v1/zones']) {
    const answer = await get(t.api, path, cookie)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ error: { code: 'database_away' } })
  }
  const act = await post(t.api, `/v1/incidents/${incident.id}/acts`, { action: 'acknowledge' }, cookie)
  expect(act.status).toBe(503)
  const login = await post(t.api, '/api/auth/sign-in/username', { username: 'pk1A', password: PASSWORD })
  expect(login.status).toBe(503)
  expect((await post(t.api, '/api/auth/sign-out', {}, cookie)).status).toBe(503)
  expect(await refusedLive(t.api, { cookie, origin: t.api.baseUrl })).toBe(503)
  expect((await get(t.api, '/healthz')).status).toBe(200)
  expect((await get(t.api, '/readyz')).status).toBe(503)

  database.open()
  await client.until('status', (m) => m.database === 'ok' && m !== client.all('status')[0] && m.serverMs > view.startMs)
  await expect.poll(async () => (await get(t.api, '/v1/me', cookie)).status).toBe(200)
  expect(client.closed).toBeUndefined()
  // Scopes are looked at again.
  await t.database.ownerPool.query('UPDATE wearer SET pk_officer_id = $2 WHERE id = $1', [a2.n, t.seeded.officers.pk1A])
  await client.until('roster', (m) => m.wearers.length === 2)
  await t.database.ownerPool.query('UPDATE wearer SET pk_officer_id = $2 WHERE id = $1', [a2.n, t.seeded.officers.pk2A])
  client.cut()
})

test('without Redis the consoles are informed, an act is stored all the same, and nothing is missed when it is back', async () => {
  const { a1 } = t.seeded.wearers
  const client = connectLive(t.api, cookie)
  await client.until('status', (m) => m.redis === 'ok')
  redis.shut()
  await client.until('status', (m) => m.redis === 'away')
  expect(await refusedLive(t.api, { cookie, origin: t.api.baseUrl })).toBe(503)
  // The log itself goes on elsewhere; only we cannot reach it.
  const { incident } = await t.publish(a1)
  const answer = await post(
    t.api,
    `/v1/incidents/${a1.incidentId}/acts`,
    { action: 'note', note: 'tetap dicatat' },
    cookie,
  )
  expect(answer.status).toBe(200)
  const { act } = (await answer.json()) as { act: { actId: number } }
  redis.open()
  await client.until('incident', (m) => m.incident.id === incident.id)
  await client.until('act', (m) => m.act.actId === act.actId)
  await expect.poll(() => t.api.notReady()).toEqual([])
  expect(client.all('hello')).toHaveLength(1)
  client.cut()
})

test('the server comes up without Redis and the database, and serves when they are there', async () => {
  redis.shut()
  database.shut()
  const early = await t.another()
  expect((await get(early, '/healthz')).status).toBe(200)
  expect((await get(early, '/v1/me', cookie)).status).toBe(503)
  redis.open()
  database.open()
  await expect.poll(async () => (await get(early, '/readyz')).status).toBe(200)
  const client = connectLive(early, cookie)
  await client.until('status')
  client.cut()
})

test('consoles are asked to reconnect when the server goes down', async () => {
  const second = await t.another()
  const client = connectLive(second, cookie)
  await client.until('status')
  await second.close()
  expect((await client.untilClosed()).code).toBe(1012)
})
