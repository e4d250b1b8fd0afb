import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ALARM, type Alarm, type DeviceReport, LogReport, PROTOCOL, type Protocol } from '../../model/report/report.ts'
import {
  ENTRY_HEADER_BYTES,
  entryCount,
  ReportWriter,
  readAttributes,
  readReport,
} from '../../model/report/report-codec.ts'
import { dropOld, keepFor } from '../../store/database/edition.ts'
import { asOfficer, inTransaction } from '../../store/database/transaction.ts'
import { FixRows } from '../../store/track/encode-fixes.ts'
import { insertFixes } from '../../store/track/insert-fixes.ts'
import { readReports } from '../../store/track/read-reports.ts'
import { readTrack, TRACK_SQL } from '../../store/track/read-track.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { addReport, DAY_MS, FROM_MS, type Seeded, seedTwoBapas } from './two-bapas.ts'

let database: TestDatabase
let seeded: Seeded

beforeAll(async () => {
  database = await createTestDatabase()
  seeded = await seedTwoBapas(database.ownerPool)
})
afterAll(() => database.drop())

const WEARER = 900
const insert = (groups: Parameters<typeof insertFixes>[1]) =>
  inTransaction(database.recordPool, (client) => insertFixes(client, groups))
const rowsOf = (times: number[], wearerId = WEARER): FixRows => {
  const rows = new FixRows(1)
  for (const timeMs of times) addReport(rows, wearerId, 1, { timeMs })
  return rows
}
const count = async (): Promise<number> =>
  Number((await database.ownerPool.query(`SELECT count(*) FROM fix WHERE wearer_id = ${WEARER}`)).rows[0].count)

// Above the seeded ones.
const u32 = fc.integer({ min: 10_000, max: 0xffff_ffff })
const some = (max: number) =>
  fc.option(fc.float({ min: -max, max, noNaN: true, noDefaultInfinity: true }), { nil: undefined })
const anyReport: fc.Arbitrary<DeviceReport> = fc
  .record({
    timeMs: fc.integer({ min: FROM_MS, max: FROM_MS + 3 * DAY_MS }),
    timeFromReceipt: fc.boolean(),
    fixValid: fc.boolean(),
    position: fc.option(
      fc.tuple(fc.double({ min: -90, max: 90, noNaN: true }), fc.double({ min: -180, max: 180, noNaN: true })),
    ),
    source: fc.constantFrom('unknown', 'gps', 'wifi', 'cell'),
    numbers: fc.record({
      ...{ speedMps: some(100), courseDeg: some(360), altitudeM: some(9000), accuracyM: some(3e9), hdop: some(100) },
      ...{
        satellites: fc.option(fc.nat(255), { nil: undefined }),
        batteryPercent: fc.option(fc.nat(101), { nil: undefined }),
      },
      batteryVolts: fc.option(fc.double({ min: 0, max: 70, noNaN: true }), { nil: undefined }),
    }),
    charging: fc.option(fc.boolean(), { nil: undefined }),
    strap: fc.constantFrom('open', 'closed', undefined),
    case: fc.constantFrom('open', 'closed', undefined),
    alarms: fc.subarray(Object.keys(ALARM) as Alarm[]),
    archived: fc.boolean(),
    mock: fc.boolean(),
    attributes: fc.option(
      fc.dictionary(
        fc.string({ maxLength: 9, unit: 'binary' }),
        fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean()),
        { noNullPrototype: true },
      ),
      { nil: undefined },
    ),
  })
  .map(({ position, numbers, charging, strap, case: contact, attributes, ...rest }) => {
    const said = Object.fromEntries(
      Object.entries({ ...numbers, charging, strap, case: contact, attributes }).filter(
        ([, value]) => value !== undefined,
      ),
    )
    return {
      deviceId: 'd',
      ...rest,
      ...(position && { latDeg: position[0], lonDeg: position[1] }),
      ...said,
    } as DeviceReport
  })

