// Against a real API: an alert that is only in the log, one that comes before the feed, and access that ends.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../store/database/transaction.ts'
import { setPosition } from '../../stream/logs/positions.ts'
import { type ApiUnderTest, apiUnderTest, post, SHARDS } from '../api/api-under-test.ts'
import { upsertKnown } from '../setup/upsert-known.ts'
import { openRealDesk, type RealDesk } from './real-desk.ts'

let t: ApiUnderTest
const desks: RealDesk[] = []
beforeAll(async () => {
  t = await apiUnderTest({ limits: { checkEveryMs: 300, statusEveryMs: 200 } })
})
afterEach(() => {
  for (const desk of desks.splice(0)) desk.close()
})
afterAll(() => t.close())

async function atDesk(officer: string, feedAt?: (url: string) => string): Promise<RealDesk> {
  const desk = openRealDesk(t.api, await t.signIn(officer), feedAt)
  desks.push(desk)
  await desk.state.session.check()
  return desk
}
const strap = { severity: 'kritis', type: 'strap_open' } as const
const knows = ({ state }: RealDesk, id: string) => expect.poll(() => state.desk.live.incidents.has(id))

test('what only the log has outlives a list that PostgreSQL gives', async () => {
  const desk = await atDesk('pk1A')
  await knows(desk, t.seeded.wearers.a1.incidentId).toBe(true)
  const { incident } = await t.publish(t.seeded.wearers.a1, strap)
  await knows(desk, incident.id).toBe(true)
  await desk.state.desk.load(true)
  expect(desk.state.desk.loadProblem.value).toBeUndefined()
  expect(desk.state.desk.live.incidents.has(incident.id)).toBe(true)
  expect(desk.played).toEqual(['kritis'])
  // A page opened now gets it from the feed, and its list does not remove it.
  const late = await atDesk('pk1A')
  await knows(late, t.seeded.wearers.a1.incidentId).toBe(true)
  await late.state.desk.load(true)
  await knows(late, incident.id).toBe(true)
})

test('a page whose feed comes after its lists has what was raised between', async () => {
  let away = true
  const desk = await atDesk('pk1A', (url) => (away ? 'ws://127.0.0.1:9/' : url))
  await knows(desk, t.seeded.wearers.a1.incidentId).toBe(true)
  const { incident, entryId } = await t.publish(t.seeded.wearers.a1, strap)
  await inTransaction(t.database.ownerPool, (client) => upsertKnown(client, [incident]))
  await setPosition(t.redis.redis, t.redis.keys, 'record-incidents', t.seeded.wearers.a1.n % SHARDS, entryId)
  away = false
  await knows(desk, incident.id).toBe(true)
  await expect.poll(() => desk.played).toContain('kritis')
})

test('access for a reason ends: its alerts leave the screen, and no alarm comes back', async () => {
  const { a1 } = t.seeded.wearers
  const reason = { reason: 'menggantikan rekan cuti' }
  expect((await post(t.api, `/v1/wearers/${a1.id}/access`, reason, await t.signIn('pk2A'))).status).toBe(204)
  const desk = await atDesk('pk2A')
  const { incident } = await t.publish(a1, strap)
  await knows(desk, incident.id).toBe(true)
  // Twelve hours later.
  await t.database.ownerPool.query(`UPDATE access_grant SET during = tstzrange(lower(during), now(), '[)')`)
  await knows(desk, incident.id).toBe(false)
  await desk.state.desk.load(true)
  expect(desk.state.alerts.open.value.filter(({ wearerId }) => wearerId === a1.n)).toEqual([])
})
