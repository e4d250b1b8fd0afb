// What the engine makes of a stored track, over REST: explanation, back-test, ledger. Every one of them reads a track.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { backtest } from '../../geofence/inquiry/backtest.ts'
import type { Incident } from '../../model/incident/incident.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { insertSupervision, insertWearer } from '../../store/people/insert-people.ts'
import { insertCondition, insertZone } from '../../store/rules/insert-rules.ts'
import { loadPlans, loadZones } from '../../store/rules/load-plans.ts'
import { FixRows } from '../../store/track/encode-fixes.ts'
import { insertFixes } from '../../store/track/insert-fixes.ts'
import { readReports } from '../../store/track/read-reports.ts'
import { upsertKnown } from '../setup/upsert-known.ts'
import { addReport, DAY_MS, incident } from '../store/two-bapas.ts'
import { type ApiUnderTest, apiUnderTest, get, post } from './api-under-test.ts'

const MINUTE_MS = 60_000
const NOW_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS
/** Three days ago: at home, away from minute 20 to 40, home until minute 59. */
const FROM_MS = NOW_MS - 3 * DAY_MS
const SHAPE = { type: 'Circle', center: [107.6, -6.9], radiusM: 100 } as const
const REASON = 'pemeriksaan laporan warga'
let t: ApiUnderTest
let klien: { id: string; n: number }
let absence: Incident
const cookies: Record<string, string> = {}

beforeAll(async () => {
  t = await apiUnderTest({ clock: () => NOW_MS })
  for (const officer of ['pk1A', 'pk2A', 'operatorA', 'kepalaA', 'auditorA', 'kepalaB', 'kanwil'])
    cookies[officer] = await t.signIn(officer)
  const { ownerPool, recordPool } = t.database
  const { officers } = t.seeded
  klien = await insertWearer(ownerPool, {
    ...{ name: 'Klien uji', nik: '3200000000999999', unitPath: 'dj.jabar.bandung', pkOfficerId: officers.pk1A! },
  })
  const since = { fromMs: NOW_MS - 60 * DAY_MS, madeMs: NOW_MS - 60 * DAY_MS }
  await insertSupervision(ownerPool, {
    ...{ wearerId: klien.n, programme: 'PB', skNumber: 'SK-uji', toMs: NOW_MS + DAY_MS, ...since },
  })
  const zoneId = await insertZone(ownerPool, {
    ...{ name: 'Rumah', unitPath: 'dj.jabar.bandung', shape: { ...SHAPE, center: [107.6, -6.9] } },
    ...{ authorId: officers.pk1A!, madeMs: since.madeMs },
  })
  await insertCondition(ownerPool, {
    ...{ wearerId: klien.n, zoneId, kind: 'required', timeZone: 'Asia/Jakarta', legalBasis: 'SK-uji butir 3' },
    ...{ authorId: officers.pk1A!, approverId: officers.kepalaA!, ...since },
  })
  const rows = new FixRows()
  for (let minute = 0; minute < 60; minute++) {
    const northM = (minute >= 20 && minute < 40 ? 500 : 0) + (minute % 2)
    addReport(rows, klien.n, 1, { timeMs: FROM_MS + minute * MINUTE_MS, latDeg: -6.9 + northM / 111_195 })
  }
  await inTransaction(recordPool, (client) => insertFixes(client, { fresh: rows }))
  const plan = (await loadPlans(recordPool, [klien.n]))[0]!.plan
  const stored = await readReports(recordPool, klien.n, 0, NOW_MS, 1000)
  const judged = backtest(
    { plan, zones: await loadZones(recordPool) },
    stored.map(({ report }) => report),
  )
  absence = { ...judged[0]!, revision: 1 }
  await inTransaction(recordPool, (client) => upsertKnown(client, [absence]))
})
afterAll(() => t?.close())

const read = async (officer: string, path: string, headers?: Record<string, string>) => {
  const answer = await get(t.api, path, cookies[officer], headers)
  return { status: answer.status, body: await answer.json() }
}
const send = async (officer: string, body: object) => {
  const answer = await post(t.api, '/v1/backtests', body, cookies[officer])
  return { status: answer.status, body: await answer.json() }
}
const audited = async (key: string) =>
  (
    await t.database.ownerPool.query(
      `SELECT officer_id, reason, detail FROM audit WHERE wearer_id = $1 AND action = 'track.read' AND detail ? $2`,
      [klien.n, key],
    )
  ).rows

