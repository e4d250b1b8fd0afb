import { afterAll, beforeAll, expect, test } from 'vitest'
import { LIVE } from '../../api/live/limits.ts'
import { encodeLive, type LivePosition } from '../../model/console/live.ts'
import { appendAct } from '../../stream/logs/act-log.ts'
import { publishLive } from '../../stream/logs/live-channel.ts'
import type { SeededWearer } from '../store/two-bapas.ts'
import { type ApiUnderTest, apiUnderTest, post, SHARDS } from './api-under-test.ts'
import { connectLive, refusedLive } from './live-client.ts'

let t: ApiUnderTest
let wearers: Record<'a1' | 'a2' | 'b1' | 'c1', SeededWearer>
beforeAll(async () => {
  t = await apiUnderTest({ limits: { checkEveryMs: 300, statusEveryMs: 200 } })
  wearers = t.seeded.wearers
})
afterAll(() => t.close())

const live = async (officer: string) => connectLive(t.api, await t.signIn(officer))

const positionOf = (wearer: SeededWearer, some: Partial<LivePosition> = {}): LivePosition => ({
  ...{ wearerId: wearer.n, state: 0, flags: 1, batteryPercent: 80, charging: 1, timeMs: 1000, receivedMs: Date.now() },
  ...{ latE7: -69_000_000, lonE7: 1_076_000_000, accuracyM: 10, speedMps: 1.5, courseDeg: Number.NaN },
  ...some,
})
const publish = (wearer: SeededWearer, some?: Partial<LivePosition>) =>
  publishLive(t.redis.redis, t.redis.keys, wearer.n % SHARDS, encodeLive([positionOf(wearer, some)]))

test('hello comes first, then the roster of those in sight', async () => {
  const console_ = await live('pk1A')
  await console_.until('status')
  expect(console_.messages.slice(0, 2)).toMatchObject([
    { t: 'hello', resumed: false },
    { t: 'roster', wearers: [{ id: wearers.a1.id, n: wearers.a1.n, name: 'Klien a1' }] },
  ])
  console_.cut()
})

test('an incident is on the screen of those who see the wearer and on no other', async () => {
  const seeing = await Promise.all(['pk1A', 'operatorA', 'kepalaA'].map(live))
  const blind = await Promise.all(['pk2A', 'kepalaB', 'pkC', 'auditorA', 'adminA', 'kanwil', 'ditjenpas'].map(live))
  await Promise.all([...seeing, ...blind].map((each) => each.until('status')))
  const { incident } = await t.publish(wearers.a1)
  const published = await Promise.all(
    seeing.map((each) => each.until('incident', (m) => m.incident.id === incident.id)),
  )
  for (const { incident: view } of published)
    expect(view).toEqual({
      ...incident,
      standing: { fromMs: expect.any(Number) },
      wearer: { id: wearers.a1.id, n: wearers.a1.n, name: 'Klien a1', unitPath: 'dj.jabar.bandung' },
      conditionName: 'Rumah a1',
      acts: [],
    })
  // What is said later comes later: once the marker is here, nothing before it is still under way.
  const markers = await Promise.all([wearers.a2, wearers.b1, wearers.c1].map((wearer) => t.publish(wearer)))
  const marks = new Set(markers.map((marker) => marker.incident.id))
  for (const each of blind.slice(0, 3)) await each.until('incident', (m) => marks.has(m.incident.id))
  for (const each of blind) await each.until('status', (m) => m.liveMs >= Date.now() - 60_000)
  for (const each of blind) expect(each.all('incident').map((m) => m.incident.wearerId)).not.toContain(wearers.a1.n)
  for (const each of blind.slice(3)) expect(each.all('incident')).toEqual([])
  for (const each of [...seeing, ...blind]) each.cut()
})

test('Kanwil hears of a person’s incidents when the reason has been written, of what is open too', async () => {
  const evidence = [{ timeMs: 1, role: 'start' as const, latE7: -69_000_000, lonE7: 1_076_000_000, radiusM: 8 }]
  const [pk, kanwil] = [await live('pkB'), await live('kanwil')]
  await Promise.all([pk, kanwil].map((each) => each.until('status')))
  const { incident } = await t.publish(wearers.b1, { evidence })
  const mine = await pk.until('incident', (m) => m.incident.id === incident.id)
  expect(mine.incident.evidence).toEqual(evidence)
  expect(kanwil.all('incident')).toEqual([])
  const reason = { reasonKind: 'pemeriksaan', reason: 'pemeriksaan bersama Kanwil' }
  const asked = await post(t.api, `/v1/wearers/${wearers.b1.id}/access`, reason, await t.signIn('kanwil'))
  expect(asked.status).toBe(204)
  const again = await kanwil.until(
    'incident',
    (m) => m.incident.id === incident.id && m.incident.evidence[0]?.latE7 !== undefined,
  )
  expect(again.incident.evidence).toEqual(evidence)
  const { incident: next } = await t.publish(wearers.b1)
  const named = await kanwil.until('incident', (m) => m.incident.id === next.id)
  expect(named.incident.conditionName).toBe('Rumah b1')
  pk.cut()
  kanwil.cut()
  await t.database.ownerPool.query('DELETE FROM access_grant')
})

