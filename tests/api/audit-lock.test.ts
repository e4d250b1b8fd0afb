// Reading and folding a track takes long; the audit, which is one chain for the nation, is held only to write the row.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { READINGS } from '../../api/routes/track-access.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { silentLog } from '../setup/test-redis.ts'
import { upsertKnown } from '../setup/upsert-known.ts'
import { DAY_MS, FROM_MS, incident, type SeededWearer } from '../store/two-bapas.ts'
import { type ApiUnderTest, apiUnderTest, get, post } from './api-under-test.ts'

const EXPLAINED = '20000000-0000-4000-8000-000000000008'
const REASON = 'pemeriksaan laporan warga'
const withReason = { 'x-gelang-reason': encodeURIComponent(REASON) }
const cookies: Record<string, string> = {}
let t: ApiUnderTest
let wearers: Record<'a1' | 'a2' | 'b1' | 'c1', SeededWearer>

beforeAll(async () => {
  t = await apiUnderTest()
  wearers = t.seeded.wearers
  for (const officer of ['pk1A', 'pk2A', 'kasubsiA', 'kepalaA', 'operatorA', 'pkB', 'kanwil', 'ditjenpas'])
    cookies[officer] = await t.signIn(officer)
  const of = { wearerId: wearers.a1.n, conditionId: wearers.a1.conditionId }
  await inTransaction(t.database.ownerPool, (client) => upsertKnown(client, [incident({ id: EXPLAINED, ...of })]))
})
afterAll(() => t.close())

const span = `from=${new Date(FROM_MS).toISOString()}&to=${new Date(FROM_MS + 2 * DAY_MS).toISOString()}`
type Reading = (api?: ApiUnderTest['api']) => Promise<Response>
const ledger = (officer: string, headers = {}): Reading => {
  return (api = t.api) => get(api, `/v1/wearers/${wearers.a1.id}/ledger?${span}`, cookies[officer], headers)
}
const track = (officer: string, headers = {}): Reading => {
  return (api = t.api) => get(api, `/v1/wearers/${wearers.a1.id}/track?${span}`, cookies[officer], headers)
}
const explanation = (officer: string, headers = {}): Reading => {
  return (api = t.api) => get(api, `/v1/incidents/${EXPLAINED}/explanation`, cookies[officer], headers)
}
const backtest = (officer: string): Reading => {
  const zone = { shape: { type: 'Circle', center: [107.6, -6.9], radiusM: 100 } }
  const asked = { zone, condition: { kind: 'required' }, reason: REASON }
  return (api = t.api) => post(api, '/v1/backtests', { ...asked, wearerId: wearers.a1.id }, cookies[officer])
}

/** Shuts the stored track; gives what opens it again. */
async function shutTrack(): Promise<() => Promise<void>> {
  const holder = await t.database.ownerPool.connect()
  await holder.query('BEGIN; LOCK TABLE fix IN ACCESS EXCLUSIVE MODE')
  return async () => {
    await holder.query('ROLLBACK')
    holder.release()
  }
}
const waitingForTrack = async () =>
  (
    await t.database.ownerPool.query(
      `SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND relation = 'fix'::regclass`,
    )
  ).rows[0].n as number
const audited = async () =>
  (
    await t.database.ownerPool.query(
      `SELECT officer_id, action, reason FROM audit WHERE action IN ('track.read', 'access.grant') ORDER BY id`,
    )
  ).rows
const acknowledge = () =>
  post(t.api, `/v1/incidents/${wearers.b1.incidentId}/acts`, { action: 'acknowledge' }, cookies.pkB)

test.each([
  ['a ledger', 'pk1A', ledger('pk1A'), false, 200],
  ['a ledger for a reason', 'pk2A', ledger('pk2A', withReason), true, 200],
  ['a track for a reason', 'kanwil', track('kanwil', withReason), true, 200],
  ['an explanation for a reason', 'ditjenpas', explanation('ditjenpas', withReason), true, 409],
  ['a back-test for a reason', 'pk2A', backtest('pk2A'), true, 200],
] as const)('while %s is being read, an alert of another Bapas is taken', async (_, officer, read, granted, status) => {
  await t.database.ownerPool.query('DELETE FROM access_grant')
  const before = (await audited()).length
  const open = await shutTrack()
  const reading = read()
  try {
    await expect.poll(waitingForTrack).toBe(1)
    expect((await acknowledge()).status).toBe(200)
  } finally {
    await open()
  }
  expect((await reading).status).toBe(status)
  // What does not lead to the incident has been read all the same.
  expect((await audited()).slice(before).map(({ officer_id, action }) => [officer_id, action])).toEqual(
    [...(granted ? ['access.grant'] : []), 'track.read'].map((action) => [t.seeded.officers[officer], action]),
  )
})

test('many who count minutes at once leave connections for everybody else', async () => {
  const open = await shutTrack()
  const officers = ['pk1A', 'kasubsiA', 'kepalaA', 'operatorA', 'kasubsiA', 'kepalaA']
  const readings = officers.map((officer, i) => (i % 2 === 0 ? ledger(officer) : explanation(officer))())
  try {
    await expect.poll(waitingForTrack).toBe(READINGS.runningMax)
    expect((await ledger('kasubsiA')()).status).toBe(429)
    expect((await acknowledge()).status).toBe(200)
    expect(await waitingForTrack()).toBe(READINGS.runningMax)
  } finally {
    await open()
  }
  expect((await Promise.all(readings)).map(({ status }) => status)).toEqual([200, 409, 200, 409, 200, 409])
})

test('what cannot be written down is not answered', async () => {
  const { ownerPool } = t.database
  await ownerPool.query('DELETE FROM access_grant')
  await ownerPool.query(`CREATE FUNCTION refuse_reading() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'the audit takes no row'; END $$;
    CREATE TRIGGER refuse_reading BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION refuse_reading()`)
  try {
    const quiet = await t.another({ log: silentLog })
    for (const read of [
      ledger('pk1A'),
      track('pk1A'),
      explanation('pk1A'),
      backtest('pk1A'),
      track('kanwil', withReason),
    ]) {
      const answer = await read(quiet)
      expect([answer.status, await answer.json()]).toMatchObject([
        500,
        { error: { code: 'internal', message: 'something went wrong on our side' } },
      ])
    }
    expect((await ownerPool.query('SELECT * FROM access_grant')).rows).toEqual([])
  } finally {
    await ownerPool.query('DROP TRIGGER refuse_reading ON audit; DROP FUNCTION refuse_reading')
  }
  expect((await ledger('pk1A')()).status).toBe(200)
})