test('an incident is explained fix by fix, twice with the same hash, and each reading is written down', async () => {
  expect(absence.type).toBe('away_from_required_zone')
  const path = `/v1/incidents/${absence.id}/explanation`
  const { status, body } = await read('pk1A', path)
  expect(status).toBe(200)
  expect(body).toMatchObject({ same: true, planHash: absence.planHash, incident: { id: absence.id } })
  const weighings = body.weighings as { timeMs: number; evidence: string; side: string; distanceM: number }[]
  expect(weighings).toHaveLength(60)
  const at = (minute: number) => weighings.find(({ timeMs }) => timeMs === FROM_MS + minute * MINUTE_MS)
  expect([19, 20, 21, 40, 41].map((minute) => [at(minute)!.evidence, at(minute)!.side])).toEqual([
    ['comply', 'right'],
    ['breach', 'right'],
    ['breach', 'wrong'],
    ['comply', 'wrong'],
    ['comply', 'right'],
  ])
  expect(at(20)!.distanceM).toBeCloseTo(-400, -1)
  expect((await read('operatorA', path)).body.hash).toBe(body.hash)
  expect(await audited('explained')).toHaveLength(2)
  expect((await audited('explained'))[0]).toMatchObject({ officer_id: t.seeded.officers.pk1A })
})

test('who does not see the incident, or its track without a reason, is not given the explanation', async () => {
  const path = `/v1/incidents/${absence.id}/explanation`
  expect((await read('pk2A', path)).body.error.code).toBe('reason_required')
  expect((await read('kepalaB', path)).status).toBe(404)
  expect((await read('auditorA', path)).status).toBe(403)
  expect((await read('kanwil', path)).body.error.code).toBe('reason_required')
  expect((await read('kanwil', path, { 'x-gelang-reason': encodeURIComponent(REASON) })).status).toBe(200)
})

test('what no stored track leads to is not explained', async () => {
  const silence = incident({
    ...{ id: '20000000-0000-4000-8000-000000000001', wearerId: klien.n, type: 'no_communication' },
  })
  const unknown = incident({ id: '20000000-0000-4000-8000-000000000002', wearerId: klien.n, startMs: FROM_MS })
  await inTransaction(t.database.recordPool, (client) =>
    upsertKnown(client, [silence, { ...unknown, confirmedMs: FROM_MS + 1 }]),
  )
  for (const { id } of [silence, unknown]) {
    const { status, body } = await read('pk1A', `/v1/incidents/${id}/explanation`)
    expect([status, body.error.code]).toEqual([409, 'not_explained'])
  }
})

test('a proposed zone against the last days: counts, incidents, and the reading written down with its reason', async () => {
  const proposal = {
    ...{ wearerId: klien.id, days: 7, zone: { shape: { ...SHAPE, center: [107.6, -6.9 + 500 / 111_195] } } },
    ...{ condition: { kind: 'avoided' }, reason: REASON },
  }
  const { status, body } = await send('pk1A', proposal)
  expect(status).toBe(200)
  expect(body).toMatchObject({ incidentCount: 1, wearers: [{ reports: 60, countByType: { inside_avoided_zone: 1 } }] })
  expect(body.wearers[0].incidents[0]).toMatchObject({
    ...{ startMs: FROM_MS + 20 * MINUTE_MS, endMs: FROM_MS + 40 * MINUTE_MS },
  })
  expect(body.perWearerDay).toBeCloseTo(1 / 7)
  expect((await audited('backtest')).map(({ reason, detail }) => [reason, detail.incidents])).toEqual([[REASON, 1]])
  // The same in the hours in which he was not there: nothing.
  const hour = new Date(FROM_MS + 12 * 3_600_000 + 7 * 3_600_000).getUTCHours()
  const windows = [{ from: `${String(hour).padStart(2, '0')}:00`, to: `${String(hour).padStart(2, '0')}:30` }]
  const other = await send('pk1A', { ...proposal, condition: { kind: 'avoided', windows } })
  expect(other.body).toMatchObject({ incidentCount: 0 })
  expect(other.body).not.toHaveProperty('smallerThanGuardM')
  const small = { shape: { type: 'Circle', center: [107.6, -6.9], radiusM: 30 } }
  expect((await send('pk1A', { ...proposal, zone: small, condition: { kind: 'avoided' } })).body).toMatchObject({
    smallerThanGuardM: 33.75,
  })
})

