// Days of tracks in the real hypertable, by the recorder's own COPY and in the order in which reports come: minute by minute, all
// wearers each, so that a wearer's day lies apart over the whole chunk.
import { availableParallelism } from 'node:os'
import { LogReport, POSITION_SOURCE, PROTOCOL, REPORT_FLAG, TRISTATE } from '../../model/report/report.ts'
import { ENTRY_HEADER_BYTES, ReportWriter } from '../../model/report/report-codec.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { FixRows } from '../../store/track/encode-fixes.ts'
import { insertFixes } from '../../store/track/insert-fixes.ts'
import { type Fleet, placeOf } from '../load/fleet.ts'

export const DAY_MS = 86_400_000
export const FIXES_A_DAY = 1440
const MINUTE_MS = DAY_MS / FIXES_A_DAY
/** About what a recorder's transaction holds under load. */
const ROWS_PER_COPY = 20_000
const CONNECTIONS_MAX = 4

export type Fill = {
  pool: Pool
  fleet: Fleet
  /** `ids[n]` is wearer n's. */
  wearerIds: readonly number[]
  fromMs: number
  days: number
  say(line: string): void
}

/** Writes a fix a minute for every wearer; days go in side by side. Gives the number of rows. */
export async function fillTrack({ pool, fleet, wearerIds, fromMs, days, say }: Fill): Promise<number> {
  const beganMs = performance.now()
  const total = days * FIXES_A_DAY * wearerIds.length
  let [next, rows, saidPercent] = [0, 0, 0]
  const stored = (more: number): void => {
    rows += more
    const percent = Math.floor((10 * rows) / total) * 10
    if (percent === saidPercent) return
    saidPercent = percent
    const seconds = (performance.now() - beganMs) / 1000
    say(`${percent} %: ${rows} rows in ${seconds.toFixed(0)} s, ${Math.round(rows / seconds)} a second`)
  }
  const fillDays = async (): Promise<void> => {
    for (let day = next++; day < days; day = next++)
      await fillDay(pool, fleet, wearerIds, fromMs, fromMs + day * DAY_MS, stored)
  }
  await Promise.all(Array.from({ length: Math.min(CONNECTIONS_MAX, availableParallelism()) }, fillDays))
  return rows
}

async function fillDay(
  pool: Pool,
  fleet: Fleet,
  wearerIds: readonly number[],
  firstMs: number,
  dayMs: number,
  stored: (rows: number) => void,
): Promise<void> {
  const report = templateReport()
  const writer = new ReportWriter(ROWS_PER_COPY * 100)
  const rows = new FixRows(ROWS_PER_COPY * 200)
  const flush = async (): Promise<void> => {
    const entry = writer.take()
    const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength)
    for (let at = ENTRY_HEADER_BYTES; at < entry.byteLength; ) at = rows.add(view, at)
    stored((await inTransaction(pool, (client) => insertFixes(client, { fresh: rows }))).fresh)
    rows.clear()
  }
  for (let minute = 0; minute < FIXES_A_DAY; minute++)
    for (const [n, wearerId] of wearerIds.entries()) {
      const timeMs = dayMs + minute * MINUTE_MS + Math.floor((n * MINUTE_MS) / wearerIds.length)
      const [latDeg, lonDeg] = placeOf(fleet, n, (timeMs - firstMs) / 1000)
      report.wearerId = report.braceletId = wearerId
      report.timeMs = timeMs
      report.receivedMs = timeMs + 800
      report.latE7 = Math.round(latDeg * 1e7)
      report.lonE7 = Math.round(lonDeg * 1e7)
      writer.addLogReport(report)
      if (writer.count === ROWS_PER_COPY) await flush()
    }
  if (writer.count > 0) await flush()
}

/** As `reportOf` has it: all that a bracelet of the usual kind says. */
function templateReport(): LogReport {
  return Object.assign(new LogReport(), {
    flags: REPORT_FLAG.hasPosition | REPORT_FLAG.fixValid,
    source: POSITION_SOURCE.gps,
    protocol: PROTOCOL.gateway,
    accuracyM: 8,
    speedMps: 1,
    courseDeg: 90,
    batteryPercent: 71,
    charging: TRISTATE.no,
    strap: TRISTATE.no,
    case: TRISTATE.no,
  })
}
