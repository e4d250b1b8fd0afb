import { afterAll, beforeAll, expect, test } from 'vitest'
import { LogReport } from '../../model/report/report.ts'
import { ENTRY_HEADER_BYTES, entryCount, readReport } from '../../model/report/report-codec.ts'
import { ReportAppender } from '../../stream/logs/append-reports.ts'
import { readEntries } from '../../stream/logs/read-reports.ts'
import { connectRedis } from '../../stream/redis/connect.ts'
import { LogBusy, LogUnavailable } from '../../stream/redis/redis-errors.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'
import { reportAt } from './report-at.ts'

let shared: TestRedis
beforeAll(async () => {
  shared = await createTestRedis()
})
afterAll(() => shared.cleanup())

/** Times of the reports in a shard's log, entry by entry. */
async function logged(shard: number): Promise<number[][]> {
  const entries = await readEntries(shared.redis, shared.keys.reports(shard), '0-0', { count: 10_000 })
  const report = new LogReport()
  return entries.map(({ bytes }) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const times: number[] = []
    let at = ENTRY_HEADER_BYTES
    for (let left = entryCount(view); left > 0; left--) {
      at = readReport(view, at, report)
      times.push(report.timeMs)
    }
    return times
  })
}

async function emptyLog(shardCount: number): Promise<void> {
  for (let shard = 0; shard < shardCount; shard++) await shared.redis.unlink(shared.keys.reports(shard))
}

test('every report is in its wearer’s shard, in order, once its promise has resolved', async () => {
  await emptyLog(4)
  const appender = new ReportAppender(shared.redis, shared.keys, { shardCount: 4, entryReportsMax: 7 })
  const times = Array.from({ length: 1000 }, (_, i) => i)
  await Promise.all(times.map((i) => appender.append(reportAt(i), i % 10, 1, 5, 'own')))
  for (let shard = 0; shard < 4; shard++)
    expect((await logged(shard)).flat()).toEqual(times.filter((i) => (i % 10) % 4 === shard))
  expect(appender.pendingReports).toBe(0)
})

test('reports that come together share an entry and a promise', async () => {
  await emptyLog(2)
  const appender = new ReportAppender(shared.redis, shared.keys, { shardCount: 2 })
  const promises = Array.from({ length: 60 }, (_, i) => appender.append(reportAt(i), i % 2, 1, 5, 'own'))
  expect(new Set(promises).size).toBe(2)
  expect(appender.pendingReports).toBe(60)
  await Promise.all(promises)
  expect(await logged(0)).toHaveLength(1)
  expect(await logged(1)).toHaveLength(1)
})

test('while an entry is on its way the next one collects', async () => {
  await emptyLog(1)
  const appender = new ReportAppender(shared.redis, shared.keys, { shardCount: 1 })
  const first = appender.append(reportAt(0), 0, 1, 5, 'own')
  const later: Promise<void>[] = []
  // One report a turn of the event loop: without group commit each would be an entry of its own.
  await new Promise<void>((done) => {
    const turn = (i: number) => {
      later.push(appender.append(reportAt(i), 0, 1, 5, 'own'))
      if (i < 200) setImmediate(turn, i + 1)
      else done()
    }
    setImmediate(turn, 1)
  })
  await Promise.all([first, ...later])
  const entries = await logged(0)
  expect(entries.flat()).toEqual(Array.from({ length: 201 }, (_, i) => i))
  expect(entries.length).toBeLessThan(100)
})

test('an entry leaves at its greatest count and at its greatest size', async () => {
  await emptyLog(1)
  const byCount = new ReportAppender(shared.redis, shared.keys, { shardCount: 1, entryReportsMax: 3 })
  await Promise.all(Array.from({ length: 8 }, (_, i) => byCount.append(reportAt(i), 0, 1, 5, 'own')))
  expect((await logged(0)).map(({ length }) => length)).toEqual([3, 3, 2])
  await emptyLog(1)
  const bySize = new ReportAppender(shared.redis, shared.keys, { shardCount: 1, entryBytesMax: 400 })
  await Promise.all(Array.from({ length: 12 }, (_, i) => bySize.append(reportAt(i), 0, 1, 5, 'own')))
  expect((await logged(0)).map(({ length }) => length)).toEqual([5, 5, 2])
})

test('above pendingReportsMax append rejects with LogBusy, and takes reports again once the log has answered', async () => {
  await emptyLog(1)
  const appender = new ReportAppender(shared.redis, shared.keys, { shardCount: 1, pendingReportsMax: 10 })
  const taken = Array.from({ length: 10 }, (_, i) => appender.append(reportAt(i), 0, 1, 5, 'own'))
  await expect(appender.append(reportAt(10), 0, 1, 5, 'own')).rejects.toThrow(LogBusy)
  await Promise.all(taken)
  await appender.append(reportAt(11), 0, 1, 5, 'own')
  expect((await logged(0)).flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11])
})

test('a report that cannot be written throws and takes nothing down with it', async () => {
  await emptyLog(1)
  const appender = new ReportAppender(shared.redis, shared.keys, { shardCount: 1 })
  const good = appender.append(reportAt(1), 0, 1, 5, 'own')
  expect(() => appender.append(reportAt(2), 0, -1, 5, 'own')).toThrow(RangeError)
  await good
  expect((await logged(0)).flat()).toEqual([1])
  expect(appender.pendingReports).toBe(0)
})

test('close sends what has collected, waits for it, and takes nothing more', async () => {
  await emptyLog(1)
  const appender = new ReportAppender(shared.redis, shared.keys, { shardCount: 1, lingerMs: 60_000 })
  let settled = false
  const promise = appender.append(reportAt(1), 0, 1, 5, 'own').then(() => {
    settled = true
  })
  await appender.close()
  await promise
  expect(settled).toBe(true)
  expect((await logged(0)).flat()).toEqual([1])
  await expect(appender.append(reportAt(2), 0, 1, 5, 'own')).rejects.toThrow(LogUnavailable)
})

test('where Redis does not listen, append rejects at once and nothing stays pending', async () => {
  const nowhere = connectRedis({ url: 'redis://127.0.0.1:1', prefix: 'x' }, 'nowhere', silentLog)
  const appender = new ReportAppender(nowhere, shared.keys, { shardCount: 2 })
  const rejected = await Promise.allSettled([0, 1, 2].map((i) => appender.append(reportAt(i), i, 1, 5, 'own')))
  for (const outcome of rejected)
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'LogUnavailable', reason: 'away' } })
  expect(appender.pendingReports).toBe(0)
  nowhere.disconnect()
})
