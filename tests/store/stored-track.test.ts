// What the engine folds again from: a wearer's stored reports page by page, and what was published about them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Incident } from '../../model/incident/incident.ts'
import { asOfficer, inTransaction } from '../../store/database/transaction.ts'
import { loadPlans } from '../../store/rules/load-plans.ts'
import { FixRows } from '../../store/track/encode-fixes.ts'
import { insertFixes } from '../../store/track/insert-fixes.ts'
import { quietBefore, readJudged } from '../../store/track/read-judged.ts'
import { eachReport, hasNewReport, readReports } from '../../store/track/read-reports.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { upsertKnown } from '../setup/upsert-known.ts'
import { addReport, incident, type Seeded, seedTwoBapas, TO_MS } from './two-bapas.ts'

const WEARER = 900
const T = Date.UTC(2026, 5, 1)
const HOUR_MS = 3_600_000
let database: TestDatabase
let seeded: Seeded

beforeAll(async () => {
  database = await createTestDatabase()
  seeded = await seedTwoBapas(database.ownerPool)
  const rows = new FixRows()
  // Many of the same millisecond, so that every page ends among ties.
  for (let i = 0; i < 60; i++)
    addReport(rows, WEARER, 1, { timeMs: T + Math.floor(i / 12) * 1000, latDeg: -6.9 + i / 1e5, deviceId: `d${i}` })
  await inTransaction(database.recordPool, (client) => insertFixes(client, { fresh: rows }))
})
afterAll(() => database.drop())

const idOf = (n: number) => `30000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const published = (n: number, startMs: number, confirmedMs: number, endMs?: number, more: Partial<Incident> = {}) =>
  incident({ id: idOf(n), wearerId: WEARER, startMs, confirmedMs, ...(endMs !== undefined && { endMs }), ...more })

async function countOf(pages: AsyncIterable<unknown[]>): Promise<number> {
  let count = 0
  for await (const page of pages) count += page.length
  return count
}

test.each([1, 5, 7, 12, 60, 61])('pages of %i give every report once, in canonical order', async (pageReports) => {
  const whole = await readReports(database.recordPool, WEARER, T, T + HOUR_MS, 1000)
  const paged = []
  for await (const page of eachReport(database.recordPool, WEARER, T, T + HOUR_MS, { pageReports })) {
    expect(page.length).toBeLessThanOrEqual(pageReports)
    paged.push(...page)
  }
  expect(paged).toEqual(whole.map(({ report }) => report))
  expect(paged).toHaveLength(60)
  const keys = paged.map(({ timeMs, contentHi, contentLo }) => [timeMs, contentHi, contentLo] as const)
  expect(keys.toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2])).toEqual(keys)
})

test('the bounds are of event time, half open, and news is ordered by when it was received', async () => {
  const { recordPool } = database
  const count = async (fromMs: number, toMs: number) => countOf(eachReport(recordPool, WEARER, fromMs, toMs))
  expect(await count(T + 1000, T + 2000)).toBe(12)
  expect(await count(T + HOUR_MS, T + 2 * HOUR_MS)).toBe(0)
  expect(await hasNewReport(recordPool, WEARER, T, T + 1000, T + 900)).toBe(true)
  expect(await hasNewReport(recordPool, WEARER, T, T + 1000, T + 901)).toBe(false)
})

test('an officer reads what the view shows, with the plan that judges it', async () => {
  const { a1, b1 } = seeded.wearers
  const read = (officer: string, wearerId: number) =>
    asOfficer(database.apiPool, seeded.officers[officer]!, async (client) => {
      const reports = await countOf(eachReport(client, wearerId, 0, TO_MS, { source: 'track' }))
      return [reports, (await loadPlans(client, [wearerId])).length]
    })
  expect(await read('pk1A', a1.n)).toEqual([1, 1])
  expect(await read('pk2A', a1.n)).toEqual([0, 0])
  expect(await read('kepalaA', b1.n)).toEqual([0, 0])
  expect(await read('kanwil', a1.n)).toEqual([0, 0])
})

test('what was published: named, or confirmed within; silence is judged elsewhere', async () => {
  const { recordPool } = database
  await inTransaction(recordPool, (client) =>
    upsertKnown(client, [
      published(1, T, T + HOUR_MS, T + 2 * HOUR_MS),
      published(2, T + 3 * HOUR_MS, T + 3 * HOUR_MS, T + 4 * HOUR_MS, { withdrawn: { reason: 'late_report' } }),
      published(3, T + 3 * HOUR_MS, T + 3 * HOUR_MS, undefined, { type: 'no_communication' }),
      published(4, T + 50 * HOUR_MS, T + 50 * HOUR_MS),
    ]),
  )
  const ids = async (named: number[], fromH: number, toH: number) =>
    (await readJudged(recordPool, WEARER, named.map(idOf), T + fromH * HOUR_MS, T + toH * HOUR_MS)).map(({ id }) => id)
  expect(await ids([], 2, 50)).toEqual([idOf(2)])
  expect(await ids([1, 3], 2, 51)).toEqual([idOf(1), idOf(2), idOf(4)])
  expect(await ids([], 1, 3)).toEqual([idOf(1)])
})

test('a quiet time: before whatever was open, and before what was open then', async () => {
  const { recordPool } = database
  expect(await quietBefore(recordPool, WEARER, T + 30 * HOUR_MS, HOUR_MS)).toBe(T + 30 * HOUR_MS)
  // The silence of incident 3 never ended and does not count; 4 did not end, and 2 was still going an hour before it.
  await inTransaction(recordPool, (client) =>
    upsertKnown(client, [published(5, T + 3 * HOUR_MS, T + 3 * HOUR_MS, T + 49.5 * HOUR_MS)]),
  )
  expect(await quietBefore(recordPool, WEARER, T + 60 * HOUR_MS, HOUR_MS)).toBe(T - HOUR_MS)
})
