// A clock that runs seven hours ahead: recognised, proposed in the bracelet's record, and right from the next report after Admin TI
// has set it, with no process restarted.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asOfficer } from '../../store/database/transaction.ts'
import { insertOfficer } from '../../store/people/insert-people.ts'
import { readBracelet, setClock } from '../../store/rules/bracelet-records.ts'
import { eventually, type Pipeline, post, seedWearer, startPipeline, untilKnown } from './run-pipeline.ts'

const MINUTE_MS = 60_000
const AHEAD_MS = 7 * 60 * MINUTE_MS
// The trigger writes the database's own clock.
const NOW_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 60 * MINUTE_MS
const BAPAS = 'ditjenpas.kanwil.bapas'
let nowMs = NOW_MS
let pipeline: Pipeline
const officers: Record<string, string> = {}
let braceletId: number

const report = (minute: number, offMs: number) => ({
  ...{
    deviceId: 'T-1',
    time: NOW_MS + minute * MINUTE_MS + offMs,
    lat: -7.8 + minute / 10_000,
    lon: 110.37,
    accuracyM: 8,
  },
})
const bracelet = (as = 'admin_ti') =>
  asOfficer(pipeline.database.apiPool, officers[as]!, (client) => readBracelet(client, braceletId))

beforeAll(async () => {
  pipeline = await startPipeline(() => nowMs)
  await seedWearer(pipeline.database.ownerPool, NOW_MS, [])
  for (const role of ['admin_ti', 'kasubsi', 'pk'] as const)
    officers[role] = await insertOfficer(pipeline.database.ownerPool, { name: role, role, unitPath: BAPAS })
  const { rows } = await pipeline.database.ownerPool.query<{ id: number }>('SELECT id FROM bracelet')
  braceletId = rows[0]!.id
  await untilKnown(pipeline, [report(-30, 0)])
})
afterAll(() => pipeline?.stop())

test('recognised, proposed, set, right', async () => {
  for (let minute = 1; minute <= 12; minute++) {
    nowMs = NOW_MS + minute * MINUTE_MS
    await post(pipeline, [report(minute, AHEAD_MS)])
  }
  const proposed = await eventually(async () => (await bracelet())?.clockProposal, 'the proposal')
  expect(proposed).toMatchObject({ reason: 'clock_whole_hours', correctionMs: -AHEAD_MS, clockOffMs: AHEAD_MS })
  expect(await bracelet('kasubsi')).toHaveProperty('clockProposal')
  expect(await bracelet('pk')).not.toHaveProperty('clockProposal')
  const set = (as: string) =>
    asOfficer(pipeline.database.apiPool, officers[as]!, (client) => setClock(client, braceletId, -AHEAD_MS, 'zona WIB'))
  await expect(set('kasubsi')).rejects.toMatchObject({ code: '42501' })
  await set('admin_ti')
  const kept = await bracelet()
  expect(kept).toMatchObject({ clockCorrectionMs: -AHEAD_MS })
  expect(kept).not.toHaveProperty('clockProposal')

  const before = NOW_MS + 13 * MINUTE_MS
  let minute = 13
  await eventually(async () => {
    nowMs = NOW_MS + minute * MINUTE_MS
    await post(pipeline, [report(minute++, AHEAD_MS)])
    const { rows } = await pipeline.database.ownerPool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM fix WHERE flags & 2 <> 0 AND time BETWEEN from_ms($1) AND from_ms($2)
        AND attributes ->> 'clockCorrectedByMs' IS NOT NULL`,
      [before, nowMs],
    )
    return rows[0]!.n > 0
  }, 'a fix at its true time')
  await eventually(async () => {
    nowMs = NOW_MS + minute * MINUTE_MS
    await post(pipeline, [report(minute++, AHEAD_MS)])
    return [...(await pipeline.incidents()).values()].every(
      ({ type, endMs }) => type !== 'bad_data' || endMs !== undefined,
    )
  }, 'the incident of defective data ends')
})