test('over a Bapas: every wearer in sight, a page at a time', async () => {
  const { status, body } = await send('kepalaA', {
    ...{ unit: 'dj.jabar.bandung', zone: { shape: SHAPE }, condition: { kind: 'required' }, reason: REASON },
  })
  expect(status).toBe(200)
  expect(body.wearers.map((each: { wearer: { name: string } }) => each.wearer.name)).toEqual([
    'Klien a1',
    'Klien a2',
    'Klien uji',
  ])
  expect(body.wearers[2].countByType).toEqual({ away_from_required_zone: 1 })
  const own = await send('pk1A', {
    ...{ unit: 'dj.jabar.bandung', zone: { shape: SHAPE }, condition: { kind: 'required' }, reason: REASON },
  })
  expect(own.body.wearers.map((each: { wearer: { name: string } }) => each.wearer.name)).toEqual([
    'Klien a1',
    'Klien uji',
  ])
})

test('who may not propose, and what is no proposal, is refused', async () => {
  const proposal = { wearerId: klien.id, zone: { shape: SHAPE }, condition: { kind: 'required' }, reason: REASON }
  for (const officer of ['operatorA', 'auditorA', 'kanwil']) expect((await send(officer, proposal)).status).toBe(403)
  expect((await send('kepalaB', proposal)).status).toBe(404)
  for (const wrong of [
    { days: 31 },
    { reason: 'x' },
    { unit: 'dj.jabar.bandung' },
    { wearerId: undefined },
    { zone: { shape: { type: 'Circle', center: [107.6], radiusM: 100 } } },
    {
      zone: {
        shape: {
          type: 'Polygon',
          coordinates: [
            [
              [0, 0],
              [1, 1],
              [0, 1],
              [1, 0],
              [0, 0],
            ],
          ],
        },
      },
    },
    { condition: { kind: 'required', timeZone: 'Asia/Nowhere', windows: [{ from: '20:00', to: '05:00' }] } },
  ])
    expect([wrong, (await send('pk1A', { ...proposal, ...wrong })).status]).toEqual([wrong, 400])
  expect((await send('pk1A', { ...proposal, zone: { id: 'no-such-zone' } })).status).toBe(404)
})

test('one back-test of an officer at once; a long one is answered in parts, from `next` on', async () => {
  const proposal = { wearerId: klien.id, zone: { shape: SHAPE }, condition: { kind: 'required' }, reason: REASON }
  // The first waits for the track until the second has had its answer.
  const holder = await t.database.ownerPool.connect()
  await holder.query('BEGIN; LOCK TABLE fix IN ACCESS EXCLUSIVE MODE')
  const both = [send('kepalaA', proposal), send('kepalaA', proposal)]
  expect((await Promise.race(both)).status).toBe(429)
  await holder.query('ROLLBACK')
  holder.release()
  expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([200, 429])
  // A clock by which every look takes four seconds: two wearers fit into one answer.
  let slowMs = NOW_MS
  const slow = await t.another({ clock: () => (slowMs += 4000) })
  const cookie = await t.signIn('kepalaA', slow)
  const whole = { ...proposal, wearerId: undefined, unit: 'dj.jabar.bandung' }
  const names: string[] = []
  let after: string | undefined
  do {
    const answer = await post(slow, '/v1/backtests', { ...whole, after }, cookie)
    const body = (await answer.json()) as { wearers: { wearer: { name: string } }[]; next?: string }
    expect(body.wearers.length).toBeLessThan(3)
    names.push(...body.wearers.map(({ wearer }) => wearer.name))
    after = body.next
  } while (after !== undefined)
  expect(names).toEqual(['Klien a1', 'Klien a2', 'Klien uji'])
})

test('the ledger: minutes in violation and served, by week, written down', async () => {
  const query = `from=${new Date(FROM_MS).toISOString()}&to=${new Date(FROM_MS + 60 * MINUTE_MS).toISOString()}`
  const path = `/v1/wearers/${klien.id}/ledger?${query}`
  const { status, body } = await read('pk1A', path)
  expect(status).toBe(200)
  const sum = (key: string) => body.rows.reduce((all: number, row: Record<string, number>) => all + row[key]!, 0)
  expect([sum('inForceMs'), sum('violationMs'), sum('servedMs')].map((each) => each / MINUTE_MS)).toEqual([60, 20, 38])
  expect(await audited('ledger')).toHaveLength(1)
  expect((await read('pk2A', path)).status).toBe(403)
  expect((await read('kepalaB', path)).status).toBe(404)
  const long = `from=2026-01-01T00:00:00Z&to=2026-06-01T00:00:00Z`
  expect((await read('pk1A', `/v1/wearers/${klien.id}/ledger?${long}`)).status).toBe(400)
})