test('what the log carries comes back from the table exactly', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(anyReport, u32, fc.constantFrom(...(Object.keys(PROTOCOL) as Protocol[]))), {
        minLength: 1,
        maxLength: 40,
      }),
      u32,
      async (reports, wearerId) => {
        const writer = new ReportWriter(16)
        for (const [report, braceletId, protocol] of reports)
          writer.add(report, wearerId, braceletId, report.timeMs + 1234.5, protocol)
        const bytes = writer.take()
        // At an odd place in a larger buffer, as Redis hands it over.
        const odd = new Uint8Array(bytes.length + 7)
        odd.set(bytes, 7)
        const view = new DataView(odd.buffer, 7, bytes.length)
        const rows = new FixRows(1)
        const expected = new Map<string, unknown>()
        let at = ENTRY_HEADER_BYTES
        for (let left = entryCount(view); left > 0; left--) {
          const report = new LogReport()
          readReport(view, at, report)
          const attributes = readAttributes(view, at)
          const key = `${report.timeMs} ${report.contentHi} ${report.contentLo}`
          if (!expected.has(key)) expected.set(key, { report, ...(attributes && { attributes }) })
          at = rows.add(view, at)
        }
        await inTransaction(database.ownerPool, async (client) => {
          await insertFixes(client, { maybe: rows })
          const stored = await readReports(client, wearerId | 0, FROM_MS, FROM_MS + 4 * DAY_MS, 100)
          const byKey = new Map(
            stored.map((each) => [`${each.report.timeMs} ${each.report.contentHi} ${each.report.contentLo}`, each]),
          )
          expect(byKey).toEqual(expected)
          const order = stored.map(({ report }) => [report.timeMs, report.contentHi, report.contentLo])
          expect(order).toEqual([...order].sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!))
          await client.query('DELETE FROM fix WHERE wearer_id = $1', [wearerId | 0])
        })
      },
    ),
    { numRuns: 60 },
  )
})

describe('the two paths', () => {
  beforeEach(() => database.ownerPool.query(`DELETE FROM fix WHERE wearer_id = ${WEARER}`))

  test('fresh rows are copied, what may be there already is checked, and both are counted', async () => {
    expect(await insert({ fresh: rowsOf([FROM_MS, FROM_MS + 1]) })).toEqual({ fresh: 2, maybe: 0 })
    expect(
      await insert({ fresh: rowsOf([FROM_MS + 2]), maybe: rowsOf([FROM_MS + 1, FROM_MS + 3, FROM_MS + 3]) }),
    ).toEqual({ fresh: 1, maybe: 1 })
    expect(await insert({ maybe: rowsOf([FROM_MS, FROM_MS + 1, FROM_MS + 2, FROM_MS + 3]) })).toEqual({
      fresh: 0,
      maybe: 0,
    })
    expect(await insert({})).toEqual({ fresh: 0, maybe: 0 })
    expect(await count()).toBe(4)
  })

  test('a fresh row that is there after all fails whole, and nothing of its transaction stays', async () => {
    await insert({ fresh: rowsOf([FROM_MS]) })
    await expect(insert({ maybe: rowsOf([FROM_MS + 7]), fresh: rowsOf([FROM_MS + 8, FROM_MS]) })).rejects.toMatchObject(
      { code: '23505' },
    )
    expect(await count()).toBe(1)
    expect(await insert({ maybe: rowsOf([FROM_MS + 7, FROM_MS + 8, FROM_MS]) })).toEqual({ fresh: 0, maybe: 2 })
  })

  test('the buffers are used again, across several transactions of one connection', async () => {
    const rows = new FixRows(1)
    await inTransaction(database.recordPool, async (client) => {
      for (let i = 0; i < 3; i++) {
        rows.clear()
        addReport(rows, WEARER, 1, { timeMs: FROM_MS + i })
        expect(await insertFixes(client, { maybe: rows })).toEqual({ fresh: 0, maybe: 1 })
      }
    })
    expect(await count()).toBe(3)
  })

  test('two at once with the same rows store each once', async () => {
    const times = Array.from({ length: 500 }, (_, i) => FROM_MS + i)
    const [one, two] = await Promise.all([insert({ maybe: rowsOf(times) }), insert({ maybe: rowsOf(times) })])
    expect(one.maybe + two.maybe).toBe(500)
    expect(await count()).toBe(500)
  })

  test('a report without a time is a bug of ours and is not written', () => {
    expect(() => rowsOf([Number.NaN])).toThrow(RangeError)
    expect(() => rowsOf([Number.POSITIVE_INFINITY])).toThrow(RangeError)
  })
})

