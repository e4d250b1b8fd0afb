// What was done about an incident is sent with it, however long ago that was, and whichever process sends it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RecentIncidents } from '../../api/live/recent.ts'
import type { RunningApi } from '../../api/start-api.ts'
import type { IncidentAct } from '../../model/incident/incident.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { setPosition } from '../../stream/logs/positions.ts'
import { upsertKnown } from '../setup/upsert-known.ts'
import { incident, unitIncident } from '../store/two-bapas.ts'
import { type ApiUnderTest, apiUnderTest, post, SHARDS } from './api-under-test.ts'
import { type Gate, gateTo } from './gate.ts'
import { connectLive } from './live-client.ts'

const limits = { statusEveryMs: 100, checkEveryMs: 100, retryMs: 50, replayPage: 7 }
let gate: Gate
let t: ApiUnderTest
let cookie: string
let servers = 1
beforeAll(async () => {
  gate = await gateTo(process.env.DATABASE_URL as string)
  t = await apiUnderTest({ databaseUrl: gate.url, limits })
  cookie = await t.signIn('pk1A')
})
afterAll(async () => {
  await t.close()
  await gate.close()
})

const act = async (incidentId: string, body: object): Promise<IncidentAct> => {
  const answer = await post(t.api, `/v1/incidents/${incidentId}/acts`, body, cookie)
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { act: IncidentAct }).act
}
const RESOLVE = { action: 'resolve', resolution: 'gangguan_alat' }

/** As if a nation's acts of some hours had come after these. */
async function leaveTheLog(acts: IncidentAct[]): Promise<void> {
  const { redis, keys } = t.redis
  const logged = async () => JSON.stringify(await redis.xrange(keys.acts, '-', '+'))
  for (const { actId } of acts) await expect.poll(logged).toContain(`\\"actId\\":${actId},`)
  await redis.xtrim(keys.acts, 'MAXLEN', 0)
}

/** A server that has read neither the incidents' first revisions nor, but for the newest of them, the acts. */
async function startLater(actsReadMs = 10_000): Promise<RunningApi> {
  const { redis, keys } = t.redis
  for (let shard = 0; shard < SHARDS; shard++) {
    const [last] = await redis.xrevrange(keys.incidents(shard), '+', '-', 'COUNT', 1)
    if (last) await setPosition(redis, keys, 'record-incidents', shard, last[0])
  }
  servers++
  return t.another({ limits: { ...limits, actsReadMs } })
}

test('an incident resolved before memory began is sent as resolved when it goes on', async () => {
  const { a1 } = t.seeded.wearers
  const published = await Promise.all(
    Array.from({ length: 20 }, () => t.publish(a1, { type: 'strap_open', severity: 'kritis' })),
  )
  const incidents = published.map((each) => each.incident)
  await inTransaction(t.database.ownerPool, (client) => upsertKnown(client, incidents))
  const resolved = await Promise.all(incidents.map(({ id }) => act(id, RESOLVE)))
  await leaveTheLog(resolved)
  const before = connectLive(t.api, cookie)
  await before.until('status')
  // Of all the acts one is still in the log.
  const note = await act(incidents[0]!.id, { action: 'note', note: 'kabel sudah diganti' })
  await before.until('act', (m) => m.act.actId === note.actId)
  const { cursor } = before
  before.cut()

  const later = await startLater()
  const fresh = connectLive(later, cookie)
  await fresh.until('status')
  for (const each of incidents) await t.publish(a1, { ...each, revision: 2, endMs: each.startMs + 60_000 })
  // And one that reconnects with its cursor and is sent from the log.
  const back = connectLive(later, cookie, { cursor })
  expect((await back.until('hello')).resumed).toBe(true)
  for (const client of [fresh, back]) {
    for (const [i, { id }] of incidents.entries()) {
      const { incident: view } = await client.until('incident', (m) => m.incident.id === id)
      expect(view.acts).toEqual(i === 0 ? [resolved[0], note] : [resolved[i]])
    }
    client.cut()
  }
})

test('of a whole unit too; and what is done about it next comes once, after what was done before', async () => {
  const outage = unitIncident({ unitPath: 'dj.jabar.bandung' })
  const { redis, keys } = t.redis
  await inTransaction(t.database.ownerPool, (client) => upsertKnown(client, [outage]))
  const taken = await act(outage.id, { action: 'acknowledge' })
  await leaveTheLog([taken])
  const later = await startLater()
  const client = connectLive(later, cookie)
  await client.until('status')
  const publishUnit = (revision: number) =>
    redis.xadd(keys.incidents(0), '*', 'json', JSON.stringify({ ...outage, revision }))
  await publishUnit(2)
  expect((await client.until('incident', (m) => m.incident.revision === 2)).incident.acts).toEqual([taken])
  const note = await act(outage.id, { action: 'note', note: 'menara seluler padam' })
  await client.until('act', (m) => m.act.actId === note.actId)
  await publishUnit(3)
  expect((await client.until('incident', (m) => m.incident.revision === 3)).incident.acts).toEqual([taken, note])
  client.cut()
})

