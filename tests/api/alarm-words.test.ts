// An Admin TI sees the alarms of the bracelets of their units that no table knows, and says there what they mean.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AlarmMapping, AlarmWords } from '../../model/console/alarm-words.ts'
import type { Incident } from '../../model/incident/incident.ts'
import { unknownAlarmCode } from '../../model/report/report.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { loadDirectory } from '../../store/rules/load-directory.ts'
import { countAlarms } from '../../store/track/count-alarms.ts'
import { upsertKnown } from '../setup/upsert-known.ts'
import { incident } from '../store/two-bapas.ts'
import { type ApiUnderTest, apiUnderTest, get, send } from './api-under-test.ts'

let t: ApiUnderTest
const cookies: Record<string, string> = {}
const SEEN_MS = Date.parse('2026-11-23T10:00:00Z')
const WORD = { model: 'M', protocol: 'gt06', word: 'code 7A' } as const
const REASON = 'buku petunjuk pabrik halaman dua'

beforeAll(async () => {
  t = await apiUnderTest()
  for (const officer of ['adminA', 'adminDj']) cookies[officer] = await t.signIn(officer)
  const { a1, a2, b1 } = t.seeded.wearers
  await say([a1.braceletId, a1.braceletId, a2.braceletId, b1.braceletId], WORD.word)
})
afterAll(() => t.close())

const say = (braceletIds: number[], word: string) =>
  inTransaction(t.database.recordPool, (client) =>
    countAlarms(
      client,
      braceletIds.map((braceletId, i) => ({ braceletId, protocol: 'gt06', word, receivedMs: SEEN_MS + i })),
    ),
  )
const list = async (as: string, query = ''): Promise<AlarmWords> =>
  (await get(t.api, `/v1/alarm-words${query}`, cookies[as])).json() as Promise<AlarmWords>
const map = async (as: string, body: object) => {
  const answer = await send(t.api, 'POST', '/v1/alarm-words', { ...WORD, reason: REASON, ...body }, cookies[as])
  return { status: answer.status, body: (await answer.json()) as AlarmMapping }
}
const mappedAlarms = async (deviceId: string) => {
  const found = (await loadDirectory(t.database.recordPool)).find(
    (record) => record.kind === 'device' && record.device.deviceId === deviceId,
  )
  return found?.kind === 'device' ? found.device.settings?.mappedAlarms : undefined
}

test('words are counted per model, of one’s own units only', async () => {
  const counted = { ...WORD, firstMs: SEEN_MS }
  expect((await list('adminA')).words).toEqual([{ ...counted, reports: 3, bracelets: 2, lastMs: SEEN_MS + 2 }])
  expect((await list('adminDj')).words).toEqual([{ ...counted, reports: 4, bracelets: 3, lastMs: SEEN_MS + 3 }])
})

test('a mapping holds in its unit and below, of the model and the protocol, and the nearest unit’s holds; it is audited', async () => {
  const ofDj = await map('adminDj', { meaning: 'tamper' })
  expect(ofDj).toMatchObject({ status: 200, body: { ...WORD, unitPath: 'dj', meaning: 'tamper', reason: REASON } })
  expect(await map('adminA', { model: 'm', meaning: 'sos' })).toMatchObject({
    body: { unitPath: 'dj.jabar.bandung', officerName: 'adminA' },
  })
  await map('adminDj', { model: 'M 2', word: 'other model', meaning: 'sos' })
  await map('adminA', { meaning: 'strap=open' })
  expect(await mappedAlarms('dev-a1')).toEqual({ 'code 7A': 'strap=open' })
  expect(await mappedAlarms('dev-b1')).toEqual({ 'code 7A': 'tamper' })
  await t.database.ownerPool.query(`UPDATE bracelet SET protocol = 'h02' WHERE device_id = 'dev-a2'`)
  expect(await mappedAlarms('dev-a2')).toBeUndefined()
  const { words, mappings } = await list('adminA')
  expect(words[0]).toMatchObject({ meaning: 'strap=open' })
  // Those above hold here, too.
  expect(mappings.map(({ unitPath, word, meaning }) => [unitPath, word, meaning])).toEqual([
    ['dj.jabar.bandung', 'code 7A', 'strap=open'],
    ['dj', 'other model', 'sos'],
    ['dj', 'code 7A', 'tamper'],
  ])
  const { rows } = await t.database.ownerPool.query(
    `SELECT action, officer_id FROM audit WHERE subject LIKE 'alarm_word:%' AND unit_path = 'dj.jabar.bandung' ORDER BY id`,
  )
  const officer_id = t.seeded.officers.adminA
  expect(rows).toEqual([
    { action: 'alarm_word.insert', officer_id },
    { action: 'alarm_word.update', officer_id },
  ])
})

test('nobody maps in another unit, to no meaning, without a reason, or what is no word of the list', async () => {
  expect((await map('adminA', { meaning: 'sos', unitPath: 'dj' })).status).toBe(403)
  expect((await map('adminA', { meaning: 'sos', unitPath: 'dj.jabar.bogor' })).status).toBe(403)
  for (const wrong of [
    ...[{ meaning: 'danger' }, { meaning: 'sos', reason: 'ok' }, { meaning: 'sos', word: '?' }],
    ...[
      { meaning: 'sos', word: '' },
      { meaning: 'sos', word: ' 7A' },
      { meaning: 'sos', word: 'x'.repeat(41) },
    ],
    ...[
      { meaning: 'sos', protocol: 'fax' },
      { meaning: 'sos', model: '' },
      { meaning: 'sos', officerId: '1' },
    ],
  ])
    expect((await map('adminA', wrong)).status, JSON.stringify(wrong)).toBe(400)
})

test('of one bracelet so many words are kept; the known ones are counted on', async () => {
  const { c1 } = t.seeded.wearers
  for (let n = 0; n < 70; n++) await say([c1.braceletId], `word ${n}`)
  await say([c1.braceletId, c1.braceletId], 'word 0')
  const { rows } = await t.database.ownerPool.query(
    'SELECT count(*)::int AS words, sum(reports)::int AS reports FROM alarm_word_seen WHERE bracelet_id = $1',
    [c1.braceletId],
  )
  expect(rows).toEqual([{ words: 64, reports: 66 }])
  expect(await list('adminDj', '?limit=10')).toMatchObject({ cut: true, words: { length: 10 } })
})

test('the incident of an unknown alarm carries the device’s own word', async () => {
  const { a1 } = t.seeded.wearers
  const id = '70000000-0000-4000-8000-000000000001'
  await inTransaction(t.database.recordPool, (client) =>
    upsertKnown(client, [
      incident({
        ...{ id, wearerId: a1.n, type: 'device_alarm_unknown', severity: 'informasi' },
        unknownAlarms: [
          { code: unknownAlarmCode(WORD.word), count: 2 },
          { code: 7, count: 1 },
        ],
      }),
    ]),
  )
  const answer = await get(t.api, `/v1/incidents/${id}`, await t.signIn('pk1A'))
  expect(((await answer.json()) as { incident: Incident }).incident.unknownAlarms).toEqual([
    { code: unknownAlarmCode(WORD.word), count: 2, text: WORD.word },
    { code: 7, count: 1 },
  ])
})