describe('the track', () => {
  const wearer = () => seeded.wearers.a1
  const read = (officer: string, limit = 10_000) =>
    asOfficer(database.apiPool, seeded.officers[officer]!, (client) =>
      readTrack(client, wearer().id, FROM_MS + 2 * DAY_MS, FROM_MS + 3 * DAY_MS, limit),
    )

  beforeAll(async () => {
    const rows = new FixRows()
    for (let minute = 0; minute < 3 * 1440; minute++)
      for (const n of [wearer().n, ...Array.from({ length: 20 }, (_, i) => 5000 + i)])
        addReport(rows, n, 1, { timeMs: FROM_MS + DAY_MS + minute * 60_000 + 1, batteryPercent: 80 })
    addReport(rows, wearer().n, 1, { timeMs: FROM_MS + 2 * DAY_MS + 2, fixValid: false, archived: true })
    addReport(rows, wearer().n, 1, { timeMs: FROM_MS + 2 * DAY_MS + 3, latDeg: undefined, lonDeg: undefined } as never)
    await insert({ fresh: rows })
    await database.ownerPool.query('ANALYZE fix')
  })

  test('of a day is oldest first, with what the device did not say left out', async () => {
    const fixes = await read('pk1A')
    expect(fixes).toHaveLength(1441)
    expect(fixes[0]).toEqual({
      ...{ timeMs: FROM_MS + 2 * DAY_MS + 1, latDeg: -6.9, lonDeg: 107.6, valid: true },
      ...{ accuracyM: 12, batteryPercent: 80, archived: false },
    })
    expect(fixes[1]).toMatchObject({ valid: false, archived: true })
    expect(await read('pk1A', 5)).toHaveLength(5)
    expect(await read('pkB')).toEqual([])
  })

  test('is answered by the unique index, within the chunks of its day', async () => {
    const plan = await asOfficer(database.apiPool, seeded.officers.pk1A!, async (client) => {
      const day = [FROM_MS + 2 * DAY_MS, FROM_MS + 3 * DAY_MS].map((ms) => new Date(ms).toISOString())
      const { rows } = await client.query(`EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) ${TRACK_SQL}`, [
        wearer().id,
        ...day,
        10_000,
      ])
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    })
    expect(plan).toMatch(/(Index Scan using|Bitmap Index Scan on) \S*fix_once/)
    expect(plan).not.toMatch(/Seq Scan on _hyper_/)
    expect(new Set(plan.match(/_hyper_\d+_\d+_chunk\b/g))).toHaveProperty('size', 1)
  })
})

describe('retention', () => {
  test('old chunks go whole, newer ones stay', async () => {
    const long = FROM_MS - 1000 * DAY_MS
    await insert({ maybe: rowsOf([long, long + DAY_MS, FROM_MS + 9 * DAY_MS]) })
    await keepFor(database.ownerPool, { trackDays: 30, quarantineDays: 0 })
    expect(await dropOld(database.recordPool, FROM_MS - DAY_MS)).toBe(2)
    expect(await dropOld(database.recordPool, FROM_MS - DAY_MS)).toBe(0)
    await expect(dropOld(database.recordPool, FROM_MS + DAY_MS)).rejects.toMatchObject({ code: '42501' })
    await expect(dropOld(database.recordPool, 0, 'quarantine')).rejects.toThrow('kept for ever')
    expect(
      (await readReports(database.recordPool, WEARER, FROM_MS + 9 * DAY_MS, FROM_MS + 10 * DAY_MS, 9)).length,
    ).toBe(1)
  })
})