test('an act of one officer is heard by the others, and by no other Bapas', async () => {
  const [acting, other, elsewhere] = [await live('pk1A'), await live('operatorA'), await live('kepalaB')]
  await Promise.all([acting, other, elsewhere].map((each) => each.until('status')))
  const { incident } = await t.publish(wearers.a1)
  await acting.until('incident', (m) => m.incident.id === incident.id)
  const answer = await post(
    t.api,
    `/v1/incidents/${incident.id}/acts`,
    { action: 'acknowledge' },
    await t.signIn('pk1A'),
  )
  const { act } = (await answer.json()) as { act: { actId: number } }
  const heard = await Promise.all([acting, other].map((each) => each.until('act', (m) => m.act.actId === act.actId)))
  for (const message of heard) expect(message.act).toEqual(act)
  const second = await t.publish(wearers.a1, { id: incident.id, revision: 2 })
  const view = await other.until('incident', (m) => m.incident.revision === 2 && m.incident.id === second.incident.id)
  expect(view.incident.acts).toEqual([act])
  const marker = { ...act, incidentId: wearers.b1.incidentId, wearerId: wearers.b1.n, actId: 1e9 }
  await appendAct(t.redis.redis, t.redis.keys, marker as never)
  await elsewhere.until('act', (m) => m.act.actId === 1e9)
  expect(elsewhere.all('act')).toHaveLength(1)
  for (const each of [acting, other, elsewhere]) each.cut()
})

test('at once: an incident and an act wait for no rhythm, were each of them a day apart', async () => {
  const day = 86_400_000
  const rhythms = { statusEveryMs: day, checkEveryMs: day, pingEveryMs: day, retryMs: day, rulesDebounceMs: day }
  const slow = await t.another({ limits: rhythms })
  const [cookie, other] = [await t.signIn('pk1A', slow), connectLive(slow, await t.signIn('operatorA', slow))]
  const own = connectLive(slow, cookie)
  await Promise.all([own, other].map((each) => each.until('status')))
  const { incident } = await t.publish(wearers.a1)
  await Promise.all([own, other].map((each) => each.until('incident', (m) => m.incident.id === incident.id)))
  const answer = await post(slow, `/v1/incidents/${incident.id}/acts`, { action: 'acknowledge' }, cookie)
  const { act } = (await answer.json()) as { act: { actId: number } }
  await Promise.all([own, other].map((each) => each.until('act', (m) => m.act.actId === act.actId)))
  for (const each of [own, other]) {
    expect(each.all('status')).toHaveLength(1)
    each.cut()
  }
})

test('another process of ours sends the same', async () => {
  const second = await t.another()
  const here = await live('pk1A')
  const there = connectLive(second, await t.signIn('operatorA', second))
  await Promise.all([here, there].map((each) => each.until('status')))
  const path = `/v1/incidents/${wearers.a1.incidentId}/acts`
  const answer = await post(second, path, { action: 'note', note: 'halo' }, await t.signIn('kasubsiA', second))
  const { act } = (await answer.json()) as { act: { actId: number } }
  for (const each of [here, there]) await each.until('act', (m) => m.act.actId === act.actId)
  here.cut()
  there.cut()
})

test('positions: newest per wearer, only of those in sight; Kanwil sees persons’ for a reason only', async () => {
  const [pk, kanwil] = [await live('pk1A'), await live('kanwil')]
  await Promise.all([pk, kanwil].map((each) => each.until('status')))
  for (const each of ['a1', 'a2', 'b1'] as const) await publish(wearers[each], { state: 2 })
  const seen = await pk.until('positions', (m) => m.rows.some(([n]) => n === wearers.a1.n))
  expect(seen.rows).toEqual([[wearers.a1.n, 2, 1, 80, 1, 1000, expect.any(Number), -6.9, 107.6, 10, 1.5, null]])
  expect(pk.all('positions').flatMap((m) => m.rows.map(([n]) => n))).not.toContain(wearers.b1.n)
  const cookie = await t.signIn('kanwil')
  const reason = { reason: 'pemantauan bersama Kanwil' }
  expect((await post(t.api, `/v1/wearers/${wearers.b1.id}/access`, reason, cookie)).status).toBe(204)
  await kanwil.until('positions', (m) => m.rows.some(([n]) => n === wearers.b1.n))
  expect(new Set(kanwil.all('positions').flatMap((m) => m.rows.map(([n]) => n)))).toEqual(new Set([wearers.b1.n]))
  pk.cut()
  kanwil.cut()
})

