// An outage of a whole Bapas: over REST and on the live feed, for those who see the unit, and acted on like any other.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { IncidentView } from '../../model/console/console.ts'
import type { UnitIncident } from '../../model/incident/incident.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { UNITS_SHARD } from '../../stream/redis/keys.ts'
import { upsertKnown } from '../setup/upsert-known.ts'
import { unitIncident } from '../store/two-bapas.ts'
import { type ApiUnderTest, apiUnderTest, get, post } from './api-under-test.ts'
import { connectLive } from './live-client.ts'

const BANDUNG = 'dj.jabar.bandung'
const UNIT = { path: BANDUNG, name: 'Bapas Bandung' }
let t: ApiUnderTest
beforeAll(async () => {
  t = await apiUnderTest({ limits: { checkEveryMs: 300, statusEveryMs: 200 } })
})
afterAll(() => t.close())

const live = async (officer: string) => connectLive(t.api, await t.signIn(officer))
const publishUnit = (incident: UnitIncident) =>
  t.redis.redis.xadd(t.redis.keys.incidents(UNITS_SHARD), '*', 'json', JSON.stringify(incident))
const outageOf = (n: number, some: Partial<UnitIncident> = {}) =>
  unitIncident({ id: `50000000-0000-4000-8000-00000000000${n}`, unitPath: BANDUNG, ...some })

test('it is on the screens of its unit and of those above, with the unit’s name, and on no other', async () => {
  const seeing = await Promise.all(['pk1A', 'operatorA', 'adminA', 'kanwil'].map(live))
  const blind = await Promise.all(['kepalaB', 'pkC'].map(live))
  await Promise.all([...seeing, ...blind].map((each) => each.until('status')))
  const outage = outageOf(1)
  await publishUnit(outage)
  for (const each of seeing) {
    const { incident } = await each.until('incident', (m) => m.incident.id === outage.id)
    expect(incident).toEqual({ ...outage, standing: { fromMs: expect.any(Number) }, unit: UNIT, acts: [] })
  }
  const marker = outageOf(2, { unitPath: 'dj' })
  await publishUnit(marker)
  for (const unitPath of ['dj.jabar.bogor', 'dj.bali.denpasar'])
    await publishUnit(outageOf(unitPath.length % 7, { unitPath }))
  for (const each of blind) {
    await each.until('incident', (m) => m.incident.unitPath !== undefined)
    expect(each.all('incident').every((m) => m.incident.unitPath !== BANDUNG)).toBe(true)
  }
  for (const each of [...seeing, ...blind]) each.cut()
})

test('so new that it is not in PostgreSQL: read, acknowledged, and the act is heard by its unit only', async () => {
  const [operator, elsewhere] = await Promise.all(['operatorA', 'kepalaB'].map(live))
  const outage = outageOf(8)
  await Promise.all([operator!, elsewhere!].map((each) => each.until('status')))
  await publishUnit(outage)
  await operator!.until('incident', (m) => m.incident.id === outage.id)
  const cookie = await t.signIn('kepalaA')
  const read = (await (await get(t.api, `/v1/incidents/${outage.id}`, cookie)).json()) as { incident: IncidentView }
  expect(read.incident).toEqual({ ...outage, standing: { fromMs: expect.any(Number) }, unit: UNIT, acts: [] })
  const answer = await post(t.api, `/v1/incidents/${outage.id}/acts`, { action: 'acknowledge' }, cookie)
  expect(answer.status).toBe(200)
  const { act } = await operator!.until('act', (m) => m.act.incidentId === outage.id)
  expect(act).toMatchObject({ unitPath: BANDUNG, action: 'acknowledge', officerName: 'kepalaA' })
  expect(act.wearerId).toBeUndefined()
  for (const stranger of ['kepalaB', 'pkC']) {
    const theirs = await t.signIn(stranger)
    expect((await get(t.api, `/v1/incidents/${outage.id}`, theirs)).status).toBe(404)
    expect((await post(t.api, `/v1/incidents/${outage.id}/acts`, { action: 'escalate' }, theirs)).status).toBe(404)
  }
  expect(elsewhere!.all('act')).toEqual([])
  for (const each of [operator!, elsewhere!]) each.cut()
})

test('recorded: listed among the others, resolved, and not explained', async () => {
  const outage = outageOf(9)
  await inTransaction(t.database.recordPool, (client) => upsertKnown(client, [outage]))
  const cookie = await t.signIn('pk1A')
  const list = async () =>
    ((await (await get(t.api, '/v1/incidents?state=open', cookie)).json()) as { incidents: IncidentView[] }).incidents
  expect((await list()).find(({ id }) => id === outage.id)).toMatchObject({ unit: UNIT, silentCount: 12, ofCount: 30 })
  expect((await get(t.api, `/v1/incidents/${outage.id}/explanation`, cookie)).status).toBe(409)
  const resolution = { action: 'resolve', resolution: 'gangguan_alat', note: 'jaringan seluler padam' }
  expect((await post(t.api, `/v1/incidents/${outage.id}/acts`, resolution, cookie)).status).toBe(200)
  expect((await list()).map(({ id }) => id)).not.toContain(outage.id)
})
