import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openMeter } from '../../bin/process/meter.ts'
import type { Log } from '../../model/observe.ts'
import { retention } from '../../pipeline/record/retention.ts'
import { storeTimeMs } from '../../store/database/ask-store.ts'
import { keepFor } from '../../store/database/edition.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'

const DAY_MS = 86_400_000
let database: TestDatabase
let said: string[]
const log: Log = {
  debug: () => undefined,
  info: (_, message) => void said.push(message),
  warn: (_, message) => void said.push(message),
  error: (_, message) => void said.push(message),
}

beforeAll(async () => {
  database = await createTestDatabase()
})
beforeEach(async () => {
  said = []
  await database.ownerPool.query('TRUNCATE fix, quarantine')
  await keepFor(database.ownerPool, { trackDays: 30, quarantineDays: 90 })
})
afterAll(() => database.drop())

function turns(clock: () => number, options: Partial<Parameters<typeof retention>[0]> = {}) {
  const { meter, text } = openMeter()
  const turn = retention({
    pool: database.recordPool,
    trackDays: 30,
    quarantineDays: 90,
    mine: () => true,
    clock,
    log,
    meter,
    ...options,
  })
  return { turn, metrics: text }
}

/** One fix and one quarantined frame a day, for `days` days back from the database's now. */
async function fill(days: number): Promise<void> {
  await database.ownerPool.query(
    `INSERT INTO fix (time, received_at, content_key, wearer_id, bracelet_id, alarms, lat_e7, lon_e7, flags, source, protocol)
     SELECT now() - make_interval(days => d), now(), d, 1, 1, 0, 0, 0, 0, 0, 0 FROM generate_series(0, $1) d`,
    [days],
  )
  await database.ownerPool.query(
    `INSERT INTO quarantine (received_at, source_id, protocol, reason, detail, raw, cut)
     SELECT now() - make_interval(days => d), d::text, 'own', 'malformed', '', '\\x00', false FROM generate_series(0, $1) d`,
    [days],
  )
}

async function oldestDays(table: 'fix' | 'quarantine'): Promise<number> {
  const column = table === 'fix' ? 'time' : 'received_at'
  const { rows } = await database.ownerPool.query<{ days: number }>(
    `SELECT round(extract(epoch FROM now() - min(${column})) / 86400)::int AS days FROM ${table}`,
  )
  return rows[0]!.days
}

test('chunks beyond the settings go once a day, by the clock handed in', async () => {
  await fill(120)
  const startMs = await storeTimeMs(database.ownerPool)
  let nowMs = startMs
  const { turn, metrics } = turns(() => nowMs)
  await turn()
  expect(await oldestDays('fix')).toBe(30)
  expect(await oldestDays('quarantine')).toBeGreaterThanOrEqual(90)
  expect(await oldestDays('quarantine')).toBeLessThan(98)
  expect(await metrics()).toMatch(/gelang_retention_chunks_dropped_total{table="fix"} 8\d|9\d/)
  // The same day again: nothing is asked, so nothing goes.
  await fill(120)
  nowMs = Math.floor(startMs / DAY_MS) * DAY_MS + DAY_MS - 1
  await turn()
  expect(await oldestDays('fix')).toBe(120)
  nowMs += 1
  await turn()
  expect(await oldestDays('fix')).toBeLessThanOrEqual(31)
})

test('a clock that runs years ahead drops nothing young', async () => {
  await fill(20)
  const aheadMs = (await storeTimeMs(database.ownerPool)) + 4000 * DAY_MS
  await turns(() => aheadMs).turn()
  expect(await oldestDays('fix')).toBe(20)
  expect(await oldestDays('quarantine')).toBe(20)
})

test('0 days keep for ever; who does not own shard 0 does nothing', async () => {
  await fill(120)
  const nowMs = await storeTimeMs(database.ownerPool)
  await turns(() => nowMs, { trackDays: 0, quarantineDays: 0 }).turn()
  await turns(() => nowMs, { mine: () => false }).turn()
  expect(await oldestDays('fix')).toBe(120)
  expect(await oldestDays('quarantine')).toBe(120)
})

test('less than the owner lets go is refused, counted, and ends nothing', async () => {
  const nowMs = await storeTimeMs(database.ownerPool)
  await fill(120)
  await keepFor(database.ownerPool, { trackDays: 0, quarantineDays: 90 })
  const refused = turns(() => nowMs)
  expect(await refused.turn()).toBeGreaterThan(60_000)
  expect(await refused.metrics()).toContain('gelang_retention_refused_total 1')
  expect(said[0]).toContain('gelang migrate')
  await keepFor(database.ownerPool, { trackDays: 60, quarantineDays: 90 })
  await turns(() => nowMs).turn()
  expect(await oldestDays('fix')).toBe(120)
  await turns(() => nowMs, { trackDays: 60 }).turn()
  expect(await oldestDays('fix')).toBe(60)
})