test('a new console is sent all positions', async () => {
  await publish(wearers.a2, { timeMs: 4242 })
  const console_ = await live('pk2A')
  const { rows } = await console_.until('positions')
  expect(rows).toMatchObject([{ 0: wearers.a2.n, 5: 4242 }])
  console_.cut()
})

test('a wearer who changes hands leaves one console and enters the other, with what is open', async () => {
  const [before, after] = [await live('pkB'), await live('kepalaB')]
  const { incident } = await t.publish(wearers.b1)
  await Promise.all([before, after].map((each) => each.until('incident', (m) => m.incident.id === incident.id)))
  const { ownerPool } = t.database
  const joining = await live('pk2A')
  await joining.until('status')
  await ownerPool.query('UPDATE wearer SET unit_path = $2, pk_officer_id = $3 WHERE id = $1', [
    wearers.b1.n,
    'dj.jabar.bandung',
    t.seeded.officers.pk2A,
  ])
  await before.until('roster', (m) => m.wearers.length === 0)
  await joining.until('roster', (m) => m.wearers.some(({ n }) => n === wearers.b1.n))
  await joining.until('incident', (m) => m.incident.id === incident.id)
  await joining.until('incident', (m) => m.incident.id === wearers.b1.incidentId)
  const next = await t.publish(wearers.b1)
  await joining.until('incident', (m) => m.incident.id === next.incident.id)
  expect(before.all('incident').map((m) => m.incident.id)).not.toContain(next.incident.id)
  await ownerPool.query('UPDATE wearer SET unit_path = $2, pk_officer_id = $3 WHERE id = $1', [
    wearers.b1.n,
    'dj.jabar.bogor',
    t.seeded.officers.pkB,
  ])
  await joining.until('roster', (m) => m.wearers.length === 1 && joining.all('roster').length > 2)
  for (const each of [before, after, joining]) each.cut()
})

test('without a session, from elsewhere or at another place there is no feed', async () => {
  const cookie = await t.signIn('pk1A')
  const origin = t.api.baseUrl
  expect(await refusedLive(t.api, { origin })).toBe(401)
  expect(await refusedLive(t.api, { origin, cookie: 'gelang.session_token=forged.forged' })).toBe(401)
  expect(await refusedLive(t.api, { cookie })).toBe(403)
  expect(await refusedLive(t.api, { cookie, origin: 'https://lain.example' })).toBe(403)
  expect(await refusedLive(t.api, { cookie, origin, path: '/v1/elsewhere' })).toBe(404)
})

test('signing out ends the feeds of that session at once, and no other', async () => {
  const cookie = await t.signIn('pk1A')
  const [leaving, staying] = [connectLive(t.api, cookie), await live('pk1A')]
  await Promise.all([leaving, staying].map((each) => each.until('status')))
  await post(t.api, '/api/auth/sign-out', {}, cookie)
  expect(await leaving.until('bye')).toEqual({ t: 'bye', reason: 'signed_out' })
  expect((await leaving.untilClosed()).code).toBe(4001)
  const { incident } = await t.publish(wearers.a1)
  await staying.until('incident', (m) => m.incident.id === incident.id)
  staying.cut()
})

test('a session that runs out, and an officer who leaves, are said goodbye to', async () => {
  const [expiring, leaving] = [await live('kasubsiA'), await live('asistenA')]
  await Promise.all([expiring, leaving].map((each) => each.until('status')))
  await t.database.ownerPool.query(
    `UPDATE auth.session SET "expiresAt" = now() - interval '1 s'
    WHERE "userId" = (SELECT auth_user_id FROM officer WHERE id = $1)`,
    [t.seeded.officers.kasubsiA],
  )
  await t.database.ownerPool.query('UPDATE officer SET active = false WHERE id = $1', [t.seeded.officers.asistenA])
  await expiring.until('bye')
  await leaving.until('bye')
})

test('what a console says, and too many consoles of one officer, are refused', async () => {
  const cookie = await t.signIn('kepalaA')
  const loud = connectLive(t.api, cookie)
  await loud.until('status')
  loud.socket.send('x'.repeat(5000))
  expect((await loud.untilClosed()).code).toBe(1009)
  const many = Array.from({ length: LIVE.connectionsPerOfficerMax }, () => connectLive(t.api, cookie))
  await Promise.all(many.map((each) => each.until('status')))
  expect(await refusedLive(t.api, { cookie, origin: t.api.baseUrl })).toBe(429)
  for (const each of many) each.cut()
})