test('while the database is away an alert does not wait for what was done about it', async () => {
  const { a1 } = t.seeded.wearers
  const old = incident({ id: '20000000-0000-4000-8000-000000000077', wearerId: a1.n, severity: 'kritis' })
  await inTransaction(t.database.ownerPool, (client) => upsertKnown(client, [old]))
  const resolved = await act(old.id, RESOLVE)
  await leaveTheLog([resolved])
  const later = await startLater()
  const client = connectLive(later, cookie)
  await client.until('status', (m) => m.database === 'ok')
  gate.shut()
  await t.publish(a1, { ...old, revision: 2 })
  expect(
    (await client.until('incident', (m) => m.incident.revision === 2 && m.incident.id === old.id)).incident.acts,
  ).toEqual([])
  gate.open()
  const from = client.messages.length
  await expect.poll(() => client.messages.slice(from).some((m) => m.t === 'status' && m.database === 'ok')).toBe(true)
  await t.publish(a1, { ...old, revision: 3 })
  const { incident: view } = await client.until(
    'incident',
    (m) => m.incident.revision === 3 && m.incident.id === old.id,
  )
  expect(view.acts).toEqual([resolved])
  client.cut()
})

test('nor while the database says nothing; then it is not asked again until it has answered', async () => {
  const { a1 } = t.seeded.wearers
  const old = incident({ id: '20000000-0000-4000-8000-000000000078', wearerId: a1.n, severity: 'kritis' })
  await inTransaction(t.database.ownerPool, (client) => upsertKnown(client, [old]))
  const resolved = await act(old.id, RESOLVE)
  await leaveTheLog([resolved])
  const later = await startLater(50)
  const client = connectLive(later, cookie)
  await client.until('status')
  const { ownerPool } = t.database
  const holder = await ownerPool.connect()
  await holder.query('BEGIN; LOCK TABLE officer_act IN ACCESS EXCLUSIVE MODE')
  const asked = async () =>
    (
      await ownerPool.query(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%acts_on(%'`,
      )
    ).rows[0].n
  try {
    for (const revision of [2, 3, 4]) {
      await t.publish(a1, { ...old, revision })
      const published = await client.until(
        'incident',
        (m) => m.incident.id === old.id && m.incident.revision === revision,
      )
      expect(published.incident.acts).toEqual([])
    }
    // For three revisions.
    expect(await asked()).toBeLessThanOrEqual(servers)
  } finally {
    await holder.query('ROLLBACK')
    holder.release()
  }
  await expect.poll(asked).toBe(0)
  for (let revision = 5; ; revision++) {
    await t.publish(a1, { ...old, revision })
    const published = await client.until(
      'incident',
      (m) => m.incident.id === old.id && m.incident.revision === revision,
    )
    if (published.incident.acts.length === 0) continue
    expect(published.incident.acts).toEqual([resolved])
    break
  }
  client.cut()
})

test('memory says what it may lack: of what began before it, of what it dropped, and all after a gap', () => {
  const recent = new RecentIncidents(2)
  const of = (n: number, revision: number) =>
    incident({ id: `20000000-0000-4000-8000-00000000000${n}`, wearerId: 1, revision })
  const done = (actId: number, n: number): IncidentAct => ({
    ...{ actId, incidentId: of(n, 1).id, wearerId: 1, action: 'note', officerName: 'x', atMs: actId, note: 'x' },
  })
  const standing = { fromMs: 1 }
  recent.addIncident(of(1, 1), 1)
  recent.addAct(done(12, 2))
  expect([1, 2, 3].map((n) => recent.lacksHistory(of(n, 2)))).toEqual([false, true, true])
  expect(recent.lacksHistory(of(3, 1))).toBe(false)
  recent.addAllActs([of(2, 1).id], [done(11, 2)])
  expect(recent.lacksHistory(of(2, 2))).toBe(true)
  recent.addStandings([{ incident: of(2, 1), standing }])
  expect(recent.acts(of(2, 1)).map(({ actId }) => actId)).toEqual([11, 12])
  expect(recent.lacksHistory(of(2, 2))).toBe(false)
  recent.addAllActs([of(3, 1).id], [])
  recent.addStandings([{ incident: of(3, 1), standing }])
  expect([1, 2, 3].map((n) => recent.lacksHistory(of(n, 2)))).toEqual([true, false, false])
  recent.missedActs()
  expect([2, 3].map((n) => recent.lacksHistory(of(n, 2)))).toEqual([true, true])
})
