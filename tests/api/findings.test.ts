// A colleague's finding is not overwritten in silence; an escalation says whom it reaches or is refused; the timeline holds everything.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { IncidentView } from '../../model/console/console.ts'
import type { IncidentAct } from '../../model/incident/incident.ts'
import { lifeOf } from '../../model/incident/life.ts'
import type { TimelineEntry } from '../../model/incident/timeline.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { upsertIncidents } from '../../store/incidents/upsert-incidents.ts'
import { noteNotices, noteOutcome } from '../../stream/logs/notices.ts'
import { announceRecipients } from '../../stream/logs/notified.ts'
import { incident } from '../store/two-bapas.ts'
import { type ApiUnderTest, apiUnderTest, get, post } from './api-under-test.ts'

const T = 1_770_000_000_000
let t: ApiUnderTest
let cookies: Record<string, string>

beforeAll(async () => {
  t = await apiUnderTest()
  cookies = {}
  for (const officer of ['pk1A', 'kasubsiA', 'kepalaA']) cookies[officer] = await t.signIn(officer)
})
afterAll(() => t?.close())

let made = 0
async function raise(): Promise<string> {
  const id = `b0000000-0000-4000-8000-${String(++made).padStart(12, '0')}`
  const one = incident({ id, wearerId: t.seeded.wearers.a1.n, type: 'strap_open', severity: 'kritis' })
  await inTransaction(t.database.recordPool, (client) => upsertIncidents(client, [{ incident: one, knownMs: T }]))
  return id
}
type Answer = {
  status: number
  act: IncidentAct
  error: { code: string; details: { standing: IncidentAct; yours: string } }
}
async function act(officer: string, id: string, body: object): Promise<Answer> {
  const response = await post(t.api, `/v1/incidents/${id}/acts`, body, cookies[officer]!)
  return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) }
}
const resolve = (officer: string, id: string, resolution: string, more: object = {}) =>
  act(officer, id, { action: 'resolve', resolution, revision: 1, ...more })
const read = async (id: string) =>
  ((await (await get(t.api, `/v1/incidents/${id}`, cookies.pk1A!)).json()) as { incident: IncidentView }).incident

test('another outcome meanwhile is refused with both; the same one is not', async () => {
  const id = await raise()
  const first = await resolve('kasubsiA', id, 'pelanggaran', { note: 'tali dipotong' })
  expect(first.status).toBe(200)
  expect(await resolve('pk1A', id, 'pelanggaran')).toMatchObject({ status: 200 })
  const refused = await resolve('pk1A', id, 'alarm_palsu', { note: 'tergesek pintu' })
  expect(refused).toMatchObject({ status: 409, error: { code: 'finding_conflict', details: { yours: 'alarm_palsu' } } })
  expect(refused.error.details.standing).toMatchObject({ resolution: 'pelanggaran', officerName: 'pk1A' })
  expect((await read(id)).acts.map(({ resolution }) => resolution)).toEqual(['pelanggaran', 'pelanggaran'])
})

test('of two outcomes at the same moment one is refused', async () => {
  const id = await raise()
  const answers = await Promise.all([resolve('pk1A', id, 'alarm_palsu'), resolve('kasubsiA', id, 'pelanggaran')])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  expect((await read(id)).acts).toHaveLength(1)
})

test('changed with a reason, by at least the rank of who made it; both stay', async () => {
  const id = await raise()
  const { act: finding } = await resolve('kasubsiA', id, 'pelanggaran')
  const changes = finding.actId
  expect((await resolve('kepalaA', id, 'alasan_sah', { changes })).status).toBe(400)
  const lower = await resolve('pk1A', id, 'alasan_sah', { changes, note: 'ada surat dokter' })
  expect(lower).toMatchObject({ status: 409, error: { code: 'finding_rank' } })
  const changed = await resolve('kasubsiA', id, 'alasan_sah', { changes, note: 'ada surat dokter' })
  expect(changed).toMatchObject({ status: 200, act: { changes } })
  // On the screen of the Kepala the first finding still stands.
  const stale = await resolve('kepalaA', id, 'gangguan_alat', { changes, note: 'baterai' })
  expect(stale).toMatchObject({ status: 409, error: { code: 'finding_conflict' } })
  expect(stale.error.details.standing).toMatchObject({ actId: changed.act.actId, resolution: 'alasan_sah' })
  const { act: last } = changed
  expect(await resolve('kepalaA', id, 'gangguan_alat', { changes: last.actId, note: 'baterai' })).toMatchObject({
    status: 200,
  })
  expect((await read(id)).acts.map(({ resolution }) => resolution)).toEqual([
    ...['pelanggaran', 'alasan_sah', 'gangguan_alat'],
  ])
})

