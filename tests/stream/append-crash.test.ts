// Redis is killed without warning while reports pour in: whatever was answered must be there afterwards.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LogReport } from '../../model/report/report.ts'
import { ENTRY_HEADER_BYTES, entryCount, readReport } from '../../model/report/report-codec.ts'
import { ReportAppender } from '../../stream/logs/append-reports.ts'
import { readEntries } from '../../stream/logs/read-reports.ts'
import { untilReady } from '../../stream/redis/connect.ts'
import { LogUnavailable } from '../../stream/redis/redis-errors.ts'
import { type OwnServer, ownRedis } from '../setup/own-services.ts'
import { PATIENCE_MS } from '../setup/patience-ms.ts'
import { createTestRedis, type TestRedis } from '../setup/test-redis.ts'
import { reportAt } from './report-at.ts'

const SHARDS = 4
let server: OwnServer
let shared: TestRedis
beforeAll(async () => {
  server = await ownRedis()
  shared = await createTestRedis(server.url)
})
afterAll(async () => {
  await shared?.cleanup()
  await server?.discard()
})

async function loggedTimes(): Promise<Set<number>> {
  const report = new LogReport()
  const times = new Set<number>()
  for (let shard = 0; shard < SHARDS; shard++) {
    let after = '0-0'
    for (;;) {
      const entries = await readEntries(shared.redis, shared.keys.reports(shard), after, { count: 500 })
      if (entries.length === 0) break
      for (const { id, bytes } of entries) {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        let at = ENTRY_HEADER_BYTES
        for (let left = entryCount(view); left > 0; left--) {
          at = readReport(view, at, report)
          times.add(report.timeMs)
        }
        after = id
      }
    }
  }
  return times
}

test('killed in mid-append, three times over: every report answered is in the log, and it goes on by itself', async () => {
  const appender = new ReportAppender(shared.redis, shared.keys, { shardCount: SHARDS, entryReportsMax: 50 })
  const answered = new Set<number>()
  const refused: unknown[] = []
  let next = 0
  for (let round = 1; round <= 3; round++) {
    const enough = answered.size + 5000
    const refusedBefore = refused.length
    let killed: Promise<void> | undefined
    // Bursts until the kill shows: a burst is under way when the server dies.
    while (refused.length === refusedBefore) {
      const burst = Array.from({ length: 400 }, () => {
        const timeMs = next++
        return appender.append(reportAt(timeMs), timeMs % 97, 1, 5, 'own').then(
          () => void answered.add(timeMs),
          (error: unknown) => void refused.push(error),
        )
      })
      if (answered.size >= enough) killed ??= server.kill9()
      await Promise.all(burst)
    }
    await killed
    await expect(appender.append(reportAt(-round), 0, 1, 5, 'own')).rejects.toThrow(LogUnavailable)
    expect(appender.pendingReports).toBe(0)
    await server.startAgain()
    await untilReady(shared.redis, PATIENCE_MS)
    const times = await loggedTimes()
    const missing = [...answered].filter((timeMs) => !times.has(timeMs))
    expect(missing).toEqual([])
  }
  expect(answered.size).toBeGreaterThanOrEqual(15_000)
  for (const error of refused) expect(error).toMatchObject({ name: 'LogUnavailable', reason: 'away' })
})