test('a finding is written by the store alone with the same rules, whoever asks it', async () => {
  const id = await raise()
  await resolve('kepalaA', id, 'pelanggaran')
  const { rows } = await t.database.ownerPool.query(
    'SELECT officer_role, revision FROM officer_act WHERE incident_id = $1',
    [id],
  )
  expect(rows).toEqual([{ officer_role: 'kepala_bapas', revision: 1 }])
})

test('an escalation says whom it reaches; where there is nobody above it is refused and not written', async () => {
  const id = await raise()
  const { redis, keys } = t.redis
  await announceRecipients(redis, keys, [{ id: 'operations', level: 'petugas' }])
  expect(await act('pk1A', id, { action: 'escalate', note: 'x' })).toMatchObject({
    ...{ status: 409, error: { code: 'no_recipient' } },
  })
  expect(lifeOf(await read(id))).toMatchObject({ stage: 'new' })
  await announceRecipients(redis, keys, [
    { id: 'kasubsi', level: 'kasubsi' },
    { id: 'kepala_bapas', level: 'kepala_bapas' },
  ])
  const first = await act('pk1A', id, { action: 'escalate', note: 'x' })
  expect(first).toMatchObject({ status: 200, act: { escalatedTo: { level: 'kasubsi', recipients: ['kasubsi'] } } })
  const again = await act('pk1A', id, { action: 'escalate', note: 'x' })
  expect(again.act.escalatedTo).toEqual({ level: 'kepala_bapas', recipients: ['kepala_bapas'] })
  expect((await read(id)).acts.map(({ escalatedTo }) => escalatedTo?.level)).toEqual(['kasubsi', 'kepala_bapas'])
})

test('the timeline: every revision, act, note and notice, oldest first, with what came of each notice and no place', async () => {
  const id = await raise()
  const one = incident({ id, wearerId: t.seeded.wearers.a1.n, type: 'strap_open', severity: 'kritis' })
  await inTransaction(t.database.recordPool, (client) =>
    upsertIncidents(client, [{ incident: { ...one, revision: 2, endMs: T + 9 }, knownMs: T + 60_000 }]),
  )
  for (const note of ['satu', 'dua', 'tiga']) await act('pk1A', id, { action: 'note', note })
  const notice = (recipientId: string, queuedMs: number) => ({
    ...{ kind: 'raised' as const, revision: 1, recipientId, level: 'petugas' as const, channel: 'webhook', queuedMs },
  })
  const { redis, keys } = t.redis
  await noteNotices(
    redis,
    keys,
    id,
    new Map([
      ['d1', notice('a', T + 10)],
      ['d2', notice('b', T + 20)],
    ]),
  )
  await noteNotices(redis, keys, id, new Map([['d1', notice('a', T + 999)]]))
  await noteOutcome(redis, keys, id, 'd1', { acceptedMs: T + 30 })
  const answer = await get(t.api, `/v1/incidents/${id}/timeline`, cookies.pk1A!)
  const text = await answer.text()
  expect(text).not.toMatch(/latE7|evidence/)
  const { entries } = JSON.parse(text) as { entries: TimelineEntry[] }
  expect(entries.map((entry) => (entry.kind === 'act' ? entry.act.note : [entry.kind, entry.atMs]))).toEqual([
    ...[
      ['revision', T],
      ['notice', T + 10],
      ['notice', T + 20],
      ['revision', T + 60_000],
    ],
    ...['satu', 'dua', 'tiga'],
  ])
  expect(entries.slice(1, 3)).toMatchObject([{ notice: { acceptedMs: T + 30 } }, { notice: { recipientId: 'b' } }])
  const stranger = await t.signIn('pkB')
  expect((await get(t.api, `/v1/incidents/${id}/timeline`, stranger)).status).toBe(404)
})
